"""What became of others who had to do with the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np

from cxchurn.features._builder import labelled
from cxchurn.features._column import Column
from cxchurn.features.shared._alike import alike
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._lost import Outcomes, beyond_others
from cxchurn.features.shared._references import Table
from cxchurn.features.shared._staff_answers import place_of
from cxchurn.history import Events, Measure, Seen, compared, ratio

# records are kept in hundredths: their exact numbers would name the label, and trees could learn it by heart
_STEPS = 100


class _Texts(NamedTuple):
    """How to speak of a label column."""

    many: str
    one: str


_TOUCHPOINT = _Texts("touchpoints", "touchpoint")
_OTHER = _Texts("{label:many}", "{label}")


class TrackRecord(Comparing):
    """What became of others who bought the same, got the same campaign, came to the same place: whether they left.

    Of each label of a column there is a record: of the customers whose latest events named it at earlier moments, four weeks
    apart, how many more left than of all who had then been there as lately and as often, as a share; as far as that was known
    at the last Monday, and steadied by `shrink` customers. Of labels that ten customers at most had met nothing is said, and
    no label is kept: tables hold keyed hashes. Column for each of `by`: ``track_record_<label>``, the mean of the records of
    the customer's latest events that name one; missing where none has a record, and without a churn definition.

    Parameters
    ----------
    by : tuple of str, default ("touchpoint",)
        The label columns: a role or categories of the log, such as the product or the campaign.
    latest : int, default 5
        How many of the latest events with a label are looked at, 1 or more.
    window : str, default "90D"
        By which it is measured who was there as lately and as often, see `Prior`.
    moments : int, default 4
        From how many earlier moments the outcomes are taken.
    shrink : float, default 20.0
        Above 0.
    key : str
        What labels are hashed with, see `Staff`.
    """

    driver = "track_record"
    theme = "compared"

    def __init__(
        self,
        *,
        by: tuple[str, ...] = ("touchpoint",),
        latest: int = 5,
        window: str = "90D",
        moments: int = 4,
        shrink: float = 20.0,
        key: str = "track record",
    ) -> None:
        self.by = by
        self.latest = latest
        self.window = window
        self.moments = moments
        self.shrink = shrink
        self.key = key

    def reference(self, crowd: Crowd) -> Table:
        """Return the record of each label that enough customers had met, by its hash."""
        there = [column for column in self.by if column in {*crowd.log.roles, *crowd.log.categories}]

        def ask(seen: Seen) -> dict[str, np.ndarray]:
            own = {"customer": seen.customers, "alike": alike(seen.own, self.window)}
            return own | {f"{column} {nth}": label for column in there for nth, label in self._met(seen, column)}

        rows = list(crowd.closed(self.moments, ask))
        if not rows:
            return {}
        found = {name: np.concatenate([answers[name] for answers, _ in rows]) for name in rows[0][0]}
        lost = np.concatenate([churned for _, churned in rows]).astype(np.float64)
        table: Table = {}
        for column in there:
            labels = np.stack([found[f"{column} {nth}"] for nth in range(1, self.latest + 1)])
            met = Outcomes(labels, found["customer"], lost)
            hashes, beyond = beyond_others(met, alike=found["alike"], shrink=self.shrink)
            table[f"{column} labels"] = hashes.tolist()
            table[column] = (np.round(beyond * _STEPS) / _STEPS + 0.0).tolist()
        return table

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for column, name in labelled(self.by):
            if seen.has(column):
                found = [compared(seen, self.table_name, Record(column), label) for _, label in self._met(seen, column)]
                yield _record(column, name, _mean(found))

    def _met(self, seen: Seen, column: str) -> Iterator[tuple[int, np.ndarray]]:
        for nth in range(1, self.latest + 1):
            yield nth, seen.latest(Hashed(column, self.key), nth=nth)


@dataclass(frozen=True)
class Hashed(Measure):
    """Which label an event has: its hash.

    Parameters
    ----------
    name : str
        What it is a label of.
    key : str
        What labels are hashed with.
    """

    name: str
    key: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the hash for each event with a label, NaN elsewhere."""
        return events.hashed(self.name, self.key)


@dataclass(frozen=True)
class Record:
    """What became of others who had to do with a label.

    Parameters
    ----------
    column : str
        What it is a label of.
    """

    column: str

    def __call__(self, table: Table, label: np.ndarray) -> np.ndarray:
        """Return the record for each row, NaN for labels that too few customers had met."""
        place, there = place_of(table, f"{self.column} labels", label)
        return np.where(there, np.array([*table.get(self.column, ()), 0.0])[place], np.nan)


def _mean(found: list[np.ndarray]) -> np.ndarray:
    """Return the mean of the records there are; added up one by one, so that a row alone gets the same to the bit."""
    total = reduce(np.add, [np.where(np.isnan(one), 0.0, one) for one in found])
    return ratio(total, reduce(np.add, [np.where(np.isnan(one), 0.0, 1.0) for one in found]))


def _record(column: str, name: str, values: np.ndarray) -> Column:
    texts = _TOUCHPOINT if column == "touchpoint" else _OTHER
    others = "than others who came as lately and as often"
    had = f"lately had to do with {texts.many} whose customers leave"
    return Column(
        f"track_record_{name}",
        values,
        says=f"{had} more often {others}, by {{value:points}}",
        below=f"{had} less often {others}, by {{value:points}}",
        zero=f"{had} as often as others who came as lately and as often",
        missing=f"had to do with no {texts.one} of which it is known whether enough customers left",
        unit="share",
        expects=1,
        neutral=0.0,
        label=None if column == "touchpoint" else column,
        role="categories",
    )
