"""Questions about the events themselves: how many, on how many days, how long ago."""

from __future__ import annotations

import numpy as np

from cxchurn._core import span
from cxchurn.history.asking.measures._ratio import ratio
from cxchurn.history.asking.measures._selection import Selection
from cxchurn.history.asking.window._given import from_last
from cxchurn.history.asking.window._periods import periods
from cxchurn.history.asking.window._rows import OverRows, Rows, What
from cxchurn.history.data._columns import Times
from cxchurn.history.data._run import run
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels


class OfEvents(OverRows):
    """How many events there are, and how long ago they were."""

    def count(self, where: Where | None = None) -> np.ndarray:
        """How many events."""
        return count_in(self._rows, self._rows.select(where))

    def share(self, where: Where, of: Where | None = None) -> np.ndarray:
        """The share of the events (of those in `of`) for which `where` holds."""
        return ratio(self.count(where if of is None else where & of), self.count(of))

    def active_days(self, where: Where | None = None, *, length: str = "1D") -> np.ndarray:
        """On how many different days (of the log's zone), or periods of another length, there was an event."""
        _, first, stop = periods(self._rows, where, span(length, name="length").microseconds)
        return (stop - first).astype(np.float64)

    def age(self, where: Where | None = None, *, nth: int = 1, column: What | None = None) -> np.ndarray:
        """Days from the n-th last event to the cut-off."""
        events = self._rows.select(where, column)
        return _age(self._rows, events, events.times, from_last(nth))

    def age_of_first(self, where: Where | None = None) -> np.ndarray:
        """Days from the first event to the cut-off."""
        events = self._rows.select(where)
        return _age(self._rows, events, events.times, 0)

    def lag(self, column: str, *, where: Where | None = None, nth: int = 1) -> np.ndarray:
        """Days from an instant that the n-th last event names (such as ``promised_at``) to the cut-off, negative if ahead."""
        events = self._rows.select(where, column, kind=Times)
        return _age(self._rows, events, events.values, from_last(nth))


def count_in(rows: Rows, events: Selection) -> np.ndarray:
    """Return how many selected events each row sees; float64, shape ``(n,)``."""
    if events.rank is None:
        return (rows.hi - rows.lo).astype(np.float64)
    return run(_kernels.count, rows.lo.size, events.rank, rows.lo, rows.hi)


def _age(rows: Rows, events: Selection, times: np.ndarray | None, nth: int) -> np.ndarray:
    lo, hi = rows.range(events)
    return run(_kernels.nth_age, lo.size, times, lo, hi, nth, rows.cutoffs)
