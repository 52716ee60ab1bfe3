from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, Loyalty
from cxchurn.interactions import Schema, Source, read_interactions

from ._experience import spoken
from ._life import FEW

NAN = math.nan
NOTHING = {"points": None, "tier": None}
EVENTS = [
    {**NOTHING, "ago": 500, "points": 100.0, "tier": "Silver"},
    {**NOTHING, "ago": 400, "points": 50.0, "tier": "gold"},
    {**NOTHING, "ago": 300, "points": -60.0},
    {**NOTHING, "ago": 80, "tier": "gold"},
    {**NOTHING, "ago": 50, "points": 10.0},
    {**NOTHING, "ago": 20, "points": -40.0, "tier": "SILVER"},
    {**NOTHING, "ago": 0, "points": -10.0, "tier": "platinum"},
]


def loyalty(made, events, **options):
    found = made(Loyalty(**{"windows": ("90D",), **options}), events)
    return {name.removeprefix("loyalty_"): value for name, value in found.items()}


def test_what_loyalty_was_worth(made):
    assert loyalty(made, EVENTS) == pytest.approx(
        {
            "redeemed_share": (60 + 40) / (100 + 50 + 10),
            "days_redeemed": 20.0,
            "days_tier": 20.0,
            "days_promoted": 400.0,
            "days_demoted": 20.0,
            "days_unthanked": 20.0,  # points redeemed
            "points_earned_90d": 10.0,
            "points_redeemed_90d": 40.0,
            "promotions_90d": 0.0,
            "demotions_90d": 1.0,
        },
        nan_ok=True,
    )


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ([{"ago": 366, "points": 5.0}, {"ago": 3, "points": 5.0}], 366.0),  # never
        ([{"ago": 364, "points": 5.0}, {"ago": 3, "points": 5.0}], NAN),  # not long
        ([{"ago": 365, "points": 5.0}, {"ago": 30, "points": -5.0}], 30.0),
        ([{"ago": 400, "tier": "basic"}, {"ago": 40, "tier": "blue"}], 40.0),
        ([{"ago": 400, "tier": "blue"}, {"ago": 40, "tier": "basic"}], 400.0),  # a demotion is no reward
        ([{"ago": 400, "points": 5.0}, {"ago": 9, "kind": "gift", "direction": "outbound"}], 9.0),
        ([{"ago": 400, "points": 5.0}, {"ago": 9, "kind": "campaign", "direction": "outbound"}], 400.0),
    ],
)
def test_who_was_never_thanked(events, days, made):
    begin = {**NOTHING, "customer_id": "first", "ago": 730, "direction": None}
    events = [{**begin, "customer_id": "a", **event} for event in events]
    assert loyalty(made, [begin, *events])["days_unthanked"] == pytest.approx(days, nan_ok=True)


def test_of_tiers_that_nobody_named_only_changes_are_known(made):
    events = [{"ago": ago, "tier": tier} for ago, tier in ((90, "A"), (60, "B"), (30, "C"), (10, "C"))]
    assert list(loyalty(made, events)) == ["days_tier", "days_unthanked"]
    assert loyalty(made, events)["days_tier"] == 30.0
    found = loyalty(made, events, tiers=("C", "A", "B"))
    assert (found["days_promoted"], found["days_demoted"], found["demotions_90d"]) == (60.0, 30.0, 1.0)


def test_tiers_of_a_customers_table_are_a_source_too():
    """As docs/schemas.md says."""
    day = pd.Timestamp
    orders = pd.DataFrame({"who": ["a", "b"], "at": [day("2024-02-01")] * 2, "kind": "order", "direction": "inbound"})
    table = pd.DataFrame(
        {
            "who": ["a", "a", "b"],
            "valid_from": [day("2023-01-01"), day("2024-03-02"), day("2023-01-01")],
            "tier": ["gold", "silver", "gold"],
        }
    )
    told = Schema(customer_id="who", timestamp="at", kind="kind", direction="direction")
    on_file = Schema(
        customer_id="who",
        timestamp="valid_from",
        tier="tier",
        constants={"kind": "membership", "direction": "outbound"},
    )
    sources = [Source(orders, told), Source(table, on_file)]
    log = read_interactions(sources, customers=table.rename(columns={"who": "customer_id"}), now="2024-07-01")
    rows = pd.DataFrame({"customer_id": ["a", "b"], "cutoff": day("2024-04-01")})
    found = FeatureSet([Loyalty(windows=("90D",))], min_customers=1, log=log).fit_transform(rows)
    assert found["loyalty_days_demoted"].tolist() == pytest.approx([30.0, NAN], nan_ok=True)
    assert found["loyalty_demotions_90d"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("redeemed", "left"),
    [
        ([], 30.0),  # 10 and 20; of the edges the early one belongs to it
        ([(300, 5.0)], 25.0),
        ([(300, 5.0), (20, 40.0)], 0.0),  # more than these were
        ([(366, 5.0)], 30.0),  # before any of these was earned
        ([(0, 5.0)], 30.0),
    ],
)
def test_points_that_will_expire(redeemed, left, made):
    earned = [(500, 7.0), (366, 1.0), (365, 10.0), (340, 20.0), (335, 40.0), (10, 80.0)]
    events = [{"ago": ago, "points": points} for ago, points in earned]
    events += [{"ago": ago, "points": -points} for ago, points in redeemed]
    found = loyalty(made, events, expires="365D")
    assert found["points_expiring_30d"] == left
    assert "points_expiring_30d" not in loyalty(made, events)


