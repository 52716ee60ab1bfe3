"""How narrowly customers stayed: what it is by a plain count, what it may not know, and what becomes of trees that learn it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.interactions import Schema, read_interactions
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import Table, read
from cxchurn.model.boosting._merged import affine_of, merged
from cxchurn.model.boosting._ranked import RankedTrees, grow_ranked
from cxchurn.model.fitting._narrowly import narrowly, of_outcomes
from cxchurn.panel import Cancellation, Inactivity, make_panel, monthly

COLUMNS = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "known_at": "known_at"}
BEGIN = pd.Timestamp("2024-01-01")


def log_of(rows: list[tuple[str, float, str, float]]):
    """Of customers, days since the beginning, kinds, and days until it was known."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "kind", "late"])
    happened = BEGIN + pd.to_timedelta(frame["day"], unit="D")
    frame = frame.assign(timestamp=happened, known_at=happened + pd.to_timedelta(frame["late"], unit="D"))
    return read_interactions(
        frame[list(COLUMNS)], replace(Schema(**COLUMNS), duplicates="keep"), observed_until="2024-05-01"
    )


some_rows = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 110),
        st.sampled_from(["visit", "purchase", "cancel"]),
        st.sampled_from([0, 0, 0, 20]),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None)
@given(rows=some_rows)
def test_it_is_one_half_for_each_act_of_the_window_that_was_known_by_its_end(rows):
    everyone = [(who, day, "visit", 0.0) for who in "abc" for day in (0.0, 1.0)]
    # one who never leaves, and one who does
    everyone += [("d", 0.0, "purchase", 0.0), ("e", 0.0, "cancel", 0.0)]
    churn = Inactivity("30D", gap="2D", kinds=("visit", "purchase"), ended_by=("cancel",))
    panel = make_panel(log_of([*everyone, *rows]), churn, cutoffs=monthly("2024-02-01", "2024-03-01"))
    found = narrowly(panel)
    for row, told in zip(panel.frame.itertuples(), found, strict=True):
        first = (row.cutoff - BEGIN).days + 2
        acts = sum(
            who == row.customer_id and kind != "cancel" and first <= day + late < first + 30
            for who, day, kind, late in rows
        )
        assert told == (1.0 if row.churned else 0.5 ** max(acts, 1))


def test_it_is_nothing_where_churn_is_an_act(log):
    panel = make_panel(log, Cancellation("cancel", horizon="30D"), cutoffs=monthly("2024-03-01", "2024-06-01"))
    assert narrowly(panel) is None


def test_what_became_known_after_the_window_moves_nothing():
    """A training label knows the log as it was then, and so does what is learned beside it."""
    rows = [("a", day, "visit", 0.0) for day in (0, 20, 40)] + [("b", day, "visit", 0.0) for day in (0, 20, 45)]
    later = [("a", 50, "visit", 40.0), ("b", 50, "visit", 40.0)]
    churn = Inactivity("30D")
    with_it, without = (
        narrowly(make_panel(log_of(some), churn, cutoffs=["2024-02-01"])) for some in ([*rows, *later], rows)
    )
    np.testing.assert_array_equal(with_it, without)


@pytest.fixture(scope="module")
def grown() -> tuple[ChurnClassifier, RankedTrees, np.ndarray, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    acts = rng.poisson(np.exp(X[:, 0] - 0.3 * X[:, 1]))
    y = (acts == 0).astype(float)
    cutoffs = np.repeat(np.array(["2024-01-01", "2024-02-01"], dtype="datetime64[us]"), 300)
    folds = [(np.arange(300), np.arange(300, 600))]
    classifier = ChurnClassifier(n_estimators=12, n_jobs=1).fit(X, y, folds=folds)
    soft = np.where(y == 1, 1.0, 0.5 ** np.maximum(acts, 1))
    return classifier, grow_ranked(classifier, Table(X, soft, None, ()), cutoffs, folds), X, y, folds


def test_trees_that_learned_it_have_the_level_of_the_others_and_the_order_of_their_own(grown):
    classifier, narrow, _, y, folds = grown
    plain = classifier.fold_scores_.raw
    (own,), (told,) = narrow.raw, of_outcomes(narrow, plain, [y[rows] for _, rows in folds]).raw
    assert np.array_equal(np.argsort(own, kind="stable"), np.argsort(told, kind="stable"))
    assert (1 / (1 + np.exp(-told))).mean() == pytest.approx((1 / (1 + np.exp(-plain[0]))).mean(), abs=1e-5)
    # who stayed narrowly counts as half gone for these trees, until they are told what is meant
    assert own.mean() > told.mean()


def test_their_text_says_what_their_folds_were_told(grown):
    classifier, narrow, X, y, folds = grown
    told = of_outcomes(narrow, classifier.fold_scores_.raw, [y[rows] for _, rows in folds])
    before, after = (read(one.trees[0]).predict(X, raw_score=True) for one in (narrow, told))
    slope, shift = np.polyfit(narrow.raw[0], told.raw[0], 1)
    np.testing.assert_allclose(after, slope * before + shift, rtol=0, atol=1e-9)
    whole = read(merged([classifier.trees_[0], told.trees[0]], (0.25, 0.75)))
    mixed = 0.25 * classifier.booster_.predict(X, raw_score=True) + 0.75 * after
    np.testing.assert_allclose(whole.predict(X, raw_score=True), mixed, rtol=0, atol=1e-12)
    # and contributions go along
    parts = read(affine_of(narrow.trees[0], 2.0, -1.0)).predict(X, pred_contrib=True)
    expected = 2.0 * read(narrow.trees[0]).predict(X, pred_contrib=True)
    expected[:, -1] -= 1.0
    np.testing.assert_allclose(parts, expected, rtol=0, atol=1e-9)


def test_a_sum_of_trees_says_what_the_first_says_of_itself_whatever_its_weight(grown):
    classifier, narrow, *_ = grown
    alone = merged([classifier.trees_[0], narrow.trees[0]], (0.0, 1.0))
    assert "objective=binary sigmoid:1" in alone
