from __future__ import annotations

import re
import subprocess
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.model import ChurnClassifier

REASONS = {
    "check_sample_weight_equivalence_on_dense_data": "trees are binned by rows, not by weights: near, not equal",
}


@parametrize_with_checks([ChurnClassifier(n_estimators=5)], expected_failed_checks=lambda _: REASONS)
def test_scikit_learn_manners(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, np.ndarray]:
    """600 rows: two numbers and two labels that matter, one number that does not; some of it missing."""
    rng = np.random.default_rng(0)
    n = 600
    frame = pd.DataFrame(
        {
            "wait": rng.exponential(100.0, n),
            "visits": rng.poisson(3.0, n),
            "noise": rng.normal(size=n),
            "plan": rng.choice(["basic", "plus", "gold"], n),
            "region": pd.Categorical(rng.choice(["north", "south"], n), categories=["south", "north", "west"]),
        }
    )
    risk = frame["wait"] / 80 - frame["visits"] / 2 + (frame["plan"] == "basic") * 1.5 + (frame["region"] == "north")
    frame.loc[rng.random(n) < 0.1, "wait"] = np.nan
    frame.loc[rng.random(n) < 0.1, ["plan", "region"]] = None
    return frame, (rng.random(n) < 1 / (1 + np.exp(1.5 - risk))).astype(int)


@pytest.fixture(scope="module")
def fitted(table) -> ChurnClassifier:
    return ChurnClassifier(n_estimators=60, learning_rate=0.1).fit(*table)


def trees(classifier: ChurnClassifier) -> str:
    """The booster's text without its settings, of which the number of threads is one."""
    return classifier.booster_.model_to_string().partition("\nparameters:")[0]


class TestColumns:
    def test_probabilities(self, fitted, table):
        X, y = table
        probability = fitted.predict_proba(X)
        assert probability.shape == (600, 2)
        np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=0, atol=1e-15)
        assert probability[y == 1, 1].mean() > probability[y == 0, 1].mean() + 0.15
        assert (fitted.predict(X) == (probability[:, 1] > 0.5)).all()

    def test_labels_have_the_codes_of_training(self, fitted, table):
        assert fitted.encoding_.levels == {"plan": ("basic", "gold", "plus"), "region": ("south", "north", "west")}
        X = table[0]
        as_text = X.assign(region=X["region"].astype(object))
        as_category = X.assign(plan=pd.Categorical(X["plan"], categories=["plus", "gold", "basic"]))
        for same in (as_text, as_category, X.iloc[::-1].iloc[::-1]):
            np.testing.assert_array_equal(fitted.raw_score(same), fitted.raw_score(X))
        one = X.iloc[[5]].assign(plan="gold")
        assert fitted.raw_score(one)[0] == fitted.raw_score(X.assign(plan="gold"))[5]

    def test_an_unknown_label_counts_as_missing(self, fitted, table):
        X = table[0]
        np.testing.assert_array_equal(
            fitted.raw_score(X.assign(plan="platinum")), fitted.raw_score(X.assign(plan=pd.Series([None] * 600)))
        )

    def test_missing_is_no_label(self, fitted, table):
        X = table[0].iloc[:3].assign(plan=["basic", "platinum", None], region=["north", None, "east"])
        codes = fitted.encoding_.matrix(X)[:, 3:]
        np.testing.assert_array_equal(codes, [[0.0, 1.0], [np.nan, np.nan], [np.nan, np.nan]])

    def test_labels_matter(self, fitted, table):
        X = table[0]
        basic, gold = (fitted.predict_proba(X.assign(plan=plan))[:, 1].mean() for plan in ("basic", "gold"))
        assert basic > gold + 0.1

    def test_columns_are_found_by_name(self, fitted, table):
        X = table[0]
        other = X[X.columns[::-1]].assign(further=1.0)
        np.testing.assert_array_equal(fitted.raw_score(other), fitted.raw_score(X))

    def test_a_lacking_column(self, fitted, table):
        with pytest.raises(MismatchError, match=r"lack 1 columns(.|\n)*wait(.|\n)*did you mean 'waits'"):
            fitted.predict_proba(table[0].rename(columns={"wait": "waits"}))

    def test_a_column_twice(self, table):
        X, y = table
        with pytest.raises(UsageError, match="noise occur more than once"):
            ChurnClassifier().fit(pd.concat([X, X[["noise"]]], axis=1), y)

    def test_frame_and_array_are_one(self, table):
        X, y = table
        X = X[["wait", "visits", "noise"]]
        frame, array = (ChurnClassifier(n_estimators=10).fit(data, y) for data in (X, X.to_numpy()))
        assert trees(frame).partition("feature_infos")[2] == trees(array).partition("feature_infos")[2]
        np.testing.assert_array_equal(frame.predict_proba(X), array.predict_proba(X.to_numpy()))

    @pytest.mark.parametrize("dtype", ["Int64", "float32", "Float64"])
    def test_other_numbers(self, dtype, table):
        X, y = table
        plain = X[["visits", "noise"]].round()
        fitted = ChurnClassifier(n_estimators=5).fit(plain, y)
        np.testing.assert_array_equal(fitted.raw_score(plain.astype(dtype)), fitted.raw_score(plain))

    def test_codes_given_as_numbers(self, table):
        X, y = table
        codes = pd.DataFrame({"noise": X["noise"], "plan": X["plan"].map({"plus": 0.0, "basic": 1.0, "gold": 2.0})})
        for names in (["plan"], [1]):
            text = trees(ChurnClassifier(n_estimators=20, categorical_features=names).fit(codes, y))
            assert re.search(r"num_cat=[1-9]", text)
        assert not re.search(r"num_cat=[1-9]", trees(ChurnClassifier(n_estimators=20).fit(codes, y)))
        with pytest.raises(UsageError, match=r"'plam'(.|\n)*did you mean 'plan'"):
            ChurnClassifier(categorical_features=["plam"]).fit(codes, y)

    def test_no_rows(self, fitted, table):
        empty = table[0].iloc[:0]
        assert fitted.predict_proba(empty).shape == (0, 2)
        assert fitted.contributions(empty).shape == (0, 6)

    def test_one_row_gets_the_number_it_gets_among_others(self, fitted, table):
        X = table[0]
        alone = np.concatenate([fitted.raw_score(X.iloc[[row]]) for row in range(40)])
        np.testing.assert_array_equal(alone, fitted.raw_score(X)[:40])


