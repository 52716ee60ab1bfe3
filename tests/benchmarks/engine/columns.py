"""What everybody computes: the 151 features, named in their order, at which cut-offs and over which windows.

For each window: how many events, the sum, mean and maximum of each measure, how many at each touchpoint, the touchpoints'
entropy in nats, and ``log1p`` of the count minus ``log1p`` of the count in as many days before. Then days since the last
event of any kind and of each kind, and since the first; mean and sample standard deviation of the days between events; the
last three values of each measure and gaps; decayed count and sums of life; and the change of the sums in the last 90 days.
Over no events counts and sums are 0, all else is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.inputs import KINDS, MEASURES, TOUCHPOINTS

WINDOWS = (30, 60, 90, 180, 365)
TEN_WINDOWS = (7, 14, 30, 45, 60, 90, 120, 180, 270, 365)
TREND = 90
HALF_LIFE = 90
_LAST = 2024, 12


def month_starts(count: int) -> list[str]:
    """Return the last so many month starts until December 2024, as text."""
    months = range(_LAST[0] * 12 + _LAST[1] - count, _LAST[0] * 12 + _LAST[1])
    return [date(month // 12, month % 12 + 1, 1).isoformat() for month in months]


def of_window(days: int) -> list[str]:
    """Return the names of the features of one window."""
    statistics = [f"{measure}_{what}_{days}" for measure in MEASURES for what in ("sum", "mean", "max")]
    labels = [f"touchpoint_{label}_{days}" for label in TOUCHPOINTS]
    return [f"count_{days}", *statistics, *labels, f"entropy_{days}", f"trend_count_{days}"]


def column_names(windows: Sequence[int] = WINDOWS) -> list[str]:
    """Return the names of all features; 151 for five windows."""
    names = [name for days in windows for name in of_window(days)]
    names += ["since_any", *(f"since_{kind}" for kind in KINDS), "tenure", "gap_mean", "gap_std"]
    names += [f"{what}_last{n}" for what in (*MEASURES, "gap") for n in (1, 2, 3)]
    names += ["decayed_count", *(f"decayed_{measure}" for measure in MEASURES)]
    return names + [f"trend_{measure}" for measure in MEASURES]


def zero_over_nothing(windows: Sequence[int]) -> list[str]:
    """Return the names of the counts and sums of all windows."""
    counts = [f"count_{days}" for days in windows]
    sums = [f"{measure}_sum_{days}" for measure in MEASURES for days in windows]
    return counts + sums + [f"touchpoint_{label}_{days}" for label in TOUCHPOINTS for days in windows]
