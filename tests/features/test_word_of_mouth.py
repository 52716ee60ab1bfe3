from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.experience._word_of_mouth import WordOfMouth

from ._life import SOME, features, lives, past

# brought others 200, 90 and 10 days ago; complained in public 100 days ago, and by phone 5 days ago
EVENTS = [
    {"ago": 200, "kind": "referral", "touchpoint": "app"},
    {"ago": 100, "kind": "complaint", "touchpoint": "social"},
    {"ago": 90, "kind": "referral", "touchpoint": "app"},
    {"ago": 10, "kind": "referral", "touchpoint": "app"},
    {"ago": 5, "kind": "complaint", "touchpoint": "phone"},
    {"ago": 0, "kind": "referral", "touchpoint": "app"},
    {"ago": 0, "kind": "complaint", "touchpoint": "social"},
]


def test_what_was_told(made):
    assert made(WordOfMouth(windows=("90D", "365D")), EVENTS) == {
        "word_of_mouth_referrals_90d": 2.0,  # the one exactly 90 days ago is inside
        "word_of_mouth_referrals_365d": 3.0,
        "word_of_mouth_days_referral": 10.0,
        "word_of_mouth_complaints_90d": 0.0,
        "word_of_mouth_complaints_365d": 1.0,
        "word_of_mouth_days_complaint": 100.0,
    }


def test_columns_follow_what_the_log_knows(made):
    both = WordOfMouth(windows=("90D",))
    assert list(made(both, [{"ago": 3, "kind": "referral"}])) == [
        "word_of_mouth_referrals_90d",
        "word_of_mouth_days_referral",
    ]
    private = [
        {"ago": 3, "kind": "complaint", "touchpoint": "phone"},
        {"ago": 2, "kind": "referral", "touchpoint": "web"},
    ]
    assert [name for name in made(both, private) if "complaint" in name] == []
    told = WordOfMouth(windows=("90D",), referrals=("invite",), complaints=("rant",), public=("forum",))
    events = [{"ago": 3, "kind": "rant", "touchpoint": "forum"}, {"ago": 2, "kind": "invite", "touchpoint": "web"}]
    assert made(told, events) == {
        "word_of_mouth_referrals_90d": 1.0,
        "word_of_mouth_days_referral": 2.0,
        "word_of_mouth_complaints_90d": 1.0,
        "word_of_mouth_days_complaint": 3.0,
    }


def test_what_became_known_later_is_no_sign_of_life():
    scored = {**CHAT, "ago": 70 * 24, "score": 9.0, "score_type": "nps"}
    closed = {**CHAT, "ago": 50 * 24, "direction": None, "resolved": True}
    for later, quiet in ((True, 1.0), (False, 0.0)):
        made = features(WordOfMouth(windows=()), [scored, {**closed, "later": later}])
        assert made["word_of_mouth_promoter_quiet_60d"] == quiet


CHAT = {"ago": 4000, "kind": "chat", "direction": "inbound"} | dict.fromkeys(
    ("touchpoint", "case_id", "agent", "resolved", "invited", "sentiment", "score", "score_type")
)
SURVEY = {"kind": "survey", "score_type": "nps", "direction": "inbound"}


@pytest.mark.parametrize(
    ("events", "quiet"),
    [
        ([{"ago": 70, **SURVEY, "score": 9.0}], 1.0),
        ([{"ago": 60, **SURVEY, "score": 9.0}], 0.0),  # exactly 60 days ago: within the last 60 days
        ([{"ago": 60.001, **SURVEY, "score": 9.0}], 1.0),
        ([{"ago": 70, **SURVEY, "score": 8.0}], 0.0),
        ([{"ago": 90, **SURVEY, "score": 10.0}, {"ago": 70, **SURVEY, "score": 3.0}], 0.0),
        ([{"ago": 70, **SURVEY, "score": 9.0}, {"ago": 50, "direction": "inbound"}], 0.0),
        ([{"ago": 70, **SURVEY, "score": 9.0}, {"ago": 50, "direction": "outbound"}], 1.0),
        ([{"ago": 70, **SURVEY, "score": 9.0}, {"ago": 50, "kind": "survey", "invited": True}], 1.0),
        ([{"ago": 70, **SURVEY, "score": 9.0}, {"ago": 0, "direction": "inbound"}], 1.0),
        # an answer is a sign of life also where it stands in the row of the invitation
        ([{"ago": 70}, {"ago": 50, **SURVEY, "score": 9.0, "direction": "outbound", "invited": True}], 0.0),
    ],
)
def test_a_promoter_gone_quiet(made, events, quiet):
    columns = {"score": None, "score_type": None, "direction": None, "invited": None}
    features = made(WordOfMouth(windows=()), [{**columns, **event} for event in events])
    assert features == {"word_of_mouth_promoter_quiet_60d": quiet}


def test_nobody_was_asked(made):
    nobody = made(WordOfMouth(windows=("90D",)), [{"ago": 70, **SURVEY, "score": 9.0}], who="nobody")
    assert math.isnan(nobody["word_of_mouth_promoter_quiet_60d"])


@SOME
@given(life=lives())
def test_promoters_are_quiet_as_the_slow_count_says(life):
    seen = past(life)
    scores = [event["score"] for event in seen if event["score"] is not None]
    signs = [e for e in seen if e["score"] is not None or not (e["direction"] == "outbound" or e["invited"])]
    expected = math.nan
    if scores:
        expected = float(scores[-1] >= 9 and all(event["ago"] > 30 * 24 for event in signs))
    # the chats, of which there always is one, stand for referrals
    made = features(WordOfMouth(windows=("30D",), referrals=("chat",), quiet="30D"), [CHAT, *life])
    assert made.get("word_of_mouth_promoter_quiet_30d", math.nan) == pytest.approx(expected, nan_ok=True)
    own = [e for e in seen if e["direction"] != "outbound"]
    assert made["word_of_mouth_referrals_30d"] == sum(e["kind"] == "chat" and e["ago"] <= 30 * 24 for e in own)


def test_sentences(log_of):
    scored = [{"ago": 70, **SURVEY, "score": 9.0, "touchpoint": None}]
    log = log_of(
        [{**event, "score": event.get("score"), "score_type": event.get("score_type")} for event in EVENTS + scored]
    )
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp("2024-04-01")})
    says = {one.name: one for one in FeatureSet([WordOfMouth()], min_customers=1, log=log).fit(rows).says_}
    quiet = says["word_of_mouth_promoter_quiet_60d"]
    assert quiet.sentence(1.0) == "would have recommended us, but has given no sign of life in the last 60 days"
    assert quiet.sentence(0.0) == "is no promoter gone quiet in the last 60 days"
    assert quiet.sentence(math.nan) == "has never been heard on whether to recommend us"
    assert says["word_of_mouth_referrals_90d"].sentence(1.0) == "brought 1 new customer in the last 90 days"
    assert says["word_of_mouth_complaints_90d"].sentence(0.0) == "did not complain in public in the last 90 days"
    assert says["word_of_mouth_days_complaint"].sentence(math.nan) == "has never complained in public"


def test_the_future_is_unknown(log):
    check_no_leak(WordOfMouth(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
