from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from cxchurn.model import ChurnModel, auc_alone, still_here, without_leavers
from cxchurn.model.fitting._belief import beyond_belief

Y = np.array([0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 5, 6], 1.0),
        ([6, 5, 4, 3, 2, 1], 1.0),  # in the better direction
        ([1, 1, 1, 1, 1, 1], 0.5),
        ([np.nan, np.nan, np.nan, 7, 8, 9], 1.0),  # filled in only for those who left
        ([1, 2, np.nan, 3, 4, 5], 1.0),  # missing as the lowest
        ([3, 4, 5, 1, 2, np.nan], 1.0),  # or below those who stayed, where they have more
        ([1, 2, 4, 3, 5, 6], 8 / 9),  # eight of nine pairs in order
    ],
)
def test_how_well_a_column_alone_ranks(values, expected):
    assert auc_alone(np.array(values, dtype=float), Y) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40))
def test_it_is_the_auc_in_the_better_direction(pairs):
    values, churned = (np.array(one, dtype=float) for one in zip(*pairs, strict=True))
    if len(set(churned)) < 2:
        return
    auc = roc_auc_score(churned, values)
    assert auc_alone(values, churned.astype(np.int8)) == pytest.approx(max(auc, 1 - auc))


def test_labels_count_by_the_share_of_those_who_left():
    # a and c left, b stayed: as codes 0, 1, 2 they tell nothing
    codes, churned = np.repeat([0.0, 1.0, 2.0], 40), np.repeat([1, 0, 1], 40)
    assert auc_alone(codes, churned) == pytest.approx(0.5)
    assert auc_alone(codes, churned, labels=("a", "b", "c")) == 1.0


def test_a_column_that_knows_the_outcome_is_noted(train):
    here = still_here(train)
    honest = np.random.default_rng(0).normal(size=len(train))
    features = pd.DataFrame({"honest": honest, "attributes_status": np.where(train.y == 1, honest + 9, honest)})
    assert 0 < here.sum() < len(train)
    (note,) = beyond_belief(features, train)
    assert note.startswith("attributes_status alone tells who leaves among those still here, with an AUC of 1.000")
    assert "look for a leak" in note


def test_a_value_that_nobody_who_left_has():
    # 100 customers of two rows each; 40 leave after their second one, all of them with value 1; 50 have value 0
    customers = np.repeat(np.arange(100), 2)
    values = np.repeat(np.arange(100) < 50, 2).astype(float)
    values = 1 - values
    churned = np.zeros(200, dtype=np.int8)
    churned[1::2][50:90] = 1
    # of 50 customers 20 would leave at the rate of all, which is 40 in 100
    assert without_leavers(values, churned, customers, labels=("live", "gone")) == ("live", 50, 20.0)
    assert without_leavers(np.where(values == 0, np.nan, values), churned, customers) == ("nothing", 50, 20.0)
    churned[1] = 1
    assert without_leavers(values, churned, customers) is None  # one of them left
    assert without_leavers(np.arange(200.0), churned, customers) is None  # everybody has their own


def test_those_silent_for_long_are_no_proof(train):
    # who has been silent for a horizon has churned as good as always: that is no knowledge of the future
    silent = pd.DataFrame({"silent": np.where(still_here(train), 0.0, 1.0)})
    assert beyond_belief(silent, train) == []


def test_what_is_said_of_attributes_is_in_the_notes_of_the_model(model):
    assert isinstance(model, ChurnModel)
    assert model.notes_[: len(model.features_.notes_)] == model.features_.notes_
    assert not any("look for a leak" in note for note in model.notes_)
