from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.by_name._last_k import LastK

from ._life import SOME, features, lives, past

NAN = math.nan
# payments of 10, 30 and 25 with a refund between the last two; waits of 60, 120 and 300 seconds
EVENTS = [
    {"ago": 9, "value": 10.0, "wait_s": 60.0, "score": 9.0, "score_type": "nps", "seats": 3.0},
    {"ago": 8, "value": 30.0, "wait_s": None, "score": 2.0, "score_type": "ces", "seats": 5.0},
    {"ago": 7, "value": -30.0, "wait_s": 120.0, "score": 6.0, "score_type": "nps", "seats": None},
    {"ago": 6, "value": 25.0, "wait_s": 300.0, "score": 6.0, "score_type": "nps", "seats": 4.0},
    {"ago": 0, "value": 99.0, "wait_s": 9.0, "score": 0.0, "score_type": "nps", "seats": 9.0},
]


def test_the_last_beside_those_before(made):
    assert made(LastK(measures=("seats",)), EVENTS, measures=("seats",)) == pytest.approx(
        {
            "last_k_value_minus_before": -5.0,  # 25 after 30; a refund is no payment
            "last_k_wait_s_minus_mean": 210.0,  # 300 after 60 and 120
            "last_k_wait_s_minus_before": 180.0,
            "last_k_score_nps_minus_mean": -1.5,  # 6 after 9 and 6; the ease score is on another scale
            "last_k_score_ces_minus_mean": NAN,
            "last_k_seats_last": 4.0,
            "last_k_seats_minus_mean": 0.0,  # 4 after 3 and 5
            "last_k_seats_minus_before": -1.0,
        },
        nan_ok=True,
    )


def test_one_value_has_none_before_it(made):
    features = made(LastK(measures=("seats",)), EVENTS[:1], measures=("seats",))
    assert features.pop("last_k_seats_last") == 3.0
    assert all(math.isnan(value) for value in features.values())
    nobody = made(LastK(measures=("seats",)), EVENTS, who="nobody", measures=("seats",))
    assert len(nobody) == 8
    assert all(math.isnan(value) for value in nobody.values())


def test_equal_values_do_not_differ(made):
    # the mean of ten values of 0.1 is not 0.1 in binary numbers
    features = made(LastK(), [{"ago": ago, "sentiment": 0.1} for ago in range(1, 12)])
    assert features == {"last_k_sentiment_minus_mean": 0.0, "last_k_sentiment_minus_before": 0.0}


def test_columns_follow_the_roles(made):
    every = dict.fromkeys(("wait_s", "duration_s", "transfers", "sentiment"), 1.0)
    names = list(made(LastK(), [{"ago": 1, **every}]))
    assert names == [f"last_k_{role}_{what}" for role in every for what in ("minus_mean", "minus_before")]
    assert LastK().lacks(["kind"]) == ("value|wait_s|duration_s|transfers|sentiment|score",)
    assert LastK().lacks(["kind", "score"]) == ()
    assert LastK(measures=("seats",)).lacks(["kind", "seats"]) == ()


def _mean(values):
    return sum(values) / len(values) if values else NAN


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    made = features(LastK(), events)
    felt = [event["sentiment"] for event in past(events) if event["sentiment"] is not None]
    assert made["last_k_sentiment_minus_mean"] == pytest.approx(
        felt[-1] - _mean(felt[:-1]) if felt else NAN, nan_ok=True
    )
    before = felt[-1] - felt[-2] if len(felt) > 1 else NAN
    assert made["last_k_sentiment_minus_before"] == pytest.approx(before, nan_ok=True)
    scores = [event["score"] for event in past(events) if event["score"] is not None]
    expected = scores[-1] - _mean(scores[:-1]) if scores else NAN
    assert made.get("last_k_score_nps_minus_mean", NAN) == pytest.approx(expected, nan_ok=True)


def test_the_future_is_unknown(log):
    check_no_leak(LastK(measures=("items",)), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("value_minus_before", -12.5, "paid 12.50 less the last time than the time before"),
        ("value_minus_before", 0.0, "paid as much the last time as the time before"),
        ("value_minus_before", NAN, "has not paid twice yet"),
        ("wait_s_minus_mean", 240.0, "waited 4 minutes longer than usual the last time"),
        ("wait_s_minus_mean", -1.0, "waited 1 second less than usual the last time"),
        ("wait_s_minus_mean", 0.0, "waited as long as usual the last time"),
        ("transfers_minus_before", 2.0, "was passed on more often the last time than the time before"),
        ("sentiment_minus_mean", -0.3, "sounded clearly worse than usual the last time"),
        ("score_nps_minus_mean", 1.5, "gave a recommendation score 1.5 points higher than usual the last time"),
        ("score_nps_minus_mean", NAN, "has not given a recommendation score twice yet"),
        ("items_last", 2.0, "had 2 in items the last time"),
        ("items_last", NAN, "has no record of items"),
        ("items_minus_mean", -1.25, "had 1.25 less in items than usual the last time"),
        ("items_minus_mean", NAN, "has no second record of items"),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([LastK(measures=("items",))], log=log).fit(november).says_}
    assert says[f"last_k_{name}"].sentence(value) == sentence
