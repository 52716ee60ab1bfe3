from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._attention import Attention

from ._life import SOME, features, lives, past, told

NAN = float("nan")
# asked 30, 20, 10 and 2 days ago; the first was answered on the third day, the second on the fifth, the others not at all
EVENTS = [
    {"ago": 40, "kind": "email", "direction": "inbound"},
    {"ago": 30, "kind": "email", "direction": "inbound"},
    {"ago": 27, "kind": "call", "direction": "outbound"},
    {"ago": 25, "kind": "purchase", "direction": "inbound"},
    {"ago": 24, "kind": "delivery", "direction": "outbound"},
    {"ago": 20, "kind": "chat", "direction": "inbound", "resolved": False},
    {"ago": 18, "kind": "campaign", "direction": "outbound"},
    {"ago": 15, "kind": "resolved", "direction": "outbound", "resolved": True},
    {"ago": 12, "kind": "call", "direction": "inbound", "resolved": True},
    {"ago": 10, "kind": "complaint", "direction": "inbound", "resolved": False},
    {"ago": 2, "kind": "chat", "direction": "inbound"},
    {"ago": 1, "kind": "visit", "direction": None},
    {"ago": 0, "kind": "call", "direction": "outbound"},
]


def test_who_turned_to_whom(made):
    assert made(Attention(windows=("30D",)), [{"resolved": None, **event} for event in EVENTS]) == pytest.approx(
        {
            # with a direction: 30, 25, 20, 12, 10 and 2 days ago inbound; 27, 24, 18 and 15 outbound
            "attention_inbound_share_30d": 0.6,
            "attention_words_30d": 1.0,  # the call; a parcel, a campaign and a closed matter are no words
            "attention_promotion_share_30d": 0.25,
            "attention_unanswered_30d": 2.0,  # of 20 and 10 days ago; 2 days ago may still be answered in time
            "attention_waiting": 2.0,
            "attention_waiting_days": 10.0,
            "attention_days_word": 27.0,
        }
    )


def test_nobody(made):
    nobody = made(Attention(windows=("30D",)), EVENTS, who="nobody")
    counts = [name for name, value in nobody.items() if value == 0.0]
    assert counts == ["attention_words_30d", "attention_unanswered_30d", "attention_waiting"]
    assert sum(math.isnan(value) for value in nobody.values()) == 4


@pytest.mark.parametrize(
    ("contact", "waiting"),
    [
        ({"kind": "call"}, 1.0),
        ({"kind": "call", "agent": "human"}, 0.0),  # answered there and then
        ({"kind": "call", "agent": "self"}, 1.0),
        ({"kind": "call", "agent": "human", "resolved": False}, 1.0),  # but the matter was left open
        ({"kind": "call", "resolved": True}, 0.0),
        ({"kind": "purchase"}, 0.0),
        ({"kind": "call", "direction": "outbound"}, 0.0),
    ],
)
def test_what_calls_for_an_answer(made, contact, waiting):
    event = {"ago": 9, "direction": "inbound", "agent": None, "resolved": None, **contact}
    assert made(Attention(windows=()), [event])["attention_waiting"] == waiting


@SOME
@given(life=lives())
def test_answers_are_those_of_the_slow_count(life):
    seen = past(life)
    asked = [e["ago"] for e in seen if e["direction"] == "inbound" and e["kind"] == "chat" and not _settled(e)]
    words = [e["ago"] for e in seen if e["direction"] == "outbound" and e["kind"] in ("chat", "purchase")]
    answers = sorted({*words, *(event["ago"] for event in seen if event["resolved"])})
    recent, ever = (told([ago for ago in asked if ago <= days * 24], answers, within=3 * 24) for days in (30, 999))
    ways = [event["direction"] for event in seen if event["ago"] <= 30 * 24 and event["direction"]]
    sent = [e["kind"] for e in seen if e["ago"] <= 30 * 24 and e["direction"] == "outbound"]
    assert features(Attention(windows=("30D",)), life) == pytest.approx(
        {
            "attention_inbound_share_30d": ways.count("inbound") / len(ways) if ways else NAN,
            "attention_words_30d": sum(ago <= 30 * 24 for ago in words),
            "attention_promotion_share_30d": sent.count("campaign") / len(sent) if sent else NAN,
            "attention_unanswered_30d": recent.failed,
            "attention_waiting": ever.pending,
            "attention_waiting_days": ever.oldest,
            "attention_days_word": min(words, default=NAN) / 24,
        },
        nan_ok=True,
    )


def _settled(event):
    return event["agent"] == "human" if event["resolved"] is None else event["resolved"]


def test_the_future_is_unknown(log):
    check_no_leak(Attention(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
