"""What a company may have besides: sessions, returns, customers who know each other, people who put customers off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.datasets import Simulation, simulate, write_simulation
from cxchurn.datasets._simulation import CUSTOMER_KINDS
from cxchurn.datasets.days._staff import QUALITY
from cxchurn.datasets.world._effects import FURTHER
from cxchurn.datasets.world._people import AGENTS
from cxchurn.features import BotLoops, FeatureSet, Network, Returns, Sessions, Staff
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Inactivity, make_panel

PERIOD = ("2023-07-01", "2024-07-01")
ALSO = ("sessions", "returns", "network", "staff")


@pytest.fixture(scope="module")
def rich() -> Simulation:
    return simulate(300, *PERIOD, also=ALSO, random_state=5)


@pytest.fixture(scope="module")
def rows(rich: Simulation) -> pd.DataFrame:
    return rich.interactions.astype({"kind": object, "step": object})


@pytest.fixture(scope="module")
def ends(rich: Simulation) -> pd.DataFrame:
    """The true effects of everybody at the end."""
    pairs = pd.DataFrame({"customer_id": rich.customers["customer_id"].unique(), "cutoff": rich.end})
    return rich.true_effects(pairs).set_index("customer_id")


def test_only_who_asks_for_it_has_it() -> None:
    short = ("2023-07-01", "2023-11-01")
    plain = simulate(60, *short, random_state=5)
    assert not {"session_id", "step", "peer_id"} & set(plain.interactions)
    assert not {"page", "return", "question", "answer", "peer_left"} & set(plain.interactions["kind"].cat.categories)
    assert not set(FURTHER) & set(plain.effects["driver"])
    for what, kinds in (
        ("sessions", {"page"}),
        ("returns", {"return"}),
        ("network", {"question", "answer", "peer_left"}),
    ):
        one = simulate(60, *short, also=[what], random_state=5)
        found = set(one.interactions["kind"].dropna())
        assert found == set(one.interactions["kind"].cat.categories)
        assert found - set(plain.interactions["kind"].cat.categories) == kinds
        assert one.effects["driver"].iloc[-1] == what


def test_sessions_tell_how_they_ended(rows: pd.DataFrame) -> None:
    """All of a session is of one customer and one day; an order is its last step, and comes after the checkout."""
    steps = rows.dropna(subset="session_id")
    assert set(steps["touchpoint"]) == {"app", "web"}
    assert (steps.groupby("session_id")["customer_id"].nunique() == 1).all()
    assert (steps.groupby("session_id")["timestamp"].agg(np.ptp) < pd.Timedelta("1h")).all()
    walks = steps.groupby("session_id")["step"].agg(" ".join).value_counts()
    assert set(walks.index) == {
        "cart checkout order_confirmed", "cart error checkout order_confirmed",
        "search product", "home search", "product error", "cart checkout",
    }  # fmt: skip
    ordered = steps[steps["step"] == "order_confirmed"]
    assert (ordered["kind"] == "purchase").all()
    online = rows["kind"].eq("purchase") & rows["touchpoint"].isin(["app", "web"])
    assert len(ordered) == online.sum()


def test_what_went_wrong_online_last_hurts(rows: pd.DataFrame, ends: pd.DataFrame) -> None:
    late = rows[rows["timestamp"] >= "2024-06-01"]
    failed = late[late["step"] == "error"]["customer_id"].value_counts()
    twice = ends["sessions"].reindex(failed[failed > 1].index)
    assert len(twice) > 2
    assert (twice > 0.2).all()


def test_money_follows_goods_as_decided(rows: pd.DataFrame) -> None:
    """Customer by customer a return waits for the refund of the first, two to fifty days; half of them are quick."""
    own = rows[rows["kind"].isin(["return", "refund"])].sort_values("timestamp", kind="stable")
    waits = []
    for _, events in own.groupby("customer_id"):
        day = events["timestamp"].dt.normalize()
        sent = day[events["kind"] == "return"]
        waits += [
            (day[(events["kind"] == "refund") & (day > one)].min() - one).days for one in sent if (day > one).any()
        ]
    waits = np.array([one for one in waits if not np.isnan(one)])
    assert waits.size > 200
    assert waits.min() >= 1
    assert waits.max() < 50
    assert 0.4 < (waits <= 7).mean() < 0.8


def test_whoever_waits_for_money_is_driven_away(rows: pd.DataFrame, ends: pd.DataFrame) -> None:
    last = rows[rows["kind"] == "return"].groupby("customer_id")["timestamp"].max().dt.normalize()
    paid = rows[rows["kind"] == "refund"].groupby("customer_id")["timestamp"].max().reindex(last.index)
    age = (pd.Timestamp(PERIOD[1]) - last).dt.days
    # one such wait alone is worth more than good ones of months before
    waiting = last.index[(age > 14) & (age < 45) & ~(paid > last)]
    assert len(waiting) > 3
    assert (ends["returns"].reindex(waiting) > 0).all()


def test_questions_and_friends(rows: pd.DataFrame, ends: pd.DataFrame) -> None:
    """An answer follows a question within four days; news of a friend names who was brought last."""
    own = rows[rows["kind"].isin(["question", "answer", "referral", "peer_left"])].sort_values(
        "timestamp", kind="stable"
    )
    counted = dict.fromkeys(("answer", "peer_left"), 0)
    for _, events in own.groupby("customer_id"):
        friend, asked = None, None
        for row in events.itertuples():
            if row.kind == "referral":
                friend = row.peer_id
            elif row.kind == "question":
                asked = row.timestamp.normalize()
            elif row.kind == "answer":
                assert 1 <= (row.timestamp.normalize() - asked).days <= 4
                counted["answer"] += 1
            else:
                assert row.peer_id == friend
                assert row.direction == "outbound"
                counted["peer_left"] += 1
    assert min(counted.values()) > 50
    gone = rows[(rows["kind"] == "peer_left") & (rows["timestamp"] >= "2024-06-01")]["customer_id"].unique()
    here = rows[rows["timestamp"] < "2024-06-01"]["customer_id"].unique()
    assert ends["network"][np.isin(ends.index, gone)].mean() > ends["network"][np.isin(ends.index, here)].mean() + 0.2


@pytest.mark.prove
def test_silence_brings_what_is_decided(rich: Simulation) -> None:
    """The exact probability agrees with drawn futures, though money, answers and news come to who is silent."""
    few = pd.DataFrame(
        {"customer_id": rich.customers["customer_id"].unique()[:80], "cutoff": pd.Timestamp("2024-02-01")}
    )
    few = few[few["customer_id"].isin(rich.customers.loc[rich.customers["signup"] < "2024-01-01", "customer_id"])]
    exact = rich.true_probability(few)
    drawn = rich.true_probability(few, kinds=[kind for kind in CUSTOMER_KINDS if kind != "cancel"], paths=200)
    assert (np.abs(drawn - exact) < 4.5 * np.sqrt((exact * (1 - exact) + 1e-3) / 200)).all()


def test_the_families_tell_of_it(rich: Simulation) -> None:
    """What each family says goes along with the true part of its driver, on the expected side."""
    log = read_interactions(rich.interactions, schema_of(rich), customers=rich.customers)
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=["2024-03-01", "2024-05-01"]).frame
    wanted = [Sessions(windows=("60D",)), Returns(windows=("60D",)), Network(windows=("60D",))]
    found = FeatureSet(wanted, log=log, churn=churn).fit_transform(panel)
    truth = rich.true_effects(panel[["customer_id", "cutoff"]])
    for name, least in (
        ("sessions_error_share_60d", 0.3), ("sessions_in_vain_share_60d", 0.3), ("returns_days_to_refund_60d", 0.3),
        ("network_gone", 0.4), ("network_answered_share_60d", -0.4),
    ):  # fmt: skip
        together = found[name].astype(float).corr(truth[name.split("_")[0]], method="spearman")
        assert together * np.sign(least) > abs(least)


@pytest.mark.prove
def test_customers_lost_by_person_finds_who_puts_them_off() -> None:
    """By who left alone: the twelve people of sixty stand above the others."""
    company = simulate(1200, *PERIOD, also=["staff"], random_state=3)
    log = read_interactions(company.interactions, schema_of(company), customers=company.customers)
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=["2024-05-01"]).frame
    builder = Staff(moments=4)
    fitted = FeatureSet([builder], log=log, churn=churn).fit(panel)
    lost = fitted.transform(panel)["staff_lost"].to_numpy(dtype=float)
    events = company.interactions[company.interactions["known_at"] < "2024-05-01"].sort_values(
        "known_at", kind="stable"
    )
    last = events.dropna(subset="agent_id").groupby("customer_id")["agent_id"].last()
    number = panel["customer_id"].astype(str).map(last.astype(str)).str.removeprefix("A-").astype(float).to_numpy()
    told = ~np.isnan(lost) & ~np.isnan(number)
    bad = QUALITY[number[told].astype(int)] < 0
    assert (QUALITY < 0).sum() == AGENTS / 5
    assert told.sum() > 300
    assert lost[told][bad].mean() > lost[told][~bad].mean() + 0.02


def test_who_goes_round_with_bots_leaves_for_it() -> None:
    """The driver is what the log shows of it: one for each answer of a bot after a bot's, fading with 60 days."""
    company = simulate(100, "2023-07-01", "2023-11-01", also=["bot_loops"], random_state=5)
    log = read_interactions(company.interactions, schema_of(company), customers=company.customers)
    pairs = pd.DataFrame({"customer_id": company.customers["customer_id"].unique(), "cutoff": company.end})
    effect = company.true_effects(pairs)["bot_loops"].to_numpy()
    found = FeatureSet([BotLoops()], min_customers=1, log=log).fit_transform(pairs)
    looped = found["bot_loops_count_365d"].to_numpy() > 0
    assert looped.sum() > 10
    assert (effect[looped] > 0).all()
    # the company may have called in between, and the last day is not wholly known by its end
    assert (effect[~looped] > 0).mean() < 0.05


def test_it_is_written_with_its_roles(tmp_path) -> None:
    files = write_simulation(simulate(20, "2023-07-01", "2023-11-01", also=ALSO), tmp_path)
    schema = Schema.from_toml(files.schema)
    assert (schema.session_id, schema.step, schema.peer_id, schema.agent_id) == (
        "session_id",
        "step",
        "peer_id",
        "agent_id",
    )


def schema_of(simulation: Simulation) -> Schema:
    extra = ("items", "discount")
    roles = {name: name for name in simulation.interactions.columns if name not in (*extra, "product_group")}
    return Schema(**roles, measures=extra, categories=("product_group",))
