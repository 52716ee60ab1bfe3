"""Models of all sorts, rows of all sorts, and what is said where the judgement would flatter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from cxchurn._core import UsageError
from cxchurn.evaluation import backtest, evaluate, evaluate_curve
from cxchurn.evaluation._cautions import cautions
from cxchurn.features import ActiveDays, FeatureSet, Recency
from cxchurn.interactions import InteractionLog, with_events
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.panel import Inactivity, Panel, make_panel, monthly, panel_from_labels, sufficiency

BUILDERS = [Recency(by=()), ActiveDays(windows=("30D",))]


def pipeline(log: InteractionLog | None) -> Pipeline:
    return make_pipeline(FeatureSet(BUILDERS, log=log), HistGradientBoostingClassifier(max_iter=10))


@pytest.fixture(scope="module")
def own(train: Panel) -> Pipeline:
    return pipeline(train.log).fit(train.frame, train.y)


class TestRows:
    @pytest.mark.parametrize(
        "convert", [lambda f: f, pl.from_pandas, lambda f: pl.from_pandas(f).lazy(), pa.Table.from_pandas]
    )
    @pytest.mark.sampled(2)
    def test_a_frame_of_any_library_is_judged_as_its_panel_is(
        self, convert: Any, model: ChurnModel, test: Panel
    ) -> None:
        rows = convert(test.frame[["churned", "cutoff", "customer_id"]])
        found = evaluate(model, rows, replicates=20)
        expected = evaluate(model, test, replicates=20)
        pd.testing.assert_frame_equal(found.predictions, expected.predictions)
        assert found.notes == expected.notes

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ({"customer_id": ["a"]}, "are a dict"),
            (np.zeros((2, 2)), "are a ndarray"),
            (pd.DataFrame({"customer": ["a"], "cutoff": ["2024-08-01"], "churned": [0]}), "lack customer_id"),
            (pd.DataFrame({"customer_id": ["a"], "cutoff": ["2024-08-01"], "churned": [2]}), "not one 0 or 1"),
            (pd.DataFrame({"customer_id": ["a"], "cutoff": ["some day"], "churned": [1]}), "not a time"),
        ],
    )
    def test_what_cannot_be_judged_on_is_said(self, rows: Any, words: str, model: ChurnModel) -> None:
        with pytest.raises(UsageError, match=words):
            evaluate(model, rows)

    def test_a_frame_needs_a_log_and_a_definition(
        self, model: ChurnModel, own: Pipeline, test: Panel, tmp_path: Any
    ) -> None:
        loaded = load_model(model.save(tmp_path / "model"))
        with pytest.raises(UsageError, match=r"does not know its log(.|\n)*set_params\(log=log\)"):
            evaluate(loaded, test.frame, baselines=False)
        loaded.set_params(log=test.log)
        assert len(evaluate(loaded, test.frame, baselines=False, replicates=20).predictions) == len(test)
        with pytest.raises(UsageError, match="does not know either"):
            evaluate(own, test.frame, baselines=False)

    def test_labels_and_cutoffs_of_polars(self, log: InteractionLog, churn: Inactivity, test: Panel) -> None:
        labels = test.frame[["customer_id", "cutoff", "churned"]]
        for table in (pl.from_pandas(labels), pa.Table.from_pandas(labels)):
            found = panel_from_labels(log, table, horizon="60D")
            assert found.frame.equals(panel_from_labels(log, labels, horizon="60D").frame)
        for cutoffs in (pl.Series(["2024-05-01", "2024-06-01"]), pa.array(["2024-05-01", "2024-06-01"])):
            found = make_panel(log, churn, cutoffs=cutoffs)
            assert found.frame.equals(make_panel(log, churn, cutoffs=["2024-05-01", "2024-06-01"]).frame)

    def test_features_of_a_frame_of_polars(self, log: InteractionLog, test: Panel) -> None:
        rows = test.frame[["customer_id", "cutoff"]]
        features = FeatureSet(BUILDERS, log=log).fit(pl.from_pandas(rows))
        assert features.transform(pl.from_pandas(rows)).equals(features.transform(rows))


class TestPipelines:
    def test_judged_beside_the_same_rivals(self, own: Pipeline, train: Panel, test: Panel) -> None:
        found = evaluate(own, test, train=train, replicates=20)
        assert found.metrics["model"].unique().tolist() == ["model", "recency rule", "RFM logistic"]
        expected = own.predict_proba(test.frame)[:, 1]
        np.testing.assert_array_equal(found.predictions["model"], expected)
        assert not any("trained" in note for note in found.notes)

    def test_the_outcome_is_never_shown(self, train: Panel, test: Panel) -> None:
        class Watching(FeatureSet):
            def transform(self, X):
                assert "churned" not in X
                return super().transform(X)

        watching = make_pipeline(Watching(BUILDERS, log=train.log), HistGradientBoostingClassifier(max_iter=5))
        evaluate(watching.fit(train.frame.drop(columns="churned"), train.y), test, baselines=False, replicates=20)

    @pytest.mark.parametrize("search", [False, True])
    @pytest.mark.sampled(2)
    def test_backtested(self, search: bool, train: Panel) -> None:
        given: Any = pipeline(None)
        if search:
            given = GridSearchCV(given, {"histgradientboostingclassifier__max_iter": [5]}, cv=2, error_score="raise")
        found = backtest(given, train, folds=2, replicates=20)
        assert {"model", "last period", "window counts", "BG/NBD"} <= set(found.pooled["model"])
        steps = given.estimator if search else given
        assert steps.named_steps["featureset"].log is None, "the model given stays as it is"

    def test_another_log_is_refused(self, own: Pipeline, test: Panel, log: InteractionLog) -> None:
        other = Panel(test.frame, with_events(log, log.events), test.definition, test.summary)
        with pytest.raises(UsageError, match=r"another log(.|\n)*set_params\(featureset__log"):
            evaluate(own, other, baselines=False)

    def test_a_wrong_shape_is_said(self, test: Panel) -> None:
        class One:
            def predict_proba(self, panel):
                return np.zeros(len(panel))

        with pytest.raises(UsageError, match=r"shape \(\d+,\)"):
            evaluate(One(), test, baselines=False)


class TestCautions:
    def test_nothing_is_said_where_all_is_well(self, model: ChurnModel, test: Panel, tmp_path: Any) -> None:
        assert cautions(model, test) == ()
        assert cautions(load_model(model.save(tmp_path / "model")), test) == ()

    @pytest.mark.parametrize("loaded", [False, True])
    def test_rows_it_was_trained_on(self, loaded: bool, model: ChurnModel, train: Panel, tmp_path: Any) -> None:
        one = load_model(model.save(tmp_path / "model")) if loaded else model
        (said,) = cautions(one, train.take(np.random.default_rng(0).permutation(len(train))))
        assert said.startswith(f"{len(train):,} of these {len(train):,} rows are rows that the model was trained on")
        assert said in evaluate(one, train, train=train, replicates=20).notes

    def test_some_rows_it_was_trained_on(self, model: ChurnModel, train: Panel, test: Panel) -> None:
        frame = pd.concat([train.frame.head(25), test.frame], ignore_index=True)
        (said,) = cautions(model, Panel(frame, test.log, test.definition, test.summary))
        assert said.startswith(f"25 of these {len(frame):,} rows are rows that the model was trained on")

    def test_rows_of_the_time_it_was_trained_on(self, model: ChurnModel, train: Panel, log: InteractionLog) -> None:
        between = make_panel(log, model.churn_, cutoffs=["2024-03-15"])
        (said,) = cautions(model, between)
        # the last training cut-off before 2024-08-01 less 60 days is 2024-06-01, its labels end on 2024-07-31
        assert f"{len(between):,} of these {len(between):,} rows lie before 2024-07-31" in said

    def test_another_meaning(self, model: ChurnModel, log: InteractionLog) -> None:
        other = make_panel(log, Inactivity("30D", active_within="90D"), cutoffs=monthly("2024-08-01", "2024-10-01"))
        (said,) = cautions(model, other)
        assert f"{model.churn_!r}, and here {other.definition!r}" in said

    def test_a_pipeline_is_asked_by_the_rows_named(self, own: Pipeline, train: Panel, test: Panel) -> None:
        assert cautions(own, train) == ()
        assert cautions(own, test, train) == ()
        assert "rows that the model was trained on" in cautions(own, train, train)[0]

    def test_no_customer_is_remembered(self, model: ChurnModel, train: Panel) -> None:
        learned = model.learned_from_
        assert set(learned.checksums) == {f"{at:%Y-%m-%d}" for at in train.frame["cutoff"].unique()}
        few = model.learned_from_.of(train.take(np.arange(9)))
        assert few.checksums == {}
        assert not few.same(train).any()


class TestEverywhere:
    """Where a model takes a plain frame, the functions around it take one too, or say so."""

    @pytest.mark.prove
    def test_a_frame_is_backtested_as_its_panel_is(self, log: InteractionLog, churn: Inactivity, train: Panel) -> None:
        model = ChurnModel(churn, features=BUILDERS, classifier=ChurnClassifier(n_estimators=5), folds=1, log=log)
        found = backtest(model, pl.from_pandas(train.frame), folds=1, replicates=20)
        pd.testing.assert_frame_equal(found.pooled, backtest(model, train, folds=1, replicates=20).pooled)

    def test_baselines_learn_from_a_frame(self, model: ChurnModel, train: Panel, test: Panel) -> None:
        found = evaluate(model, test, train=train.frame, replicates=20)
        pd.testing.assert_frame_equal(found.metrics, evaluate(model, test, train=train, replicates=20).metrics)

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda frame: sufficiency(frame), r"the training part is a DataFrame(.|\n)*panel.frame is only its rows"),
            (lambda frame: evaluate_curve(None, frame), "test is a DataFrame"),
            (lambda frame: backtest(ChurnModel(), frame), "does not know either"),
            (lambda frame: panel_from_labels(None, {"a": 1}, horizon="60D"), "the labels are a dict"),
        ],
    )
    def test_what_needs_a_panel_says_so(self, call: Any, words: str, test: Panel) -> None:
        with pytest.raises(UsageError, match=words):
            call(test.frame)
