from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._after_sale import AfterSale

from ._life import SOME, features, lives, past, told

NAN = float("nan")
# bought 60 days ago (called 4 days later), 40 (written to 12 days later), 27 (only a campaign and the parcel came), and 3;
# wrote 35 days ago and was written to exactly 7 days later, just in time for a reply
SALE = {"kind": "purchase", "direction": "inbound"}
EVENTS = [
    {"ago": 60, **SALE},
    {"ago": 58, "kind": "delivery", "direction": "outbound"},
    {"ago": 56, "kind": "call", "direction": "outbound"},
    {"ago": 40, **SALE},
    {"ago": 35, "kind": "email", "direction": "inbound"},
    {"ago": 28, "kind": "email", "direction": "outbound"},
    {"ago": 27, **SALE},
    {"ago": 26, "kind": "campaign", "direction": "outbound"},
    {"ago": 25, "kind": "delivery", "direction": "outbound"},
    {"ago": 3, **SALE},
    {"ago": 0, "kind": "call", "direction": "outbound"},
]


def test_words_after_sales(made):
    assert made(AfterSale(windows=("40D", "90D")), EVENTS) == pytest.approx(
        {
            # in the last 40 days: bought 40 days ago (12 days to a word), 27 (none), 3 (too young to tell for either span)
            "after_sale_followed_share_7d_40d": 0.0,
            "after_sale_followed_share_30d_40d": 1.0,  # the one of 27 days ago may still be followed up
            "after_sale_days_to_word_40d": 12.0,
            "after_sale_followed_share_7d_90d": 1 / 3,
            "after_sale_followed_share_30d_90d": 1.0,
            "after_sale_days_to_word_90d": 8.0,  # 4 and 12 days
            "after_sale_unheard": 2.0,
            "after_sale_unheard_days": 27.0,
            "after_sale_days_exchange": 28.0,
        }
    )


def test_nothing_bought_and_nothing_said(made):
    nobody = made(AfterSale(windows=("90D",)), EVENTS, who="nobody")
    assert nobody.pop("after_sale_unheard") == 0.0
    assert len(nobody) == 5
    assert all(math.isnan(value) for value in nobody.values())


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ([{"ago": 9, "kind": "call", "direction": "inbound", "agent": "human"}], 9.0),
        ([{"ago": 9, "kind": "call", "direction": "inbound", "wait_s": 30.0}], 9.0),
        ([{"ago": 9, "kind": "chat", "direction": "inbound", "agent": "self"}], NAN),
        ([{"ago": 9, "kind": "survey", "direction": "outbound", "score": 7.0, "score_type": "nps"}], 9.0),
        ([{"ago": 9, "kind": "survey", "direction": "outbound"}], NAN),
        ([{"ago": 9, "kind": "call", "direction": "outbound"}], NAN),
        ([{"ago": 9, "kind": "email", "direction": "inbound"}, {"ago": 1.9, "kind": "call", "direction": "outbound"}], NAN),
        ([{"ago": 9, "kind": "email", "direction": "inbound"}, {"ago": 2, "kind": "call", "direction": "outbound"}], 2.0),
        ([{"ago": 9, "kind": "email", "direction": "inbound"}, {"ago": 8, "kind": "campaign", "direction": "outbound"}], NAN),
    ],
)  # fmt: skip
@pytest.mark.sampled(3)
def test_what_an_exchange_is(made, events, days):
    columns = {"agent": None, "wait_s": None, "score": None, "score_type": None}
    features = made(AfterSale(windows=()), [{**columns, **event} for event in events])
    assert features["after_sale_days_exchange"] == pytest.approx(days, nan_ok=True)


@SOME
@given(life=lives())
def test_follow_ups_are_those_of_the_slow_count(life):
    seen = past(life)
    bought = [event["ago"] for event in seen if event["kind"] == "purchase" and event["direction"] != "outbound"]
    words = [e["ago"] for e in seen if e["direction"] == "outbound" and e["kind"] in ("chat", "purchase")]
    week, month = (told([ago for ago in bought if ago <= 90 * 24], words, within=days * 24) for days in (7, 30))
    made = features(AfterSale(windows=("90D",)), life)
    del made["after_sale_days_exchange"]
    assert made == pytest.approx(
        {
            "after_sale_followed_share_7d_90d": week.share,
            "after_sale_followed_share_30d_90d": month.share,
            "after_sale_days_to_word_90d": month.delay,
            "after_sale_unheard": told(bought, words, within=24).pending,
            "after_sale_unheard_days": told(bought, words, within=24).oldest,
        },
        nan_ok=True,
    )


def test_the_future_is_unknown(log):
    check_no_leak(AfterSale(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
