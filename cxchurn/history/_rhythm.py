"""Periods with events, and the time between events: worked out once a history, for every window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DAY
from cxchurn.history._selection import select
from cxchurn.history._where import Where

if TYPE_CHECKING:
    from cxchurn.history._window import Window

Ranges = tuple[np.ndarray, np.ndarray, np.ndarray]


def periods(window: Window, where: Where | None, unit: int) -> Ranges:
    """Return the periods that had events, and each row's range of them."""
    events = select(window._history, where, None)
    key = ("periods", where, unit)
    cache = window._history.cache
    if key not in cache:
        period = events.times // unit
        # neighbouring customers may share a period: each one's range of periods holds it
        new = np.ones(period.size, dtype=bool)
        new[1:] = period[1:] != period[:-1]
        cache[key] = period[new], np.concatenate([[0], np.cumsum(new)])
    found, begun = cache[key]
    lo, hi = window._range(events)
    # the first period counts also where it began before the window
    return found, begun[np.minimum(lo + 1, hi)] - (hi > lo), begun[hi]


def gaps_of(window: Window, where: Where | None, daily: bool) -> Ranges:
    """Return the days from each event (or day with events) back to the one before, and each row's range of them."""
    if daily:
        days, first, stop = periods(window, where, DAY)
        return np.diff(days, prepend=days[:1]).astype(np.float64), first, stop
    events = select(window._history, where, None)
    key = ("gaps", where)
    cache = window._history.cache
    if key not in cache:
        cache[key] = np.diff(events.times, prepend=events.times[:1]) / DAY
    return cache[key], *window._range(events)