class TestClasses:
    def test_one(self, table):
        with pytest.raises(DataError, match=r"only one class(.|\n)*outcome"):
            ChurnClassifier().fit(table[0], np.zeros(600))

    def test_three(self, table):
        with pytest.raises(UsageError, match="3 classes"):
            ChurnClassifier().fit(table[0], np.arange(600) % 3)

    def test_names(self, table):
        X, y = table
        named = ChurnClassifier(n_estimators=5, learning_rate=0.5).fit(X, np.where(y == 1, "left", "fine"))
        assert named.classes_.tolist() == ["fine", "left"]
        assert set(named.predict(X)) == {"fine", "left"}
        other = ChurnClassifier(n_estimators=5, learning_rate=0.5).fit(X, y == 1)
        np.testing.assert_array_equal(named.predict_proba(X), other.predict_proba(X))

    def test_unfitted(self, table):
        with pytest.raises(NotFittedError):
            ChurnClassifier().predict_proba(table[0])


class TestTraining:
    @pytest.mark.parametrize("folded", [False, True])
    def test_equal_bytes_again_and_on_more_threads(self, folded, table):
        X, y = table
        folds = [(np.arange(300), np.arange(300, 600))] if folded else None
        fits = [ChurnClassifier(n_estimators=30, n_jobs=jobs).fit(X, y, folds=folds) for jobs in (1, 1, 2, None)]
        assert fits[0].booster_.model_to_string() == fits[1].booster_.model_to_string()
        assert len({trees(fit) for fit in fits}) == 1
        assert len({fit.n_rounds_ for fit in fits}) == 1

    def test_random_state_chooses(self, table):
        one, two = (ChurnClassifier(n_estimators=10, random_state=seed).fit(*table) for seed in (1, 2))
        assert trees(one) != trees(two)

    def test_weight_counts_rows(self, table):
        X, y = table
        twice = np.where(y == 1, 3.0, 1.0)
        plain, weighted = ChurnClassifier(n_estimators=20), ChurnClassifier(n_estimators=20)
        raised = weighted.fit(X, y, twice).predict_proba(X)[:, 1].mean()
        assert raised > plain.fit(X, y).predict_proba(X)[:, 1].mean() + 0.05
        with pytest.raises(ValueError, match="sample_weight"):
            ChurnClassifier().fit(X, y, np.ones(3))

    def test_rows_without_weight_do_not_count(self, table):
        X, y = table
        X = X[["wait", "visits", "noise"]]
        half = np.repeat([1.0, 0.0], 300)
        flipped = np.where(half == 1, y, 1 - y)
        fits = [ChurnClassifier(n_estimators=10, min_child_samples=20).fit(X, labels, half) for labels in (y, flipped)]
        np.testing.assert_allclose(fits[0].raw_score(X), fits[1].raw_score(X), rtol=0, atol=1e-12)

    def test_folds_choose_the_number_of_trees(self, table):
        X, y = table
        folds = [(np.arange(200), np.arange(200, 400)), (np.arange(400), np.arange(400, 600))]
        fitted = ChurnClassifier(n_estimators=300, learning_rate=0.2).fit(X, y, folds=folds)
        scores = fitted.fold_scores_
        assert scores.rounds < 100, "such fast trees fit noise soon"
        # the fit on 600 rows carries (600 / 300) ** (1 / 4) times as many trees as folds of 300 rows on average
        assert scores.trained == 300
        assert fitted.n_rounds_ == fitted.booster_.num_trees() == round(scores.rounds * 2**0.25)
        assert [rows.tolist() for rows in scores.rows] == [list(range(200, 400)), list(range(400, 600))]
        # the raw scores are those of a model of the fold's past: trained by hand they are the same
        matrix = fitted.encoding_.matrix(X)
        expected = by_hand(fitted, X, y, np.arange(400), scores.rounds).predict(matrix[400:], raw_score=True)
        np.testing.assert_allclose(scores.raw[1], expected, rtol=0, atol=1e-12)
        losses = [log_loss(raw, y[rows]) for raw, rows in zip(scores.raw, scores.rows, strict=True)]
        for other in (scores.rounds // 3, scores.rounds * 3):
            alone = ChurnClassifier(n_estimators=other, learning_rate=0.2, min_child_samples=600 // 40)
            found = [log_loss(alone.fit(X.loc[a], y[a]).raw_score(X.loc[b]), y[b]) for a, b in folds]
            assert sum(losses) < sum(found)

    def test_folds_without_enough_churners_are_left_out(self, table):
        X, y = table
        few = np.concatenate([np.flatnonzero(y == 1)[:19], np.flatnonzero(y == 0)[:200]])
        one_sided = np.flatnonzero(y == 0)[200:]
        good = np.arange(300)
        fitted = ChurnClassifier(n_estimators=7).fit(X, y, folds=[(few, np.arange(500, 600)), (good, one_sided)])
        assert (fitted.fold_scores_, fitted.n_rounds_) == (None, 7)

    def test_parameters_reach_lightgbm(self, table):
        X, y = table
        text = ChurnClassifier(n_estimators=3, num_leaves=4, reg_lambda=2.5).fit(X, y).booster_.model_to_string()
        assert "[num_leaves: 4]" in text
        assert "[lambda_l2: 2.5]" in text
        # rows a leaf at least: a fortieth of 600
        assert "[min_data_in_leaf: 15]" in text


def by_hand(
    classifier: ChurnClassifier, X: pd.DataFrame, y: np.ndarray, past: np.ndarray, rounds: int, seed: int = 0
) -> lgb.Booster:
    """LightGBM alone, on a fold's past: the steps of the numbers are those of all rows."""
    table = clone(classifier).table(X, y)
    params = classifier.lightgbm_params(table) | {"num_threads": 1, "seed": seed}
    whole = lgb.Dataset(table.X, y, categorical_feature=list(table.categories), params=params).construct()
    booster = lgb.Booster(params, whole.subset(past.tolist()))
    for _ in range(rounds):
        booster.update()
    return booster


def log_loss(raw: np.ndarray, y: np.ndarray) -> float:
    return float((np.logaddexp(0, raw) - y * raw).mean())


def test_contributions_sum_to_the_raw_score(fitted, table):
    parts = fitted.contributions(table[0])
    assert parts.shape == (600, 6)
    np.testing.assert_allclose(parts.sum(axis=1), fitted.raw_score(table[0]), rtol=0, atol=1e-9)
    assert (np.ptp(parts[:, -1]), np.abs(parts[:, 2]).mean() < np.abs(parts[:, 3]).mean()) == (0.0, True)


def test_prints_and_clones():
    classifier = ChurnClassifier(n_estimators=7, random_state=3)
    assert repr(classifier) == "ChurnClassifier(n_estimators=7, random_state=3)"
    assert clone(classifier).get_params() == classifier.get_params()


class TestSeeds:
    @pytest.fixture(scope="class")
    def three(self, table) -> ChurnClassifier:
        return ChurnClassifier(n_estimators=20, n_seeds=3, random_state=7).fit(*table)

    def test_log_odds_and_contributions_are_means_over_the_seeds(self, three, table):
        alone = [ChurnClassifier(n_estimators=20, random_state=seed).fit(*table) for seed in (7, 8, 9)]
        assert [one.model_to_string() for one in three.boosters_] == [one.booster_.model_to_string() for one in alone]
        assert three.booster_ is three.boosters_[0]
        for method in ("raw_score", "contributions"):
            parts = [getattr(one, method)(table[0]) for one in alone]
            assert not np.array_equal(parts[0], parts[1])
            np.testing.assert_allclose(getattr(three, method)(table[0]), np.mean(parts, axis=0), rtol=0, atol=1e-12)

    def test_contributions_add_up(self, three, table):
        raw = three.raw_score(table[0])
        np.testing.assert_allclose(three.contributions(table[0]).sum(axis=1), raw, rtol=0, atol=1e-9)

    def test_a_row_alone_gets_the_same_to_the_bit(self, three, table):
        whole = three.raw_score(table[0])
        assert [three.raw_score(table[0].iloc[[row]])[0] for row in (0, 13, 599)] == whole[[0, 13, 599]].tolist()

    def test_folds_are_scored_by_all_seeds(self, table):
        X, y = table
        folds = [(np.arange(300), np.arange(300, 450)), (np.arange(450), np.arange(450, 600))]
        together = ChurnClassifier(n_estimators=40, n_seeds=2).fit(X, y, folds=folds)
        scores = together.fold_scores_
        for (past, _), rows, raw in zip(folds, scores.rows, scores.raw, strict=True):
            alone = [by_hand(together, X, y, past, scores.rounds, seed=k) for k in (0, 1)]
            said = [one.predict(together.encoding_.matrix(X)[rows], raw_score=True) for one in alone]
            np.testing.assert_allclose(raw, np.mean(said, axis=0), rtol=0, atol=1e-9)

    @pytest.mark.parametrize("n_seeds", [0, 1.5, True, None])
    def test_what_is_no_number_of_seeds(self, n_seeds, table):
        with pytest.raises(UsageError, match="n_seeds: a whole number, 1 or more"):
            ChurnClassifier(n_seeds=n_seeds).fit(*table)


_SPARSE = """
import numpy as np
from cxchurn import ChurnClassifier

random = np.random.default_rng(2)
X = np.where(random.random((6_000, 120)) < 0.97, 0, random.integers(1, 100, (6_000, 120))).astype(np.float32)
X[random.random(X.shape) < 0.05] = np.nan
early = np.arange(6_000) < 2_000
X[early, ::3], X[early, 1::3] = 0, np.nan
y = (random.random(6_000) < 0.4).astype(int)
folds = [(np.flatnonzero(early), np.flatnonzero(~early)), (np.arange(3_000), np.arange(3_000, 6_000))]
ChurnClassifier(n_estimators=10, n_jobs=1).fit(X, y, folds=folds)
"""


@pytest.mark.prove
def test_training_on_some_rows_of_sparse_columns_writes_in_its_own_memory():
    # in a process of its own: what goes wrong here goes wrong in somebody else's memory
    done = subprocess.run([sys.executable, "-c", _SPARSE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
