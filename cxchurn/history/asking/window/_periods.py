"""Periods with events, and the time between events: worked out once a history, for every window."""

from __future__ import annotations

import numpy as np

from cxchurn._core import DAY
from cxchurn.history.asking.measures._selection import Selection
from cxchurn.history.asking.window._rows import Range, Rows
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._where import Where

Ranges = tuple[np.ndarray, np.ndarray, np.ndarray]


def periods(rows: Rows, where: Where | None, unit: int) -> Ranges:
    """Return the periods that had events, and each row's range of them."""
    events = rows.select(where)
    found, begun = _periods(rows.history, events, unit)

    def ranges() -> Range:
        lo, hi = rows.range(events)
        # the first period counts also where it began before the window
        return begun[np.minimum(lo + 1, hi)] - (hi > lo), begun[hi]

    return found, *rows.cached_range(("periods", events, unit), ranges)


def gaps_of(rows: Rows, where: Where | None, daily: bool) -> Ranges:
    """Return the days from each event (or day with events) back to the one before, and each row's range of them."""
    history, events = rows.history, rows.select(where)
    key = ("gaps", events, daily)
    gaps = history.cache.get(key)
    if daily:
        days, first, stop = periods(rows, where, DAY)
        if gaps is None:
            gaps = history.cache[key] = _steps(days).astype(np.float64)
        return gaps, first, stop
    if gaps is None:
        gaps = history.cache[key] = _steps(events.times) / DAY
    return gaps, *rows.range(events)


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
