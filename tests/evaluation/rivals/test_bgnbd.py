"""BG/NBD: its formulas against simulated buyers, its fit against the parameters they were made with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.stats import beta, gamma

from cxchurn.evaluation.rivals._bgnbd import BgNbd, _log_likelihood

R, ALPHA, A, B = 0.6, 20.0, 0.8, 2.5
HORIZON, GAP = 60.0, 30.0


class Buyers(NamedTuple):
    """What buyers did until now, and whether they bought later."""

    frequency: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    silent: np.ndarray
    silent_after_gap: np.ndarray

    @property
    def history(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.frequency, self.recency, self.age


@pytest.fixture(scope="module")
def buyers() -> Buyers:
    """20,000 customers, bought one purchase at a time as the model tells it."""
    random = np.random.default_rng(0)
    n = 20_000
    age = random.uniform(30, 300, n)
    rate, leaves = random.gamma(R, 1 / ALPHA, n), random.beta(A, B, n)
    now, alive = np.zeros(n), np.ones(n, bool)
    frequency, recency = np.zeros(n), np.zeros(n)
    silent, silent_after_gap = np.ones(n, bool), np.ones(n, bool)
    while alive.any():
        now = now + random.exponential(1, n) / np.maximum(rate, 1e-12)
        buys = alive & (now < age + GAP + HORIZON)
        before = buys & (now < age)
        frequency += before
        recency = np.where(before, now, recency)
        silent &= ~(buys & (now >= age) & (now < age + HORIZON))
        silent_after_gap &= ~(buys & (now >= age + GAP))
        alive = buys & (random.random(n) >= leaves)
    return Buyers(frequency, recency, age, silent, silent_after_gap)


@pytest.fixture(scope="module")
def true_model() -> BgNbd:
    model = BgNbd()
    model.r_, model.alpha_, model.a_, model.b_ = R, ALPHA, A, B
    return model


@pytest.mark.parametrize("gap", [0.0, GAP])
def test_silence_comes_true_among_buyers_of_every_sort(buyers: Buyers, true_model: BgNbd, gap: float) -> None:
    promised = true_model.silent(*buyers.history, horizon=HORIZON, gap=gap)
    seen = buyers.silent_after_gap if gap else buyers.silent
    waiting = (buyers.age - buyers.recency) / buyers.age
    sorts = np.minimum(buyers.frequency, 3) * 3 + np.digitize(waiting, [0.3, 0.6])
    for sort in np.unique(sorts):
        rows = sorts == sort
        error = np.sqrt((promised[rows] * (1 - promised[rows])).sum())
        assert abs((seen[rows] - promised[rows]).sum()) < 4 * error


def test_a_tiny_gap_changes_nothing(true_model: BgNbd) -> None:
    history = np.array([0.0, 1.0, 7.0, 300.0]), np.array([0.0, 20.0, 90.0, 350.0]), np.array([10.0, 90.0, 95.0, 365.0])
    without = true_model.silent(*history, horizon=HORIZON)
    assert true_model.silent(*history, horizon=HORIZON, gap=1e-9) == pytest.approx(without, abs=1e-9)


def test_no_repeat_purchase_is_alive_and_no_horizon_is_silent(true_model: BgNbd) -> None:
    history = np.array([0.0, 2.0]), np.array([0.0, 30.0]), np.array([50.0, 60.0])
    assert true_model.alive(*history)[0] == 1.0
    # odds of having left: a / (b + x - 1) * ((alpha + T) / (alpha + t_x))^(r + x) = 0.8 / 3.5 * (80 / 50)^2.6
    assert true_model.alive(*history)[1] == pytest.approx(1 / (1 + 0.8 / 3.5 * 1.6**2.6))
    assert true_model.silent(*history, horizon=0.0) == pytest.approx([1.0, 1.0])
    # alive for sure: silent if none of the gamma(0.6, 20 + 50) rates buys in 60 days: (70 / 130)^0.6
    assert true_model.silent(*history, horizon=60.0)[0] == pytest.approx((70 / 130) ** 0.6)


@pytest.mark.parametrize(("x", "t_x", "age"), [(0, 0.0, 2.0), (1, 0.5, 2.0), (3, 1.8, 2.0)])
@pytest.mark.sampled(3)
def test_the_likelihood_is_the_mean_over_customers(x: int, t_x: float, age: float) -> None:
    r, alpha, a, b = 1.5, 2.0, 2.0, 3.0

    def of_one(p: float, rate: float) -> float:
        alive = (1 - p) ** x * rate**x * np.exp(-rate * age)
        left = p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * t_x) if x else 0.0
        return (alive + left) * gamma.pdf(rate, r, scale=1 / alpha) * beta.pdf(p, a, b)

    mean, _ = dblquad(of_one, 0, 30, 0, 1)
    found = _log_likelihood(np.array([r, alpha, a, b]), np.array([float(x)]), np.array([t_x]), np.array([age]))
    assert np.exp(found[0]) == pytest.approx(mean, rel=1e-5)


def test_fit_finds_the_parameters_buyers_were_made_with(buyers: Buyers) -> None:
    model = BgNbd().fit(*buyers.history)
    assert [model.r_, model.alpha_, model.a_ / (model.a_ + model.b_)] == pytest.approx([R, ALPHA, A / (A + B)], rel=0.1)
    scaled = np.array([R, ALPHA / model.scale_, A, B])
    x, t_x, age = buyers.history
    assert model.log_likelihood_ >= _log_likelihood(scaled, x, t_x / model.scale_, age / model.scale_).mean()


def test_extremes_give_probabilities(true_model: BgNbd) -> None:
    history = np.array([0.0, 5000.0, 5000.0]), np.array([0.0, 1.0, 5000.0]), np.array([0.0, 5000.0, 5000.0])
    for gap in (0.0, 400.0):
        p = true_model.silent(*history, horizon=91.0, gap=gap)
        assert ((p >= 0) & (p <= 1)).all()
        assert p[1] > 0.999  # bought 5,000 times in a day, then never again
    once = BgNbd().fit(np.zeros(3), np.zeros(3), np.array([10.0, 20.0, 30.0]))
    assert np.isfinite(once.silent(np.zeros(1), np.zeros(1), np.ones(1), horizon=30.0)).all()
