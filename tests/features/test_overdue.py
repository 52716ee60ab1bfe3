from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, Overdue

from ._experience import mean, spoken
from ._life import SOME

NAN = math.nan
TIMES = ("promised_at", "delivered_at")
BOUGHT = {"kind": "purchase", "direction": "inbound", "promised_at": None, "delivered_at": None}
CAME = {"kind": "delivery", "direction": "outbound", "promised_at": None, "delivered_at": None}
ASKED = {"kind": "call", "direction": "inbound", "promised_at": None, "delivered_at": None}
WORD = {"kind": "call", "direction": "outbound", "promised_at": None, "delivered_at": None}


@pytest.fixture(scope="module")
def overdue(log_of):
    """Make the columns of a customer; promises and deliveries in days before the cut-off."""
    cutoff = pd.Timestamp("2024-04-01")

    def on(ago):
        return None if ago is None else cutoff - pd.Timedelta(days=ago)

    def make(events, **options):
        rows = [{**event, **{name: on(event[name]) for name in TIMES}} for event in events]
        guide = {**CAME, "customer_id": "guide", "ago": 900, "promised_at": cutoff, "delivered_at": cutoff}
        log = log_of([guide, *rows])
        at = pd.DataFrame({"customer_id": ["a"], "cutoff": cutoff})
        found = FeatureSet([Overdue(**{"windows": ("90D",), **options})], min_customers=1, log=log).fit_transform(at)
        return {name.removeprefix("overdue_"): value for name, value in found.iloc[0].items()}

    return make


def test_what_is_still_to_come(overdue):
    first = {**BOUGHT, "ago": 20, "promised_at": 10}
    second = {**BOUGHT, "ago": 9, "promised_at": 4}
    assert overdue([first])["days"] == 10.0
    assert overdue([first, second]) == pytest.approx({"waiting": 2.0, "days": 10.0, "told_share_90d": NAN}, nan_ok=True)
    # the first came three days late
    came = {**CAME, "ago": 7, "promised_at": 10, "delivered_at": 7}
    assert overdue([first, second, came]) == pytest.approx(
        {"waiting": 1.0, "days": 4.0, "told_share_90d": NAN}, nan_ok=True
    )
    # and what will come has not come
    assert overdue([first, {**came, "ago": 7, "delivered_at": -1}])["days"] == 10.0
    assert overdue([first, {**came, "ago": 0}])["days"] == 10.0


def test_what_is_not_due_is_not_late(overdue):
    found = overdue([{**BOUGHT, "ago": 2, "promised_at": -3}])
    assert (found["waiting"], found["days"]) == (1.0, 0.0)
    # promised for the instant of the cut-off
    assert overdue([{**BOUGHT, "ago": 2, "promised_at": 0}])["days"] == 0.0


def test_without_a_promise_there_is_nothing_to_say(overdue):
    found = overdue([{**BOUGHT, "ago": 2}])
    assert math.isnan(found["waiting"])
    assert math.isnan(found["days"])


def test_what_was_called_off_is_forgotten(overdue):
    old = {**BOUGHT, "ago": 181, "promised_at": 175}
    assert (overdue([old])["waiting"], overdue([old])["days"]) == (0.0, 0.0)
    assert overdue([{**old, "ago": 180}])["days"] == 175.0
    assert overdue([old], within="365D")["days"] == 175.0


@pytest.mark.parametrize(
    ("after", "share"),
    [
        ([], NAN),
        ([(8, ASKED)], 0.0),
        ([(8, WORD)], 1.0),
        ([(8, WORD), (7, ASKED)], 1.0),  # we spoke first
        ([(8, ASKED), (7, WORD)], 0.0),
        ([(11, WORD), (8, ASKED)], 0.0),  # before it was late
        ([(10, WORD)], NAN),  # at the very instant it is not late
        ([(8, {**WORD, "kind": "campaign"}), (7, ASKED)], 0.0),
        ([(8, {**ASKED, "kind": "purchase"}), (7, WORD)], 1.0),
        ([(9, {**CAME, "promised_at": 10, "delivered_at": 9}), (8, ASKED)], NAN),  # it had come
    ],
)
def test_who_spoke_first(after, share, overdue):
    promise = {**BOUGHT, "ago": 20, "promised_at": 10}
    events = [promise, *({**event, "ago": ago} for ago, event in after)]
    assert overdue(events)["told_share_90d"] == pytest.approx(share, nan_ok=True)


_KINDS = st.sampled_from(["purchase", "delivery", "call", "campaign"])
_EVENT = st.fixed_dictionaries(
    {
        "ago": st.integers(-2, 100),
        "kind": _KINDS,
        "direction": st.sampled_from(["inbound", "outbound"]),
        "promised_at": st.sampled_from([None, None, 80, 40, 20, 10, 5, -5]),
        "delivered_at": st.sampled_from([None, None, 30, 10, 3, -3]),
    }
)


@SOME
@given(life=st.lists(_EVENT, max_size=12, unique_by=lambda event: event["ago"]))
def test_is_what_one_pass_says(life, overdue):
    seen = sorted((event for event in life if event["ago"] > 0), key=lambda event: -event["ago"])
    still: dict[int, int] = {}
    first: dict[int, int] = {}
    kept: set[int] = set()
    since, signs, shares = None, [], []
    for event in seen:
        promised, ago = event["promised_at"], event["ago"]
        if promised is not None:
            kept |= {promised} if event["delivered_at"] is not None and event["delivered_at"] >= ago else set()
            still[promised] = ago
            since = None if promised in kept else min(promised, first.setdefault(promised, ago))
            continue
        word = event["direction"] == "outbound" and event["kind"] in ("purchase", "call")
        if word or (event["direction"] == "inbound" and event["kind"] == "call"):
            late = since is not None and ago < since and not any(before < since for before in signs)
            shares += [float(word)] if late and ago <= 90 else []
            signs.append(ago)
    waiting = [promised for promised, ago in still.items() if promised not in kept and ago <= 60]
    found = overdue(life or [{**WORD, "ago": 500}], within="60D")
    promised = bool(still)
    assert found == pytest.approx(
        {
            "waiting": len(waiting) if promised else NAN,
            "days": max([*waiting, 0]) if promised else NAN,
            "told_share_90d": mean(shares),
        },
        nan_ok=True,
    )


def test_sentences(log_of):
    promise = {**BOUGHT, "ago": 20, "promised_at": pd.Timestamp("2024-03-22")}
    says = spoken(Overdue(), log_of([promise, {**CAME, "ago": 19, "delivered_at": pd.Timestamp("2024-03-01")}]))
    assert says["waiting"].sentence(2.0) == "is waiting for 2 deliveries that we promised"
    assert says["days"].sentence(10.0) == "has been waiting for 10 days past the day that we promised"
    assert says["days"].sentence(0.0) == "is waiting for nothing that is late"
    assert says["told_share_90d"].sentence(0.0).startswith("had to ask about all that came late in the last 90 days")


def test_the_future_is_unknown(log):
    check_no_leak(Overdue(), log, cutoffs=["2023-09-04T12:00", "2024-03-01"], customers=30)
