"""What customers are worth, who is not to be listed, and how sure a probability is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.explanation import explain
from cxchurn.interactions import read_interactions
from cxchurn.panel import make_panel
from cxchurn.scoring import score

from .conftest import AT


@pytest.fixture(scope="module")
def scores(model, log) -> pd.DataFrame:
    return score(model, log, at=AT)


class TestValues:
    def test_an_attribute_as_of_the_cut_off(self, model, log, company, scores):
        found = score(model, log, at=AT, value="household").set_index("customer_id")
        worth = company.customers.groupby("customer_id")["household"].last()
        asked = found[found["not_asked"] == ""]
        np.testing.assert_array_equal(asked["value"], worth.loc[asked.index].to_numpy(dtype=float))
        np.testing.assert_array_equal(asked["expected_loss"], asked["churn_probability"] * asked["value"])
        assert found.loc[found["not_asked"] != "", ["value", "expected_loss"]].isna().all(axis=None)
        pd.testing.assert_frame_equal(found.reset_index().drop(columns=["value", "expected_loss"]), scores)

    @pytest.mark.parametrize("how", ["frame", "series", "dict", "csv", "parquet"])
    def test_a_table(self, how, model, log, scores, tmp_path):
        some = scores["customer_id"].head(3).tolist()
        table = pd.DataFrame({"customer_id": [*some, "nobody"], "value": [1.5, 0.0, -2.0, 7.0]})
        given = {"frame": table, "series": table.set_index("customer_id")["value"]}
        given["dict"] = dict(zip(table["customer_id"], table["value"], strict=True))
        for ending in ("csv", "parquet"):
            given[ending] = str(tmp_path / f"v.{ending}")
        table.to_csv(given["csv"], index=False)
        table.to_parquet(given["parquet"])
        found = score(model, log, at=AT, value=given[how])
        assert found["value"].head(3).tolist() == [1.5, 0.0, -2.0]
        assert (
            found["expected_loss"].head(3).tolist() == (scores["churn_probability"].head(3) * [1.5, 0.0, -2.0]).tolist()
        )
        assert found["expected_loss"].iloc[3:].isna().all()
        asked = int((scores["not_asked"] == "").sum())
        assert found.attrs["notes"][-2:] == [
            "1 ids of the table of values fit nobody who is listed",
            f"of {asked - 3:,} of {asked:,} customers no value is known: they have no expected loss",
        ]

    def test_what_is_none_is_refused(self, model, log, tmp_path):
        for value, error, says in (
            ("housold", UsageError, "did you mean 'household'"),
            ("plan", UsageError, "holds no numbers"),
            ("no.csv", UsageError, "there is no file"),
            (pd.DataFrame({"customer_id": ["a"], "x": [1], "y": [2]}), UsageError, "one of them called value"),
            (pd.DataFrame({"customer_id": ["a", "a"], "value": [1, 2]}), DataError, "ids twice"),
            (pd.DataFrame({"customer_id": ["a"], "value": ["much"]}), DataError, "no number"),
            (3, UsageError, "value is a int"),
        ):
            with pytest.raises(error, match=says):
                score(model, log, at=AT, value=value)


class TestExcluded:
    @pytest.mark.parametrize("how", ["list", "array", "frame", "txt", "csv", "parquet"])
    def test_are_not_listed_and_counted(self, how, model, log, scores, tmp_path):
        ids = [*scores["customer_id"].iloc[[0, 5, -1]], "nobody"]
        frame = pd.DataFrame({"customer_id": ids, "why": "asked to be left alone"})
        given = {"list": ids, "array": np.array(ids, dtype=object), "frame": frame}
        given |= {ending: tmp_path / f"x.{ending}" for ending in ("txt", "csv", "parquet")}
        given["txt"].write_text("\ufeff" + "\n".join(ids) + "\n\n", encoding="utf-8")
        frame.to_csv(given["csv"], index=False)
        frame.to_parquet(given["parquet"])
        found = score(model, log, at=AT, exclude=given[how])
        wanted = scores[~scores["customer_id"].isin(ids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, wanted)
        assert found.attrs["notes"][-2:] == [
            "3 customers are not listed, as asked (exclude)",
            "1 of the 4 ids to be excluded fit nobody known at the cut-off",
        ]

    def test_ids_that_are_numbers(self, model, company, company_schema):
        number = {name: 100 + k for k, name in enumerate(sorted(company.customers["customer_id"].unique()))}
        events = company.interactions.assign(customer_id=company.interactions["customer_id"].map(number))
        people = company.customers.assign(customer_id=company.customers["customer_id"].map(number))
        numbered = read_interactions(events, company_schema, customers=people)
        found = score(model, numbered, at=AT, exclude=["100", 101, 102, 103.0], value={104: 5.0})
        assert not {100, 101, 102, 103} & set(found["customer_id"])
        assert found.loc[found["customer_id"] == 104, "value"].tolist() in ([5.0], [])


class TestIntervals:
    def test_are_the_models(self, model, log, churn):
        found = score(model, log, at=AT, intervals=True).set_index("customer_id")
        panel = make_panel(log, type(churn)("1D", active_within=churn.active_within), cutoffs=[AT])
        mine = found.loc[panel.frame["customer_id"]]
        ends = model.probability_interval(panel)
        np.testing.assert_array_equal(mine[["probability_low", "probability_high"]].to_numpy(), ends)
        assert (mine["probability_low"] <= mine["churn_probability"]).all()
        wide = score(model, log, at=AT, intervals=0.99).set_index("customer_id").loc[mine.index]
        assert (wide["probability_low"] <= mine["probability_low"]).all()

    @pytest.mark.parametrize("level", [0, 1.5, -1])
    def test_of_no_level(self, level, model, log):
        with pytest.raises(UsageError, match="intervals is"):
            score(model, log, at=AT, intervals=level)


def test_what_explains_a_score_says_the_same_probability_to_the_bit(model, log, churn):
    panel = make_panel(log, type(churn)("1D", active_within=churn.active_within), cutoffs=[AT])
    scores = {reasons: score(model, log, at=AT, reasons=reasons).set_index("customer_id") for reasons in (0, 2)}
    explained = explain(model, panel)
    for table in scores.values():
        mine = table.loc[panel.frame["customer_id"], "churn_probability"].to_numpy()
        np.testing.assert_array_equal(mine, explained.probability)
        np.testing.assert_array_equal(mine, model.predict_proba(panel)[:, 1])
    np.testing.assert_allclose(explained.base + explained.contributions.sum(axis=1), explained.raw, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("name", "bad"), [("top", 0), ("top", "3"), ("reasons", -1), ("reasons", 1.5), ("top", True)])
def test_numbers_that_are_none(name, bad, model, log):
    with pytest.raises(UsageError, match=f"{name} is"):
        score(model, log, at=AT, **{name: bad})
