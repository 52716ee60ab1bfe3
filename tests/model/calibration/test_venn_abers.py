from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, norm

from cxchurn._core import DataError, UsageError
from cxchurn.model import load_model
from cxchurn.model.calibration._venn_abers import VennAbers

ASKED = np.linspace(-3.0, 1.5, 10)


def truth(raw: np.ndarray) -> np.ndarray:
    """What the raw score means: not what it says."""
    return 1 / (1 + np.exp(-(0.7 * raw - 0.4)))


def world(rows: int, seed: int, each: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw scores, outcomes and customers, `each` rows a customer with outcomes that go together."""
    rng = np.random.default_rng(seed)
    customers = np.arange(rows) // each
    raw = rng.normal(-1, 1.2, rows // each)[customers] + 0.1 * rng.normal(size=rows)
    own = rng.normal(size=rows // each)[customers]
    luck = norm.cdf(own if each == 1 else 0.8 * own + 0.6 * rng.normal(size=rows))
    return raw, (luck < truth(raw)).astype(np.float64), customers


@pytest.mark.parametrize(("rows", "each"), [(600, 1), (3000, 1), (3000, 4)])
@pytest.mark.prove
def test_the_true_rate_is_inside_as_often_as_said(rows, each):
    """The interval is on the safe side, but not by far: at a level of one half it is outside often."""
    tables = [VennAbers.of(*world(rows, seed, each)) for seed in range(40)]
    inside = {level: np.mean([_holds(one.interval(ASKED, level)) for one in tables]) for level in (0.5, 0.9)}
    assert inside[0.9] > 0.88
    assert 0.5 < inside[0.5] < 0.9


def _holds(ends: np.ndarray) -> np.ndarray:
    return (ends[:, 0] <= truth(ASKED)) & (truth(ASKED) <= ends[:, 1])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([500, 777, 2000]), st.floats(0.05, 0.99), st.booleans())
def test_ends_are_in_order_and_rise_with_the_raw_score(seed, rows, level, ties):
    raw, y, customers = world(rows, seed)
    table = VennAbers.of(np.round(raw) if ties else raw, y, customers)
    asked = np.linspace(-6, 5, 60)
    ends = table.interval(asked, level)
    assert ends.shape == (60, 2)
    assert (ends[:, 0] < ends[:, 1]).all()
    assert ((ends >= 0) & (ends <= 1)).all()
    assert (np.diff(ends, axis=0) >= 0).all()
    wider = table.interval(asked, (1 + level) / 2)
    assert (wider[:, 0] <= ends[:, 0]).all()
    assert (wider[:, 1] >= ends[:, 1]).all()


def test_counts_by_hand():
    """600 rows of two scores: 300 of -1 of which 30 churned, 300 of 1 of which 150 did; one row is added each time."""
    raw = np.repeat([-1.0, 1.0], 300)
    y = np.concatenate([np.arange(300) < 30, np.arange(300) < 150]).astype(float)
    table = VennAbers.of(raw, y, np.arange(600))
    assert (table.rows, table.churned) == ([300, 300], [30, 150])
    assert -1 < table.edges[0] <= 1
    low, high = table.interval(np.array([-1.0, 1.0]), 0.9)
    assert low == pytest.approx([beta.ppf(0.05, 30, 301 - 30 + 1), beta.ppf(0.95, 31 + 1, 301 - 31)])
    assert high == pytest.approx([beta.ppf(0.05, 150, 301 - 150 + 1), beta.ppf(0.95, 151 + 1, 301 - 151)])


def test_rates_that_fall_are_one_block():
    """The higher score churned less: with one more row both bins are one block of 180 of 600."""
    raw = np.repeat([-1.0, 1.0], 300)
    y = np.concatenate([np.arange(300) < 150, np.arange(300) < 30]).astype(float)
    ends = VennAbers.of(raw, y, np.arange(600)).interval(np.array([-1.0, 1.0]), 0.9)
    expected = [beta.ppf(0.05, 180, 601 - 180 + 1), beta.ppf(0.95, 181 + 1, 601 - 181)]
    np.testing.assert_allclose(ends, [expected, expected])


def test_a_customer_many_times_is_worth_less():
    raw, y, customers = world(600, 0)
    once, thrice = VennAbers.of(raw, y, customers), VennAbers.of(*(np.tile(one, 3) for one in (raw, y, customers)))
    assert thrice.design == pytest.approx(3.0 * once.design, rel=0.1)
    assert once.design == 1.0


def test_nobody_churned():
    ends = VennAbers.of(np.linspace(-1, 1, 500), np.zeros(500), np.arange(500)).interval(np.zeros(1), 0.9)
    assert ends[0, 0] == 0.0
    assert 0 < ends[0, 1] < 0.02


@pytest.mark.parametrize("rows", [0, 1, 499])
def test_too_few(rows):
    table = VennAbers.of(*world(rows, 0))
    with pytest.raises(DataError, match=rf"from {rows} forward predictions(.|\n)*500 or more(.|\n)*more cut-offs"):
        table.interval(ASKED, 0.9)


@pytest.mark.parametrize("level", [0, 1, 90, -0.5, float("nan")])
def test_levels(level):
    with pytest.raises(UsageError, match="between 0 and 1"):
        VennAbers.of(*world(600, 0)).interval(ASKED, level)


def test_of_a_model(model, test, tmp_path):
    ends = model.probability_interval(test, level=0.8)
    assert sum(model.intervals_.rows) == sum(rows.size for rows in model.classifier_.fold_scores_.rows)
    assert min(model.intervals_.rows) > 1
    assert ends.shape == (len(test), 2)
    probability = model.predict_proba(test)[:, 1]
    assert ((ends[:, 0] <= probability) & (probability <= ends[:, 1])).all()
    bands = np.array_split(np.argsort(probability), 3)
    for rows in bands:  # later cut-offs, and some two hundred rows a band: about, not just, inside
        assert ends[rows, 0].mean() - 0.05 < test.y[rows].mean() < ends[rows, 1].mean() + 0.05
    alone = model.intervals_.interval(model.raw_score(test), 0.8)
    np.testing.assert_array_equal(ends[:, 0], np.minimum(alone[:, 0], probability))
    np.testing.assert_array_equal(ends[:, 1], np.maximum(alone[:, 1], probability))
    order = np.argsort(model.raw_score(test), kind="stable")
    assert (np.diff(ends[order], axis=0) >= 0).all()
    loaded = load_model(model.save(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.probability_interval(test, level=0.8), ends)
