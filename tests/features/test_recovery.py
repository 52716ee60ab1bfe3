from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._recovery import Recovery

from ._life import SOME, features, lives, past, told

# felt bad 80, 50, 20 and 6 days ago; good 76 days ago (after 4 days) and exactly 20 days after the second bad moment
EVENTS = [
    {"ago": 80, "sentiment": -0.5},
    {"ago": 76, "sentiment": 0.6},
    {"ago": 50, "sentiment": -0.1},
    {"ago": 40, "sentiment": 0.0},
    {"ago": 30, "sentiment": 0.2},
    {"ago": 20, "sentiment": -1.0},
    {"ago": 6, "sentiment": -0.2},
    {"ago": 0, "sentiment": 1.0},
]


def test_bad_moments_made_good(made):
    assert made(Recovery(windows=("60D", "90D"), within="20D"), EVENTS) == pytest.approx(
        {
            # of 50, 20 and 6 days ago: the first made good on the last day, the second failed today, the third is open
            "recovery_share_60d": 0.5,
            "recovery_days_60d": 20.0,
            "recovery_failed_60d": 1.0,
            "recovery_share_90d": 2 / 3,
            "recovery_days_90d": 12.0,
            "recovery_failed_90d": 1.0,
            "recovery_open": 2.0,
            "recovery_open_days_oldest": 20.0,
        }
    )


def test_who_had_no_bad_moment(made):
    features = made(Recovery(windows=("90D",)), [{"ago": 3, "sentiment": 0.5}])
    assert (features.pop("recovery_failed_90d"), features.pop("recovery_open")) == (0.0, 0.0)
    assert len(features) == 3
    assert all(math.isnan(value) for value in features.values())


def test_a_bad_moment_is_open_until_it_is_made_good(made):
    features = made(Recovery(windows=()), [{"ago": 5, "sentiment": -0.5}, {"ago": 4, "sentiment": 0.5}])
    assert features["recovery_open"] == 0.0
    assert math.isnan(features["recovery_open_days_oldest"])


@SOME
@given(life=lives())
def test_recoveries_are_those_of_the_slow_count(life):
    seen = [(event["ago"], _felt(event)) for event in past(life)]
    bad, good = ([ago for ago, felt in seen if felt * sign > 0] for sign in (-1, 1))
    recent, ever = (told([ago for ago in bad if ago <= days * 24], good, within=30 * 24) for days in (90, 999))
    assert features(Recovery(windows=("90D",)), life) == pytest.approx(
        {
            "recovery_share_90d": recent.share,
            "recovery_days_90d": recent.delay,
            "recovery_failed_90d": recent.failed,
            "recovery_open": ever.pending,
            "recovery_open_days_oldest": ever.oldest,
        },
        nan_ok=True,
    )


def _felt(event):
    if event["sentiment"] is not None:
        return event["sentiment"]
    if event["score"] is not None:
        return event["score"] - 5
    return 0 if event["resolved"] is None else 1 if event["resolved"] else -1


def test_the_future_is_unknown(log):
    check_no_leak(Recovery(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
