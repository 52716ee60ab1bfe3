"""Profit of an offer, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import Offer
from cxchurn.evaluation.metrics._profit import profit_table

OFFER = Offer(cost=10, saved=100, success=0.5)  # pays from a probability above 0.2


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "origin": ["a", "a", "a", "b", "b"],
            "customer_id": [1, 2, 3, 1, 2],
            "churned": [1, 0, 0, 0, 1],
            "model": [0.9, 0.3, 0.2, 0.1, 0.5],
            "rule": [0.1, 0.1, 0.6, 0.1, 0.2],
        }
    )
    return profit_table(rows, ["model", "rule"], OFFER, replicates=200, random_state=0).set_index(["origin", "policy"])


@pytest.mark.parametrize(
    ("origin", "policy", "contacted", "expected", "realised"),
    [
        # 0.9 and 0.3 are contacted, 0.2 earns nothing: 45 + 15 - 20; one of the two left: 50 - 20
        ("a", "model", 2, 40.0, 30.0),
        # 0.6 alone: 30 - 10; that one stayed
        ("a", "rule", 1, 20.0, -10.0),
        # by the model's probabilities 50 * 1.4 - 30
        ("a", "everybody", 3, 40.0, 20.0),
        ("a", "nobody", 0, 0.0, 0.0),
        ("b", "model", 1, 15.0, 40.0),
        ("b", "rule", 0, 0.0, 0.0),
        ("pooled", "model", 3, 55.0, 70.0),
        ("pooled", "everybody", 5, 50.0, 50.0),
    ],
)
def test_profit_is_what_one_counts(
    table: pd.DataFrame, origin: str, policy: str, contacted: int, expected: float, realised: float
) -> None:
    row = table.loc[(origin, policy)]
    assert (row["contacted"], row["expected"], row["realised"]) == (contacted, pytest.approx(expected), realised)
    assert row["difference"] == table.loc[(origin, "model"), "realised"] - realised


def test_intervals_draw_customers_with_all_their_rows(table: pd.DataFrame) -> None:
    # of origin a the model earns 40 with customer 1, -10 with 2, 0 with 3: three draws give -30 to 120
    row = table.loc[("a", "model")]
    assert -30 <= row["low"] < row["realised"] < row["high"] <= 120
    # pooled, customers 1, 2 and 3 bring 40, -10 + 40 and 0: never a loss, though origin a can be one
    assert table.loc[("pooled", "model"), "low"] >= 0
    assert (table.loc[("pooled", "model"), ["difference_low", "difference_high"]] == 0).all()


def test_the_same_probabilities_differ_by_nothing() -> None:
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"origin": "a", "customer_id": np.arange(50) % 30, "churned": np.arange(50) % 2})
    rows["model"] = rows["twin"] = random.random(50)
    table = profit_table(rows, ["model", "twin"], OFFER, replicates=30, random_state=0).set_index("policy")
    assert (table.loc["twin", ["difference", "difference_low", "difference_high"]] == 0).to_numpy().all()


@pytest.mark.parametrize(
    "wrong", [{"cost": -1}, {"saved": 0}, {"success": 0}, {"success": 1.1}, {"saved": float("nan")}]
)
def test_an_offer_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="the offer is"):
        Offer(**{"cost": 1, "saved": 2, "success": 0.5, **wrong}).check()
