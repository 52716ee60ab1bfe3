from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from cxchurn.model.blend._linear import Linear, fit_linear

NAN = np.nan
PENALTY = 10.0


@pytest.fixture(scope="module")
def table() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """400 rows: amounts with gaps, a number of both signs, codes of three labels with gaps, a constant; outcomes, weights."""
    rng = np.random.default_rng(0)
    n = 400
    X = np.column_stack(
        [rng.exponential(50.0, n), rng.normal(0.0, 3.0, n), rng.integers(0, 3, n).astype(float), np.full(n, 7.0)]
    )
    risk = np.log1p(X[:, 0]) - X[:, 1] / 2 + (X[:, 2] == 1) - 4
    X[rng.random(n) < 0.2, 0] = NAN
    X[rng.random(n) < 0.1, 2] = NAN
    return X, (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(float), rng.uniform(0.5, 2.0, n)


@pytest.fixture(scope="module")
def fitted(table) -> Linear:
    return fit_linear(*table, categories=(2,), penalty=PENALTY)


def scaled(values: np.ndarray) -> np.ndarray:
    return np.clip((values - values.mean()) / values.std(), -5, 5)


def design(X: np.ndarray) -> np.ndarray:
    """The terms of the table's columns, as the docstring of `Linear` tells them."""
    amount, number, code, _ = X.T
    filled = np.where(np.isnan(amount), np.nanmedian(np.log1p(amount)), np.log1p(amount))
    flags = [np.isnan(amount), np.isnan(code), *(code == label for label in (0, 1, 2))]
    terms = [filled, np.sign(number) * np.log1p(np.abs(number)), *(flag.astype(float) for flag in flags)]
    return np.column_stack([scaled(term) for term in terms])


def test_it_is_the_logistic_regression_of_scikit_learn(table, fitted):
    X, y, weight = table
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-10, max_iter=10_000).fit(design(X), y, sample_weight=weight)
    np.testing.assert_allclose(fitted.raw_score(X), theirs.decision_function(design(X)), rtol=0, atol=1e-4)


def test_contributions_sum_to_the_raw_score(table, fitted):
    X = table[0]
    parts = fitted.contributions(X)
    assert parts.shape == (400, 5)
    np.testing.assert_allclose(parts.sum(axis=1), fitted.raw_score(X), rtol=0, atol=1e-12)


def test_contributions_are_counted_from_the_mean_over_training(table, fitted):
    parts = fitted.contributions(table[0])
    np.testing.assert_allclose(parts[:, :-1].mean(axis=0), 0.0, atol=1e-12)
    assert np.unique(parts[:, -1]).size == 1
    assert parts[0, -1] == pytest.approx(fitted.raw_score(table[0]).mean())


def test_the_mean_over_training_is_that_of_what_is_kept_within_five_deviations():
    # the label 1 in 1 of 100 rows lies 9.9 deviations out, so its kept values do not have the mean 0
    X = np.tile(np.r_[1.0, np.zeros(99)], 4)[:, None]
    one = fit_linear(X, np.tile([0.0, 1.0, 0.0, 0.0], 100), np.ones(400), categories=(0,), penalty=1.0)
    parts = one.contributions(X)
    np.testing.assert_allclose(parts.sum(axis=1), one.raw_score(X), rtol=0, atol=1e-12)
    assert parts[:, 0].mean() == pytest.approx(0.0, abs=1e-12)
    assert parts[0, -1] != one.intercept


def test_one_row_is_as_many_to_the_bit(table, fitted):
    X = table[0]
    for answer in (fitted.raw_score, fitted.contributions):
        whole = answer(X)
        np.testing.assert_array_equal(np.concatenate([answer(X[[row]]) for row in range(len(X))]), whole)
        np.testing.assert_array_equal(answer(np.asfortranarray(X)), whole)
        np.testing.assert_array_equal(answer(X[::-1])[::-1], whole)


