from __future__ import annotations

import itertools
import math

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.model.trees import forests_of, mean_of, read_forest, read_trees
from cxchurn.model.trees._text import Tree

from .tree_models import strange, trained

KINDS = {
    "missing values": {},
    "zero is missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "label by label": {"max_cat_to_onehot": 50},
    "no start from the mean": {"boost_from_average": False},
}
TABLES = {"tables": 300_000_000, "some tables": 20_000, "row by row": 0}


@pytest.mark.parametrize("leaves", [2, 8, 16, 31])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.sampled(3)
def test_log_odds_are_those_of_lightgbm_and_parts_too(kind, leaves):
    booster = trained(leaves, **KINDS[kind])
    X = strange(700, 7)
    raw, parts = booster.predict(X, raw_score=True), booster.predict(X, pred_contrib=True)
    for most in TABLES.values():
        forest = read_forest(booster.model_to_string(), most=most)
        assert np.array_equal(forest.raw_score(X), raw)
        assert np.abs(forest.contributions(X) - parts).max() < 1e-12
        assert np.array_equal(forest.explained(X)[0], raw)
        assert np.array_equal(forest.explained(X[:5])[0], raw[:5])


@pytest.mark.parametrize("most", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("leaves", [8, 31])
@pytest.mark.sampled(3)
def test_a_row_gets_the_same_bits_alone_and_among_others(leaves, most):
    forest = read_forest(trained(leaves).model_to_string(), most=most)
    X = strange(1100, 3)
    raw, parts = forest.raw_score(X), forest.contributions(X)
    for rows in (slice(5, 6), slice(0, 16), slice(0, 17), slice(300, 900), slice(None, None, -1), slice(1, None, 7)):
        assert np.array_equal(forest.raw_score(X[rows]), raw[rows])
        assert np.array_equal(forest.contributions(X[rows]), parts[rows])


@given(seed=st.integers(0, 10_000), leaves=st.integers(2, 40), rounds=st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_parts_of_random_models_are_exact_and_add_up(seed, leaves, rounds):
    booster = trained(leaves, seed, rounds)
    forest = read_forest(booster.model_to_string())
    X = strange(60, seed)
    parts = forest.contributions(X)
    assert np.abs(parts - booster.predict(X, pred_contrib=True)).max() < 1e-12
    assert np.abs(parts.sum(axis=1) - forest.raw_score(X)).max() < 1e-12


@pytest.mark.parametrize("most", [300_000_000, 0])
def test_parts_are_shapley_values_of_the_expectation_along_the_tree(most):
    """Against the definition, coalition by coalition, with no help from the library that grew the tree."""
    text = trained(6, rounds=1).model_to_string()
    (tree,), forest = read_trees(text), read_forest(text, most=most)
    X = strange(40, 11)
    found = forest.contributions(X)
    columns = np.unique(tree.feature)
    for row, parts in zip(X, found, strict=True):
        for column in columns:
            others = [one for one in columns if one != column]
            expected = sum(
                math.factorial(size)
                * math.factorial(len(others) - size)
                / math.factorial(len(columns))
                * (expectation(tree, row, {*known, column}) - expectation(tree, row, set(known)))
                for size in range(len(others) + 1)
                for known in itertools.combinations(others, size)
            )
            assert parts[column] == pytest.approx(expected, abs=1e-12)
        assert parts[-1] == pytest.approx(expectation(tree, row, set()), abs=1e-12)


def expectation(tree: Tree, row: np.ndarray, known: set[int], at: int = 0) -> float:
    """What a tree says where only some columns are known: at the others both ways, as often as in training."""
    if at < 0:
        return float(tree.value[-1 - at])
    ways = [int(tree.left[at]), int(tree.right[at])]
    if int(tree.feature[at]) in known:
        return expectation(tree, row, known, ways[0] if goes_left(tree, at, row) else ways[1])
    sizes = [size_of(tree, way) for way in ways]
    return sum(size * expectation(tree, row, known, way) for size, way in zip(sizes, ways, strict=True)) / sum(sizes)


def size_of(tree: Tree, at: int) -> float:
    return (
        float(tree.count[-1 - at]) if at < 0 else size_of(tree, int(tree.left[at])) + size_of(tree, int(tree.right[at]))
    )


def goes_left(tree: Tree, at: int, row: np.ndarray) -> bool:
    value, labels = row[tree.feature[at]], tree.labels[at]
    if labels is not None:
        return not np.isnan(value) and int(value) in labels
    return bool(tree.missing_left[at]) if np.isnan(value) else bool(value <= tree.threshold[at])


def test_columns_that_no_tree_asks_about_have_no_part():
    booster = trained(3, rounds=1)
    asked = {int(column) for tree in read_trees(booster.model_to_string()) for column in tree.feature}
    parts = read_forest(booster.model_to_string()).contributions(strange(50, 1))[:, :-1]
    silent = [column for column in range(parts.shape[1]) if column not in asked]
    assert silent
    assert not parts[:, silent].any()


def test_a_model_of_leaves_alone_is_its_base():
    X = np.zeros((40, 3))
    booster = lgb.train({"objective": "binary", "verbosity": -1}, lgb.Dataset(X, np.arange(40) % 4 == 0), 3)
    forest = read_forest(booster.model_to_string())
    assert np.array_equal(forest.raw_score(X), booster.predict(X, raw_score=True))
    assert forest.contributions(X[:2]).tolist() == [[0.0, 0.0, 0.0, forest.base]] * 2


def test_no_row_no_answer():
    forest = read_forest(trained(8).model_to_string())
    assert forest.raw_score(np.empty((0, 12))).shape == (0,)
    assert forest.contributions(np.empty((0, 12))).shape == (0, 13)


def test_several_seeds_count_alike():
    texts = [trained(8, seed).model_to_string() for seed in (0, 1)]
    forests, X = forests_of(texts), strange(20, 2)
    assert np.array_equal(
        mean_of([one.raw_score(X) for one in forests]), (forests[0].raw_score(X) + forests[1].raw_score(X)) / 2
    )
