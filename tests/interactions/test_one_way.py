"""Rows are read alike, whether they are typed, come by way of the engine, or are text: equal bits, and equal reports."""

from __future__ import annotations

import os
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Schema, Source, fingerprint, read_interactions
from cxchurn.interactions.reading import _reading
from cxchurn.interactions.reading._way import Way
from cxchurn.interactions.reading.casts._source_rows import SourceRows
from cxchurn.interactions.reading.sources._opened import opened
from cxchurn.interactions.store._repeats import shared

from .interaction_rows import NOW, row
from .typed_tables import KNOWN, LATER, SCHEMA, by_the_engine, small_batches, tables

few = settings(max_examples=20, deadline=None)
BASE = Schema(**{name: name for name in row()}, value="value")


def outcome(data, schema):
    """Everything reading says: the log's parts that can be compared, or the error."""
    try:
        log = read_interactions(data, schema, now=NOW, on_error="quarantine")
    except DataError as error:
        return str(error)
    return log


def assert_same(one, other):
    assert isinstance(one, str) == isinstance(other, str)
    if isinstance(one, str):
        assert one == other
        return
    assert one.events.schema == other.events.schema
    for name in one.events.column_names:
        first, second = (log.events[name].combine_chunks() for log in (one, other))
        assert first.equals(second), name
        if pa.types.is_dictionary(first.type):
            assert first.dictionary.equals(second.dictionary)
    assert one.events.equals(other.events)
    assert one.validation == other.validation
    assert one.refused.schema == other.refused.schema
    assert str(one.refused.to_pylist()) == str(other.refused.to_pylist())
    assert one.observed_until == other.observed_until
    assert (one.measures, one.categories, one.ids) == (other.measures, other.categories, other.ids)
    assert fingerprint(one) == fingerprint(other)


@few
@given(tables(), st.sampled_from([SCHEMA, KNOWN, LATER, Schema(**{**vars(LATER), "duplicates": "keep"})]))
def test_typed_rows_and_those_handed_over_are_the_same_log(table, schema):
    with by_the_engine():
        expected = outcome(table, schema)
    with small_batches():
        assert_same(outcome(table, schema), expected)


@settings(max_examples=6, deadline=None)
@given(tables(dirt=0, own_row=False), st.integers(1, 7))
def test_files_and_rows_handed_over_are_the_same_log(tmp_path_factory, table, size):
    # views of text, uint8 indices and the like come back as the file's own types
    path = tmp_path_factory.mktemp("files")
    half = table.num_rows // 2
    table = table.set_column(
        table.schema.get_field_index("kind"), "kind", table["kind"].combine_chunks().cast(pa.string())
    )
    for name, part in (("1.parquet", table[:half]), ("2.parquet", table[half:])):
        pq.write_table(
            part.combine_chunks(), path / name, row_group_size=size, use_deprecated_int96_timestamps=size == 1
        )
    with by_the_engine():
        expected = outcome(path, LATER)
    with small_batches():
        assert_same(outcome(path, LATER), expected)


def read(table, schema=BASE, **options):
    """Read one source and return its reading."""
    way = Way(np.datetime64(NOW, "us"), keep_refused=False, **options)
    return _reading.read_source(Source(table, schema), way)


def handed_over(table, schema=BASE) -> bool:
    """Whether a source's rows come by way of the engine."""
    with opened(table) as data:
        return SourceRows(
            data, schema, Way(np.datetime64(NOW, "us"), keep_refused=False), as_text=False, whole=True
        ).by_engine


def clean(**changed):
    start = np.datetime64("2024-05-01", "us")
    columns = {
        "customer_id": pa.array(["a", "b", "a"]),
        "timestamp": pa.array(start + np.arange(3)),
        "kind": pa.array(["visit", "call", "visit"]).dictionary_encode(),
        "value": pa.array([1.0, None, 2.0]),
    }
    return pa.table({**columns, **changed})


