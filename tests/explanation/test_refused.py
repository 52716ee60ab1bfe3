"""What explanations are asked for and cannot give is refused in words."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn._core import DataError, MissingExtraError, UsageError, folder_of
from cxchurn.explanation import Explanation, account, evidence, explain, touchpoints
from cxchurn.explanation._which_row import row_of


@pytest.fixture(scope="module")
def explanation(model, test) -> Explanation:
    return explain(model, test)


@pytest.mark.parametrize("top", [-1, 1.5, True, "3"])
def test_how_many_reasons_there_may_be(explanation, top):
    few = explanation.take([0])
    for ask in (few.reasons, few.details, lambda top: evidence(few, few.rows["customer_id"].iloc[0], top=top)):
        with pytest.raises(UsageError, match=r"top is (.|\n)*a whole number, 0 or more"):
            ask(top)


def test_how_many_interactions_there_may_be(explanation):
    with pytest.raises(UsageError, match=r"most is -1"):
        evidence(explanation, explanation.rows["customer_id"].iloc[0], most=-1)


def test_segments_of_nobody(explanation):
    with pytest.raises(UsageError, match="has no rows"):
        cx.segments(explanation.take([]))


def test_values_that_are_infinite(explanation, model, log):
    who = explanation.rows["customer_id"].iloc[0]
    with pytest.raises(DataError, match="value holds 1 infinite"):
        cx.segments(explanation, value={who: math.inf})
    with pytest.raises(DataError, match="value holds 1 infinite"):
        touchpoints(model, log, since="2024-11-01", until="2024-11-10", customers=[who], value={who: -math.inf})


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"sample": 1.5}, r"sample is 1\.5(.|\n)*a whole number"),
        ({"sample": "5"}, "sample is '5'"),
        ({"customers": []}, r"customers is empty(.|\n)*leave it out"),
    ],
)
def test_whom_to_follow(model, log, about, words):
    with pytest.raises(UsageError, match=words):
        touchpoints(model, log, since="2024-11-01", **about)


def test_one_customer_is_one(explanation, model, log):
    for asked in ([1], {"a": 1}, pd.Series(["C-000003"])):
        with pytest.raises(UsageError, match=r"customer is (.|\n)*the id of one customer"):
            account(model, log, asked)
        with pytest.raises(UsageError, match=r"customer is (.|\n)*the id of one customer"):
            evidence(explanation, asked)


class TestWhichRow:
    @pytest.mark.parametrize("asked", [928, "928", 928.0, "928.0", np.int64(928)])
    def test_a_whole_number_may_be_written_otherwise(self, asked):
        assert row_of(of_ids([7, 928]), asked, None) == 1

    def test_text_is_kept_to_the_letter(self):
        assert row_of(of_ids(["007", "7"]), 7, None) == 1
        assert row_of(of_ids(["007", "7"]), "007", None) == 0

    @pytest.mark.parametrize("asked", ["abc", 929, None, 1.5])
    def test_nobody(self, asked):
        with pytest.raises(UsageError, match="has no customer"):
            row_of(of_ids([7, 928]), asked, None)


def of_ids(ids: list) -> Explanation:
    rows = pd.DataFrame({"customer_id": ids, "cutoff": pd.Timestamp("2024-10-01")})
    nothing = pd.DataFrame(index=rows.index)
    return Explanation(rows, nothing, nothing, 0.0, [], {})


def test_an_address_where_mlflow_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with (
        pytest.raises(MissingExtraError, match=r"models:/churn/1(.|\n)*pip install mlflow"),
        folder_of("models:/churn/1"),
    ):
        pass
