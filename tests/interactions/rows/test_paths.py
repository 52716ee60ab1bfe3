"""What is read of a row, wherever it stands, and what nothing reads."""

from __future__ import annotations

import json
from datetime import datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Schema
from cxchurn.interactions.rows import RowReader, rows_given

NESTED = Schema(customer_id="customer.id", timestamp=("day", "hour"), kind="event", value="data.amount")
ROW = {"customer": {"id": "A"}, "day": "2024-05-01", "hour": "10:00", "event": "order", "data": {"amount": 3.5}}
FLAT = ["customer.id", "day", "hour", "event", "data.amount"]
READ = {"timestamp": 1714557600000000, "kind": "order", "value": 3.5, "later": False}


@pytest.mark.parametrize(
    ("row", "unread", "nowhere"),
    [
        (ROW, [], []),
        # inside text, as a queue hands it on
        ({**ROW, "data": json.dumps({"amount": 3.5})}, [], []),
        # a path that is a column of its own, and a time that its sender put together
        ({"customer.id": "A", "day + hour": "2024-05-01 10:00", "event": "order", "data.amount": 3.5}, [], ["day", "hour"]),
        ({**ROW, "shop": 7}, ["shop"], []),
        ({**ROW, "data": {"amuont": 3.5, "note": {"text": "x"}}}, ["data.amuont", "data.note"], ["data.amount"]),
        # where there is nothing, nothing is overlooked
        ({**ROW, "data": None}, [], ["data.amount"]),
        ({**ROW, "data": {}}, [], ["data.amount"]),
        ({**ROW, "data": ""}, [], ["data.amount"]),
        # what can have no fields is not read
        ({**ROW, "data": "much"}, ["data"], ["data.amount"]),
        ({**ROW, "data": [{"amount": 3.5}]}, ["data"], ["data.amount"]),
        ({**ROW, "data": "[1]"}, ["data"], ["data.amount"]),
        ({**ROW, 7: "x"}, [7], []),
        # a name with a point in it is no other than the path
        ({"customer": {"id": "A"}, "day": 1, "hour": 2, "event": 3, "data.amount": 4, "data.x": 5}, ["data.x"], []),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_told_by_its_path(row, unread, nowhere):
    paths = RowReader(NESTED).paths
    assert sorted(paths.unread([row]), key=str) == unread
    assert paths.nowhere([row]) == nowhere
    # what one row has is not missed because another has not
    assert paths.nowhere([row, ROW]) == []
    assert sorted(paths.unread([row, ROW]), key=str) == unread


# names with points in them can be told from paths only where no path is spelt alike
NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
VALUES = st.recursive(
    st.sampled_from([1, "x", "z"]), lambda inner: st.dictionaries(NAMES, inner, min_size=1), max_leaves=6
)


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.lists(PATHS, min_size=1, max_size=3, unique=True))
def test_a_value_that_reaches_an_event_is_read_and_nothing_that_does_is_called_unread(row, wanted):
    schema = Schema(
        customer_id="who", timestamp="when", kind_is="x", categories={f"c{k}": c for k, c in enumerate(wanted)}
    )
    paths = RowReader(schema).paths
    unread = paths.unread([row])
    # the oracle: every path down to a value, with what lies above it
    for path, above in _leaves(row):
        is_read = path in wanted or any(one in wanted for one in above)
        assert is_read == (path not in unread and not any(one in unread for one in above))


def _leaves(value, path="", above=()):
    if not isinstance(value, dict):
        yield path, above
        return
    for name, inner in value.items():
        there = f"{path}.{name}" if path else name
        yield from _leaves(inner, there, (*above, path) if path else above)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame([ROW]),
        pl.DataFrame([ROW]),
        pa.Table.from_pylist([ROW]),
        pd.DataFrame([{**ROW, "data": '{"amount": 3.5}'}]),
        pd.DataFrame([["A", datetime(2024, 5, 1), "10:00", "order", 3.5]], columns=FLAT),
    ],
    ids=["pandas", "polars", "arrow", "text", "flat"],
)  # fmt: skip
def test_frames_with_fields_inside_columns_and_times_in_two_are_read_as_rows_are(table):
    reader = RowReader(NESTED)
    (row,) = reader.read(rows_given(table, reader.paths))
    assert (row.customer, row.refused, row.events[0].values) == ("A", False, READ)


def test_a_frame_without_a_column_is_told_which():
    paths = RowReader(NESTED).paths
    with pytest.raises(DataError, match=r"has no column 'hour', 'data\.amount'") as error:
        rows_given(pd.DataFrame([ROW]).drop(columns=["hour", "data"]), paths)
    assert error.value.allowed == "customer.id, day, hour, event, data.amount"
    twice = pd.DataFrame([[*ROW.values(), "x"]], columns=[*ROW, "data"])
    with pytest.raises(DataError, match="has more than one column 'data'"):
        rows_given(twice, paths)