TYPED = [
    {},
    {"value": pa.array([1, 2, 3], pa.uint16())},
    {"value": pa.array([1.0, float("nan"), -0.0], pa.float32())},
    {"customer_id": pa.array([1, 2, 1])},
    {"customer_id": pa.array(["a", " ", None])},
    {"customer_id": pa.array([1.0, 2.5, float("nan")])},
    {"customer_id": pa.array([1, 2**64 - 1, None], pa.uint64())},
    {"kind": pa.array([" visit", "visit ", "call"])},
    {"kind": pa.array([7.0, 1.5, float("nan")])},
    {"kind": pa.array([7.0, 0.1, float("inf")], pa.float32())},
    {
        "timestamp": pa.array(np.datetime64("2024-05-01", "ns") + np.arange(3) * 999).cast(
            pa.timestamp("ns", "Asia/Tokyo")
        )
    },
    {"timestamp": pa.array([-(2**62), 2**62, 0], pa.timestamp("s"))},
    {"timestamp": pa.array([-1, 1, 999], pa.timestamp("ns"))},
    {"timestamp": pa.array([None, 5, 10**5], pa.int32()).cast(pa.date32())},
    {
        "timestamp": pa.array(
            [np.datetime64("2026-01-01T00:00:00.000001", "us"), *[np.datetime64("2024-05-01", "us")] * 2]
        )
    },
    {"value": pa.array([1.0, float("inf"), None])},
    # rows 1 and 3 are equal; and alike
    {"timestamp": pa.array([np.datetime64("2024-05-01", "us")] * 3), "value": pa.array([1.0, 1.0, 1.0])},
    {
        "timestamp": pa.array([np.datetime64("2024-05-01", "us")] * 3),
        "value": pa.array([1.0] * 3),
        "x": pa.array([1, 2, 3]),
    },
]


@pytest.mark.parametrize("changed", TYPED)
def test_typed_columns_are_read_as_the_engine_hands_them_over(changed):
    table = clean(**changed)
    assert not handed_over(table)
    with by_the_engine():
        assert handed_over(table)
        expected = outcome(table, BASE)
    assert_same(outcome(table, BASE), expected)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_times_by_a_clock_are_read_alike_whatever_the_year(zone):
    years = [1, 1902, 1935, 1969, 1970, 2024, 2059, 2060, 2500, 9999]
    times = [np.datetime64(f"{year:04}-07-01T00:30", "us") for year in years]
    table = pa.table({"customer_id": range(10), "timestamp": pa.array(times), "kind": ["x"] * 10, "value": [1.0] * 10})
    schema = Schema(**{**vars(BASE), "timezone": zone})
    assert not handed_over(table, schema)
    log = outcome(table, schema)
    as_text = table.set_column(1, "timestamp", pa.array([str(time) for time in times]))
    assert handed_over(as_text, schema)
    assert log.events.equals(outcome(as_text, schema).events)
    # those of 2059 and later are in the future, and the year 1 is none
    assert log.validation.rows_refused == 5


def test_a_column_of_an_odd_type_is_worked_out_by_the_engine_and_the_others_are_not():
    for odd in (
        pa.array(["1", "2", "x"]),
        pa.array([Decimal(k) for k in (1, 2, 3)]),
        pa.array([1, 2, 3], pa.duration("s")),
    ):
        assert handed_over(clean(value=odd))
        log = outcome(clean(value=odd), BASE)
        assert log.events["value"].to_pylist() == [1.0, 2.0, 3.0][: len(log)]


# each example reads files of text ten times
@settings(max_examples=60 if os.environ.get("CXCHURN_PROVE") else 6, deadline=None)
@given(tables(dirt=1), st.sampled_from([SCHEMA, KNOWN, LATER]))
def test_text_of_the_same_content_is_the_same_log(tmp_path_factory, table, schema):
    """Typed rows, CSV and JSON lines of one content: equal events, and the same rows refused under the same rules."""
    frame = written(table)
    path = tmp_path_factory.mktemp("text")
    frame.to_csv(path / "t.csv", index=False)
    frame.to_json(path / "t.jsonl", orient="records", lines=True)
    expected = outcome(frame, schema)
    for data in (path / "t.csv", path / "t.jsonl"):
        found = outcome(data, schema)
        if isinstance(expected, str):
            assert isinstance(found, str)
            continue
        assert found.events.equals(expected.events)
        assert found.refused["rule"].to_pylist() == expected.refused["rule"].to_pylist()
        assert [(one.rule, one.column, one.rows) for one in found.validation.broken] == [
            (one.rule, one.column, one.rows) for one in expected.validation.broken
        ]


