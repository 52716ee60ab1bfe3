"""Ranks at one time, and trees on ranks that ask for numbers."""

from __future__ import annotations

import tracemalloc

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.model.boosting import _lightgbm
from cxchurn.model.boosting._lightgbm import Table, read
from cxchurn.model.boosting._merged import merged
from cxchurn.model.boosting._ranked import Ranked, grow_ranked
from cxchurn.model.boosting._ranks import Ranks, RanksByTime, moments
from cxchurn.model.trees import forests_of

DAY = np.timedelta64(1, "D")
START = np.datetime64("2024-01-01", "us")


def numbers(seed: int, rows: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns with ties, zeros, missing values, labels (3), one always missing (5), and times of unequal size."""
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [
            rng.lognormal(size=rows).round(1),
            rng.poisson(0.3, rows),
            rng.normal(size=rows) * 1e6,
            rng.integers(0, 6, rows),
            np.where(rng.random(rows) < 0.4, np.nan, rng.exponential(3, rows)),
            np.full(rows, np.nan),
        ]
    )
    odds = np.log1p(X[:, 0]) - np.nan_to_num(X[:, 4]) / 3 + 1.0 * (X[:, 3] == 2) + X[:, 1]
    cutoffs = START + 30 * DAY * np.sort(rng.integers(0, 4, rows))
    return X, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float), cutoffs


def ranked(X: np.ndarray, cutoffs: np.ndarray, labels: list[int]) -> tuple[np.ndarray, Ranks]:
    """The standing of all rows, and what is usual at the last time."""
    by_time = RanksByTime.of(X, cutoffs, labels)
    return by_time.standing(X, np.arange(len(X))), by_time.last


def grown(X: np.ndarray, y: np.ndarray, rounds: int, seed: int) -> str:
    settings_ = {"objective": "binary", "num_leaves": 8, "min_data_in_leaf": 5, "verbosity": -1, "seed": seed}
    data = lgb.Dataset(X, y, categorical_feature=[3])
    return lgb.train({**settings_, "num_threads": 1}, data, rounds).model_to_string()


def others(X: np.ndarray, ranks: Ranks, rng: np.random.Generator) -> np.ndarray:
    """Rows unlike those of training: shuffled by column, far out, exactly on the points, and missing where none was."""
    made = np.column_stack([rng.permutation(column) for column in X.T])
    for k, points in enumerate(ranks.points):
        if points.size:
            made[: points.size, k] = points
            made[points.size : points.size + 3, k] = [-1e12, 1e12, np.nan]
    return made


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_trees_on_ranks_say_of_the_numbers_what_they_say_of_their_ranks(seed):
    X, y, cutoffs = numbers(seed)
    within, ranks = ranked(X, cutoffs, [3])
    text = grown(within, y, 12, seed)
    told = ranks.of_numbers(text)
    Z = others(X, ranks, np.random.default_rng(seed))
    # a column in which no value was missing in training takes a missing one for 0: that is another rank than 0
    Z[:, :3] = np.where(np.isnan(Z[:, :3]), 0.5, Z[:, :3])
    standing = ranks.standing(Z).astype(np.float64)
    on_ranks, on_numbers = read(text), read(told)
    for asked in ({"raw_score": True}, {"pred_contrib": True}):
        np.testing.assert_array_equal(on_numbers.predict(Z, **asked), on_ranks.predict(standing, **asked))
    np.testing.assert_allclose(
        forests_of([told])[0].raw_score(Z), on_ranks.predict(standing, raw_score=True), rtol=0, atol=1e-12
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.01, 0.99))
def test_a_merged_model_is_the_weighted_sum(seed, share):
    X, y, cutoffs = numbers(seed)
    within, ranks = ranked(X, cutoffs, [3])
    one, other = grown(X, y, 7, seed), ranks.of_numbers(grown(within, y, 9, seed))
    whole = merged([one, other], [share, 1 - share])
    for asked in ({"raw_score": True}, {"pred_contrib": True}):
        expected = share * read(one).predict(X, **asked) + (1 - share) * read(other).predict(X, **asked)
        np.testing.assert_allclose(read(whole).predict(X, **asked), expected, rtol=0, atol=1e-12)
    assert read(whole).num_trees() == 16
    assert merged([one, other], [1.0, 0.0]) == read(one).model_to_string()


class TestRanks:
    def test_a_rank_is_how_many_points_are_below(self):
        values = np.arange(1000.0)[:, None]
        ranks = Ranks.of(values, [])
        # 100 points between the 10th from either end: 9.99 and 989.01
        assert ranks.points[0][[0, -1]] == pytest.approx([9.99, 989.01])
        asked = np.array([[-5.0], [ranks.points[0][0]], [10.0], [500.0], [2000.0], [np.nan]])
        found = ranks.standing(asked)[:, 0]
        # a point is not below itself
        assert found[:3].tolist() == [0, 0, 1]
        assert found[3] == (ranks.points[0] < 500).sum() == 50
        assert found[4] == 100
        assert np.isnan(found[5])

    def test_labels_and_few_numbers_have_no_points(self):
        X = np.column_stack([np.arange(100.0), np.where(np.arange(100) < 19, 1.0, np.nan), np.arange(100.0)])
        ranks = Ranks.of(X, [0])
        assert [points.size for points in ranks.points] == [0, 0, 100]
        np.testing.assert_array_equal(ranks.standing(X)[:, :2], X[:, :2].astype(np.float32))

    def test_the_ends_rest_on_ten_customers(self):
        values = np.r_[np.zeros(500), 1e9][:, None]
        assert Ranks.of(values, []).points[0].max() == 0.0

    def test_times_are_put_together_until_they_are_large_enough(self):
        cutoffs = START + DAY * np.repeat([0, 1, 2, 3, 4], [300, 300, 900, 400, 200])
        # 300 + 300; 900; 400 + 200 at the end are a time of their own, being 600
        assert moments(cutoffs).tolist() == [0] * 600 + [1] * 900 + [2] * 600
        # what is left at the end is no time of its own
        assert moments(START + DAY * np.repeat([0, 1], [900, 300])).tolist() == [0] * 1200
        # a time for every row, as before a date of each customer's own
        single = moments(START + DAY * np.arange(1700))
        assert np.bincount(single).tolist() == [500, 500, 700]

    def test_each_time_is_ranked_by_itself(self):
        X = np.r_[np.arange(600.0), np.arange(600.0) * 1000][:, None]
        cutoffs = START + DAY * np.repeat([0, 9], 600)
        found, last = ranked(X, cutoffs, [])
        np.testing.assert_array_equal(found[:600], found[600:])
        np.testing.assert_array_equal(last.standing(X[600:]), found[600:])

    def test_what_a_time_does_not_tell_all_times_do(self):
        X = np.r_[np.arange(600.0), np.full(600, np.nan)][:, None]
        cutoffs = START + DAY * np.repeat([0, 9], 600)
        np.testing.assert_array_equal(ranked(X, cutoffs, [])[1].points[0], Ranks.of(X, []).points[0])

    def test_some_rows_and_columns_stand_where_they_stand_among_all(self):
        X, _, cutoffs = numbers(2)
        by_time, rows = RanksByTime.of(X, cutoffs, [3]), np.arange(0, 1500, 7)
        whole = by_time.standing(X, np.arange(1500))
        np.testing.assert_array_equal(by_time.standing(X, rows, slice(1, 4)), whole[rows, 1:4])

    def test_the_latest_of_some_rows_is_that_of_these_rows_alone(self):
        X, _, cutoffs = numbers(3)
        past = np.flatnonzero(cutoffs < cutoffs.max())
        alone = RanksByTime.of(X[past], cutoffs[past], [3]).last
        for one, other in zip(Ranks.latest(X, cutoffs, [3], past).points, alone.points, strict=True):
            np.testing.assert_array_equal(one, other)


def test_ranks_of_all_columns_are_never_made_at_once(monkeypatch):
    monkeypatch.setattr(_lightgbm, "_AT_ONCE", 6 * 20_000)
    X, y, cutoffs = numbers(5, rows=20_000)
    X = np.asfortranarray(np.tile(X, 8))
    params = ChurnClassifier(n_jobs=1).lightgbm_params(Table(X, y, None, ()))
    tracemalloc.start()
    Ranked.of(Table(X, y, None, ()), cutoffs).binned(params)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 2 / 2  # they would be float32


@pytest.mark.parametrize("columns", [1, 5, 7, 100])
def test_columns_are_made_into_steps_a_few_at_a_time_as_all_at_once(columns, monkeypatch):
    monkeypatch.setattr(_lightgbm, "_AT_ONCE", columns * 1500)
    X, y, _ = numbers(4)
    # the first column is always missing
    X, labels = np.asfortranarray(np.tile(X, 4)[:, ::-1]), (2, 8, 14, 20)
    table = Table(X, y, None, labels)
    params = ChurnClassifier(n_jobs=1).lightgbm_params(table)
    whole, rows = lgb.Dataset(X, y, categorical_feature=list(labels), params=params), np.arange(0, 1500, 2)
    for one, other in ((table.binned(params), whole), (table.some(params, rows), whole.subset(rows.tolist()))):
        assert lgb.train(params, one, 20).model_to_string() == lgb.train(params, other, 20).model_to_string()


def test_folds_are_scored_as_the_future_will_be():
    X, y, cutoffs = numbers(1, rows=3000)
    order = np.argsort(cutoffs, kind="stable")
    X, y, cutoffs = X[order], y[order], cutoffs[order]
    past, future = np.flatnonzero(cutoffs < cutoffs.max()), np.flatnonzero(cutoffs == cutoffs.max())
    classifier = ChurnClassifier(n_estimators=30, min_child_samples=20, n_jobs=1)
    found = grow_ranked(classifier, Table(X, y, None, (3,)), cutoffs, [(past, future)])
    # the trees of the past, asked for numbers by what was usual last in the past
    classifier.set_params(n_estimators=round(found.rounds / (3000 / past.size) ** 0.25))
    alone = grow_ranked(classifier, Table(X[past], y[past], None, (3,)), cutoffs[past], [])
    expected = read(alone.trees[0]).predict(X[future], raw_score=True, num_iteration=None)
    np.testing.assert_allclose(found.raw[0], expected, rtol=0, atol=1e-9)


class TestInAModel:
    def test_half_of_the_trees_are_grown_on_ranks(self, model):
        note = next(note for note in model.notes_ if "grown on ranks" in note)
        assert note.startswith(f"{model.classifier_.n_rounds_} trees, by 2 forward folds")
        assert model.classifier_.booster_.num_trees() == model.classifier_.n_rounds_
        weighed = next(note for note in model.notes_ if note.startswith("parts weighted"))
        assert "trees 0." in weighed
        assert "ranks 0." in weighed
        assert set(model.blend_.weights) == {"trees", "ridge", "core"}
        assert sum(model.blend_.weights.values()) == pytest.approx(1.0)

    def test_without_them_the_trees_are_those_of_the_classifier(self, churn, train, classifier):
        plain = ChurnModel(churn, classifier=classifier, folds=2, ranks=False).fit(train)
        assert not any("ranks" in note for note in plain.notes_)
        assert plain.classifier_.n_rounds_ <= 60 * 1.5

    def test_seeds_are_merged_one_by_one(self, churn, train, test):
        seeds = ChurnClassifier(n_estimators=10, n_seeds=2)
        both = ChurnModel(churn, classifier=seeds, folds=1, features="small").fit(train)
        assert len(both.classifier_.trees_) == 2
        raw, parts = both.explained(both.features_of(test))
        np.testing.assert_allclose(parts.sum(axis=1), raw, rtol=0, atol=1e-9)

    def test_a_saved_model_says_the_same_to_the_bit(self, model, test, tmp_path):
        loaded = load_model(model.save(tmp_path / "model"))
        features = model.features_of(test)
        np.testing.assert_array_equal(loaded.raw_score_of(features), model.raw_score_of(features))
        assert loaded.ranks is True
