from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.checks import check_no_leak
from cxchurn.features import Returns

from ._experience import mean, spoken
from ._life import FEW

NAN = math.nan
BACK = {"kind": "return", "value": None}
# settled after 10 days, by an amount; after 4, by what says so; there and then; two that wait; a refund at the cut-off
EVENTS = [
    {**BACK, "ago": 150},
    {"ago": 140, "kind": "other", "value": -20.0},
    {**BACK, "ago": 60},
    {"ago": 56, "kind": "refund", "value": None},
    {**BACK, "ago": 50, "value": -5.0},
    {**BACK, "ago": 30},
    {**BACK, "ago": 20},
    {"ago": 10, "kind": "purchase", "value": 9.0},
    {"ago": 0, "kind": "refund", "value": -9.0},
]


def returns(made, events, **options):
    found = made(Returns(**options), events)
    return {name.removeprefix("returns_"): value for name, value in found.items()}


def test_how_long_money_takes(made):
    assert returns(made, EVENTS) == {
        "waiting": 2.0,
        "days_waiting": 30.0,
        "days_to_refund_90d": 4.0,
        "days_to_refund_365d": (10 + 4) / 2,
    }
    # what was sent back so long ago is waited for no more
    assert returns(made, EVENTS, within="25D")["waiting"] == 1.0
    assert returns(made, EVENTS, within="9D")["days_to_refund_365d"] == 4.0


def test_a_log_without_returns_has_no_column(made):
    with pytest.raises(DataError, match="no builder makes a column"):
        made(Returns(), [{"ago": 9, "kind": "refund", "value": -3.0}])


_EVENT = st.fixed_dictionaries(
    {
        "ago": st.sampled_from([-1, 0, 1, 5, 10, 20, 29, 30, 31, 40, 50, 60]),
        "kind": st.sampled_from(["return", "return", "refund", "visit"]),
        "value": st.sampled_from([None, None, 5.0, -5.0]),
    }
)
_LIFE = st.lists(_EVENT, min_size=1, max_size=10, unique_by=lambda event: event["ago"])


@FEW
@given(lives=st.lists(_LIFE, min_size=6, max_size=6))
def test_is_what_one_pass_says(lives, made_each):
    found = made_each(
        Returns(windows=("30D",), within="20D"), lives, [{**one, "customer_id": "guide"} for one in EVENTS]
    )
    for one, life in zip(found, lives, strict=True):
        told = {f"returns_{name}": value for name, value in slowly(life).items()}
        assert one == pytest.approx(told, nan_ok=True)


def slowly(life):
    seen = [event for event in life if event["ago"] > 0]
    paid = [event["ago"] for event in seen if event["kind"] == "refund" or (event["value"] or 0) < 0]
    sent = [event["ago"] for event in seen if event["kind"] == "return" and (event["value"] or 0) >= 0]
    waits = {ago: min((ago - one for one in paid if one < ago), default=None) for ago in sent}
    pending = [ago for ago, wait in waits.items() if wait is None and ago <= 20]
    return {
        "waiting": len(pending),
        "days_waiting": max(pending, default=NAN),
        "days_to_refund_30d": mean(
            [wait for ago, wait in waits.items() if wait is not None and wait <= 20 and ago <= 30]
        ),
    }


def test_sentences(log_of):
    says = spoken(Returns(), log_of(EVENTS))
    assert says["waiting"].sentence(2.0) == "is waiting for the money of 2 returns"
    assert says["days_waiting"].sentence(30.0) == "has been waiting for 30 days for the money of a return"
    assert (
        says["days_to_refund_90d"].sentence(4.0).startswith("waited 4 days on average for the money of what they sent")
    )


def test_the_future_is_unknown(log_of):
    events = [{**event, "customer_id": f"c{n}", "ago": event["ago"] + n} for n in range(20) for event in EVENTS]
    check_no_leak(Returns(), log_of(events), cutoffs=["2024-01-22T23:59", "2024-03-01"], customers=20)
