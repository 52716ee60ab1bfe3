"""The mean of rows in clusters, and how sure it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import clustered_mean

Z = 1.959963984540054


def test_by_hand():
    # rows 1, 3 of a; 8 of b: mean 4. Clusters apart from it: a (1 + 3) - 2 x 4 = -4, b 8 - 4 = 4.
    # squared 16 + 16 = 32; times G / (G - 1) = 2 is 64; the root, 8, over 3 rows is 2.667
    mean, low, high = clustered_mean([1.0, 3.0, 8.0], ["a", "a", "b"])
    assert (mean, low, high) == pytest.approx((4, 4 - Z * 8 / 3, 4 + Z * 8 / 3))


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_where_each_row_is_its_own_cluster_it_is_the_usual_standard_error(values):
    mean, low, high = clustered_mean(values, range(len(values)))
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    assert mean == pytest.approx(np.mean(values))
    assert (high - low) / 2 == pytest.approx(Z * error, abs=1e-6)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=10), st.integers(2, 4))
def test_rows_that_repeat_within_a_cluster_make_it_no_surer(values, times):
    once = clustered_mean(values, range(len(values)))
    often = clustered_mean(np.repeat(values, times), np.repeat(range(len(values)), times))
    np.testing.assert_allclose(once, often, atol=1e-9)


def test_columns_are_taken_one_by_one():
    values = np.array([[1.0, 10.0], [3.0, 30.0], [8.0, 80.0]])
    together = clustered_mean(values, [0, 0, 1])
    for column in (0, 1):
        alone = clustered_mean(values[:, column], [0, 0, 1])
        assert [one[column] for one in together] == pytest.approx(list(alone))


def test_too_little_to_tell():
    assert np.isnan(clustered_mean([], [])).all()
    mean, low, high = clustered_mean([1.0, 2.0], ["a", "a"])
    assert mean == 1.5
    assert np.isnan([low, high]).all()
