"""Evaluation: its tables, its words, its baselines, and what it says when there is too little to tell."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import (
    METRICS,
    Evaluation,
    calibration_error,
    evaluate,
    evaluate_predictions,
    roc_auc,
)
from cxchurn.evaluation._notes import _calibration_by_chance
from cxchurn.features import Activity, Disruption, References, Standing
from cxchurn.interactions import known_before, with_events
from cxchurn.model import ChurnClassifier, ChurnModel, with_references
from cxchurn.scoring import refresh

CUTOFFS = ["2024-10-01", "2024-11-01", "2024-12-01"]


def _frame(n: int = 1500, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    truth = 1 / (1 + np.exp(1.5 - 1.5 * x))
    return pd.DataFrame(
        {
            "customer_id": random.integers(0, n // 2, n),
            "cutoff": pd.to_datetime(random.choice(CUTOFFS, n)),
            "churned": (random.random(n) < truth).astype(int),
            "good": truth,
            "poor": random.random(n),
        }
    )


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_predictions(_frame(), ["good", "poor"], replicates=60)


class _Fixed:
    """A model that says what it was told to, row by row."""

    def __init__(self, p: Any, training_panel: Any = None) -> None:
        self.p = np.asarray(p, dtype=float)
        if training_panel is not None:
            self.training_panel_ = training_panel

    def predict_proba(self, panel: Any) -> np.ndarray:
        return np.column_stack([1 - self.p, self.p])


def _panel(frame: pd.DataFrame) -> SimpleNamespace:
    group = frame["cutoff"].dt.strftime("%Y-%m-%d")
    return SimpleNamespace(frame=frame[["customer_id", "cutoff", "churned"]].assign(group=group))


def test_metrics_has_every_metric_of_every_model_at_every_cutoff(evaluation: Evaluation) -> None:
    table = evaluation.metrics
    assert list(table.columns) == ["model", "cutoff", "metric", "value", "low", "high", "rows", "churned"]
    full = table[table["cutoff"] != "mean over cut-offs"]
    assert all(tuple(rows["metric"]) == METRICS for _, rows in full.groupby(["model", "cutoff"]))
    assert full["cutoff"].unique().tolist() == ["pooled", *CUTOFFS]
    assert table["low"].le(table["value"]).all()
    assert table["high"].ge(table["value"]).all()


def test_metrics_inside_a_cutoff_are_those_of_its_rows(evaluation: Evaluation) -> None:
    frame = _frame()
    table = evaluation.metrics.query("model == 'good' and metric == 'roc_auc'").set_index("cutoff")
    inside = [roc_auc(rows["churned"], rows["good"]) for _, rows in frame.groupby("cutoff")]
    assert table.loc[CUTOFFS, "value"].tolist() == pytest.approx(inside)
    assert table.loc["mean over cut-offs", "value"] == pytest.approx(np.mean(inside))
    assert table.loc[CUTOFFS, "rows"].tolist() == frame.groupby("cutoff").size().tolist()
    assert table.loc["pooled", "churned"] == frame["churned"].sum()


def test_differences_are_model_minus_baseline_and_name_the_better(evaluation: Evaluation) -> None:
    values = evaluation.metrics.set_index(["cutoff", "metric", "model"])["value"]
    for row in evaluation.differences.itertuples():
        assert row.difference == pytest.approx(
            values[row.cutoff, row.metric, "good"] - values[row.cutoff, row.metric, "poor"]
        )
    assert evaluation.differences["cutoff"].value_counts().to_dict() == {
        "pooled": len(METRICS),
        "mean over cut-offs": 1,
    }
    assert evaluation.differences.query("metric in ['roc_auc', 'log_loss', 'brier']")["better"].eq("model").all()


def test_swapping_the_models_turns_the_differences_round(evaluation: Evaluation) -> None:
    turned = evaluate_predictions(_frame(), ["poor", "good"], replicates=60).differences
    assert turned["difference"].to_numpy() == pytest.approx(-evaluation.differences["difference"].to_numpy())
    assert turned["low"].to_numpy() == pytest.approx(-evaluation.differences["high"].to_numpy())
    swapped = {"model": "baseline", "baseline": "model", "too close to tell": "too close to tell"}
    assert turned["better"].tolist() == evaluation.differences["better"].map(swapped).tolist()


def test_equal_models_are_too_close_to_tell() -> None:
    frame = _frame(400).assign(same=lambda f: f["good"])
    differences = evaluate_predictions(frame, ["good", "same"], replicates=20).differences
    assert differences["better"].eq("too close to tell").all()
    assert differences[["difference", "low", "high"]].eq(0).all(axis=None)


def test_row_order_and_index_change_nothing(evaluation: Evaluation) -> None:
    shuffled = _frame().sample(frac=1, random_state=1)
    again = evaluate_predictions(shuffled, ["good", "poor"], replicates=60)
    pd.testing.assert_frame_equal(again.metrics, evaluation.metrics)
    pd.testing.assert_frame_equal(again.reliability, evaluation.reliability)
    pd.testing.assert_frame_equal(again.lift, evaluation.lift)
    assert again.notes == evaluation.notes


def test_two_runs_give_equal_tables_and_another_seed_other_intervals(evaluation: Evaluation) -> None:
    again = evaluate_predictions(_frame(), ["good", "poor"], replicates=60)
    other = evaluate_predictions(_frame(), ["good", "poor"], replicates=60, random_state=1)
    pd.testing.assert_frame_equal(again.metrics, evaluation.metrics, check_exact=True)
    pd.testing.assert_frame_equal(again.differences, evaluation.differences, check_exact=True)
    assert not other.metrics["low"].equals(evaluation.metrics["low"])


def test_curves_and_predictions_have_their_columns(evaluation: Evaluation) -> None:
    assert list(evaluation.reliability) == ["model", "bin", "rows", "mean_probability", "observed_rate", "low", "high"]
    assert list(evaluation.lift) == ["model", "share_contacted", "gain", "lift"]
    assert list(evaluation.predictions) == ["customer_id", "cutoff", "group", "churned", "good", "poor"]
    assert evaluation.predictions["group"].isin(CUTOFFS).all()
    assert evaluation.reliability.groupby("model")["rows"].sum().eq(1500).all()


def test_it_prints_in_80_columns(evaluation: Evaluation) -> None:
    frame = _frame(400).assign(**{"a baseline with quite a long name": 0.3, "third": 0.4, "fourth": 0.5})
    many = evaluate_predictions(frame, list(frame.columns[3:]), replicates=20)
    for one in (evaluation, many):
        assert max(map(len, str(one).splitlines())) <= 80
    assert all(name in str(many) for name in frame.columns[3:])
    assert "1,500 rows" in str(evaluation)
    assert "Against the poor: better in ROC AUC (+" in " ".join(str(evaluation).split())


def test_summary_is_one_row_a_model_in_the_given_order() -> None:
    summary = evaluate_predictions(_frame(400), ["poor", "good"], replicates=20).summary()
    assert list(summary) == [
        "model",
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier",
        "calibration_error",
        "lift_10",
    ]
    assert summary["model"].tolist() == ["poor", "good"]
    assert summary["roc_auc"].str.fullmatch(r"0\.\d{3} \[0\.\d+, 0\.\d+\]").all()


def test_notebook_page_escapes_names() -> None:
    frame = _frame(400).rename(columns={"good": "<b>x</b>"})
    page = evaluate_predictions(frame, ["poor", "<b>x</b>"], replicates=20)._repr_html_()
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_one_class_gives_undefined_ranking_and_a_note() -> None:
    evaluation = evaluate_predictions(_frame(200).assign(churned=0), ["good", "poor"], replicates=20)
    values = evaluation.metrics.query("cutoff == 'pooled'").set_index(["model", "metric"])["value"]
    assert np.isnan(values["good", "roc_auc"])
    assert np.isfinite(values["good", "brier"])
    assert evaluation.notes == ("Nobody churned in these 200 rows, so metrics of ranking are not defined.",)
    assert "not defined" in str(evaluation)
    assert evaluation.differences.query("metric == 'roc_auc'")["better"].eq("too close to tell").all()


def test_a_cutoff_without_churners_is_left_out_of_the_mean() -> None:
    frame = _frame()
    frame.loc[frame["cutoff"] == CUTOFFS[0], "churned"] = 0
    evaluation = evaluate_predictions(frame, ["good"], replicates=20)
    table = evaluation.metrics.query("metric == 'roc_auc'").set_index("cutoff")
    assert np.isnan(table.loc[CUTOFFS[0], "value"])
    assert table.loc["mean over cut-offs", "value"] == pytest.approx(table.loc[CUTOFFS[1:], "value"].mean())
    assert table.loc["mean over cut-offs", "rows"] == (frame["cutoff"] != CUTOFFS[0]).sum()
    assert any("1 of 3 cut-offs" in note for note in evaluation.notes)


def test_many_cutoffs_are_judged_together_only() -> None:
    frame = _frame(1010).assign(cutoff=lambda f: pd.Timestamp("2024-01-01") + pd.to_timedelta(f.index % 101, unit="D"))
    evaluation = evaluate_predictions(frame, ["good"], replicates=20)
    assert evaluation.metrics["cutoff"].unique().tolist() == ["pooled", "mean over cut-offs"]
    assert evaluation.metrics["value"].isna().sum() == 1
    assert any("101 cut-offs are too many" in note for note in evaluation.notes)


def test_few_churners_are_counted_as_customers() -> None:
    # 2 churners with 3 rows each among 300 rows
    frame = pd.DataFrame({"customer_id": np.arange(300) // 3, "group": "a", "churned": 0, "p": 0.02})
    frame.loc[:5, "churned"] = 1
    notes = evaluate_predictions(frame, ["p"], replicates=20).notes
    assert notes[0] == "2 churners; as a rule about 200 are needed to tell a model from the recency rule."


@pytest.mark.parametrize(("rule", "seen"), [("recency rule", True), ("another rule", False)])
def test_few_churners_are_no_matter_where_the_model_is_told_from_the_recency_rule(rule: str, seen: bool) -> None:
    frame = _frame(600)
    some = frame.drop(index=frame.index[frame["churned"] == 1][100:]).assign(**{rule: 0.3})
    (words,) = (note for note in evaluate_predictions(some, ["good", rule], replicates=50).notes if "about 200" in note)
    assert words.endswith("here the difference is large enough to be seen.") == seen


def test_calibration_within_chance_is_said_and_a_bent_one_is_not() -> None:
    frame = _frame(3000).assign(bent=lambda f: f["good"] ** 2)
    exact, bent = (evaluate_predictions(frame, [name], replicates=20).notes for name in ("good", "bent"))
    assert any("cannot be told from 0" in note for note in exact)
    assert not any("cannot be told from 0" in note for note in bent)


def test_exact_probabilities_stay_within_chance_19_times_in_20() -> None:
    random = np.random.default_rng(0)
    within = 0
    for _ in range(200):
        p = random.beta(1, 4, size=400)
        y = (random.random(400) < p).astype(int)
        within += calibration_error(y, p) <= _calibration_by_chance(y, p)
    assert 180 <= within <= 199  # 190 expected, standard deviation 3


def test_evaluate_sets_the_model_beside_baselines_learned_from_its_training_panel(monkeypatch: Any) -> None:
    frame = _frame(300)
    learned_from = []
    baselines = ModuleType("cxchurn.evaluation.rivals._baselines")
    baselines.fit_baselines = lambda train: learned_from.append(train) or {"recency rule": _Fixed(frame["poor"])}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, baselines.__name__, baselines)

    own, other = SimpleNamespace(frame=frame), SimpleNamespace(frame=frame)
    evaluation = evaluate(_Fixed(frame["good"], own), _panel(frame), replicates=20)
    evaluate(_Fixed(frame["good"], own), _panel(frame), train=other, replicates=20)
    assert learned_from == [own, other]
    expected = evaluate_predictions(
        frame.rename(columns={"good": "model", "poor": "recency rule"}), ["model", "recency rule"], replicates=20
    )
    pd.testing.assert_frame_equal(evaluation.metrics, expected.metrics)
    pd.testing.assert_frame_equal(evaluation.differences, expected.differences)


def test_evaluate_without_baselines_needs_no_training_panel() -> None:
    frame = _frame(300)
    evaluation = evaluate(_Fixed(frame["good"]), _panel(frame), baselines=False, replicates=20)
    assert evaluation.differences.empty
    assert list(evaluation.differences) == ["baseline", "cutoff", "metric", "difference", "low", "high", "better"]
    assert "Against" not in str(evaluation)


def test_a_loaded_model_asks_for_the_training_panel(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "cxchurn.evaluation.rivals._baselines", SimpleNamespace(fit_baselines=None))
    frame = _frame(30)
    with pytest.raises(UsageError, match="pass train=, or baselines=False"):
        evaluate(_Fixed(frame["good"]), _panel(frame))


def test_an_empty_test_panel_is_refused() -> None:
    with pytest.raises(UsageError, match="no rows"):
        evaluate(_Fixed([]), _panel(_frame(30).iloc[:0]), baselines=False)


@pytest.fixture(scope="module")
def compared(train: Any) -> Any:
    """A model that compares customers with customers in general."""
    builders = [Activity(), Standing(window="60D"), Disruption(window="60D")]
    return ChurnModel(features=builders, classifier=ChurnClassifier(n_estimators=20, n_jobs=1), folds=2).fit(train)


def test_customers_are_compared_as_each_night_would_have_done_it(compared: Any, test: Any) -> None:
    told = evaluate(compared, test, baselines=False, replicates=20)
    said = np.full(len(test), np.nan)
    for at in np.unique(test.cutoffs):
        # that night's batch: over everybody, with what was known by then
        rows = test.cutoffs == at
        night = refresh(compared, known_before(test.log, at), at=at)
        said[rows] = with_references(compared, night).predict_proba(test.take(rows))[:, 1]
    np.testing.assert_array_equal(told.predictions["model"], said)
    assert not np.array_equal(said, compared.predict_proba(test)[:, 1])
    assert "as a nightly batch would have done it" in told.notes[-1]


def test_of_everybody_in_the_log_however_few_the_panel_asks_about(compared: Any, test: Any) -> None:
    whole = evaluate(compared, test, baselines=False, replicates=20).predictions
    third = np.arange(0, len(test), 3)
    few = evaluate(compared, test.take(third), baselines=False, replicates=20).predictions
    np.testing.assert_array_equal(few["model"], whole["model"].iloc[third])


def test_a_log_of_some_customers_is_compared_by_the_tables_the_model_carries(compared: Any, test: Any) -> None:
    some = np.isin(test.frame["customer_id"], sorted(test.frame["customer_id"].unique())[::4])
    part = test.take(some)
    who = pc.is_in(test.log.events["customer_id"], pa.array(part.frame["customer_id"].unique()))
    part = replace(part, log=with_events(test.log, test.log.events.filter(who)))
    told = evaluate(compared, part, baselines=False, replicates=20)
    np.testing.assert_array_equal(told.predictions["model"], compared.predict_proba(part)[:, 1])
    assert "by the tables that the model carries: the log holds" in told.notes[-1]


def test_the_log_that_was_learned_from_holds_everybody_however_many_left(
    compared: Any, test: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(References, "fewer_than", lambda *_: "half of them left")
    assert "as a nightly batch would have done it" in evaluate(compared, test, baselines=False, replicates=20).notes[-1]
    other = replace(test, log=with_events(test.log, test.log.events))
    assert "half of them left" in evaluate(compared, other, baselines=False, replicates=20).notes[-1]


def test_nothing_is_said_where_nobody_is_compared(train: Any, test: Any) -> None:
    model = ChurnModel(features=[Activity()], classifier=ChurnClassifier(n_estimators=5, n_jobs=1), folds=2).fit(train)
    assert not [note for note in evaluate(model, test, baselines=False, replicates=20).notes if "compared" in note]
