"""Rows that stand in several tables, put together in any order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.scoring.batch._listing import _taken


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_rows_of_several_tables_come_in_the_order_asked_for(data):
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    tables = [pa.table({"n": pa.array([100 * k + row for row in range(size)])}) for k, size in enumerate(sizes)]
    places = [(k, row) for k, size in enumerate(sizes) for row in range(size)]
    asked = data.draw(st.lists(st.sampled_from(places), max_size=12))
    part, place = np.array(asked, dtype=np.int64).reshape(-1, 2).T
    found = _taken(tables, part, place)["n"].to_pylist()
    assert found == [100 * k + row for k, row in asked]
