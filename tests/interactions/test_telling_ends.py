"""Attributes of dated rows that say which row is the current one, or when it ends, by their values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from cxchurn.interactions.log._customer_table import FROM, ID
from cxchurn.interactions.reading.customers._telling import telling_ends

# fifty customers with two rows each; the second one is the current one
FIRST, SECOND = np.datetime64("2024-01-01", "us"), np.datetime64("2024-03-01", "us")
CURRENT = np.tile([False, True], 50)


def table(**columns: np.ndarray) -> pa.Table:
    ids = np.repeat([f"C{k:02}" for k in range(50)], 2)
    return pa.table({ID: pa.array(ids), FROM: pa.array(np.tile([FIRST, SECOND], 50)), **columns})


@pytest.mark.parametrize(("mended", "found"), [(0, {"state": "current"}), (1, {"state": "current"}), (2, {})])
def test_a_row_in_a_hundred_may_be_mended_by_hand(mended, found):
    says = CURRENT.copy()
    says[:mended] = ~says[:mended]
    assert telling_ends(table(state=pa.array(np.where(says, "active", "closed"))), ["state"]) == found


@pytest.mark.parametrize(("others", "found"), [(0, {"changed": "end"}), (1, {})])
def test_an_end_is_the_start_of_the_next_row(others, found):
    # of fifty ends one that is another is two in a hundred
    ends = np.where(CURRENT, np.datetime64("NaT", "us"), SECOND)
    ends[:others] = FIRST
    assert telling_ends(table(changed=pa.array(ends)), ["changed"]) == found
