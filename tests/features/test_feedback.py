from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.explanation import Telling
from cxchurn.features import Feedback

from ._experience import spoken
from ._life import SOME, features, lives, past, told

# asked four times in the last 90 days: answered 9 and then 4, silent twice; an ease score was given unasked
EVENTS = [
    {"ago": 200, "kind": "survey", "score": 10.0, "score_type": "nps", "invited": True},
    {"ago": 80, "kind": "survey", "score": 9.0, "score_type": "nps", "invited": True},
    {"ago": 60, "kind": "survey", "score": None, "score_type": None, "invited": True},
    {"ago": 40, "kind": "survey", "score": 4.0, "score_type": "nps", "invited": True},
    {"ago": 30, "kind": "survey", "score": 2.0, "score_type": "ces", "invited": False},
    {"ago": 20, "kind": "survey", "score": None, "score_type": None, "invited": True},
    {"ago": 0, "kind": "survey", "score": 0.0, "score_type": "nps", "invited": True},
]


def test_answers_and_silence(made):
    assert made(Feedback(windows=("90D",)), EVENTS) == pytest.approx(
        {
            "feedback_days_last": 30.0,
            "feedback_silent_streak": 1.0,  # 20 days ago; the answer after the silence of 60 days ago ended that streak
            "feedback_nps_last": 4.0,
            "feedback_nps_change": -5.0,  # 4 after 9
            "feedback_nps_mean_90d": 6.5,
            "feedback_nps_min_90d": 4.0,
            "feedback_ces_last": 2.0,
            "feedback_ces_change": math.nan,
            "feedback_ces_mean_90d": 2.0,
            "feedback_ces_min_90d": 2.0,
            "feedback_detractions_90d": 1.0,  # the 4; 2 on the ease scale is no recommendation score
            "feedback_invitations_90d": 4.0,
            "feedback_silent_90d": 1.0,  # 4 invitations, 3 answers
            "feedback_answer_share_90d": 0.75,
        },
        nan_ok=True,
    )


@pytest.mark.parametrize(("answered", "streak"), [((), 3.0), ((30,), 2.0), ((10,), 0.0), ((20, 10), 0.0), ((0,), 3.0)])
def test_a_streak_of_silence_ends_with_an_answer(made, answered, streak):
    asked = [{"ago": ago, "kind": "survey", "invited": True} for ago in (30, 20, 10)]
    known = {"score": None, "score_type": None}
    events = [{**known, **event} for event in asked if event["ago"] not in answered]
    events += [{"ago": ago, "kind": "survey", "invited": True, "score": 9.0, "score_type": "nps"} for ago in answered]
    features = made(Feedback(windows=()), [{**known, "ago": 50, "kind": "visit", "invited": False}, *events])
    assert features["feedback_silent_streak"] == streak


def test_unasked_answers_are_no_more_than_all(made):
    answers = [{"ago": ago, "score": 5.0, "score_type": "csat", "invited": ago == 3} for ago in (3, 4, 5)]
    features = made(Feedback(windows=("90D",)), answers)
    assert (features["feedback_silent_90d"], features["feedback_answer_share_90d"]) == (0.0, 1.0)


def test_without_invitations_and_recommendations_there_are_fewer_columns(made):
    features = made(Feedback(windows=("90D",)), [{"ago": 3, "score": 5.0, "score_type": "csat"}])
    assert list(features) == [
        "feedback_days_last",
        *(f"feedback_csat_{what}" for what in ("last", "change", "mean_90d", "min_90d")),
    ]


# low scores 40 days ago (a call after exactly 7 days), 20 (only a campaign and a parcel came) and 3 (there still is time);
# a csat of 3 and an nps of 7 are not low
LOW = [
    {"ago": 40, "kind": "survey", "score": 6.0, "score_type": "nps"},
    {"ago": 33, "kind": "call", "direction": "outbound"},
    {"ago": 32, "kind": "survey", "score": 3.0, "score_type": "csat"},
    {"ago": 31, "kind": "survey", "score": 7.0, "score_type": "nps"},
    {"ago": 20, "kind": "survey", "score": 2.0, "score_type": "csat"},
    {"ago": 19, "kind": "campaign", "direction": "outbound"},
    {"ago": 18, "kind": "delivery", "direction": "outbound"},
    {"ago": 17, "kind": "call", "direction": "inbound"},
    {"ago": 3, "kind": "survey", "score": 3.0, "score_type": "ces"},
    {"ago": 0, "kind": "call", "direction": "outbound"},
]


def test_low_scores_acted_on(made):
    events = [{"direction": None, "score": None, "score_type": None, **event} for event in LOW]
    features = made(Feedback(windows=("30D", "90D")), events)
    names = ("acted_share_30d", "ignored_30d", "acted_share_90d", "ignored_90d")
    assert [features[f"feedback_{name}"] for name in names] == [0.0, 1.0, 0.5, 1.0]
    later = made(Feedback(windows=("30D",), acted="20D", low=(("nps", 7),)), events)
    assert (later["feedback_acted_share_30d"], later["feedback_ignored_30d"]) == (
        pytest.approx(math.nan, nan_ok=True),
        0.0,
    )


def test_a_score_of_those_who_are_content_is_no_reason_to_leave(log):
    says = spoken(Feedback(windows=()), log)["nps_last"]
    telling = Telling([says], {"feedback_nps_last": 10.0}, {})
    [[above, below, _]] = telling.raising
    # 7 and 8 are less than the usual 10, and no complaint; nothing above it tells why somebody leaves
    assert 6.9 < below < 7.0
    assert math.isinf(above)


@SOME
@given(life=lives())
def test_answers_and_silence_are_those_of_the_slow_count(life):
    seen = past(life)
    low = [event["ago"] for event in seen if event["score"] is not None and event["score"] <= 6]
    words = [e["ago"] for e in seen if e["direction"] == "outbound" and e["kind"] in ("chat", "purchase")]
    acted = told([ago for ago in low if ago <= 30 * 24], words, within=7 * 24)
    streak = 0
    for event in seen:
        streak = 0 if event["score"] is not None else streak + bool(event["invited"])
    made = features(Feedback(windows=("30D",)), life)
    assert made["feedback_silent_streak"] == streak
    assert made["feedback_ignored_30d"] == acted.failed
    assert made["feedback_acted_share_30d"] == pytest.approx(acted.share, nan_ok=True)


def test_the_future_is_unknown(log):
    check_no_leak(Feedback(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
