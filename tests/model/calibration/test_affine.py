from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.model import Affine
from cxchurn.model.calibration._affine import _clustered_error, choose_affine, fit_affine


def world(rows: int, slope: float, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores, and outcomes drawn from ``slope * raw + shift``."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(-1.5, 1.2, rows)
    return raw, (rng.random(rows) < 1 / (1 + np.exp(-(slope * raw + shift)))).astype(np.int8)


def split(raw: np.ndarray, y: np.ndarray, folds: int = 4) -> tuple[list, list, list]:
    parts = np.array_split(np.arange(raw.size), folds)
    return [raw[p] for p in parts], [y[p] for p in parts], [p // 3 for p in parts]


@pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.0), (1.6, 0.0), (1.0, -0.8), (0.6, 0.7)])
def test_a_known_distortion_is_found_and_put_right(slope, shift):
    raw, y = world(20_000, slope, shift, seed=1)
    affine, why = choose_affine(*split(raw, y))
    assert affine.slope == pytest.approx(slope, abs=0.07)
    assert affine.shift == pytest.approx(shift, abs=0.1)
    assert why.startswith("corrected: ")
    assert affine(np.array([0.0, 1.0])) == pytest.approx([shift, slope + shift], abs=0.15)


def test_what_is_right_is_left_alone():
    found = [choose_affine(*split(*world(4000, 1.0, 0.0, seed)))[0] for seed in range(20)]
    # a correction is kept when it helps by more than twice its standard error: that is rare by chance
    assert sum(affine == Affine() for affine in found) >= 18
    assert max(abs(affine.slope - 1) for affine in found) < 0.1


def test_few_rows_correct_little():
    raw, y = world(20_000, 0.3, 0.0, seed=2)
    moved = [
        np.mean([1 - fit_affine(raw[k : k + rows], y[k : k + rows]).slope for k in range(0, 2000, 200)])
        for rows in (3, 200)
    ]
    assert 0 < moved[0] < 0.25 < 0.5 < moved[1] < 0.7


def test_one_fold_cannot_be_judged():
    raw, y = world(500, 0.4, 0.0, seed=3)
    affine, why = choose_affine([raw], [y], [np.arange(500)])
    assert affine == Affine()
    assert why.startswith("not corrected: fewer than")


def test_overlapping_outcomes_are_fewer_trials():
    raw, y = world(20_000, 0.5, 0.0, seed=1)
    parts = split(raw, y)
    assert choose_affine(*parts, 4.0)[1].startswith("corrected: ")
    affine, why = choose_affine(*parts, 2.5)
    assert affine == Affine()
    assert why == "not corrected: the outcomes of the forward folds span 2.5 horizons, fewer than 3"

    def error(horizons: float) -> float:
        return float(choose_affine(*parts, horizons)[1].partition("standard error ")[2].rstrip(")"))

    # three gains; spanning 3.25 horizons they count for two and a quarter
    assert error(3.25) >= error(4.0) == error(np.inf)


def test_a_fold_is_judged_by_its_past_alone():
    # the first three folds are right and the last distorted: no fold after it could show that correcting helps
    raws, ys, customers = split(*world(8000, 1.0, 0.0, seed=4))
    raws[-1], ys[-1] = world(2000, 0.2, 1.5, seed=5)
    affine, why = choose_affine(raws, ys, customers)
    assert affine == Affine()
    assert why.startswith("not corrected: ")
    # told the other way round, what the first fold teaches does harm on the others; judged backwards it would help
    assert choose_affine(raws[::-1], ys[::-1], customers[::-1])[0] == Affine()
    distorted = [world(2000, 0.2, 1.5, seed) for seed in (7, 8, 9, 10)]
    everywhere = choose_affine(*([part[k] for part in distorted] for k in (0, 1)), customers)
    assert everywhere[1].startswith("corrected: ")


def test_the_same_customer_again_is_no_further_evidence():
    gains = np.random.default_rng(6).normal(size=200)
    once = _clustered_error(gains, np.arange(200))
    assert once == pytest.approx(gains.std() / np.sqrt(200))
    assert _clustered_error(np.repeat(gains, 4), np.repeat(np.arange(200), 4)) == pytest.approx(once)
    assert _clustered_error(np.repeat(gains, 4), np.arange(800)) == pytest.approx(once / 2)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 1000),
    rows=st.integers(2, 200),
    scale=st.sampled_from([0.0, 0.1, 1.0, 8.0]),
    rate=st.sampled_from([0.0, 0.05, 0.5, 1.0]),
)
def test_the_order_of_customers_is_kept(seed, rows, scale, rate):
    rng = np.random.default_rng(seed)
    raw, y = rng.normal(0, scale, rows), (rng.random(rows) < rate).astype(float)
    affine = fit_affine(raw, y)
    assert affine.slope > 0
    assert np.isfinite([affine.slope, affine.shift]).all()
    # it is where the penalised likelihood is flat, unless the slope was held at its least value
    if affine.slope > 0.05:
        p = 1 / (1 + np.exp(-affine(raw)))
        assert float((y - p).sum() - 5.0 * affine.shift) == pytest.approx(0.0, abs=1e-5)
