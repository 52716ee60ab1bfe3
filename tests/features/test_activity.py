from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import CORE, Activity, FeatureSet
from cxchurn.history import Populations, where
from cxchurn.panel import OwnLabels

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


class Ended(OwnLabels):
    """Labels from outside, where it is known what ends a customer and what counts."""

    def __init__(self, horizon="30D", *, gap="0D", kinds=None):
        super().__init__(horizon, gap=gap)
        self.kinds = kinds

    @property
    def populations(self):
        return Populations(("cancel",), None if self.kinds is None else where(kind=self.kinds))


def numbers(log, churn):
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    return FeatureSet([Activity()], log=log, churn=churn).fit_transform(row).iloc[0].to_dict()


def test_five_numbers(log_of):
    # three of them count: 30, 10 and 1 days ago; 10 + 30 over the two that have a value
    assert numbers(log_of(EVENTS), Ended()) == dict(zip(CORE, (1.0, 30.0, 3.0, 40.0, 20.0), strict=True))
    # without a churn definition nothing ends a customer: the cancellation half a day ago is an act like any other
    assert numbers(log_of(EVENTS), None) == dict(zip(CORE, (0.5, 30.0, 4.0, 40.0, 20.0), strict=True))


def test_of_the_kinds_that_count(log_of):
    found = numbers(log_of(EVENTS), Ended(kinds=("visit",)))
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
