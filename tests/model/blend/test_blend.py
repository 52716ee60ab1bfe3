from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.model.blend._blend import Blend, blend_from_plain, blend_to_plain, choose_weights, own_levels
from cxchurn.model.blend._linear import fit_linear

NAMES = ["trees", "ridge", "core"]


def folds(rows: int, seed: int, *noises: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Three folds; each part sees the true log-odds with its own noise."""
    rng = np.random.default_rng(seed)
    raw, y = [], []
    for _ in range(3):
        truth = rng.normal(-1.0, 1.5, rows)
        raw.append(np.column_stack([truth + rng.normal(0.0, noise, rows) for noise in noises]))
        y.append((rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(float))
    return raw, y


class TestChooseWeights:
    @pytest.mark.parametrize("best", [0, 1, 2])
    def test_the_better_part_is_found(self, best):
        noises = [3.0, 3.0, 3.0]
        noises[best] = 0.0
        weights = choose_weights(NAMES, *folds(30_000, 0, *noises))
        assert weights[NAMES[best]] > 0.9

    def test_parts_that_err_apart_share(self):
        weights = choose_weights(NAMES[:2], *folds(3000, 1, 1.0, 1.0))
        assert weights["trees"] == pytest.approx(0.5, abs=0.08)

    @settings(max_examples=30, deadline=None)
    @given(
        rows=st.integers(2, 300),
        seed=st.integers(0, 1000),
        noises=st.lists(st.floats(0, 5), min_size=1, max_size=3),
    )
    def test_weights_are_shares(self, rows, seed, noises):
        weights = choose_weights(NAMES[: len(noises)], *folds(rows, seed, *noises))
        assert list(weights) == NAMES[: len(noises)]
        assert min(weights.values()) >= 0
        assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)

    @settings(max_examples=20, deadline=None)
    @given(seed=st.integers(0, 1000), off=st.lists(st.floats(-2, 2), min_size=6, max_size=6))
    def test_what_a_part_is_off_by_in_a_whole_fold_says_nothing(self, seed, off):
        raw, y = folds(600, seed, 0.3, 1.5)
        moved = [one + np.array(pair) for one, pair in zip(raw, np.reshape(off, (3, 2)), strict=True)]
        assert choose_weights(NAMES[:2], moved, y) == pytest.approx(choose_weights(NAMES[:2], raw, y), abs=2e-3)

    def test_a_fold_of_churners_alone_decides_nothing(self):
        raw, y = folds(2000, 8, 0.0, 3.0)
        weights = choose_weights(NAMES[:2], raw, y)
        alone = [*raw, raw[0][:, ::-1]], [*y, np.ones(2000)]
        assert choose_weights(NAMES[:2], *alone) == pytest.approx(weights, abs=0.05)

    def test_they_serve_the_folds_better_than_equal_ones(self):
        raw, y = folds(1000, 2, 0.5, 2.0, 1.0)
        chosen = np.array(list(choose_weights(NAMES, raw, y).values()))

        def loss(weights: np.ndarray) -> float:
            z, churned = np.vstack(raw) @ weights, np.concatenate(y)
            z = z + own_levels(z, churned, np.repeat([0, 1, 2], 1000))[np.repeat([0, 1, 2], 1000)]
            return float((np.logaddexp(0.0, z) - churned * z).mean())

        assert loss(chosen) < loss(np.full(3, 1 / 3)) - 0.005

    def test_nothing_known_means_equal_weights(self):
        assert choose_weights(NAMES, [], []) == dict.fromkeys(NAMES, pytest.approx(1 / 3))
        assert choose_weights(NAMES[:1], [], []) == {"trees": 1.0}

    def test_parts_that_say_the_same_get_equal_weights(self):
        raw, y = folds(500, 3, 0.5)
        weights = choose_weights(NAMES, [np.repeat(one, 3, axis=1) for one in raw], y)
        assert weights == dict.fromkeys(NAMES, pytest.approx(1 / 3, abs=1e-4))

    def test_few_rows_say_little(self):
        weights = [choose_weights(NAMES[:2], *folds(rows, 4, 0.0, 3.0))["trees"] for rows in (5, 300, 3000, 30_000)]
        assert weights == sorted(weights)
        assert 0.45 < weights[0] < 0.55
        assert weights[-1] > 0.9

    def test_folds_of_one_time_say_less(self):
        raw, y = folds(1000, 9, 0.0, 3.0)
        ahead, aside = (choose_weights(NAMES[:2], raw, y, forward=one)["trees"] for one in (True, False))
        assert 0.55 < aside < ahead - 0.05

    def test_two_calls_are_one(self):
        given_ = folds(400, 5, 0.5, 1.0, 2.0)
        assert choose_weights(NAMES, *given_) == choose_weights(NAMES, *given_)

    def test_the_order_of_parts_and_folds_means_nothing(self):
        raw, y = folds(400, 6, 0.5, 1.0, 2.0)
        weights = choose_weights(NAMES, raw, y)
        assert choose_weights(NAMES[::-1], [one[:, ::-1] for one in raw], y) == pytest.approx(weights, abs=1e-3)
        assert choose_weights(NAMES, raw[::-1], y[::-1]) == pytest.approx(weights, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 50), seed=st.integers(0, 1000), scale=st.sampled_from([0.0, 1.0, 10.0]))
def test_at_their_own_levels_folds_say_what_came(rows, seed, scale):
    rng = np.random.default_rng(seed)
    fold, y = np.repeat([0, 1], rows), (rng.random(2 * rows) < 0.3).astype(float)
    raw = rng.normal(0, scale, 2 * rows)
    levels = own_levels(raw, y, fold)
    p = 1 / (1 + np.exp(-(raw + levels[fold])))
    # but for the tenth of a row that a level counts for
    np.testing.assert_allclose(np.bincount(fold, p - y), -0.1 * levels, rtol=0, atol=1e-6)


class TestBlend:
    @pytest.fixture(scope="class")
    def parts(self) -> tuple[Blend, np.ndarray, np.ndarray]:
        """A blend of three parts, the trees' contributions (the last is their base value), and the features."""
        rng = np.random.default_rng(7)
        X = rng.normal(size=(120, 3))
        y = (rng.random(120) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
        linear = {
            "ridge": fit_linear(X, y, np.ones(120), penalty=10.0),
            "core": fit_linear(X, y, np.ones(120), chosen=(0,), penalty=1.0),
        }
        return Blend({"trees": 0.5, "ridge": 0.3, "core": 0.2}, linear), rng.normal(size=(120, 4)), X

    def test_the_raw_score_is_the_weighted_sum(self, parts):
        blend, trees, X = parts
        core, ridge = blend.linear["core"], blend.linear["ridge"]
        expected = 0.5 * trees.sum(axis=1) + 0.2 * core.raw_score(X) + 0.3 * ridge.raw_score(X)
        np.testing.assert_allclose(blend.raw_score(trees.sum(axis=1), X), expected, rtol=0, atol=1e-12)

    def test_contributions_sum_to_the_raw_score(self, parts):
        blend, trees, X = parts
        found = blend.contributions(trees, X)
        assert found.shape == (120, 4)
        np.testing.assert_allclose(found.sum(axis=1), blend.raw_score(trees.sum(axis=1), X), rtol=0, atol=1e-12)

    def test_one_row_is_as_many_to_the_bit(self, parts):
        blend, trees, X = parts
        raw, found = blend.raw_score(trees.sum(axis=1), X), blend.contributions(trees, X)
        for row in ([0], [60], [119]):
            np.testing.assert_array_equal(blend.raw_score(trees.sum(axis=1)[row], X[row]), raw[row])
            np.testing.assert_array_equal(blend.contributions(trees[row], X[row]), found[row])

    def test_the_order_of_the_parts_changes_no_bit(self, parts):
        blend, trees, X = parts
        turned = Blend(dict(reversed(blend.weights.items())), dict(reversed(blend.linear.items())))
        np.testing.assert_array_equal(turned.contributions(trees, X), blend.contributions(trees, X))

    def test_trees_alone(self, parts):
        _, trees, X = parts
        alone = Blend({"trees": 1.0, "ridge": 0.0}, {})
        np.testing.assert_array_equal(alone.contributions(trees, X), trees)

    def test_it_survives_text(self, parts):
        blend, trees, X = parts
        again = blend_from_plain(json.loads(json.dumps(blend_to_plain(blend))), columns=3)
        assert again.weights == blend.weights
        np.testing.assert_array_equal(again.contributions(trees, X), blend.contributions(trees, X))
