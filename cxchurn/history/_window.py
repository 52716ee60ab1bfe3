"""Windows: what one can ask about the past of a cut-off, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn._core import DAY, Span, UsageError, did_you_mean, listed, span
from cxchurn.history import _kernels, _sequences
from cxchurn.history._columns import Numbers, Times
from cxchurn.history._history import History
from cxchurn.history._measure import Measure
from cxchurn.history._ratio import ratio
from cxchurn.history._run import Rows, run
from cxchurn.history._selection import Selection, select
from cxchurn.history._where import Where

What = str | Measure
_STATISTICS: dict[str, Callable[..., None]] = {
    "mean": _kernels.mean,
    "std": _kernels.std,
    "min": _kernels.smallest,
    "max": _kernels.largest,
    "sum": _kernels.total,
}


class Window:
    """The events of each row's customer in ``[T - w, T)``: all a builder ever sees.

    A row is a customer and a cut-off ``T``. Every answer is an array with one float a row, NaN where there is no answer.
    A count or sum over no events is 0; any other statistic over no events is missing.

    Parameters of the questions
    ---------------------------
    column : str or Measure
        A number, yes/no or label of the events; events where it is missing are left out.
    where : Where, optional
        Which events count.
    """

    def __init__(self, history: History, cutoffs: np.ndarray, lo: np.ndarray, hi: np.ndarray, end: np.ndarray) -> None:
        self._history = history
        self._cutoffs = cutoffs
        self._lo = lo
        self._hi = hi
        self._end = end
        self._ranges: dict[Selection, tuple[np.ndarray, np.ndarray]] = {}
        self._windows: dict[tuple[str, int], Window] = {}

    # windows within the window

    def last(self, window: str | Span) -> Window:
        """The part in ``[T - window, T)``."""
        return self._part("last", span(window, name="window").microseconds)

    def before(self, window: str | Span) -> Window:
        """The part before ``T - window``."""
        return self._part("before", span(window, name="window").microseconds)

    # questions about the events

    def count(self, where: Where | None = None) -> np.ndarray:
        """How many events."""
        lo, hi = self._range(select(self._history, where, None))
        return (hi - lo).astype(np.float64)

    def share(self, where: Where, of: Where | None = None) -> np.ndarray:
        """The share of the events (of those in `of`) for which `where` holds."""
        return ratio(self.count(where if of is None else where & of), self.count(of))

    def active_days(self, where: Where | None = None, *, length: str = "1D") -> np.ndarray:
        """On how many different days (UTC), or periods of another length, there was an event."""
        _, first, stop = self._periods(where, span(length, name="length").microseconds)
        return (stop - first).astype(np.float64)

    def age(self, where: Where | None = None, *, nth: int = 1, column: What | None = None) -> np.ndarray:
        """Days from the n-th last event to the cut-off."""
        events = select(self._history, where, column)
        return self._gather(events, nth, (self._cutoffs, events.times))

    def age_of_first(self, where: Where | None = None) -> np.ndarray:
        """Days from the first event to the cut-off."""
        events = select(self._history, where, None)
        lo, hi = self._range(events)
        return _pick(events.times, lo, hi > lo, self._cutoffs)

    def lag(self, column: str, *, where: Where | None = None, nth: int = 1) -> np.ndarray:
        """Days from an instant that the n-th last event names (such as ``promised_at``) to the cut-off, negative if ahead."""
        events = select(self._history, where, column, kind=Times)
        return self._gather(events, nth, (self._cutoffs, self._values(events)))

    # questions about a column

    def count_of(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many events have a value in the column."""
        lo, hi = self._range(select(self._history, where, column))
        return (hi - lo).astype(np.float64)

    def sum(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sum, 0 over nothing."""
        return self._statistic("sum", column, where)

    def mean(self, column: What, where: Where | None = None) -> np.ndarray:
        """The mean."""
        return self._statistic("mean", column, where)

    def std(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sample standard deviation, missing for fewer than two values."""
        return self._statistic("std", column, where)

    def min(self, column: What, where: Where | None = None) -> np.ndarray:
        """The smallest value."""
        return self._statistic("min", column, where)

    def max(self, column: What, where: Where | None = None) -> np.ndarray:
        """The largest value."""
        return self._statistic("max", column, where)

    def quantile(self, column: What, q: float, where: Where | None = None) -> np.ndarray:
        """The q-quantile, linear between neighbours."""
        events = select(self._history, where, column, kind=Numbers)
        return self._run(_kernels.quantile, events, self._values(events), _share(q, "q"))

    def latest(self, column: What, where: Where | None = None, *, nth: int = 1) -> np.ndarray:
        """The n-th last value."""
        events = select(self._history, where, column, kind=Numbers)
        return self._gather(events, nth, (None, self._values(events)))

    def earliest(self, column: What, where: Where | None = None) -> np.ndarray:
        """The first value."""
        events = select(self._history, where, column, kind=Numbers)
        lo, hi = self._range(events)
        return _pick(self._values(events), lo, hi > lo, None)

    def distinct(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many different labels or values."""
        events = select(self._history, where, column)
        return self._run(_kernels.distinct, events, self._values(events))

    def entropy(self, column: str, where: Where | None = None) -> np.ndarray:
        """The entropy of the labels' shares in nats: 0 when all are alike."""
        events = select(self._history, where, column)
        return self._run(_kernels.entropy, events, self._values(events))

    def slope(self, column: What, where: Where | None = None) -> np.ndarray:
        """The least-squares slope of the values against time, per day."""
        events = select(self._history, where, column, kind=Numbers)
        return self._run(_kernels.slope, events, self._values(events), events.times, after=(float(DAY),))

    def decayed_sum(self, half_life: str | Span, column: What | None = None, where: Where | None = None) -> np.ndarray:
        """The sum of the values (1 an event without a column), each halved for every half-life of age."""
        events = select(self._history, where, column, kind=Numbers)
        values = np.ones(events.times.size) if events.values is None else self._values(events)
        now = (Rows(self._cutoffs), float(span(half_life, name="half_life").microseconds))
        return self._run(_kernels.decayed, events, values, events.times, after=now)

    def gaps(self, statistic: str | float, where: Where | None = None, *, daily: bool = False) -> np.ndarray:
        """A statistic of the days between one event and the next, both in the window.

        Parameters
        ----------
        statistic : {"mean", "std", "min", "max"} or float
            A float is a quantile.
        where : Where, optional
            Which events count.
        daily : bool
            Count several events on one day (UTC) as one.
        """
        gaps, lo, hi = self._gaps(where, daily)
        ranges = Rows(np.minimum(lo + 1, hi)), Rows(hi)
        if not isinstance(statistic, str):
            return run(_kernels.quantile, lo.size, gaps, *ranges, _share(statistic, "statistic"))
        if statistic not in _STATISTICS:
            raise UsageError(
                f"statistic is {statistic!r}.",
                allowed=f"{listed(_STATISTICS)}, or a quantile from 0 to 1",
                hint=did_you_mean(statistic, _STATISTICS),
            )
        return run(_STATISTICS[statistic], lo.size, gaps, *ranges)

    def gaps_within(self, length: str | Span, where: Where | None = None) -> np.ndarray:
        """The share of the events that came within some time after the one before, both in the window."""
        gaps, lo, hi = self._gaps(where, False)
        soon = (gaps <= span(length, name="length").days).astype(np.float64)
        return run(_kernels.mean, lo.size, soon, Rows(np.minimum(lo + 1, hi)), Rows(hi))

    def latest_gap(self, nth: int = 1, where: Where | None = None, *, daily: bool = False) -> np.ndarray:
        """The n-th last of the days between one event and the next."""
        gaps, lo, hi = self._gaps(where, daily)
        at = hi - _from_last(nth)
        return _pick(gaps, at, at > lo, None)

    def balance(self, column: What, *, half_life: str | Span, weight: float) -> tuple[np.ndarray, ...]:
        """A leaky account of the values: level, lowest level, share of time below zero, times it fell below zero.

        Parameters
        ----------
        half_life : str
            The time in which what is on the account fades by half.
        weight : float
            How much more a withdrawal (a negative value) counts than a deposit.
        """
        events = select(self._history, None, column, kind=Numbers)
        lo, hi = self._range(events)
        now = Rows(self._cutoffs), float(span(half_life, name="half_life").microseconds), float(weight)
        return run(_sequences.balance, lo.size, self._values(events), events.times, Rows(lo), Rows(hi), *now, outputs=4)

    # how answers are made

    def _part(self, side: str, length: int) -> Window:
        key = (side, length)
        if key not in self._windows:
            ranges = Rows(self._lo), Rows(self._hi), Rows(self._cutoffs - length)
            edge = run(_kernels.search, self._lo.size, self._history.place, *ranges, dtype="int64")
            lo, hi = (edge, self._hi) if side == "last" else (self._lo, edge)
            self._windows[key] = Window(self._history, self._cutoffs, lo, hi, self._end)
        return self._windows[key]

    def _range(self, events: Selection) -> tuple[np.ndarray, np.ndarray]:
        if events not in self._ranges:
            self._ranges[events] = events.range(self._lo, self._hi)
        return self._ranges[events]

    def _values(self, events: Selection) -> np.ndarray:
        assert events.values is not None
        return events.values

    def _statistic(self, name: str, column: What, where: Where | None) -> np.ndarray:
        events = select(self._history, where, column, kind=Numbers)
        return self._run(_STATISTICS[name], events, self._values(events))

    def _run(
        self, kernel: Callable[..., None], events: Selection, *arrays: Any, after: tuple[Any, ...] = ()
    ) -> np.ndarray:
        lo, hi = self._range(events)
        plain = [a for a in arrays if isinstance(a, np.ndarray)]
        rest = [a for a in arrays if not isinstance(a, np.ndarray)]
        return run(kernel, lo.size, *plain, Rows(lo), Rows(hi), *rest, *after)

    def _gather(self, events: Selection, nth: int, data: tuple[np.ndarray | None, np.ndarray]) -> np.ndarray:
        lo, hi = self._range(events)
        origin, values = data
        at = hi - _from_last(nth)
        return _pick(values, at, at >= lo, origin)

    def _periods(self, where: Where | None, unit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the periods that had events, and each row's range of them."""
        events = select(self._history, where, None)
        key = ("periods", where, unit)
        cache = self._history.cache
        if key not in cache:
            period = events.times // unit
            # neighbouring customers may share a period: each one's range of periods holds it
            new = np.ones(period.size, dtype=bool)
            new[1:] = period[1:] != period[:-1]
            cache[key] = period[new], np.concatenate([[0], np.cumsum(new)])
        periods, begun = cache[key]
        lo, hi = self._range(events)
        # the first period counts also where it began before the window
        return periods, begun[np.minimum(lo + 1, hi)] - (hi > lo), begun[hi]

    def _gaps(self, where: Where | None, daily: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the days from each event (or day with events) back to the one before, and each row's range of them."""
        if daily:
            days, first, stop = self._periods(where, DAY)
            return np.diff(days, prepend=days[:1]).astype(np.float64), first, stop
        events = select(self._history, where, None)
        key = ("gaps", where)
        cache = self._history.cache
        if key not in cache:
            cache[key] = np.diff(events.times, prepend=events.times[:1]) / DAY
        return cache[key], *self._range(events)


def _from_last(nth: int) -> int:
    # the 0th last event would be the first one of the future
    if nth < 1:
        raise UsageError(f"nth is {nth!r}.", allowed="1 for the last, 2 for the one before, and so on")
    return nth


def _share(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {value!r}, which is no quantile.", allowed="a number from 0 to 1")
    return float(value)


def _pick(values: np.ndarray, at: np.ndarray, some: np.ndarray, origin: np.ndarray | None) -> np.ndarray:
    """The value at a position, or days from it to the origin; missing where there is none."""
    out = np.full(at.size, np.nan)
    where = at[some]
    out[some] = values[where] if origin is None else (origin[some] - values[where]) / DAY
    return out
