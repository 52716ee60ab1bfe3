"""How far the rate of a cut-off to come may be from what is said of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from cxchurn.model import load_model
from cxchurn.model.calibration._level import Level, level_of, shift_to

START = np.datetime64("2024-01-01", "us")


def said_and_came(off: float, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds, and outcomes of a cut-off whose customers are all at more or less risk than was said."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(-1.0, 1.0, rows)
    return raw, (rng.random(rows) < 1 / (1 + np.exp(-(raw + off)))).astype(float)


@settings(max_examples=30, deadline=None)
@given(off=st.floats(-3, 3), rows=st.integers(50, 500), seed=st.integers(0, 1000))
def test_what_a_cutoff_is_off_by_makes_said_and_came_equal(off, rows, seed):
    raw, y = said_and_came(off, rows, seed)
    y[0], y[1] = 0, 1
    found = raw + shift_to(raw, y.mean())
    assert (1 / (1 + np.exp(-found))).sum() == pytest.approx(y.sum(), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), level=st.floats(0.001, 0.999), scale=st.sampled_from([0.0, 2.0, 50.0]))
def test_a_level_is_reached_however_far_scores_lie(seed, level, scale):
    raw = np.random.default_rng(seed).normal(-1, scale, 50)
    assert (1 / (1 + np.exp(-(raw + shift_to(raw, level))))).mean() == pytest.approx(level, abs=1e-9)


def test_the_spread_is_that_of_the_cutoffs_and_of_chance():
    rng = np.random.default_rng(0)
    offs = rng.normal(0, 0.3, 400)
    parts = [said_and_came(off, 400, seed) for seed, off in enumerate(offs)]
    found = level_of(*map(list, zip(*parts, strict=True)), [np.full(400, START)] * 400, 10.0)
    # with p near 0.3 chance alone moves a cut-off of 400 rows by about 1 / sqrt(400 * 0.17) = 0.12
    assert found.spread == pytest.approx(np.sqrt((offs**2).mean() + 0.12**2), rel=0.05)
    assert found.trials == 10.0
    steady = [said_and_came(0.0, 400, seed) for seed in range(400)]
    none = level_of(*map(list, zip(*steady, strict=True)), [np.full(400, START)] * 400, 10.0)
    assert none.spread == pytest.approx(0.12, abs=0.02)


def test_cutoffs_are_looked_at_one_by_one():
    raw, y = said_and_came(0.0, 4000, 0)
    at = START + np.arange(4000) % 2 * np.timedelta64(30, "D")
    # half a point more in one month, as much less in the other: together nothing is off
    up, down = said_and_came(0.5, 4000, 1)[1], said_and_came(-0.5, 4000, 1)[1]
    raw, y = said_and_came(0.0, 4000, 1)[0], np.where(at == START, up, down)
    assert level_of([raw], [y], [at], 3.0).spread == pytest.approx(0.5, abs=0.1)


def test_without_both_outcomes_nothing_is_known():
    raw = np.zeros(100)
    assert level_of([raw], [np.zeros(100)], [np.full(100, START)], 1.0) is None
    assert level_of([], [], [], 0.0) is None


def test_ends_are_those_of_students_t():
    raw = np.log([0.1 / 0.9])
    low, high = Level(0.2, 4.0).ends(raw)
    way = 0.2 * student.ppf(0.95, 4)
    assert [low, high] == pytest.approx([1 / (1 + 9 * np.exp(way)), 1 / (1 + 9 * np.exp(-way))])
    assert low < 0.1 < high
    # what was seen once says little
    assert Level(0.2, 0.5).ends(raw) == Level(0.2, 1.0).ends(raw)
    assert Level(0.2, 1.0).ends(raw)[0] < low


def test_nine_of_ten_hold_the_rate_of_a_cutoff_to_come():
    rng = np.random.default_rng(1)
    held = 0
    for seed in range(200):
        offs = rng.normal(0, 0.25, 6)
        parts = [said_and_came(off, 1500, 10 * seed + k) for k, off in enumerate(offs)]
        *past, (raw, y) = parts
        raws, ys = map(list, zip(*past, strict=True))
        low, high = level_of(raws, ys, [np.full(1500, START)] * 5, 5.0).ends(raw)
        held += low <= y.mean() <= high
    assert 0.85 <= held / 200 <= 0.97


def test_a_model_keeps_it_and_says_it(model, tmp_path):
    assert model.level_.spread >= 0
    note = next(note for note in model.notes_ if note.startswith("at a cut-off to come"))
    assert f"over {model.level_.trials:.1f} horizons" in note
    assert load_model(model.save(tmp_path / "model")).level_ == model.level_