def slowly(fitted: Linear, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score and contributions term by term, as they were worked out before there was one pass."""
    score, parts = np.full(len(X), fitted.intercept), np.zeros((len(X), fitted.columns + 1))
    parts[:, -1] = fitted.intercept
    for term in fitted.terms:
        values = np.ascontiguousarray(X[:, term["column"]])
        if term["label"] is None:
            values = np.where(np.isnan(values), term["fill"], np.sign(values) * np.log1p(np.abs(values)))
        else:
            values = (np.isnan(values) if term["label"] < 0 else values == term["label"]).astype(float)
        own = term["weight"] * np.clip((values - term["mean"]) / term["scale"], -5, 5)
        usual = term["weight"] * term["usual"]
        score += own
        parts[:, term["column"]] += own - usual
        parts[:, -1] += usual
    return score, parts


def test_one_pass_gives_the_bits_of_term_by_term(table, fitted):
    X = np.tile(table[0], (4, 1))
    X[::7, 1] = [np.inf, -np.inf, 0.0, -0.0] * 57 + [1e300]
    score, parts = slowly(fitted, X)
    for rows in (slice(None), slice(3, 4), slice(100, 900)):
        found = fitted.explained(X[rows])
        np.testing.assert_array_equal(found[0], score[rows])
        np.testing.assert_array_equal(found[1], parts[rows])
        np.testing.assert_array_equal(fitted.raw_score(X[rows]), score[rows])


def test_two_fits_are_one(table, fitted):
    again = fit_linear(*table, categories=(2,), penalty=PENALTY)
    assert (again.terms, again.intercept) == (fitted.terms, fitted.intercept)


def test_it_survives_text(table, fitted):
    terms, intercept = json.loads(json.dumps([fitted.terms, fitted.intercept]))
    np.testing.assert_array_equal(Linear(terms, intercept, 4).raw_score(table[0]), fitted.raw_score(table[0]))


class TestMissing:
    def test_has_a_term_of_its_own(self, fitted):
        found = [(term["column"], term["label"]) for term in fitted.terms]
        assert found == [(0, -1.0), (0, None), (1, None), (2, -1.0), (2, 0.0), (2, 1.0), (2, 2.0)]

    def test_can_tell_something(self):
        X = np.tile([[1.0], [2.0], [NAN], [NAN]], (50, 1))
        y = np.tile([0.0, 0.0, 1.0, 1.0], 50)
        raw = fit_linear(X, y, np.ones(200), penalty=1.0).raw_score(X[:3])
        assert raw[:2].max() < -1 < 1 < raw[2]

    def test_stands_for_the_median_where_training_had_none(self, table, fitted):
        X = table[0]
        number = X[:, 1]
        logged = np.sort(np.sign(number) * np.log1p(np.abs(number)))
        middle = (logged[199] + logged[200]) / 2  # of 400
        row, median = X[[0]].copy(), X[[0]].copy()
        row[0, 1], median[0, 1] = NAN, np.sign(middle) * np.expm1(abs(middle))
        assert fitted.raw_score(row)[0] == pytest.approx(fitted.raw_score(median)[0], abs=1e-12)


class TestLabels:
    def test_each_has_a_weight(self, table, fitted):
        # label 1 churns more
        rows = np.tile(table[0][0], (3, 1))
        rows[:, 2] = [0, 1, 2]
        raw = fitted.raw_score(rows)
        assert raw[1] > max(raw[0], raw[2]) + 0.3

    def test_order_of_codes_means_nothing(self, table, fitted):
        X, y, weight = table
        turned = X.copy()
        turned[:, 2] = np.array([2.0, 0.0, 1.0, NAN])[np.where(np.isnan(X[:, 2]), 3, X[:, 2]).astype(int)]
        other = fit_linear(turned, y, weight, categories=(2,), penalty=PENALTY)
        np.testing.assert_allclose(other.raw_score(turned), fitted.raw_score(X), rtol=0, atol=1e-4)

    def test_one_not_met_in_training_is_none_of_them(self, table, fitted):
        row = table[0][[0]].copy()
        row[0, 2] = 9.0
        other = row.copy()
        other[0, 2] = 17.0
        assert np.isfinite(fitted.raw_score(row)).all()
        np.testing.assert_array_equal(fitted.raw_score(row), fitted.raw_score(other))


class TestConstantColumns:
    def test_have_no_part(self, table, fitted):
        X = table[0]
        np.testing.assert_array_equal(fitted.contributions(X)[:, 3], 0.0)
        np.testing.assert_array_equal(fitted.raw_score(X + np.array([0, 0, 0, 5])), fitted.raw_score(X))

    def test_missing_ones_neither(self, table, fitted):
        X, y, weight = table
        missing = X.copy()
        missing[:, 3] = NAN
        other = fit_linear(missing, y, weight, categories=(2,), penalty=PENALTY)
        np.testing.assert_array_equal(other.raw_score(missing), fitted.raw_score(X))

    def test_a_constant_with_gaps_tells_by_its_gaps_alone(self):
        X = np.tile([[3.0], [NAN]], (30, 1))
        one = fit_linear(X, np.tile([0.0, 1.0], 30), np.ones(60), penalty=1.0)
        assert [term["label"] for term in one.terms] == [-1.0]


def test_only_the_chosen_columns_have_a_part(table):
    X, y, weight = table
    one = fit_linear(X, y, weight, categories=(2,), chosen=(1,), penalty=PENALTY)
    parts = one.contributions(X)
    assert parts.shape == (400, 5)
    assert [bool(np.any(parts[:, column])) for column in range(4)] == [False, True, False, False]
    np.testing.assert_allclose(parts.sum(axis=1), one.raw_score(X), rtol=0, atol=1e-12)


def test_an_extreme_value_counts_as_five_deviations(fitted, table):
    row = np.repeat(table[0][[0]], 2, axis=0)
    row[:, 0] = [1e12, 1e15]
    raw = fitted.raw_score(row)
    assert raw[0] == raw[1]


def test_a_greater_penalty_tells_customers_less_apart(table):
    spread = [
        fit_linear(*table, categories=(2,), penalty=penalty).raw_score(table[0]).std() for penalty in (1, 1e3, 1e6)
    ]
    assert spread[0] > spread[1] > spread[2]
    assert spread[2] < 0.01


def test_a_row_of_weight_two_is_two_rows():
    # weights leave the terms' scaling alone, so the doubled half looks like the other half
    X = np.tile([[1.0], [4.0]], (40, 1))
    y = np.tile([0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0], 10)
    doubled = np.concatenate([X, X]), np.concatenate([y, y])
    once = fit_linear(X, y, np.full(80, 2.0), penalty=1.0)
    twice = fit_linear(*doubled, np.ones(160), penalty=1.0)
    np.testing.assert_allclose(once.raw_score(X), twice.raw_score(X), rtol=0, atol=1e-6)


def test_nothing_that_varies_gives_the_rate_alone():
    X, y = np.ones((8, 2)), np.array([1.0, 0, 0, 0, 0, 0, 1, 0])
    fitted = fit_linear(X, y, np.ones(8), penalty=1.0)
    # two of eight churned: log(2 / 6)
    np.testing.assert_allclose(fitted.raw_score(X), np.log(2 / 6))
    assert fitted.contributions(X)[:, :2].sum() == 0
