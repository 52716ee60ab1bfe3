from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import CxchurnError, DataError, UsageError
from cxchurn.datasets import Simulation, simulate

LABELS = {
    "touchpoint": {"store", "web", "app", "phone", "email", "chat", "social"},
    "direction": {"inbound", "outbound"},
    "agent": {"human", "bot", "self"},
    "score_type": {"nps", "csat", "ces"},
}
RANGES = {
    "sentiment": (-1, 1),
    "wait_s": (0, np.inf),
    "duration_s": (0, np.inf),
    "transfers": (0, np.inf),
    "discount": (0, 0.3),
}
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
KINDS = {
    "purchase", "visit", "call", "chat", "email", "complaint", "survey", "referral", "campaign", "cancel", "delivery",
    "refund", "resolved",
}  # fmt: skip


@pytest.mark.parametrize(("column", "allowed"), LABELS.items())
def test_every_label_occurs_and_no_other(simulation: Simulation, column: str, allowed: set[str]) -> None:
    assert set(simulation.interactions[column].dropna()) == allowed


@pytest.mark.parametrize(("column", "bounds"), RANGES.items())
def test_numbers_stay_in_their_range(simulation: Simulation, column: str, bounds: tuple[float, float]) -> None:
    values = simulation.interactions[column].dropna()
    assert len(values) > 1000
    assert values.between(*bounds).all()


@pytest.mark.parametrize(("scale", "bounds"), SCALES.items())
def test_scores_stay_on_their_scale(simulation: Simulation, scale: str, bounds: tuple[int, int]) -> None:
    rows = simulation.interactions
    scores = rows.loc[(rows["score_type"] == scale) & rows["score"].notna(), "score"]
    assert len(scores) > 50
    assert scores.between(*bounds).all()
    assert (scores == scores.round()).all()


def test_every_kind_occurs_and_no_row_comes_twice(simulation: Simulation) -> None:
    rows = simulation.interactions
    assert set(rows["kind"]) == KINDS
    assert not rows.duplicated().any()
    assert rows[["customer_id", "timestamp", "kind", "known_at", "direction"]].notna().all().all()


def test_rows_lie_within_the_period_after_signup_and_are_known_no_earlier(simulation: Simulation) -> None:
    rows, customers = simulation.interactions, simulation.customers
    signup = rows["customer_id"].map(customers.groupby("customer_id")["signup"].first())
    assert rows["timestamp"].is_monotonic_increasing
    assert rows["timestamp"].between(simulation.start, simulation.end, inclusive="left").all()
    assert (rows["timestamp"] >= signup).all()
    assert (rows["known_at"] >= rows["timestamp"]).all()
    assert 0.1 < (rows["known_at"] > rows["timestamp"]).mean() < 0.9


def test_no_row_tells_what_only_a_later_row_can_know(simulation: Simulation) -> None:
    rows = simulation.interactions
    assert set(rows.loc[rows["delivered_at"].notna(), "kind"]) == {"delivery"}
    deliveries = rows[rows["kind"] == "delivery"]
    assert (deliveries["delivered_at"] == deliveries["timestamp"]).all()
    assert (deliveries["promised_at"].notna()).all()
    assert not (rows["invited"].notna() & rows["score"].notna()).any()
    assert set(rows.loc[rows["resolved"] == False, "kind"]) <= {"call", "chat", "email", "complaint"}  # noqa: E712


def test_a_matter_belongs_to_one_customer_and_starts_before_it_is_resolved(simulation: Simulation) -> None:
    matters = simulation.interactions.dropna(subset="case_id").groupby("case_id")
    assert (matters["customer_id"].nunique() == 1).all()
    assert (matters["direction"].first() == "inbound").all()
    assert (matters.size() > 1).mean() > 0.2


def test_customers_have_one_row_for_each_plan(simulation: Simulation) -> None:
    customers = simulation.customers
    assert customers["customer_id"].nunique() == 2000
    assert not customers.duplicated(["customer_id", "valid_from"]).any()
    assert (customers["valid_from"] < simulation.end).all()
    again = customers["customer_id"].duplicated()
    assert again.sum() > 50
    assert (customers.loc[~again, "valid_from"] == customers.loc[~again, "signup"]).all()
    before = customers.groupby("customer_id")["plan"].shift()
    assert (customers["plan"].astype(str) != before.astype(str))[again].all()


