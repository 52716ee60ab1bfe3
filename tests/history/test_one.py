from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.history import History, history_of_one

from .history_rows import customers, flat, kind_of_ids, quick
from .test_laws import SEVERAL


@SEVERAL
@given(drawn=customers(), data=st.data())
def test_the_history_of_a_customer_is_that_of_a_log_with_nobody_else(drawn, data):
    who = next(iter(drawn))
    log = quick(flat({who: drawn[who]}), kind_of_ids(drawn))
    order = data.draw(st.permutations(range(len(log))))
    one, alone = history_of_one(log.events.take(pa.array(order, pa.int64()))), History(log)
    assert one.ids.tolist() == alone.ids.tolist()
    assert one.offsets.tolist() == alone.offsets.tolist()
    assert one.place.tolist() == alone.place.tolist()
    for name in alone.columns:
        np.testing.assert_array_equal(one.columns[name].values, alone.columns[name].values)
        assert getattr(one.columns[name], "names", None) == getattr(alone.columns[name], "names", None)


def test_events_of_two_customers_are_refused():
    events = pa.table({"customer_id": [7, 8, 7]})
    with pytest.raises(UsageError, match="2 customers: 7, 8"):
        history_of_one(events)
