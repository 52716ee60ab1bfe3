from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import CORE, Activity

from ._life import SOME, features, lives, past

# 1 and 30 days ago bought; 10 days ago only looked; what the company sent, a cancellation, and what lies ahead are no activity
EVENTS = [
    {"ago": 40, "kind": "campaign", "direction": "outbound", "value": None},
    {"ago": 30, "kind": "purchase", "direction": "inbound", "value": 10.0},
    {"ago": 10, "kind": "visit", "direction": "inbound", "value": None},
    {"ago": 1, "kind": "purchase", "direction": "inbound", "value": 30.0},
    {"ago": 0.5, "kind": "cancel", "direction": "inbound", "value": None},
    {"ago": 0, "kind": "purchase", "direction": "inbound", "value": 99.0},
]


def test_five_numbers(made):
    found = made(Activity(), EVENTS)
    # three of them count: 30, 10 and 1 days ago; 10 + 30 spent over the two that have a value
    assert found == dict(zip(CORE, (1.0, 30.0, 3.0, 40.0, 20.0), strict=True))


def test_of_the_kinds_asked_for(made):
    found = made(Activity(kinds=("visit",)), EVENTS)
    assert [found[name] for name in CORE[:4]] == [10.0, 10.0, 1.0, 0.0]
    assert math.isnan(found["activity_value_mean"])


def test_never_active(made):
    found = made(Activity(), EVENTS[:1] + EVENTS[-1:])
    assert (found["activity_count"], found["activity_value_sum"]) == (0.0, 0.0)
    assert all(math.isnan(found[name]) for name in ("activity_days_last", "activity_days_first", "activity_value_mean"))


def test_without_values(made):
    assert list(made(Activity(), [{"ago": 2}])) == list(CORE[:3])


@SOME
@given(life=lives())
def test_activity_is_that_of_the_slow_count(life):
    own = [event["ago"] / 24 for event in past(life) if event["direction"] != "outbound"]
    found = features(Activity(), life)
    assert found["activity_count"] == len(own)
    days = (min(own), max(own)) if own else (math.nan, math.nan)
    got = (found["activity_days_last"], found["activity_days_first"])
    assert got == pytest.approx(days, rel=1e-12, nan_ok=True)


def test_does_not_know_the_future(log):
    check_no_leak(Activity(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=80)
