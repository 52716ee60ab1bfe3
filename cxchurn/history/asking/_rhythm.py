"""Periods with events, and the time between events: worked out once a history, for every window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DAY
from cxchurn.history.asking._selection import Selection, select
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._where import Where

if TYPE_CHECKING:
    from cxchurn.history.asking._window import Window

Ranges = tuple[np.ndarray, np.ndarray, np.ndarray]


def periods(window: Window, where: Where | None, unit: int) -> Ranges:
    """Return the periods that had events, and each row's range of them."""
    events = select(window._history, where, None)
    key = ("periods", events, unit)
    ranges = window._ranges.get(key)
    found, begun = _periods(window._history, events, unit)
    if ranges is None:
        lo, hi = window._range(events)
        # the first period counts also where it began before the window
        ranges = window._ranges[key] = begun[np.minimum(lo + 1, hi)] - (hi > lo), begun[hi]
    return found, *ranges


def gaps_of(window: Window, where: Where | None, daily: bool) -> Ranges:
    """Return the days from each event (or day with events) back to the one before, and each row's range of them."""
    history, events = window._history, select(window._history, where, None)
    key = ("gaps", events, daily)
    gaps = history.cache.get(key)
    if daily:
        days, first, stop = periods(window, where, DAY)
        if gaps is None:
            gaps = history.cache[key] = _steps(days).astype(np.float64)
        return gaps, first, stop
    if gaps is None:
        gaps = history.cache[key] = _steps(events.times) / DAY
    return gaps, *window._range(events)


def _periods(history: History, events: Selection, unit: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the periods with events of all customers, and how many of them begin before each event, and in all."""
    key = ("periods", events, unit)
    if key not in history.cache:
        # periods of whole days begin at midnight by the log's own clock
        period = events.times // unit if unit % DAY else history.zone.days(events.times) // (unit // DAY)
        history.cache[key] = _runs(period)
    return history.cache[key]


def _runs(period: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the value of each run of equal ones, and how many runs begin before each event, and in all."""
    if isinstance(period, Recorded):
        new = period.asked("changes")
        return period[new], new.asked("ranks")
    # neighbouring customers may share a period: each one's range of periods holds it
    new = np.ones(period.size, dtype=bool)
    new[1:] = period[1:] != period[:-1]
    return period[new], np.concatenate([[0], np.cumsum(new)])


def _steps(values: np.ndarray) -> np.ndarray:
    """Return how much each value is above the one before; 0 for the first."""
    return values.asked("diff") if isinstance(values, Recorded) else np.diff(values, prepend=values[:1])
