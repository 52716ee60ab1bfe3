"""Backtest: what it trains on, what it compares, and that it says the same twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from cxchurn._core import UsageError, shown_progress
from cxchurn.evaluation import METRICS, Backtest, Offer, backtest, roc_auc
from cxchurn.evaluation.rivals import _rivals
from cxchurn.evaluation.rivals._rivals import NoPurchase, latest, rivals
from cxchurn.features import Activity, Recency, Standing
from cxchurn.interactions import InteractionLog
from cxchurn.model import ChurnClassifier, ChurnModel, with_references
from cxchurn.panel import Inactivity, Panel, PanelSplit, make_panel, monthly, panel_from_labels
from cxchurn.scoring import refresh

RIVALS = ["recency rule", "RFM logistic", "last period", "window counts", "BG/NBD"]


@pytest.fixture(scope="module")
def panel(log: InteractionLog, churn: Inactivity) -> Panel:
    return make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-10-01"))


@pytest.fixture(scope="module")
def small_model() -> ChurnModel:
    trees = ChurnClassifier(n_estimators=20, learning_rate=0.1, n_jobs=1)
    return ChurnModel(features=[Activity(), Recency()], classifier=trees, folds=2)


@pytest.fixture(scope="module")
def tested(small_model: ChurnModel, panel: Panel) -> Backtest:
    offer = Offer(cost=5, saved=120, success=0.2)
    return backtest(small_model, panel, folds=2, offer=offer, replicates=40)


def test_each_origin_is_trained_on_what_was_known_and_judged_on_what_came_after(tested: Backtest, panel: Panel) -> None:
    folds = list(PanelSplit(2, horizon="60D").split(panel.frame))
    frame = panel.frame
    by_origin = tested.by_origin.drop_duplicates("origin")
    assert by_origin["origin"].tolist() == [f"{frame['cutoff'].iloc[test].min():%Y-%m-%d}" for _, test in folds]
    assert by_origin["train_rows"].tolist() == [len(train) for train, _ in folds]
    assert by_origin["test_rows"].tolist() == [len(test) for _, test in folds]
    told = pd.concat([frame.iloc[test] for _, test in folds], ignore_index=True)
    pd.testing.assert_frame_equal(tested.predictions[list(told)], told)


def test_every_rival_is_measured_at_every_origin_with_every_metric(tested: Backtest) -> None:
    assert tested.by_origin["model"].unique().tolist() == ["model", *RIVALS]
    for (origin, model), rows in tested.by_origin.groupby(["origin", "model"]):
        own = tested.predictions[tested.predictions["origin"] == origin]
        assert tuple(rows["metric"]) == METRICS
        assert rows["value"].iloc[0] == pytest.approx(roc_auc(own["churned"], own[model]))
    assert tested.differences["baseline"].unique().tolist() == RIVALS
    assert set(tested.lift["model"]) == set(tested.reliability["model"]) == {"model", *RIVALS}
    assert set(tested.pooled["cutoff"]) == {"pooled", "mean over cut-offs"}
    assert tested.profit is not None
    assert set(tested.profit["policy"]) == {"model", "nobody", "everybody", *RIVALS}
    assert (tested.by_origin["seconds"] > 0).all()


def test_the_model_is_a_clone_trained_on_the_past_of_the_origin(
    tested: Backtest, small_model: ChurnModel, panel: Panel
) -> None:
    train, test = list(PanelSplit(2, horizon="60D").split(panel.frame))[-1]
    own = ChurnModel(**small_model.get_params(deep=False)).fit(panel.take(train))
    last = tested.predictions[tested.predictions["origin"] == tested.predictions["origin"].iloc[-1]]
    np.testing.assert_array_equal(last["model"], own.predict_proba(panel.take(test))[:, 1])
    assert not hasattr(small_model, "version_")


def test_the_last_period_learns_from_the_latest_cutoff_that_has_both_outcomes(panel: Panel) -> None:
    last, before = panel.summary["group"].iloc[-1], panel.summary["group"].iloc[-2]
    assert latest(panel).frame["group"].unique().tolist() == [last]
    stayed = replace(
        panel, frame=panel.frame.assign(churned=panel.frame["churned"].where(panel.frame["group"] != last, 0))
    )
    assert latest(stayed).frame["group"].unique().tolist() == [before]


def test_the_future_changes_no_prediction_of_bg_nbd(panel: Panel, log: InteractionLog, churn: Inactivity) -> None:
    train, test = panel.split("2024-08-01")
    flipped = replace(train, frame=train.frame.assign(churned=1 - train.frame["churned"]))
    p = NoPurchase().fit(train).predict_proba(test)
    np.testing.assert_array_equal(p, NoPurchase().fit(flipped).predict_proba(test))
    assert p.sum(axis=1) == pytest.approx(np.ones(len(test)))
    assert roc_auc(test.y, p[:, 1]) > 0.6


def test_bg_nbd_is_left_out_where_churn_is_no_inactivity(panel: Panel, small_model: ChurnModel) -> None:
    labels = panel.frame[["customer_id", "cutoff", "churned"]]
    own = panel_from_labels(panel.log, labels, horizon="60D")
    assert list(rivals(small_model, panel.definition)) == RIVALS
    assert list(rivals(small_model, own.definition)) == RIVALS[:-1]


@pytest.mark.prove
def test_two_runs_say_the_same(tested: Backtest, small_model: ChurnModel, panel: Panel) -> None:
    again = backtest(small_model, panel, folds=2, offer=tested.offer, replicates=40)
    assert str(again) == str(tested)
    pd.testing.assert_frame_equal(again.predictions, tested.predictions)
    pd.testing.assert_frame_equal(
        again.by_origin.drop(columns="seconds"), tested.by_origin.drop(columns="seconds"), check_exact=True
    )
    pd.testing.assert_frame_equal(again.profit, tested.profit, check_exact=True)


def test_it_prints_in_80_columns(tested: Backtest) -> None:
    lines = str(tested).splitlines()
    assert lines[0].startswith("Backtest: 2 origins from 2024-0")
    assert max(map(len, lines)) <= 80
    rows = [line for line in lines if line.startswith("everybody")]
    assert len(rows) == 1
    one = tested.by_origin[tested.by_origin["origin"] == tested.by_origin["origin"].iloc[0]]
    many = pd.concat([one.assign(origin=f"2024-0{k}-01T12:00") for k in range(1, 8)])
    wide = replace(tested, by_origin=many, profit=tested.profit.assign(realised=-123_456_789.0, difference=-1e8))
    assert max(map(len, str(wide).splitlines())) <= 80
    assert "-123.46M" in str(wide)
    assert "contacting" not in str(replace(tested, profit=None))


def test_it_prints_the_area_inside_cutoffs_and_pooled_where_there_is_none(tested: Backtest) -> None:
    assert "AUC inside cut-offs" in str(tested)
    assert "inside cut-offs" in tested.sentences()[0]
    area = tested.pooled[(tested.pooled["metric"] == "roc_auc") & (tested.pooled["cutoff"] != "pooled")].iloc[0]
    assert f"{area['value']:.3f} [" in str(tested).splitlines()[3]
    pooled, apart = tested.pooled.copy(), tested.differences.copy()
    for table in (pooled, apart):
        table.loc[table["cutoff"] != "pooled", ["low", "high"]] = np.nan
    assert "those still here" in str(tested)
    text = str(replace(tested, pooled=pooled, differences=apart, still_here=None))
    assert "all origins" in text
    assert "inside cut-offs" not in text


class _Fixed(BaseEstimator):
    """Says the same of everybody."""

    def fit(self, panel: Panel) -> _Fixed:
        return self

    def predict_proba(self, panel: Panel) -> np.ndarray:
        return np.full((len(panel), 2), 0.5)


def test_an_origin_whose_past_has_one_outcome_is_left_out_and_named(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_rivals, "rivals", lambda model, definition: {"rule": _Fixed().fit})
    frame = panel.frame
    first, second = (test for _, test in PanelSplit(2, horizon="60D").split(frame))
    early = frame["cutoff"] < frame["cutoff"].iloc[first].min()
    quiet = replace(panel, frame=frame.assign(churned=frame["churned"].where(~early, 0)))
    tested = backtest(_Fixed(), quiet, folds=2, replicates=20)
    assert tested.predictions["origin"].unique().tolist() == [f"{frame['cutoff'].iloc[second].min():%Y-%m-%d}"]
    assert "is left out: nobody churned" in tested.notes[0]
    assert tested.profit is None
    with pytest.raises(UsageError, match="no origin has both outcomes"):
        backtest(_Fixed(), replace(panel, frame=frame.assign(churned=1)), folds=2, replicates=20)


def test_progress_names_origin_and_contestant(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_rivals, "rivals", lambda model, definition: {"rule": _Fixed().fit})
    with caplog.at_level("INFO", logger="cxchurn"), shown_progress():
        backtest(_Fixed(), panel, folds=1, replicates=20)
    said = [record.getMessage() for record in caplog.records]
    assert any(": rule: " in one for one in said)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"replicates": 5}, "replicates is 5"),
        ({"folds": 0}, "n_splits is 0"),
        ({"offer": Offer(cost=-1, saved=1, success=1)}, "the offer is"),
    ],
)
def test_wrong_calls_are_refused_before_anything_is_trained(panel: Panel, wrong: dict, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        backtest(None, panel, **wrong)


def test_one_cutoff_cannot_be_backtested(panel: Panel) -> None:
    one = panel.take((panel.frame["group"] == panel.frame["group"].iloc[0]).to_numpy())
    with pytest.raises(UsageError, match="no forward fold"):
        backtest(_Fixed(), one)


def test_customers_are_compared_as_each_night_would_have_done_it(panel: Panel) -> None:
    trees = ChurnClassifier(n_estimators=10, learning_rate=0.1, n_jobs=1)
    model = ChurnModel(features=[Activity(), Standing(window="60D")], classifier=trees, folds=2)
    tested = backtest(model, panel, folds=2, replicates=20)
    train, test = list(PanelSplit(2, horizon="60D").split(panel.frame))[-1]
    own, future = ChurnModel(**model.get_params(deep=False)).fit(panel.take(train)), panel.take(test)
    last = tested.predictions[tested.predictions["origin"] == tested.predictions["origin"].iloc[-1]]
    night = with_references(own, refresh(own, panel.log, at=future.cutoffs))
    np.testing.assert_array_equal(last["model"], night.predict_proba(future)[:, 1])
    assert not np.array_equal(last["model"], own.predict_proba(future)[:, 1])
    assert sum("as a nightly batch would have done it" in note for note in tested.notes) == 1
