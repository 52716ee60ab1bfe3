from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.datasets import Simulation, simulate, write_simulation
from cxchurn.datasets._simulation import CUSTOMER_KINDS
from cxchurn.datasets._truth import mornings, quiet_probability
from cxchurn.datasets.days._scheme import TIERS
from cxchurn.datasets.world._diary import Diary
from cxchurn.datasets.world._effects import BASELINE
from cxchurn.datasets.world._rates import rates
from cxchurn.interactions import Schema

PERIOD = ("2023-07-01", "2024-07-01")


@pytest.fixture(scope="module")
def scheme() -> Simulation:
    return simulate(300, *PERIOD, also=["loyalty"], random_state=5)


def test_only_who_asks_for_it_has_it(scheme: Simulation) -> None:
    plain = simulate(60, *PERIOD, random_state=5)
    assert not {"points", "tier"} & set(plain.interactions)
    assert "membership" not in plain.interactions["kind"].cat.categories
    assert "loyalty" not in set(plain.effects["driver"])
    pairs = pd.DataFrame({"customer_id": scheme.customers["customer_id"].iloc[:1], "cutoff": scheme.end})
    assert "loyalty" not in plain.true_effects(pairs)
    assert plain.true_effects(pairs).columns.tolist() == scheme.true_effects(pairs).columns.tolist()[:-1]


def test_tiers_and_points_follow_from_purchases(scheme: Simulation) -> None:
    """Customer by customer: each purchase says the tier of the reviews before it and earns ten points; vouchers take 100."""
    rows = scheme.interactions.sort_values(["timestamp"], kind="stable")
    rows = rows[rows["kind"].isin(["purchase", "membership"])]
    told = dict.fromkeys(("up", "down", "voucher"), 0)
    for _, own in rows.groupby("customer_id", observed=True):
        tier, points, bought = TIERS.index("gold"), 0.0, 0
        for row in own.itertuples():
            # rows of one day are in no order that counts
            if row.kind == "purchase":
                points, bought = points + row.points, bought + 1
                assert row.points == 10
                continue
            new = TIERS.index(row.tier)
            assert row.direction == "outbound"
            told["up"] += new > tier
            told["down"] += new < tier
            assert abs(new - tier) <= 1
            assert new <= tier or bought >= 6
            if row.points == -100:
                told["voucher"] += 1
                points -= 100
                assert points >= 0
            tier, bought = new, 0
    assert min(told.values()) > 20


def test_a_fall_weighs_twice_a_rise_and_the_truth_knows_it(scheme: Simulation) -> None:
    pairs = pd.DataFrame({"customer_id": scheme.customers["customer_id"].unique(), "cutoff": scheme.end})
    effect = scheme.true_effects(pairs).set_index("customer_id")["loyalty"]
    month = scheme.interactions["timestamp"] >= pd.Timestamp(scheme.end) - pd.Timedelta("30D")
    news = scheme.interactions[
        month & (scheme.interactions["kind"] == "membership") & ~scheme.interactions["points"].notna()
    ]
    # who has been moved once at all, and in the last month
    once = scheme.interactions[scheme.interactions["kind"] == "membership"]["customer_id"].value_counts() == 1
    moved = news[news["customer_id"].map(once)].set_index("customer_id")["tier"]
    down, up = (effect[moved[moved == tier].index] for tier in ("silver", "platinum"))
    assert len(down) > 3
    assert (down > 0.2).all()
    assert (up < 0).all()


@pytest.mark.prove
def test_silence_brings_the_fall_that_is_decided(scheme: Simulation) -> None:
    """The exact probability agrees with drawn futures, though nobody who is silent keeps a tier."""
    few = pd.DataFrame(
        {"customer_id": scheme.customers["customer_id"].unique()[:80], "cutoff": pd.Timestamp("2024-02-01")}
    )
    few = few[few["customer_id"].isin(scheme.customers.loc[scheme.customers["signup"] < "2024-01-01", "customer_id"])]
    exact = scheme.true_probability(few)
    drawn = scheme.true_probability(few, kinds=[kind for kind in CUSTOMER_KINDS if kind != "cancel"], paths=200)
    assert (np.abs(drawn - exact) < 4.5 * np.sqrt((exact * (1 - exact) + 1e-3) / 200)).all()


def test_the_effects_add_up_and_move_the_truth(scheme: Simulation) -> None:
    people, calendar = scheme._people, scheme._calendar
    *_, (day, state) = mornings(people, calendar, scheme.random_state, Diary(), 200)
    here = np.flatnonzero(state.here & (people.signup < day))
    pairs = pd.DataFrame(
        {"customer_id": [f"C-{place + 1:06d}" for place in here], "cutoff": scheme.start + np.timedelta64(day, "D")}
    )
    table = scheme.true_effects(pairs).drop(columns=["customer_id", "cutoff"])
    leave = rates(people, state, calendar, day).leave[here]
    assert (table["baseline"] == BASELINE).all()
    np.testing.assert_allclose(table.sum(axis=1), np.log(leave), rtol=1e-12)
    as_is, moved = state.take(here), state.take(here)
    moved.move("loyalty", np.arange(len(here)), 0.5)
    before, after = (quiet_probability(people.take(here), one, calendar, day, 60) for one in (as_is, moved))
    assert (after < before).mean() > 0.9


def test_switched_off_the_scheme_drives_nobody(scheme: Simulation) -> None:
    off = simulate(120, *PERIOD, also=["loyalty"], without=["loyalty"], random_state=5)
    assert off.effects.set_index("driver")["coefficient"]["loyalty"] == 0
    assert off.interactions["tier"].notna().any()
    pairs = pd.DataFrame({"customer_id": off.customers["customer_id"].unique()[:50], "cutoff": off.end})
    assert (off.true_effects(pairs)["loyalty"] == 0).all()


def test_it_is_written_with_its_roles(scheme: Simulation, tmp_path) -> None:
    files = write_simulation(simulate(20, *PERIOD, also=["loyalty"]), tmp_path)
    schema = Schema.from_toml(files.schema)
    assert (schema.points, schema.tier, schema.measures) == ("points", "tier", ("items", "discount"))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"also": ["loyalti"]}, "also is \\['loyalti'\\]"),
        ({"also": "loyalty"}, "also is 'loyalty'"),
        ({"without": ["loyalty"]}, "without is \\['loyalty'\\]"),
    ],
)
def test_what_there_is_not(options, match) -> None:
    with pytest.raises(UsageError, match=match):
        simulate(5, *PERIOD, **options)