def written(table):
    """The frame of a table, each cell as the text that a file holds of it; what is missing is empty."""
    columns = {}
    for name in table.column_names:
        kind = table[name].type
        values = table[name].to_pylist()
        said = [None if value is None or value != value else _text(value, kind) for value in values]
        columns[name] = pd.Series(said, dtype=object)
    return pd.DataFrame(columns)


def _text(value, kind):
    if pa.types.is_temporal(kind):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and abs(value) < 2**53 and value == int(value) else str(value)


def test_files_of_different_forms_and_folders_with_values_are_read_by_the_engine(tmp_path):
    pq.write_table(clean(), tmp_path / "1.parquet")
    pq.write_table(clean(value=pa.array([1, 2, 3]), customer_id=pa.array(["c", "d", "e"])), tmp_path / "2.parquet")
    assert handed_over(tmp_path)
    log = outcome(tmp_path, BASE)
    assert log.events["customer_id"].to_pylist() == ["a", "b", "a", "c", "d", "e"]
    hive = tmp_path / "hive" / "year=2024"
    hive.mkdir(parents=True)
    pq.write_table(clean(), hive / "1.parquet")
    assert handed_over(tmp_path / "hive")
    assert len(outcome(tmp_path / "hive", BASE)) == 3


def test_a_damaged_file_is_said_in_words(tmp_path):
    path = tmp_path / "events.parquet"
    pq.write_table(clean(value=pa.array([1.0, 2.0, 3.0])), path, compression="zstd")
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(60) + content[64:])
    with pytest.raises(DataError, match=r"events\.parquet cannot be read"):
        read(path)


def test_a_guessed_schema_is_guessed_alike(caplog):
    table = clean(
        amount=pa.array([1.0, 2.0, 3.0]),
        note=pa.array(["x", "y", "x"]),
        closed_at=pa.array([None] * 3, pa.timestamp("us")),
    )
    table = table.rename_columns(["cust_id", "event_time", "type", "value", "amount", "note", "closed_at"])
    logs = [read_interactions(table, now=NOW)]
    with by_the_engine():
        logs.append(read_interactions(table, now=NOW))
    assert logs[0].events.equals(logs[1].events)
    assert logs[0].schema == logs[1].schema
    messages = [record.getMessage() for record in caplog.records if "guessed" in record.getMessage()]
    assert len(messages) == 2
    assert messages[0] == messages[1]


moments = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 1)), max_size=30)


@few
@given(moments, st.sampled_from(["as they are", "by time", "by customer"]), st.booleans())
def test_events_of_one_customer_at_one_instant_are_found_in_any_order(rows, order, text):
    if order != "as they are":
        rows = sorted(rows, key=lambda each: (each[1],) if order == "by time" else each)
    ids = [f"customer {who}" for who, *_ in rows] if text else [who for who, *_ in rows]
    times = {"timestamp": [when for _, when, _ in rows], "known_at": [known for *_, known in rows]}
    events = pa.table(
        {
            "customer_id": pa.array(ids, pa.string() if text else pa.int64()),
            **{name: pa.array(values, pa.timestamp("us")) for name, values in times.items()},
        }
    )
    alike = [i for i, one in enumerate(rows) if [(who, when) for who, when, _ in rows].count(one[:2]) > 1]
    assert shared(events, "timestamp").tolist() == alike
    assert shared(events, "timestamp", "known_at").tolist() == [i for i, one in enumerate(rows) if rows.count(one) > 1]


def test_a_frame_of_pandas_in_every_form_is_read_alike():
    frame = pd.DataFrame({"customer_id": [1, 2], "timestamp": pd.to_datetime(["2024-01-01", "2024-01-02"], utc=True)})
    frame["kind"] = pd.Categorical(["call", "visit"], categories=["visit", "call", "never"])
    frame["value"] = pd.array([1, None], dtype="Int64")
    assert not handed_over(frame)
    events = read(frame).store.events()
    assert events["kind"].combine_chunks().dictionary.to_pylist() == ["call", "visit"]
    assert events["value"].to_pylist() == [1.0, None]


def test_a_column_of_missing_numbers_breaks_no_rule():
    with by_the_engine():
        report = read_interactions(clean(value=pa.array([None] * 3, pa.float64())), BASE, now=NOW).validation
    assert {found.rows for found in report.findings} == {0}
