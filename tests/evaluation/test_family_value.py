"""What each family is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import family_value, roc_auc, value_on
from cxchurn.features import Activity, Builder, FeatureSet, Recency, Volume
from cxchurn.model import ChurnClassifier
from cxchurn.panel import Panel, PanelSplit, make_panel, monthly


@pytest.fixture(scope="module")
def panel(log, churn) -> Panel:
    return make_panel(log, churn, cutoffs=monthly("2024-01-01", "2024-10-01"))


@pytest.fixture(scope="module")
def families() -> list[Builder]:
    return [Activity(), Recency(by=()), Volume(windows=("30D",))]


def test_a_family_is_worth_what_is_lost_without_it(panel, families):
    past, future = (
        (panel.take(a), panel.take(b)) for a, b in PanelSplit(1, horizon="60D").split(panel.frame)
    ).__next__()
    found = value_on(panel, [(past, future)], families, how="dropped", replicates=20, random_state=0)
    made = FeatureSet(families, log=panel.log, horizon="60D", churn=panel.definition).fit(past.frame)
    train, test = made.transform(past.frame), made.transform(future.frame)

    def inside(columns: list[str]) -> float:
        trees = ChurnClassifier(n_estimators=75, n_jobs=1).fit(train[columns], past.y)
        said = pd.Series(trees.predict_proba(test[columns])[:, 1], index=future.frame["cutoff"])
        areas = [roc_auc(future.y[said.index == at], said[said.index == at]) for at in said.index.unique()]
        return sum(areas) / len(areas)

    every = list(train)
    recency = [says.name for says in made.says_ if says.driver == Recency().driver]
    lost = inside(every) - inside([name for name in every if name not in recency])
    row = found.set_index("family").loc["Recency"]
    assert row["columns"] == len(recency)
    assert row["auc"] == pytest.approx(lost, abs=1e-12)
    assert row["auc_low"] <= row["auc"] <= row["auc_high"]
    alone = value_on(panel, [(past, future)], families, how="dropped", replicates=20, random_state=0, only=["Recency"])
    pd.testing.assert_frame_equal(alone, found[found["family"] == "Recency"].reset_index(drop=True))


def test_families_come_by_their_worth_with_intervals_around_it(panel, families):
    found = family_value(panel, families, how="dropped", folds=2, replicates=40)
    assert set(found["family"]) == {"Activity", "Recency", "Volume"}
    assert found["log_loss"].is_monotonic_decreasing
    assert (found["log_loss_low"] <= found["log_loss"]).all()
    assert (found["log_loss"] <= found["log_loss_high"]).all()


def test_added_leaves_out_what_all_are_compared_with(panel, families):
    found = family_value(panel, families, how="added", folds=2, replicates=20)
    assert found["family"].tolist() == ["Recency"]


@pytest.mark.prove
def test_two_runs_say_the_same(panel, families):
    pd.testing.assert_frame_equal(
        family_value(panel, families, folds=1, replicates=20, n_jobs=1),
        family_value(panel, families, folds=1, replicates=20, n_jobs=2),
    )


def test_of_one_cutoff_customers_are_divided(panel, families):
    one = panel.take(panel.cutoffs == panel.cutoffs[0])
    assert len(family_value(one, families, replicates=20)) == 3


def test_what_cannot_be_asked_is_said(panel):
    with pytest.raises(UsageError, match="the panel's 12 rows cannot be divided"):
        family_value(panel.take(np.arange(12)))
    with pytest.raises(UsageError, match="how is 'both'"):
        family_value(panel, how="both")
    for how, families in (("dropped", [Recency(by=())]), ("added", [Recency(by=())])):
        with pytest.raises(UsageError, match="nothing is left to compare"):
            family_value(panel, families, how=how)
    with pytest.raises(UsageError, match="replicates is 3"):
        family_value(panel, replicates=3)
