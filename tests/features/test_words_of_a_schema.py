"""What a schema says of labels and measures, from the log to the sentence."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.features import (
    Attributes,
    Builder,
    Column,
    FeatureSet,
    LastK,
    Recency,
    Says,
    Value,
    Volume,
    features_from_plain,
    features_to_plain,
    standard,
)

CUTOFF = pd.Timestamp("2024-04-01")
ROWS = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
EVENTS = [
    {"ago": 3, "kind": "cb", "touchpoint": "CB-12", "temp": -5.0, "items": 2.0, "value": 12.5, "currency": "EUR"},
    {
        "ago": 9,
        "kind": "delivered",
        "touchpoint": "web",
        "temp": 1.0,
        "items": 3.0,
        "value": 1_234.0,
        "currency": "EUR",
    },
]
WORDS = {
    "kind": {"cb": ("call-back", "call-backs")},
    "touchpoint": {"CB-12": "counter"},
    "customers": {"ends": "end of the contract"},
    "measures": {"temp": "temperature"},
}


@pytest.fixture(scope="module")
def log(log_of):
    table = pd.DataFrame({"customer_id": ["a"], "ends": [CUTOFF - pd.Timedelta(days=4)], "plan": ["A/1"]})
    return log_of(EVENTS, measures=("temp", "items"), levels=("temp",), words=WORDS, customers=table)


def fitted(log, *builders: Builder) -> FeatureSet:
    return FeatureSet(list(builders), log=log, min_customers=1).fit(ROWS)


def said(features: FeatureSet) -> dict[str, Says]:
    return {says.name: says for says in features.says_}


def test_labels_are_said_as_the_schema_words_them(log):
    says = said(fitted(log, Volume(detail=("30D",)), Recency(), Attributes(("ends", "plan"), dates=("ends",))))
    assert says["volume_count_kind_cb_30d"].sentence(2.0) == "had 2 call-backs of their own in the last 30 days"
    assert says["volume_count_kind_delivered_30d"].sentence(1.0) == (
        'had 1 interaction of their own of the kind "delivered" in the last 30 days'
    )
    assert says["recency_days_last_touchpoint_cb_12"].sentence(3.0) == (
        "last had an interaction of their own at the touchpoint counter 3 days ago"
    )
    assert says["attributes_ends"].sentence(-200.0) == "is 200 days before the end of the contract"
    assert says["attributes_ends"].sentence(200.0) == "is 200 days past the end of the contract"
    assert says["attributes_plan"].sentence(0.0) == 'has "A/1" on file under "plan"'


def test_they_are_kept_in_what_is_saved(log):
    features = fitted(log, Volume(detail=("30D",)))
    again = features_from_plain(json.loads(json.dumps(features_to_plain(features))))
    assert again.says_ == features.says_
    assert said(again)["volume_count_kind_cb_30d"].sentence(0.0) == "had no call-back of their own in the last 30 days"


def test_a_level_does_not_add_up(log):
    builders = standard(log)
    (volume,) = [one for one in builders if isinstance(one, Volume)]
    assert (volume.measures, volume.levels) == (("temp", "items"), ("temp",))
    names = set(said(fitted(log, Volume(detail=("30D",), measures=("temp", "items"), levels=("temp",)))))
    about = {name for name in names if "_temp_" in name}
    assert about == {f"volume_temp_{one}_30d" for one in ("mean", "std", "min", "max")}
    assert {"volume_items_sum_30d", "volume_items_rate_365d"} <= names


def test_a_level_may_lie_below_nothing_and_an_amount_is_taken_off(log):
    says = said(
        fitted(
            log,
            Volume(detail=("30D",), measures=("temp", "items"), levels=("temp",)),
            LastK(measures=("temp",), levels=("temp",)),
        )
    )
    assert says["volume_temp_min_30d"].sentence(-5.0) == "had -5 in temperature at the least in the last 30 days"
    assert says["last_k_temp_last"].sentence(-5.0) == "had -5 in temperature the last time"
    assert says["volume_items_sum_30d"].sentence(-284.0) == (
        "had more taken off than added in items over the last 30 days, 284 on balance"
    )
    assert says["volume_items_sum_30d"].sentence(12_300.0) == "had a total of 12,300 in items over the last 30 days"


def test_money_is_said_in_the_currency_of_the_log(log, log_of):
    assert said(fitted(log, Value()))["value_sum_life"].sentence(1_246.5) == "has spent 1,246 EUR in all"
    plain = log_of([{key: value for key, value in event.items() if key in ("ago", "value")} for event in EVENTS])
    assert said(fitted(plain, Value()))["value_sum_life"].sentence(12.5) == "has spent 12.50 in all"


class Odd(Builder):
    """Says what cannot be said."""

    driver = "odd"

    def __init__(self, *, text: str) -> None:
        self.text = text

    def columns(self, seen):
        yield Column("odd_count", seen.count(), says=self.text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("had {count} calls", "KeyError, 'count'"),
        ("had {value:.2q} calls", "ValueError"),
        ("had {value calls", "ValueError"),
        ("had {} calls", "IndexError"),
    ],
)
def test_what_cannot_be_said_is_found_when_fitting(log, text, problem):
    with pytest.raises(UsageError) as raised:
        fitted(log, Odd(text=text))
    assert str(raised.value).startswith(f"odd_count cannot say its values by {text!r}: {problem}")
    assert "{value:#visit}" in str(raised.value)


def test_what_can_be_said_is_left_alone(log):
    (says,) = fitted(log, Odd(text="had {value:.2f} calls {{so far}}")).says_
    assert says.sentence(2.5) == "had 2.50 calls {so far}"
    assert says.sentence(math.nan) == 'has nothing on record for "had n calls {so far}"'
