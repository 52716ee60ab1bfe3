"""Bands by other rules than the model's, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.scoring import score
from cxchurn.scoring.batch import BandRule

from .conftest import AT

PROBABILITY = np.array([0.9, 0.5, 0.3, 0.29, 0.1, 0.05])
LOSS = np.array([9.0, 500.0, np.nan, 29.0, 1000.0, 50.0])


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("capacity: 2, 1", "high high medium low low low"),
        ("capacity: 2", "high high low low low low"),
        ("capacity: 100", "high high high high high high"),
        ("capacity: 0, 1", "medium low low low low low"),
        ("probability: 30%, 10%", "high high high medium medium low"),
        ("probability: 0.3", "high high high low low low"),
        ("value: 500, 50", "low high low low high medium"),
        ("value: 1e3", "low low low low high low"),
    ],
)
def test_rules(text, bands):
    assert BandRule.read(text).names(None, PROBABILITY, LOSS).tolist() == bands.split()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("capacity: 1.5", "how many are high"),
        ("capacity", "'probability: 30%, 10%'"),
        ("capasity: 5", "did you mean 'capacity'"),
        ("probability: 10%, 30%", "from which probability on"),
        ("probability: 2", "from which probability on"),
        ("value: 1, 2", "from which expected loss on"),
        ("share: 60%, 50%", "which share"),
        ("capacity: 1, 2, 3", "how many are high"),
        ("capacity: many", "how many are high"),
        ("capacity: -3", "how many are high"),
    ],
)
def test_what_is_no_rule_is_refused(text, says):
    with pytest.raises(UsageError, match="bands is") as caught:
        BandRule.read(text)
    assert says in str(caught.value)


def test_shares_are_those_of_forward_predictions(model):
    raw, rows = np.array(model.intervals_.edges), np.array(model.intervals_.rows)
    high, medium = (BandRule.read(f"share: {one}").names(model, PROBABILITY, None) for one in ("0.1", "0.1, 0.2"))
    assert set(high) <= {"high", "low"}
    assert [one for one in medium if one == "high"] == [one for one in high if one == "high"]
    # a probability in the middle of the bins is neither in the upper tenth nor in the lower one
    middle = 1 / (1 + np.exp(-raw[np.searchsorted(np.cumsum(rows), rows.sum() / 2)]))
    assert BandRule.read("share: 10%, 80%").names(model, np.array([middle]), None).tolist() == ["medium"]


def test_the_models_own_bands_are_a_tenth_and_a_fifth_of_forward_predictions(model):
    edge = BandRule.read("share: 10%").names(
        model, np.array([model.bands_.high * 1.05, model.bands_.high * 0.95]), None
    )
    assert edge.tolist() == ["high", "low"]


def test_the_first_of_the_list_are_high(model, log):
    scores = score(model, log, at=AT, bands="capacity: 10, 20")
    assert scores["band"].tolist()[:31] == ["high"] * 10 + ["medium"] * 20 + ["low"]
    assert scores["churn_probability"].tolist()[:31] == score(model, log, at=AT)["churn_probability"].tolist()[:31]


def test_shares_need_forward_predictions(train, churn):
    from cxchurn.features import Recency
    from cxchurn.model import ChurnClassifier, ChurnModel

    last = train.take(train.cutoffs == train.cutoffs.max())
    few = ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(last)
    with pytest.raises(DataError, match="bands by share need forward predictions"):
        score(few, train.log, at=AT, bands="share: 10%", allow_shallow=True)


def test_bands_by_value_need_values(model, log):
    with pytest.raises(UsageError, match="bands by value need values"):
        score(model, log, at=AT, bands="value: 5")
