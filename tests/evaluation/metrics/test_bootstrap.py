"""The bootstrap draws customers: a replicate is the metric on the drawn customers' rows, the same for every model."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from cxchurn.evaluation import METRICS
from cxchurn.evaluation.metrics._bootstrap import bootstrap, interval
from cxchurn.evaluation.metrics._ranking import Ranking


def _data(n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    customer = random.permutation(n) % 60
    p = np.round(random.random(n), 2)
    return customer, (random.random(n) < p).astype(int), p


def _draws(customer: np.ndarray, y: np.ndarray, *ps: np.ndarray, replicates: int = 30) -> np.ndarray:
    rankings = [Ranking(y, p) for p in ps]
    return bootstrap(rankings, [customer[r.order] for r in rankings], replicates=replicates, random_state=5)


def test_a_replicate_is_the_metric_on_the_drawn_customers_rows() -> None:
    customer, y, p = _data()
    draws = _draws(customer, y, p)
    for replicate, seed in enumerate(np.random.SeedSequence(5).spawn(30)):
        drawn = np.random.default_rng(seed).integers(0, 60, 60)
        rows = np.concatenate([np.flatnonzero(customer == one) for one in drawn])
        assert draws[replicate, 0, METRICS.index("roc_auc")] == pytest.approx(roc_auc_score(y[rows], p[rows]))
        assert draws[replicate, 0, METRICS.index("brier")] == pytest.approx(brier_score_loss(y[rows], p[rows]))


def test_models_are_paired_and_replicates_do_not_depend_on_their_number() -> None:
    customer, y, p = _data()
    draws = _draws(customer, y, p, p)
    assert np.array_equal(draws[:, 0], draws[:, 1])
    assert np.array_equal(draws[:10], _draws(customer, y, p, p, replicates=10))


def test_rows_of_one_customer_are_not_evidence_twice() -> None:
    customer, y, p = _data()
    once = _draws(customer, y, p, replicates=200)[:, 0, 0]
    fourfold = _draws(np.tile(customer, 4), np.tile(y, 4), np.tile(p, 4), replicates=200)[:, 0, 0]
    assert fourfold == pytest.approx(once)


def test_interval_is_the_middle_95_percent_of_the_defined_draws() -> None:
    draws = np.append(np.arange(41.0), np.nan)  # 0 .. 40: 2.5 % of 40 is 1
    assert interval(draws, 20.0) == pytest.approx((1.0, 39.0))
    assert interval(draws, 5.0, centred=True) == pytest.approx((-14.0, 24.0))
    assert np.isnan(interval(np.array([np.nan]), 1.0)).all()


@pytest.mark.prove
def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        # 50 customers with 4 rows each that share their fate: row-wise intervals would be half as wide
        # and hold the truth in 67 % of the cases
        fate = random.random(50) < 0.4
        customer, y = np.repeat(np.arange(50), 4), np.repeat(fate, 4).astype(int)
        draws = _draws(customer, y, np.full(200, 0.4), replicates=100)[:, 0, METRICS.index("brier")]
        low, high = interval(draws, 0.24)
        held += low <= 0.4 * 0.6 <= high
    assert held >= 50
