"""Questions about the time between events."""

from __future__ import annotations

import numpy as np

from cxchurn._core import Span, UsageError, did_you_mean, listed, span
from cxchurn.history.asking.window._aggregate import STATISTICS, aggregate_ranges, mean_of
from cxchurn.history.asking.window._given import from_last, share_given
from cxchurn.history.asking.window._periods import gaps_of
from cxchurn.history.asking.window._rows import OverRows
from cxchurn.history.data._run import run
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels


class OfGaps(OverRows):
    """How much time lies between the events."""

    def gaps(self, statistic: str | float, where: Where | None = None, *, daily: bool = False) -> np.ndarray:
        """A statistic of the days between one event and the next, both in the window.

        Parameters
        ----------
        statistic : {"mean", "std", "min", "max"} or float
            A float is a quantile.
        where : Where, optional
            Which events count.
        daily : bool
            Count several events on one day (of the log's zone) as one.
        """
        gaps, lo, hi = gaps_of(self._rows, where, daily)
        if not isinstance(statistic, str):
            return run(
                _kernels.quantile, lo.size, gaps, np.minimum(lo + 1, hi), hi, share_given(statistic, "statistic")
            )
        if statistic not in STATISTICS:
            raise UsageError(
                f"statistic is {statistic!r}.",
                allowed=f"{listed(STATISTICS)}, or a quantile from 0 to 1",
                hint=did_you_mean(statistic, STATISTICS),
            )
        if statistic == "std":
            return run(_kernels.std, lo.size, gaps, lo + 1, hi)
        answer = aggregate_ranges("sum" if statistic == "mean" else statistic, gaps, lo + 1, hi)
        return mean_of(answer, lo + 1, hi) if statistic == "mean" else answer

    def gaps_within(self, length: str | Span, where: Where | None = None) -> np.ndarray:
        """The share of the events that came within some time after the one before, both in the window."""
        gaps, lo, hi = gaps_of(self._rows, where, False)
        soon = (gaps <= span(length, name="length").days).astype(np.float64)
        return mean_of(aggregate_ranges("sum", soon, lo + 1, hi), lo + 1, hi)

    def latest_gap(self, nth: int = 1, where: Where | None = None, *, daily: bool = False) -> np.ndarray:
        """The n-th last of the days between one event and the next."""
        gaps, lo, hi = gaps_of(self._rows, where, daily)
        return run(_kernels.nth_value, lo.size, gaps, lo + 1, hi, from_last(nth))