def test_equal_seeds_give_equal_tables_and_others_do_not() -> None:
    one, two, other = (simulate(80, "2024-01-01", "2024-06-01", random_state=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.interactions, two.interactions)
    pd.testing.assert_frame_equal(one.customers, two.customers)
    assert not one.interactions.equals(other.interactions)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(customers=st.integers(1, 25), days=st.integers(90, 160), seed=st.integers(0, 2**31))
def test_any_simulation_keeps_to_its_period(customers: int, days: int, seed: int) -> None:
    start = np.datetime64("2023-10-01")
    small = simulate(customers, str(start), str(start + days), random_state=seed)
    rows = small.interactions
    assert (rows["timestamp"] < small.end).all()
    assert (
        rows["timestamp"] >= rows["customer_id"].map(small.customers.groupby("customer_id")["signup"].first())
    ).all()
    assert (rows["known_at"] >= rows["timestamp"]).all()
    assert not rows.duplicated().any()
    pd.testing.assert_frame_equal(
        rows, simulate(customers, str(start), str(start + days), random_state=seed).interactions
    )


def test_a_quarter_with_one_customer_is_enough() -> None:
    tiny = simulate(1, "2024-01-01", "2024-03-31", random_state=3)
    assert tiny.customers["customer_id"].tolist() == ["C-000001"]
    assert repr(tiny).startswith("Simulation(customers=1, start='2024-01-01', end='2024-03-31', random_state=3)")


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda s: simulate(0), UsageError, "customers is 0"),
        (lambda s: simulate(random_state=-1), UsageError, "random_state is -1"),
        (lambda s: simulate(5, "2024-01-01", "2024-02-01"), UsageError, "at least 90 days apart"),
        (lambda s: simulate(5, "2024-01-01T12:00", "2025-01-01"), UsageError, "without a time of day"),
        (lambda s: simulate(5, without=["efort"]), UsageError, "did you mean 'effort'?"),
        (lambda s: simulate(5, without="effort"), UsageError, "a list of effort"),
        (lambda s: s.true_probability(_pairs(), horizon="121D"), UsageError, "at most '120D'"),
        (lambda s: s.true_probability(_pairs(), horizon="36h"), UsageError, "whole days"),
        (lambda s: s.true_probability(_pairs(), kinds=["purchases"]), UsageError, "did you mean 'purchase'?"),
        (lambda s: s.true_probability(_pairs(), kinds="purchase"), UsageError, "a list of"),
        (lambda s: s.true_probability(_pairs(), kinds=[]), UsageError, "a list of"),
        (lambda s: s.true_probability(_pairs(), kinds=["purchase"], paths=0), UsageError, "paths is 0"),
        (lambda s: s.true_probability(_pairs("X")), DataError, "1 of customers that are not in the simulation"),
        (lambda s: s.true_probability(_pairs(cutoff="2024-05-01T01:00")), DataError, "not at midnight"),
        (lambda s: s.true_probability(_pairs(cutoff="2025-01-02")), DataError, "outside 2023-07-01 to 2025-01-01"),
        (lambda s: s.true_probability(_pairs(cutoff="2022-01-02")), DataError, "outside 2023-07-01 to 2025-01-01"),
        (lambda s: s.true_probability(_pairs("C-000006")), DataError, "before the customer had joined"),
        (lambda s: s.true_effects(pd.DataFrame({"customer_id": ["C-000001"]})), DataError, "lack the columns cutoff"),
    ],
)
def test_wrong_calls_say_what_is_allowed(simulation, call, error: type[CxchurnError], says: str) -> None:
    with pytest.raises(error) as caught:
        call(simulation)
    assert says in str(caught.value)


def _pairs(customer: str = "C-000002", cutoff: str = "2024-05-01") -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [customer], "cutoff": [pd.Timestamp(cutoff)]})
