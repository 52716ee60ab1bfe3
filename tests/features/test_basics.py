from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._basics import Basics

from ._experience import (
    MONTH,
    NAN,
    SOME,
    features,
    is_closed,
    is_contact,
    lives,
    matters,
    mean,
    past,
    spoken,
)

CUTOFF = pd.Timestamp("2024-04-01")


def delivery(ago, promised, delivered=None):
    """A delivery told `ago` days before the cut-off; by default delivered when told."""
    days = {"promised_at": promised, "delivered_at": ago if delivered is None else delivered}
    return {"ago": ago, "kind": "delivery", "direction": "outbound"} | {
        name: CUTOFF - pd.Timedelta(value, "D") for name, value in days.items()
    }


def contact(ago, case, resolved=None, direction="inbound"):
    return {"ago": ago, "kind": "call", "case_id": case, "resolved": resolved, "direction": direction}


def bought(ago, kind="purchase", direction="inbound"):
    return {"ago": ago, "kind": kind, "direction": direction}


DELIVERIES = [
    delivery(50, promised=50),
    delivery(40, promised=46),
    delivery(30, promised=30),
    delivery(20, promised=21.5),
    bought(15),
    delivery(10, promised=12),
    delivery(5, promised=5),
    delivery(4, promised=3),
    # announced: that it will have come in time is not known yet
    delivery(3, promised=1, delivered=2),
    delivery(2, promised=-5, delivered=-4),
    delivery(0, promised=7),
]


def test_promises(made):
    # a delivery is the company's own doing: customers come for purchases alone, so nothing is made of that
    assert made(Basics(windows=("30D", "7D")), DELIVERIES) == pytest.approx(
        {
            # the last two in time, the one before late
            "basics_kept_streak": 2.0,
            "basics_late_days_last": 0.0,
            # 30 (exactly on the edge), 5 and 4 days ago in time; 20 days ago 1.5 days late, 10 days ago 2 days late
            "basics_kept_share_30d": 3 / 5,
            "basics_late_days_mean_30d": 3.5 / 5,
            "basics_kept_share_7d": 1.0,
            "basics_late_days_mean_7d": 0.0,
        },
        nan_ok=True,
    )


def test_the_streak_of_who_was_never_disappointed_and_of_who_just_was(made):
    assert made(Basics(), DELIVERIES[:1])["basics_kept_streak"] == 1.0
    assert made(Basics(), [*DELIVERIES[:1], delivery(40, 40)])["basics_kept_streak"] == 2.0
    late = made(Basics(), DELIVERIES[:2])
    assert (late["basics_kept_streak"], late["basics_late_days_last"]) == (0.0, 6.0)


# a: one contact, closed by the company; b: two contacts; c: closed and come up again; d: never told; e: closed before
# the window; f: the company's own matter; g: closed on the cut-off
MATTERS = [
    contact(60, "e", resolved=True),
    contact(28, "a", resolved=False),
    contact(27, "a", resolved=True, direction="outbound"),
    contact(26, "b", resolved=False),
    contact(25, "b", resolved=True),
    contact(24, "c", resolved=True),
    contact(23, "c"),
    contact(22, "d"),
    contact(21, "f", resolved=True, direction="outbound"),
    contact(20, "g", resolved=False),
    contact(0, "g", resolved=True),
]


def test_right_first_time(made):
    share = {w: made(Basics(windows=(w,)), MATTERS)[f"basics_first_time_share_{w.lower()}"] for w in ("30D", "90D")}
    # of a and b the first; with e two of three
    assert share == pytest.approx({"30D": 1 / 2, "90D": 2 / 3})
    assert made(Basics(windows=("30D",)), MATTERS[:6])["basics_first_time_share_30d"] == pytest.approx(2 / 3)


def test_defects_and_results_only(made):
    events = [
        bought(200, kind="visit"),
        bought(80),
        bought(60, kind="return"),
        bought(20),
        bought(10, kind="return"),
        bought(10, kind="return"),
        bought(5, kind="campaign", direction="outbound"),
        bought(0, kind="visit"),
    ]
    windows = ("7D", "30D", "90D", "365D")
    features = made(Basics(windows=windows), events, duplicates="keep")
    # nothing bought; 2 of 1; 3 of 2
    assert [features[f"basics_defects_per_purchase_{w.lower()}"] for w in windows] == pytest.approx(
        [NAN, 2.0, 1.5, 1.5], nan_ok=True
    )
    # what the company sends does not count, the visit long ago does
    assert [features[f"basics_results_only_{w.lower()}"] for w in windows] == pytest.approx(
        [NAN, 1.0, 1.0, 0.0], nan_ok=True
    )
    own = made(Basics(windows=("365D",), purchases=("visit",), defects=("purchase", "campaign")), events[:5])
    # two purchases, one visit
    assert own["basics_defects_per_purchase_365d"] == 2.0


