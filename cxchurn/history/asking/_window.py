"""Windows: what one can ask about the past of a cut-off, and nothing else."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import DAY, Span, UsageError, did_you_mean, listed, span
from cxchurn.history.asking._folding import STATISTICS, fold, folded, grown, mean_of, once
from cxchurn.history.asking._measure import Measure
from cxchurn.history.asking._ratio import ratio
from cxchurn.history.asking._rhythm import gaps_of, periods
from cxchurn.history.asking._selection import Selection, select
from cxchurn.history.data._columns import Labels, Numbers, Times, sealed
from cxchurn.history.data._history import History
from cxchurn.history.data._run import at, run, run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels, _label_kernels, _sequences

What = str | Measure
Range = tuple[np.ndarray, np.ndarray]
_EVER = np.iinfo(np.int64).max


class Whole(NamedTuple):
    """The range of all that is known about each row's customer; both int64, shape ``(n,)``."""

    first: np.ndarray
    end: np.ndarray


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

    def __init__(
        self, history: History, cutoffs: np.ndarray, lo: np.ndarray, hi: np.ndarray, whole: Whole | None = None
    ) -> None:
        self._history = history
        self._cutoffs = cutoffs
        self._lo = lo
        self._hi = hi
        self._whole = whole or Whole(lo, hi)
        self._length = _EVER
        # what windows with the same end have answered: where the range begins and the answer, by length
        self._family: dict[Any, dict[int, Range]] = {}
        self._ranges: dict[Any, Range] = {}
        self._windows: dict[tuple[str, int], Window] = {}
        self._answers: dict[Any, np.ndarray] = {}

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
        return self._count(select(self._history, where, None))

    def share(self, where: Where, of: Where | None = None) -> np.ndarray:
        """The share of the events (of those in `of`) for which `where` holds."""
        return ratio(self.count(where if of is None else where & of), self.count(of))

    def active_days(self, where: Where | None = None, *, length: str = "1D") -> np.ndarray:
        """On how many different days (of the log's zone), or periods of another length, there was an event."""
        _, first, stop = periods(self, where, span(length, name="length").microseconds)
        return (stop - first).astype(np.float64)

    def age(self, where: Where | None = None, *, nth: int = 1, column: What | None = None) -> np.ndarray:
        """Days from the n-th last event to the cut-off."""
        events = select(self._history, where, column)
        return self._age(events, events.times, _from_last(nth))

    def age_of_first(self, where: Where | None = None) -> np.ndarray:
        """Days from the first event to the cut-off."""
        events = select(self._history, where, None)
        return self._age(events, events.times, 0)

    def lag(self, column: str, *, where: Where | None = None, nth: int = 1) -> np.ndarray:
        """Days from an instant that the n-th last event names (such as ``promised_at``) to the cut-off, negative if ahead."""
        events = select(self._history, where, column, kind=Times)
        return self._age(events, events.values, _from_last(nth))

    # questions about a column

    def count_of(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many events have a value in the column."""
        return self._count(select(self._history, where, column))

    def sum(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sum, 0 over nothing."""
        return sealed(self._fold("sum", column, where))

    def mean(self, column: What, where: Where | None = None) -> np.ndarray:
        """The mean."""
        events = select(self._history, where, column, kind=Numbers)
        return sealed(once(self, "mean", events, lambda: mean_of(fold(self, "sum", events), *self._range(events))))

    def std(self, column: What, where: Where | None = None) -> np.ndarray:
        """The sample standard deviation, missing for fewer than two values."""
        events = select(self._history, where, column, kind=Numbers)
        lo, hi = self._range(events)
        return sealed(once(self, "std", events, lambda: run(_kernels.std, lo.size, events.values, lo, hi)))

    def min(self, column: What, where: Where | None = None) -> np.ndarray:
        """The smallest value."""
        return sealed(self._fold("min", column, where))

    def max(self, column: What, where: Where | None = None) -> np.ndarray:
        """The largest value."""
        return sealed(self._fold("max", column, where))

    def quantile(self, column: What, q: float, where: Where | None = None) -> np.ndarray:
        """The q-quantile, linear between neighbours."""
        events = select(self._history, where, column, kind=Numbers)
        lo, hi = self._range(events)
        return run(_kernels.quantile, lo.size, events.values, lo, hi, _share(q, "q"))

    def latest(self, column: What, where: Where | None = None, *, nth: int = 1) -> np.ndarray:
        """The n-th last value."""
        events = select(self._history, where, column, kind=Numbers)
        return self._value(events, _from_last(nth))

    def earliest(self, column: What, where: Where | None = None) -> np.ndarray:
        """The first value."""
        events = select(self._history, where, column, kind=Numbers)
        return self._value(events, 0)

    def distinct(self, column: What, where: Where | None = None) -> np.ndarray:
        """How many different labels or values."""
        events = select(self._history, where, column)
        lo, hi = self._range(events)
        return run(_kernels.distinct, lo.size, events.values, lo, hi)

    def entropy(self, column: str, where: Where | None = None) -> np.ndarray:
        """The entropy of the labels' shares in nats: 0 when all are alike."""
        events = select(self._history, where, column, kind=Labels)
        lo, hi = self._range(events)
        return run(_label_kernels.entropy, lo.size, events.values, lo, hi, events.codes)

    def slope(self, column: What, where: Where | None = None) -> np.ndarray:
        """The least-squares slope of the values against time, per day."""
        events = select(self._history, where, column, kind=Numbers)
        lo, hi = self._range(events)
        return run(_kernels.slope, lo.size, events.values, events.times, lo, hi, float(DAY))

    def decayed_sum(self, half_life: str | Span, column: What | None = None, where: Where | None = None) -> np.ndarray:
        """The sum of the values (1 an event without a column), each halved for every half-life of age."""
        events = select(self._history, where, column, kind=Numbers)
        length = span(half_life, name="half_life").microseconds
        values = events.ones if events.values is None else events.values
        first = at(self._history.place, self._whole.first)
        growth, (lo, hi) = grown(self._history, events, length), self._range(events)
        about = values, growth, events.times, lo, hi, first, self._cutoffs
        return run(_kernels.decayed, lo.size, *about, float(length))

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
        gaps, lo, hi = gaps_of(self, where, daily)
        if not isinstance(statistic, str):
            return run(_kernels.quantile, lo.size, gaps, np.minimum(lo + 1, hi), hi, _share(statistic, "statistic"))
        if statistic not in STATISTICS:
            raise UsageError(
                f"statistic is {statistic!r}.",
                allowed=f"{listed(STATISTICS)}, or a quantile from 0 to 1",
                hint=did_you_mean(statistic, STATISTICS),
            )
        if statistic == "std":
            return run(_kernels.std, lo.size, gaps, lo + 1, hi)
        answer = folded("sum" if statistic == "mean" else statistic, gaps, lo + 1, hi)
        return mean_of(answer, lo + 1, hi) if statistic == "mean" else answer

    def gaps_within(self, length: str | Span, where: Where | None = None) -> np.ndarray:
        """The share of the events that came within some time after the one before, both in the window."""
        gaps, lo, hi = gaps_of(self, where, False)
        soon = (gaps <= span(length, name="length").days).astype(np.float64)
        return mean_of(folded("sum", soon, lo + 1, hi), lo + 1, hi)

    def latest_gap(self, nth: int = 1, where: Where | None = None, *, daily: bool = False) -> np.ndarray:
        """The n-th last of the days between one event and the next."""
        gaps, lo, hi = gaps_of(self, where, daily)
        return run(_kernels.nth_value, lo.size, gaps, lo + 1, hi, _from_last(nth))

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
        now = self._cutoffs, float(span(half_life, name="half_life").microseconds), float(weight)
        return tuple(run_all(_sequences.balance, lo.size, 4, events.values, events.times, lo, hi, *now))

    # how answers are made

    def _part(self, side: str, length: int) -> Window:
        part = self._windows.get((side, length))
        if part is None:
            bounds = self._lo, self._hi, self._cutoffs - length
            edge = run(_kernels.search, self._lo.size, self._history.place, *bounds, dtype=np.int64)
            lo, hi = (edge, self._hi) if side == "last" else (self._lo, edge)
            part = self._windows[side, length] = Window(self._history, self._cutoffs, lo, hi, self._whole)
            if side == "last":
                part._length, part._family = min(self._length, length), self._family
            else:
                part._length = self._length
        return part

    def _range(self, events: Selection) -> Range:
        found = self._ranges.get(events)
        if found is None:
            found = self._ranges[events] = events.range(self._lo, self._hi)
        return found

    def _fold(self, name: str, column: What, where: Where | None) -> np.ndarray:
        return fold(self, name, select(self._history, where, column, kind=Numbers))

    def _value(self, events: Selection, nth: int) -> np.ndarray:
        lo, hi = self._range(events)
        return run(_kernels.nth_value, lo.size, events.values, lo, hi, nth)

    def _age(self, events: Selection, times: np.ndarray | None, nth: int) -> np.ndarray:
        lo, hi = self._range(events)
        return run(_kernels.nth_age, lo.size, times, lo, hi, nth, self._cutoffs)

    def _count(self, events: Selection) -> np.ndarray:
        if events.rank is None:
            return (self._hi - self._lo).astype(np.float64)
        return run(_kernels.count, self._lo.size, events.rank, self._lo, self._hi)


def _from_last(nth: int) -> int:
    # the 0th last event would be the first one of the future
    if nth < 1:
        raise UsageError(f"nth is {nth!r}.", allowed="1 for the last, 2 for the one before, and so on")
    return nth


def _share(value: float, name: str) -> float:
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {value!r}, which is no quantile.", allowed="a number from 0 to 1")
    return float(value)
