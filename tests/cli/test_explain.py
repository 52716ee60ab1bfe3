"""`cxchurn explain`: one customer's reasons and account, for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx

from .cli_runs import SCORE, ran, too_wide

EXPLAIN = ["explain", *SCORE[1:]]
AT = ["--at", "2024-05-15"]


@pytest.fixture
def customer(bench: Path) -> str:
    """Somebody who is asked about, and not for the first time."""
    ran(*SCORE, *AT, "--out", "scores.parquet", "--reasons", 0)
    scores = pd.read_parquet("scores.parquet")
    return str(scores["customer_id"].iloc[0])


class TestExplain:
    def test_says_what_score_says(self, customer):
        scores = pd.read_parquet("scores.parquet").set_index("customer_id")
        found = ran(*EXPLAIN, "--customer", customer, *AT)
        assert found.code == 0, found.err
        assert too_wide(found.out) == []
        first = found.out.splitlines()[0]
        probability, band = scores.loc[customer, ["churn_probability", "band"]]
        assert first == f"{customer} as of 2024-05-15: risk {100 * probability:.1f}% ({band})"
        assert "What raises the risk" in found.out
        assert "Account of" not in found.out

    def test_the_account_follows(self, customer):
        found = ran(*EXPLAIN, "--customer", customer, *AT, "--since", "2024-03-01")
        assert found.code == 0, found.err
        assert too_wide(found.out) == []
        assert f"Account of {customer} as of 2024-05-15" in found.out
        assert "since 2024-03-01" in found.out

    def test_json(self, customer):
        found = ran(*EXPLAIN, "--customer", customer, *AT, "--account", "--json", "--reasons", 2)
        assert found.code == 0, found.err
        told = json.loads(found.out)
        assert (told["customer_id"], told["as_of"], told["not_asked"]) == (customer, "2024-05-15", "")
        assert told["account"]["closing"] == told["churn_probability"]
        assert {row["side"] for row in told["reasons"]} <= {"raises", "lowers"}
        whole = next(row for row in told["account"]["totals"] if row["part"] == "whole")
        assert whole["points"] == pytest.approx(sum(row["points"] for row in told["account"]["totals"]) / 2)

    def test_who_is_not_asked_about(self, customer):
        rest = pd.read_parquet("scores.parquet").query("not_asked != ''").iloc[0]
        found = ran(*EXPLAIN, "--customer", rest["customer_id"], *AT)
        assert found.code == 0, found.err
        assert found.out.startswith(f"{rest['customer_id']} as of 2024-05-15: not asked about ({rest['not_asked']})")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--customer", "nobody"], 3, "the log knows no customer 'nobody'"),
        (["--customer", "C-000001", "--at", "2031-01-01"], 2, "lies outside the log"),
        (["--customer", "C-000001", "--since", "2031-01-01"], 2, "is not before"),
        ([], 2, "Missing option '--customer'"),
        (["--customer", "C-000001", "--references", "none.json"], 2, "none.json"),
    ],
)
def test_ends_that_are_no_accident(bench: Path, arguments, code, says):
    found = ran(*EXPLAIN, *arguments)
    assert (found.code, says in found.err) == (code, True), found.err


def test_the_door_has_it():
    assert callable(cx.explain_customer)
    assert callable(cx.account)
