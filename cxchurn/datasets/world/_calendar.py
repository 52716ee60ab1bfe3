"""The world that all customers share: season, weekdays, two disruptions, promotion days, and what drives leaving in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from cxchurn.datasets.world._effects import FURTHER

LONGEST_HORIZON = 120
SEGMENTS = 4
_WEEKDAY = np.array([0.96, 0.92, 0.93, 0.98, 1.10, 1.26, 0.85])  # Monday first
_MONTH_NEED = np.array([0.88, 0.92, 0.98, 1.00, 1.00, 0.98, 0.90, 0.90, 1.00, 1.02, 1.18, 1.24])
_MONTH_RISK = np.array([0.20, 0.10, 0.00, 0.00, 0.00, 0.00, 0.10, 0.10, 0.00, 0.00, -0.15, -0.20])
_STRIKE, _OUTAGE = (0.46, 0.50), (0.77, 0.80)  # shares of the period


@dataclass(frozen=True)
class Calendar:
    """What is the same for every customer; arrays of shape ``(days + LONGEST_HORIZON,)``.

    Parameters
    ----------
    start : datetime64[D]
        The first day.
    days : int
        Days from start to end.
    need : ndarray
        Factor on everyone's need, from month and weekday.
    risk : ndarray
        Season's part of the log-hazard.
    load : ndarray
        Factor on waiting times: Mondays and a call-centre outage.
    late : ndarray
        Addition to the log-odds of a late delivery: December and a strike.
    segment : ndarray
        The segment of customers that is sent a promotion that day, -1 for none.
    without : frozenset of str
        The drivers of leaving that are switched off in this world.
    also : frozenset of str
        What the company has beside what every one has, such as a ``"loyalty"`` scheme.
    """

    start: np.datetime64
    days: int
    need: np.ndarray
    risk: np.ndarray
    load: np.ndarray
    late: np.ndarray
    segment: np.ndarray
    without: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


def make_calendar(
    start: np.datetime64, end: np.datetime64, *, without: Collection[str] = (), also: Collection[str] = ()
) -> Calendar:
    """Return the calendar of the days from start (inclusive) to end (exclusive)."""
    days = int((end - start).astype(int))
    number = np.arange(days + LONGEST_HORIZON)
    dates = start + number
    weekday = (dates.astype("datetime64[D]").astype(int) + 3) % 7  # day 0 of 1970 was a Thursday
    month = dates.astype("datetime64[M]").astype(int) % 12
    return Calendar(
        start=start,
        days=days,
        need=_WEEKDAY[weekday] * _MONTH_NEED[month],
        risk=_MONTH_RISK[month],
        load=np.where(weekday == 0, 1.3, 1.0) * np.where(_within(number, days, _OUTAGE), 2.5, 1.0),
        late=np.where(month == 11, 0.5, 0.0) + np.where(_within(number, days, _STRIKE), 1.6, 0.0),
        segment=np.where(number % 14 == 5, (number // 14) % SEGMENTS, -1),
        without=frozenset(without) | (frozenset(FURTHER) - frozenset(also)),
        also=frozenset(also),
    )


def _within(number: np.ndarray, days: int, shares: tuple[float, float]) -> np.ndarray:
    return (number >= shares[0] * days) & (number < shares[1] * days)