def test_columns_follow_the_roles_and_the_known_kinds(made):
    assert list(made(Basics(windows=("30D",)), MATTERS)) == ["basics_first_time_share_30d"]
    events = [bought(4), bought(3, kind="complaint"), bought(2, kind="visit")]
    defects, only = "basics_defects_per_purchase_30d", "basics_results_only_30d"
    assert list(made(Basics(windows=("30D",)), events)) == [defects, only]
    assert list(made(Basics(windows=("30D",)), events[:2])) == [defects]
    assert list(made(Basics(windows=("30D",)), events[::2])) == [only]
    assert Basics().lacks([]) == ()


def test_nobody(made):
    events = [*DELIVERIES, *MATTERS, bought(3, kind="refund")]
    nobody = made(Basics(windows=("30D",)), events, who="nobody")
    assert len(nobody) == 7
    assert all(math.isnan(value) for value in nobody.values())


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(Basics(windows=("30D",)), drawn), strict=True):
        assert made == pytest.approx(_expected(life), nan_ok=True)


def _expected(life):
    late, recent = ([_days_late(e) for e in past(life, within) if _is_known(e)] for within in (math.inf, MONTH))
    own = [e["kind"] for e in past(life, MONTH) if e["direction"] != "outbound" and not e["later"]]
    kinds = [e["kind"] for e in past(life, MONTH)]
    purchases = own.count("purchase")
    closed = [m for m in matters(past(life)).values() if m[-1]["ago"] <= MONTH and is_closed(m)]
    contacts = [sum(map(is_contact, matter)) for matter in closed]
    streak = next((n for n, days in enumerate(reversed(late)) if days > 0), len(late))
    return {
        "basics_kept_streak": streak if late else NAN,
        "basics_late_days_last": late[-1] if late else NAN,
        "basics_kept_share_30d": mean([days == 0 for days in recent]),
        "basics_late_days_mean_30d": mean(recent),
        "basics_first_time_share_30d": mean([count == 1 for count in contacts if count]),
        "basics_defects_per_purchase_30d": kinds.count("return") / purchases if purchases else NAN,
        "basics_results_only_30d": float({*own} <= {"purchase", "return"}) if purchases else NAN,
    }


def _is_known(event):
    # larger numbers lie further back
    return None not in (event["promised"], event["delivered"]) and event["delivered"] >= event["ago"]


def _days_late(event):
    return max(0, event["promised"] - event["delivered"]) / 24


def test_nothing_leaks(log):
    table = check_no_leak(Basics(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 12).all()
    assert (table["future_events"] > 0).all()


@pytest.fixture(scope="module")
def says(log_of):
    returned = [bought(3, kind="return"), bought(2, kind="complaint"), bought(1, kind="refund")]
    return spoken(Basics(windows=("30D",)), log_of([*DELIVERIES, *MATTERS, *returned]))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("kept_streak", 3.0, "has had 3 deliveries as promised in a row"),
        ("kept_streak", 1.0, "has had 1 delivery as promised in a row"),
        ("kept_streak", 0.0, "has had no delivery as promised since the last one came late"),
        ("kept_streak", NAN, "has had no delivery with a promised date yet"),
        ("late_days_last", 1.0, "got the last delivery 1 day later than promised"),
        ("late_days_last", 0.0, "got the last delivery in time"),
        ("kept_share_30d", 0.75, "got 75% of the deliveries of the last 30 days as promised"),
        ("kept_share_30d", 0.0, "got none of the deliveries of the last 30 days as promised"),
        ("kept_share_30d", NAN, "had no delivery with a promised date in the last 30 days"),
        ("late_days_mean_30d", 0.5, "got deliveries 12 hours later than promised on average in the last 30 days"),
        ("late_days_mean_30d", 0.0, "got every delivery of the last 30 days in time"),
        ("first_time_share_30d", 0.5, "needed a single contact for 50% of the matters settled in the last 30 days"),
        ("first_time_share_30d", 0.0, "needed a single contact for none of the matters settled in the last 30 days"),
        ("first_time_share_30d", NAN, "had no matter settled in the last 30 days"),
        (
            "defects_per_purchase_30d",
            0.25,
            "had something wrong 0.25 times per purchase in the last 30 days",
        ),
        ("defects_per_purchase_30d", 0.0, "had nothing wrong with a purchase in the last 30 days"),
        ("defects_per_purchase_30d", NAN, "bought nothing in the last 30 days"),
        (
            "results_only_30d",
            1.0,
            "came for nothing but purchases and what was wrong with them in the last 30 days",
        ),
        (
            "results_only_30d",
            0.0,
            "came for more than purchases and what was wrong with them in the last 30 days",
        ),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
