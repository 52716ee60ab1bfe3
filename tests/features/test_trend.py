from __future__ import annotations

from math import log

import pytest

from cxchurn.features import Trend

# windows of 28 days: in the last one 5 interactions on 2 days, in the one before 2 on 2 days, two windows ago 1
EVENTS = [
    *({"ago": ago} for ago in (3.1, 3.2, 3.3, 3.4, 28)),
    *({"ago": ago} for ago in (28.5, 56)),
    {"ago": 56.5},
    {"ago": 200},
    {"ago": 0},
]


def test_logarithms_of_one_window_over_the_one_before(made):
    assert made(Trend(windows=("28D",)), EVENTS) == pytest.approx(
        {
            "trend_count_28d": log(6 / 3),
            "trend_active_days_28d": log(3 / 3),
            "trend_acceleration_28d": log(6 / 3) - log(3 / 2),
        }
    )
    assert made(Trend(windows=("28D",), shrink=0.5), EVENTS)["trend_count_28d"] == pytest.approx(log(5.5 / 2.5))


def test_no_change_and_nobody_are_zero(made):
    for who in ("a", "nobody"):
        assert set(made(Trend(windows=("28D",)), [{"ago": 300}], who=who).values()) == {0.0}


def test_windows_of_hours_are_doubled_exactly(made):
    # 36 hours are 1.5 days: one interaction in them, three in the 36 hours before, two in those before that
    events = [{"ago": 1.4}, {"ago": 1.6}, {"ago": 2.0}, {"ago": 2.9}, {"ago": 3.1}, {"ago": 4.4}]
    features = made(Trend(windows=("36h",)), events)
    assert features["trend_count_36h"] == pytest.approx(log(2 / 4))
    assert features["trend_acceleration_36h"] == pytest.approx(log(2 / 4) - log(4 / 3))
