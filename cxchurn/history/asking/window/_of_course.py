"""Questions about the course of a column over time: rising or falling, fading, on an account."""

from __future__ import annotations

import numpy as np

from cxchurn._core import DAY, Span, span
from cxchurn.history.asking.window._aggregate import growth_of
from cxchurn.history.asking.window._rows import OverRows, What
from cxchurn.history.data._columns import Numbers
from cxchurn.history.data._run import at, run, run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels, _sequences


class OfCourse(OverRows):
    """How a column went in the course of time."""

    def slope(self, column: What, where: Where | None = None) -> np.ndarray:
        """The least-squares slope of the values against time, per day."""
        events = self._rows.select(where, column, kind=Numbers)
        lo, hi = self._rows.range(events)
        return run(_kernels.slope, lo.size, events.values, events.times, lo, hi, float(DAY))

    def decayed_sum(self, half_life: str | Span, column: What | None = None, where: Where | None = None) -> np.ndarray:
        """The sum of the values (1 an event without a column), each halved for every half-life of age."""
        events = self._rows.select(where, column, kind=Numbers)
        length = span(half_life, name="half_life").microseconds
        values = events.ones if events.values is None else events.values
        first = at(self._rows.history.place, self._rows.whole.first)
        growth, (lo, hi) = growth_of(self._rows.history, events, length), self._rows.range(events)
        about = values, growth, events.times, lo, hi, first, self._rows.cutoffs
        return run(_kernels.decayed, lo.size, *about, float(length))

    def balance(self, column: What, *, half_life: str | Span, weight: float) -> tuple[np.ndarray, ...]:
        """A leaky account of the values: level, lowest level, share of time below zero, times it fell below zero.

        Parameters
        ----------
        half_life : str
            The time in which what is on the account fades by half.
        weight : float
            How much more a withdrawal (a negative value) counts than a deposit.
        """
        events = self._rows.select(None, column, kind=Numbers)
        lo, hi = self._rows.range(events)
        now = self._rows.cutoffs, float(span(half_life, name="half_life").microseconds), float(weight)
        return tuple(run_all(_sequences.balance, lo.size, 4, events.values, events.times, lo, hi, *now))
