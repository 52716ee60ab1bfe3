"""How good a saved model is, by a log: itself on what came since, or else its recipe on its own later cut-offs."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.evaluation import evaluate, evaluate_saved, learned_panel
from cxchurn.model import ChurnModel

KEYS = ["customer_id", "cutoff", "churned"]


def test_what_it_learned_from_is_made_again(model, log, train):
    again = learned_panel(model, log, at=model.learned_from_.until)
    pd.testing.assert_frame_equal(again.frame[KEYS], train.frame[KEYS])


def test_the_model_itself_is_judged_where_outcomes_came_since(model, log):
    found = evaluate_saved(model, log, replicates=20)
    assert found.learned.version == model.version_
    assert (found.predictions["cutoff"] >= pd.Timestamp(model.learned_from_.until)).all()
    # the log ends on the 1st of December, an outcome takes 60 days
    assert (found.predictions["cutoff"] <= pd.Timestamp("2024-10-02")).all()
    assert found.metrics["model"].unique().tolist() == ["model", "recency rule", "RFM logistic"]
    assert not [note for note in found.notes if "was trained on" in note]


def test_its_recipe_is_judged_where_nothing_came_since(model, log, classifier):
    until = model.learned_from_.until
    found = evaluate_saved(model, log, at=until, replicates=20)
    # seven cut-offs from December to June: the last two are judged, those before whose outcomes were known by then learned
    assert sorted(found.predictions["group"].unique()) == ["2024-05-01", "2024-06-01"]
    assert (found.learned.first, found.learned.last) == ("2023-12-01", "2024-03-01")
    assert found.learned.version != model.version_
    panel = learned_panel(model, log, at=until)
    past, test = panel.split("2024-05-01")
    by_hand = evaluate(ChurnModel(model.churn_, classifier=classifier, folds=2).fit(past), test, replicates=20)
    pd.testing.assert_frame_equal(found.metrics, by_hand.metrics)


def test_from_when_the_recipe_is_judged_can_be_said(model, log):
    found = evaluate_saved(model, log, test_from="2024-06-01", replicates=20)
    assert found.predictions["group"].unique().tolist() == ["2024-06-01"]


def test_a_time_before_all_it_learned_is_refused(model, log):
    with pytest.raises(UsageError, match="remembers no cut-off whose outcomes were known by 2024-01-01"):
        learned_panel(model, log, at="2024-01-01")
