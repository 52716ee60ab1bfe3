"""Those still here are judged apart from those who had met the definition of churned already."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.evaluation import backtest, evaluate, evaluate_predictions
from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel


def frame(n: int = 800) -> pd.DataFrame:
    random = np.random.default_rng(3)
    silent = random.random(n) < 0.3
    truth = np.where(silent, 0.8, 0.2) * random.uniform(0.7, 1.2, n)
    return pd.DataFrame(
        {
            "customer_id": random.integers(0, n // 2, n),
            "cutoff": pd.to_datetime(random.choice(["2024-10-01", "2024-11-01"], n)),
            "churned": (random.random(n) < truth).astype(int),
            "already_silent": silent,
            "good": np.clip(truth, 0, 1),
            "poor": random.random(n),
        }
    )


@pytest.fixture(scope="module")
def judged():
    return evaluate_predictions(frame(), ["good", "poor"], replicates=40)


def test_they_are_judged_as_if_they_were_alone(judged):
    here = frame()[~frame()["already_silent"]].drop(columns="already_silent")
    alone = evaluate_predictions(here, ["good", "poor"], replicates=40)
    assert alone.still_here is None
    pooled = ["pooled", "mean over cut-offs"]
    expected = alone.metrics[alone.metrics["cutoff"].isin(pooled)].reset_index(drop=True)
    pd.testing.assert_frame_equal(judged.still_here, expected)
    # what flatters all of them is gone: who is silent already is easily told
    area = {
        name: table.query("model == 'good' and metric == 'roc_auc' and cutoff == 'pooled'")["value"].iloc[0]
        for name, table in (("all", judged.metrics), ("here", judged.still_here))
    }
    assert area["all"] > area["here"] + 0.1


def test_both_are_printed(judged):
    rows = frame()
    silent, churned = rows["already_silent"], rows["churned"]
    says = (
        f"Those still here: {(~silent).sum()} rows; {churned[~silent].sum()} churned ({churned[~silent].mean():.1%}). "
        f"The other {silent.sum()} had been silent for longer than the horizon at their cut-off already; "
        f"{churned[silent].mean():.1%} of them churned"
    )
    assert judged.headline_still_here() == says
    assert f"{says}." in str(judged).replace("\n", " ")
    assert str(judged).count("average_precision") == 2
    cell = judged.summary(still_here=True).set_index("model").loc["good", "roc_auc"]
    assert cell in str(judged)
    assert cell in judged._repr_html_()
    assert cell != judged.summary().set_index("model").loc["good", "roc_auc"]
    assert all(len(line) <= 80 for line in str(judged).splitlines())


@pytest.mark.parametrize("silent", [False, True])
def test_where_all_are_alike_there_is_one_table(silent):
    alike = evaluate_predictions(frame().assign(already_silent=silent), ["good", "poor"], replicates=20)
    assert alike.still_here is None
    assert alike.headline_still_here() == ""
    assert str(alike).count("average_precision") == 1


def test_panels_bring_it_along(train, test):
    model = ChurnModel(features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=10), folds=2).fit(train)
    found = evaluate(model, test, replicates=20)
    silent = test.frame["already_silent"]
    assert 0 < silent.sum() < len(test)
    assert found.predictions["already_silent"].tolist() == silent.tolist()
    assert found.still_here.query("cutoff == 'pooled'")["rows"].unique().tolist() == [(~silent).sum()]
    tested = backtest(model, train, folds=1, replicates=20)
    assert set(tested.still_here["cutoff"]) == {"pooled", "mean over cut-offs"}
    assert "those still here" in str(tested)
