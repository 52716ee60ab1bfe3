from __future__ import annotations

import math

import pytest

from cxchurn.features import Refunds, Value

# payments of 10 and 50 (20 and 5 days ago) and a refund of 15 (3 days ago) in the last 30 days; 30 in the 30 before
EVENTS = [
    {"ago": 300, "value": 30.0},
    {"ago": 45, "value": 30.0},
    {"ago": 20, "value": 10.0},
    {"ago": 5, "value": 50.0},
    {"ago": 3, "value": -15.0},
    {"ago": 2, "value": 0.0},
    {"ago": 1, "value": None},
    {"ago": 0, "value": 1000.0},
]


def test_spend_and_change(made):
    assert made(Value(windows=("30D",)), EVENTS) == pytest.approx(
        {
            "value_sum_life": 120.0,  # 30 + 30 + 10 + 50; what went back is a matter of its own
            "value_mean_life": 30.0,  # 120 over 4 payments
            "value_max_life": 50.0,
            "value_last": 50.0,
            "value_last_over_mean": 50 / 30,
            "value_days_last": 5.0,
            "value_sum_30d": 60.0,
            "value_mean_30d": 30.0,
            "value_trend_30d": math.log((60 + 30) / (30 + 30)),
        }
    )


def test_a_quiet_window(made):
    features = made(Value(windows=("30D",)), [{"ago": 60, "value": 20.0}])
    assert features["value_sum_30d"] == 0.0
    assert math.isnan(features["value_mean_30d"])
    # nothing now, 20 between 60 and 30 days ago (60 included); the own mean payment is 20
    assert features["value_trend_30d"] == pytest.approx(math.log((0 + 20) / (20 + 20)))


def test_who_never_paid_has_no_payment(made):
    features = made(Value(windows=("30D",)), [{"ago": 60, "value": 0.0}, {"ago": 6, "value": -5.0}])
    zero = {name: value for name, value in features.items() if not math.isnan(value)}
    assert zero == {"value_sum_life": 0.0, "value_sum_30d": 0.0}


def test_what_went_back(made):
    assert made(Refunds(windows=("30D",)), EVENTS) == pytest.approx(
        # 15 of the 60 paid in the last 30 days
        {"refunds_days_last": 3.0, "refunds_sum_30d": 15.0, "refunds_share_30d": 0.25}
    )
    quiet = made(Refunds(windows=("30D",)), [{"ago": 60, "value": 20.0}])
    assert quiet["refunds_sum_30d"] == 0.0
    assert not math.copysign(1, quiet["refunds_sum_30d"]) < 0, "no minus before nothing"
    assert math.isnan(quiet["refunds_share_30d"])
    assert math.isnan(quiet["refunds_days_last"])
