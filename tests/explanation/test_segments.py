"""Segments: everybody is in one, by a rule that can be followed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.explanation import Explanation
from cxchurn.explanation._grouping import NO_REASON, NOT_AT_RISK, OTHER
from cxchurn.features import matter_of
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnModel
from cxchurn.panel import Panel

LAST = [OTHER, NO_REASON, NOT_AT_RISK]


@pytest.fixture(scope="module")
def explanation(model: ChurnModel, test: Panel) -> Explanation:
    return cx.explain(model, test)


@pytest.fixture(scope="module")
def found(explanation: Explanation, test: Panel) -> cx.Segments:
    return cx.segments(explanation, churned=test.y, value="household", fewest=5)


class TestRule:
    def test_is_the_first_experience_else_the_first_reason(self, explanation: Explanation, found: cx.Segments):
        details = explanation.details(top=100)
        raises = details[details["side"] == "raises"]
        told = dict(iter(raises.groupby(["customer_id", "cutoff"])))
        for row in found.rows.to_dict("records"):
            own = told.get((row["customer_id"], row["cutoff"]))
            if row["churn_probability"] < found.at_least:
                assert row["segment"] == NOT_AT_RISK
            elif own is None:
                assert row["segment"] == NO_REASON
            else:
                lived = own[own["theme"] == "experience"]
                first = (lived if len(lived) else own).iloc[0]
                subject = matter_of(first["theme"], first["driver"])
                assert row["subject"] in (subject, "")
                assert (row["column"], row["points"]) == (first["column"], pytest.approx(first["points"]))

    def test_does_not_depend_on_the_order_or_on_others(self, explanation: Explanation, found: cx.Segments):
        order = np.random.default_rng(0).permutation(len(explanation))
        mixed = cx.segments(explanation.take(order), fewest=5)
        pd.testing.assert_frame_equal(
            mixed.rows, found.rows.iloc[order].reset_index(drop=True), check_exact=False, rtol=1e-12
        )
        shared = mixed.table.columns
        pd.testing.assert_frame_equal(mixed.table, found.table[shared])
        some = cx.segments(explanation.take(np.arange(40)), fewest=1).rows
        alone = cx.segments(explanation, fewest=1).rows.iloc[:40]
        pd.testing.assert_frame_equal(some, alone)


class TestTable:
    def test_adds_up_to_everybody(self, explanation: Explanation, found: cx.Segments, test: Panel):
        table = found.table
        assert table["rows"].sum() == len(explanation)
        assert table["share"].sum() == pytest.approx(1)
        assert table["leavers"].sum() == pytest.approx(explanation.probability.sum())
        assert (table["churn_rate"] * table["rows"]).sum() == pytest.approx(test.y.sum())
        assert table["value_at_risk"].sum() <= table["value"].sum()

    def test_has_the_largest_first_and_the_rest_last(self, found: cx.Segments):
        names = found.table["segment"].tolist()
        told = found.table[~found.table["segment"].isin(LAST)]
        assert told["customers"].is_monotonic_decreasing
        assert [name for name in names if name in LAST] == names[len(told) :]

    def test_tells_no_segment_of_few(self, explanation: Explanation):
        table = cx.segments(explanation, fewest=30).table
        assert (table.loc[~table["segment"].isin(LAST), "customers"] >= 30).all()
        everything = cx.segments(explanation, fewest=10**6).table
        assert set(everything["segment"]) <= set(LAST)

    def test_says_each_in_words_with_a_sentence_and_whether_one_can_act(self, found: cx.Segments):
        told = found.table[~found.table["segment"].isin(LAST)]
        assert len(told) >= 2
        assert told["sentence"].str.len().min() > 10
        assert (told["actionable"] == (told["theme"] == "experience")).all()
        assert not told["segment"].str.contains("_").any()

    def test_prints_in_eighty_columns(self, found: cx.Segments):
        said = repr(found)
        assert max(map(len, said.splitlines())) <= 80
        assert "Can be acted on." in said


class TestCalls:
    def test_of_a_model_and_a_log_is_of_everybody_asked_about(self, model: ChurnModel, log: InteractionLog):
        at = "2024-09-15"
        found = cx.segments(model, log, at=at)
        scores = cx.score(model, log, at=at).dropna(subset="churn_probability")
        mine = found.rows.set_index("customer_id")["churn_probability"]
        expected = scores.set_index("customer_id")["churn_probability"]
        pd.testing.assert_series_equal(mine, expected.loc[mine.index], check_names=False)
        assert len(mine) == len(expected)

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"at_least": 5}, "at_least is 5"),
            ({"fewest": 0}, "fewest is 0"),
            ({"at": "2024-01-01"}, "at is given with an explanation"),
            ({"churned": [1, 0]}, "churned is not one 0 or 1"),
            ({"value": "houshold"}, "did you mean 'household'"),
        ],
    )
    def test_says_what_is_wrong(self, explanation: Explanation, options: dict, says: str):
        with pytest.raises(cx.UsageError, match=says):
            cx.segments(explanation, **options)

    def test_a_model_needs_a_log(self, model: ChurnModel):
        with pytest.raises(cx.UsageError, match="no log"):
            cx.segments(model)
