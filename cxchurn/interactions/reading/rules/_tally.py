"""How many rows break each rule, which of them come first, and which rows are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from cxchurn.interactions.reading.rules._rules import Mask, Rule

# as many as somebody looks at; the counts are of all
EXAMPLES = 5
_NONE = np.empty(0, dtype=np.int64)


class HasLines(Protocol):
    """Cells of rows, some of which may be lines that are no rows."""

    @property
    def no_row(self) -> Mask:
        """Where a line is no row."""


@dataclass
class Tally:
    """What is found of some rules in rows that come batch by batch.

    Parameters
    ----------
    rules : sequence of Rule
        The rules.
    every : bool
        Whether all rows that break a rule are noted, and not only the first ones.
    """

    rules: Sequence[Rule[Any]]
    every: bool
    counts: np.ndarray = field(init=False)
    rows: list[list[np.ndarray]] = field(init=False)
    refused: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = np.zeros(len(self.rules), dtype=np.int64)
        self.rows = [[] for _ in self.rules]

    def look(self, cells: HasLines, at: int) -> Mask:
        """Look at rows, of which the first has the number `at`; return which of them are kept, None for all."""
        refused = None
        for place, rule in enumerate(self.rules):
            mask = None if rule.broken is None else rule.broken(cells)
            if mask is not None and cells.no_row is not None and mask is not cells.no_row:
                mask = mask & ~cells.no_row
            if mask is None or not mask.any():
                continue
            self.note(place, np.flatnonzero(mask) + at)
            if rule.refuses:
                refused = mask if refused is None else refused | mask
        if refused is None:
            return None
        self.refused.append(np.flatnonzero(refused) + at)
        return ~refused

    def say(self, place: int, says: str, shows: tuple[str, ...] = ()) -> None:
        """Let a rule say more than before."""
        rule = self.rules[place]
        changed = replace(rule, says=says, shows=shows or rule.shows)
        self.rules = [*self.rules[:place], changed, *self.rules[place + 1 :]]

    def note(self, place: int, rows: np.ndarray) -> None:
        """Note rows that break a rule, by their numbers."""
        # those that are shown, where not all are wanted
        few = rows if self.every else rows[: max(EXAMPLES - int(self.counts[place]), 0)]
        self.counts[place] += rows.size
        if few.size:
            self.rows[place].append(few)

    def add(self, other: Tally) -> None:
        """Add what was found in the rows that follow."""
        for place, (count, rows) in enumerate(zip(other.counts, other.rows, strict=True)):
            room = max(EXAMPLES - int(self.counts[place]), 0)
            self.rows[place] += rows if self.every else [some[:room] for some in rows if room][:room]
            self.counts[place] += count
        self.refused += other.refused

    def of(self, place: int) -> np.ndarray:
        """Return the rows noted that break a rule, in order."""
        return np.concatenate([_NONE, *self.rows[place]])

    @property
    def all_refused(self) -> np.ndarray:
        """The numbers of the rows refused, in order."""
        return np.unique(np.concatenate([_NONE, *self.refused]))
