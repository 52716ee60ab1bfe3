"""The rows that a window answers for: which events each of them sees, and what has been answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cxchurn.history.asking.measures._measure import Measure
from cxchurn.history.asking.measures._selection import Selection, select
from cxchurn.history.data._columns import EventColumn
from cxchurn.history.data._history import History
from cxchurn.history.data._run import run
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels

What = str | Measure
Range = tuple[np.ndarray, np.ndarray]
_EVER = np.iinfo(np.int64).max


class Whole(NamedTuple):
    """The range of all that is known about each row's customer; both int64, shape ``(n,)``."""

    first: np.ndarray
    end: np.ndarray


class Rows:
    """Customers at cut-offs, with the range of events that each row sees.

    Attributes
    ----------
    history : History
    cutoffs : ndarray of int64, shape (n,)
        In microseconds since 1970.
    lo, hi : ndarray of int64, shape (n,)
        The range of events in the history, without the one at `hi`.
    whole : Whole
        The ranges of the window that this one is a part of.
    length : int
        How long before the cut-off the ranges begin, in microseconds; of all of the past the largest integer.
    shared : dict
        What windows with the same end have answered: where the range begins and the answer, by question and length.
    """

    def __init__(
        self, history: History, cutoffs: np.ndarray, lo: np.ndarray, hi: np.ndarray, whole: Whole | None = None
    ) -> None:
        self.history = history
        self.cutoffs = cutoffs
        self.lo = lo
        self.hi = hi
        self.whole = whole or Whole(lo, hi)
        self.length = _EVER
        self.shared: dict[Any, dict[int, tuple[np.ndarray, np.ndarray]]] = {}
        self._ranges: dict[Any, Range] = {}
        self._parts: dict[tuple[str, int], Rows] = {}
        self._answers: dict[Any, np.ndarray] = {}

    def take(self, which: np.ndarray) -> Rows:
        """Return some of the rows, by a mask or positions."""
        # without answers: those of all rows would have to be cut, and mostly nobody asks again
        return Rows(self.history, self.cutoffs[which], self.lo[which], self.hi[which])

    def part(self, side: str, length: int) -> Rows:
        """Return the same rows with the part of their ranges "last" or "before" so many microseconds."""
        part = self._parts.get((side, length))
        if part is None:
            bounds = self.lo, self.hi, self.cutoffs - length
            edge = run(_kernels.search, self.lo.size, self.history.place, *bounds, dtype=np.int64)
            lo, hi = (edge, self.hi) if side == "last" else (self.lo, edge)
            part = self._parts[side, length] = Rows(self.history, self.cutoffs, lo, hi, self.whole)
            if side == "last":
                # windows that end where this one does share sums: a longer one adds what is older to what a shorter one found
                part.length, part.shared = min(self.length, length), self.shared
            else:
                part.length = self.length
        return part

    def select(
        self, where: Where | None, column: What | None = None, *, kind: type[EventColumn] | None = None
    ) -> Selection:
        """Return the events where the condition holds and the column has a value."""
        return select(self.history, where, column, kind=kind)

    def range(self, events: Selection) -> Range:
        """Return each row's range of selected events."""
        return self.cached_range(events, lambda: events.range(self.lo, self.hi))

    def cached_range(self, key: Any, make: Callable[[], Range]) -> Range:
        """Return each row's range of something that is worked out of events."""
        found = self._ranges.get(key)
        if found is None:
            found = self._ranges[key] = make()
        return found

    def cached(self, question: Any, events: Selection, answer: Callable[[], np.ndarray]) -> np.ndarray:
        """Answer a question once, however many builders ask."""
        key = (question, events)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = answer()
        return found


class OverRows:
    """Base of what is asked of rows; only the questions of this package look at the rows (`rows_of`)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows


def rows_of(window: OverRows) -> Rows:
    """Return the rows that a window answers for: for questions, never for builders, who would see the future in them."""
    return window._rows
