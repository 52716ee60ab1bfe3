"""Questions about what a column holds: how much, how many different values, which was the last."""

from __future__ import annotations

import numpy as np

from cxchurn.history.asking.measures._selection import Selection
from cxchurn.history.asking.window._aggregate import aggregate, mean_of
from cxchurn.history.asking.window._given import from_last, share_given
from cxchurn.history.asking.window._of_events import count_in
from cxchurn.history.asking.window._rows import OverRows, Rows, What
from cxchurn.history.data._columns import Labels, Numbers, read_only
from cxchurn.history.data._run import run
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels, _label_kernels


class OfColumns(OverRows):
    """What a column of the events holds."""

    def count_of(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many events have a value in the column."""
        return count_in(self._rows, self._rows.select(where, column))

    def sum(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sum, 0 over nothing."""
        return read_only(self._aggregate("sum", column, where))

    def mean(self, column: What, where: Where | None = None) -> np.ndarray:
        """The mean."""
        events = self._rows.select(where, column, kind=Numbers)

        def answer() -> np.ndarray:
            return mean_of(aggregate(self._rows, "sum", events), *self._rows.range(events))

        return read_only(self._rows.cached("mean", events, answer))

    def std(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sample standard deviation, missing for fewer than two values."""
        events = self._rows.select(where, column, kind=Numbers)
        lo, hi = self._rows.range(events)
        return read_only(self._rows.cached("std", events, lambda: run(_kernels.std, lo.size, events.values, lo, hi)))

    def min(self, column: What, where: Where | None = None) -> np.ndarray:
        """The smallest value."""
        return read_only(self._aggregate("min", column, where))

    def max(self, column: What, where: Where | None = None) -> np.ndarray:
        """The largest value."""
        return read_only(self._aggregate("max", column, where))

    def quantile(self, column: What, q: float, where: Where | None = None) -> np.ndarray:
        """The q-quantile, linear between neighbours."""
        events = self._rows.select(where, column, kind=Numbers)
        lo, hi = self._rows.range(events)
        return run(_kernels.quantile, lo.size, events.values, lo, hi, share_given(q, "q"))

    def latest(self, column: What, where: Where | None = None, *, nth: int = 1) -> np.ndarray:
        """The n-th last value."""
        events = self._rows.select(where, column, kind=Numbers)
        return _value(self._rows, events, from_last(nth))

    def earliest(self, column: What, where: Where | None = None) -> np.ndarray:
        """The first value."""
        events = self._rows.select(where, column, kind=Numbers)
        return _value(self._rows, events, 0)

    def distinct(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many different labels or values."""
        events = self._rows.select(where, column)
        lo, hi = self._rows.range(events)
        return run(_kernels.distinct, lo.size, events.values, lo, hi)

    def entropy(self, column: str, where: Where | None = None) -> np.ndarray:
        """The entropy of the labels' shares in nats: 0 when all are alike."""
        events = self._rows.select(where, column, kind=Labels)
        lo, hi = self._rows.range(events)
        return run(_label_kernels.entropy, lo.size, events.values, lo, hi, events.codes)

    def _aggregate(self, name: str, column: What, where: Where | None) -> np.ndarray:
        return aggregate(self._rows, name, self._rows.select(where, column, kind=Numbers))


def _value(rows: Rows, events: Selection, nth: int) -> np.ndarray:
    lo, hi = rows.range(events)
    return run(_kernels.nth_value, lo.size, events.values, lo, hi, nth)