@given(
    earned=st.lists(st.tuples(st.integers(1, 500), st.integers(1, 50)), max_size=8),
    redeemed=st.lists(st.tuples(st.integers(1, 500), st.integers(1, 50)), max_size=4),
)
def test_at_least_so_many_points_expire(earned, redeemed):
    """Against a book of every point: the oldest go first, and none is older than a year."""
    book: list[int] = []
    for ago, points, sign in sorted([(*e, 1) for e in earned] + [(*r, -1) for r in redeemed], reverse=True):
        book = [one for one in book if one - ago <= 365]
        book = book + [ago] * points if sign > 0 else book[points:]
    truly = sum(365 >= one > 335 for one in book)
    assert expiring(earned, redeemed) <= truly


def expiring(earned, redeemed):
    """What the column says, in days."""
    soon = sum(points for ago, points in earned if 365 >= ago > 335)
    return max(soon - sum(points for ago, points in redeemed if ago <= 365), 0)


def test_a_span_that_is_longer_than_points_last_is_refused(made):
    with pytest.raises(UsageError, match="soon is '400D', and expires is '365D'"):
        loyalty(made, [{"ago": 9, "points": 5.0}], expires="365D", soon="400D")


def test_points_alone(made):
    assert list(loyalty(made, [{"ago": 9, "points": 5.0}])) == [
        "redeemed_share",
        "days_redeemed",
        "days_unthanked",
        "points_earned_90d",
        "points_redeemed_90d",
    ]


_RANKS = {"basic": 0, "silver": 1, "Gold": 2, "odd": None}
_EVENT = st.fixed_dictionaries(
    {
        "ago": st.sampled_from([-1, 0, 1, 10, 29, 30, 31, 60, 99, 100, 101, 300]),
        "points": st.sampled_from([None, 0.0, 5.0, 20.0, -5.0]),
        "tier": st.sampled_from([None, *_RANKS]),
        "kind": st.sampled_from(["visit", "gift"]),
        "direction": st.sampled_from(["inbound", "outbound"]),
    }
)
_GUIDE = {"customer_id": "guide", "ago": 900, "points": 1.0, "tier": "basic", "kind": "visit", "direction": "inbound"}


_LIFE = st.lists(_EVENT, min_size=1, max_size=10, unique_by=lambda event: event["ago"])


@FEW
@given(lives=st.lists(_LIFE, min_size=6, max_size=6))
def test_is_what_one_pass_says(lives, made_each):
    found = made_each(Loyalty(windows=("30D",), long="100D"), lives, [_GUIDE])
    for one, life in zip(found, lives, strict=True):
        told = {f"loyalty_{name}": value for name, value in slowly(life).items()}
        assert one == pytest.approx(told, nan_ok=True)


def slowly(life):
    seen = sorted((event for event in life if event["ago"] > 0), key=lambda event: -event["ago"])
    tier, rank, changed, up, down, thanked, points = None, None, [], [], [], [], []
    for event in seen:
        ago, new = event["ago"], event["tier"]
        if new is not None:
            changed += [ago] if tier not in (None, new) else []
            tier, place = new, _RANKS[new]
            if place is not None:
                up += [ago] if rank is not None and place > rank else []
                down += [ago] if rank is not None and place < rank else []
                rank = place
        points.append((ago, event["points"] or 0.0))
        if event["kind"] == "gift" or (event["points"] or 0) < 0 or (up and up[-1] == ago):
            thanked.append(ago)
    own = [event["ago"] for event in seen if event["direction"] == "inbound"]
    here = own[0] if own else NAN
    earned, redeemed = (sum(max(sign * one, 0) for _, one in points) for sign in (1, -1))
    late = [one for ago, one in points if ago <= 30]
    return {
        "redeemed_share": redeemed / earned if earned else NAN,
        "days_redeemed": min((ago for ago, one in points if one < 0), default=NAN),
        "days_tier": min(changed, default=NAN),
        "days_promoted": min(up, default=NAN),
        "days_demoted": min(down, default=NAN),
        "days_unthanked": min(thanked, default=here) if here >= 100 else NAN,
        "points_earned_30d": sum(max(one, 0) for one in late),
        "points_redeemed_30d": sum(max(-one, 0) for one in late),
        "promotions_30d": sum(ago <= 30 for ago in up),
        "demotions_30d": sum(ago <= 30 for ago in down),
    }


def test_sentences(log_of):
    says = spoken(Loyalty(), log_of(EVENTS))
    assert says["redeemed_share"].sentence(0.5) == "has redeemed 50% of the points they earned"
    assert says["days_redeemed"].sentence(NAN) == "has never redeemed points"
    assert says["days_demoted"].sentence(20.0) == "was last moved to a lower tier 20 days ago"
    assert says["demotions_90d"].sentence(1.0) == "was moved to a lower tier once in the last 90 days"
    lost = spoken(Loyalty(expires="365D"), log_of(EVENTS))["points_expiring_30d"]
    assert (
        lost.sentence(1.0) == "is about to lose at least 1 point in the next 30 days, as points expire after 365 days"
    )
    assert says["points_earned_90d"].sentence(1.0) == "earned 1 point in the last 90 days"
    assert says["days_unthanked"].sentence(500.0) == (
        "has been here for 365 days or more, and has gone 500 days without a reward"
    )


def test_a_demotion_and_a_promotion_are_expected_on_opposite_sides(log_of):
    says = spoken(Loyalty(), log_of(EVENTS))
    assert (says["demotions_90d"].expects, says["promotions_90d"].expects) == (1, -1)
    assert (says["days_demoted"].expects, says["days_promoted"].expects) == (-1, 1)


def test_the_future_is_unknown(log_of):
    events = [{**event, "customer_id": f"c{n}", "ago": event["ago"] + n} for n in range(20) for event in EVENTS]
    check_no_leak(Loyalty(expires="365D"), log_of(events), cutoffs=["2023-05-02T12:00", "2024-03-01"], customers=20)
