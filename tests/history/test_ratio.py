from __future__ import annotations

import numpy as np

from cxchurn.history import ratio


def test_a_part_over_the_whole():
    part, whole = np.array([3.0, 0.0, 1.0, 2.0, np.nan, 1.0]), np.array([4.0, 2.0, 0.0, -1.0, 2.0, np.nan])
    # 3 of 4, nothing of 2; then nothing above 0 to divide by, or nothing known
    np.testing.assert_array_equal(ratio(part, whole), [0.75, 0.0, np.nan, np.nan, np.nan, np.nan])


def test_of_tables_and_of_nothing():
    np.testing.assert_array_equal(ratio(np.ones((2, 1)), np.array([[2.0], [0.0]])), [[0.5], [np.nan]])
    assert ratio(np.empty(0), np.empty(0)).shape == (0,)
