from __future__ import annotations

import math

from cxchurn.features import ActiveDays

# the cut-off is Monday, 2024-04-01, midnight. Weeks are whole seven days since 1970, which begin on Thursdays.
# Sunday 31 March: twice; Saturday 30 March: once; Wednesday 27 March (another such week): once; 15 January: once
EVENTS = [{"ago": 0.1}, {"ago": 0.9}, {"ago": 1.5}, {"ago": 4.5}, {"ago": 76.5}, {"ago": 0}]


def test_days_and_weeks_are_counted_once(made):
    assert made(ActiveDays(windows=("30D",)), EVENTS) == {
        "active_days_count_30d": 3.0,
        "active_days_weeks_30d": 2.0,
        "active_days_per_day_30d": 4 / 3,
        "active_days_count_life": 4.0,
        "active_days_weeks_life": 3.0,
        "active_days_per_day_life": 5 / 4,
    }


def test_without_events_there_is_no_pace(made):
    features = made(ActiveDays(windows=("30D",)), EVENTS, who="nobody")
    assert [features[f"active_days_{what}_30d"] for what in ("count", "weeks")] == [0.0, 0.0]
    assert math.isnan(features["active_days_per_day_30d"])
