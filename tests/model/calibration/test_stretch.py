from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.model import Affine
from cxchurn.model.calibration._level import mean_probability
from cxchurn.model.calibration._stretch import stretch


def world(slope: float, levels: list[float], rows: int, seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Folds of raw scores, and outcomes drawn from ``slope * raw + level``, of each fold its own."""
    rng = np.random.default_rng(seed)
    raw = [rng.normal(-0.5, 1.2, rows) for _ in levels]
    return raw, [
        (rng.random(rows) < 1 / (1 + np.exp(-(slope * one + level)))).astype(float)
        for one, level in zip(raw, levels, strict=True)
    ]


@pytest.mark.parametrize("slope", [0.8, 1.0, 1.3])
def test_the_slope_is_found_whatever_the_levels(slope):
    found = stretch(*world(slope, [0.9, -0.7, 0.1, -1.2], 20_000, seed=1))
    # drawn towards 1 by about a seventh: folds differ by 0.08, logs by 0.1
    assert abs(found.slope - 1) == pytest.approx(abs(slope - 1) * 0.86, abs=0.03)
    assert found.slope == pytest.approx(stretch(*world(slope, [0.0] * 4, 20_000, seed=1)).slope, abs=0.03)


def test_a_mean_of_parts_that_err_apart_is_too_timid():
    rng = np.random.default_rng(2)
    raw, y = [], []
    for _ in range(4):
        seen = rng.normal(0, 1.0, (4000, 3))
        # each part knows one of three causes, and says what is best to say knowing only that
        y.append((rng.random(4000) < 1 / (1 + np.exp(-seen.sum(axis=1)))).astype(float))
        raw.append((seen * 0.8).mean(axis=1))
    assert stretch(raw, y).slope > 1.1


def test_few_rows_or_few_horizons_stretch_little():
    moved = [stretch(*world(1.5, [0.0] * 4, rows, seed=3)).slope for rows in (100, 1000, 20_000)]
    assert 1 < moved[0] < moved[1] < moved[2]
    raw, y = world(1.5, [0.0] * 4, 20_000, seed=3)
    assert 1 < stretch(raw, y, 1.0).slope < stretch(raw, y, 2.0).slope < stretch(raw, y, 4.0).slope
    assert stretch(raw, y, 4.0) == stretch(raw, y)


def test_folds_in_which_everybody_has_one_score_tell_nothing():
    raw, y = world(1.5, [0.0, 0.0, 0.0], 2000, seed=5)
    same = np.full(2000, -0.8)
    assert stretch([same, same, same], y) == Affine()
    assert stretch([*raw[:2], same], y).slope == pytest.approx(stretch(raw[:2], y[:2]).slope, abs=1e-6)


def test_one_fold_tells_nothing_and_one_of_churners_alone_neither():
    raw, y = world(1.5, [0.0, 0.0], 2000, seed=4)
    assert stretch(raw[:1], y[:1]) == Affine()
    assert stretch(raw, [y[0], np.ones(2000)]) == Affine()
    assert stretch([], []) == Affine()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1000), slope=st.floats(-1, 3), levels=st.lists(st.floats(-2, 2), min_size=1, max_size=5))
def test_order_and_mean_probability_are_kept(seed, slope, levels):
    raw, y = world(slope, levels, 300, seed)
    found, scores = stretch(raw, y), np.concatenate(raw)
    assert 0 < found.slope < 3
    assert mean_probability(found(scores)) == pytest.approx(mean_probability(scores), abs=1e-5)
