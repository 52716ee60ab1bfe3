"""Clean typed data is read without the engine, and the log is the same."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Later, Schema, Source, fingerprint, read_interactions
from cxchurn.interactions.reading import _reading
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
def test_both_ways_read_the_same_log(table, schema):
    with by_the_engine():
        expected = outcome(table, schema)
    with small_batches():
        assert_same(outcome(table, schema), expected)


@settings(max_examples=6, deadline=None)
@given(tables(dirt=0, own_row=False), st.integers(1, 7))
def test_both_ways_read_the_same_log_from_files(tmp_path_factory, table, size):
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
    """Read one source and return its reading, which knows how it was read."""
    way = _reading.Way(np.datetime64(NOW, "us"), keep_refused=False, **options)
    return _reading.read_source(Source(table, schema), way)


def clean(**changed):
    start = np.datetime64("2024-05-01", "us")
    columns = {
        "customer_id": pa.array(["a", "b", "a"]),
        "timestamp": pa.array(start + np.arange(3)),
        "kind": pa.array(["visit", "call", "visit"]).dictionary_encode(),
        "value": pa.array([1.0, None, 2.0]),
    }
    return pa.table({**columns, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"value": pa.array([1, 2, 3], pa.uint16())},
        {"value": pa.array([1.0, float("nan"), -0.0], pa.float32())},
        {"customer_id": pa.array([1, 2, 1])},
        {"kind": pa.array([" visit", "visit ", "call"])},
        {
            "timestamp": pa.array(np.datetime64("2024-05-01", "ns") + np.arange(3) * 1000).cast(
                pa.timestamp("ns", "Asia/Tokyo")
            )
        },
        # one customer at one instant, but not the same row
        {"timestamp": pa.array([np.datetime64("2024-05-01", "us")] * 3)},
    ],
)
def test_clean_typed_data_is_read_without_the_engine(changed):
    assert read(clean(**changed)).quick
    assert read(clean(**changed).to_pandas()).quick
    buffer = io.BytesIO()
    pq.write_table(clean(**changed), buffer)
    assert read(pq.read_table(buffer)).quick


@pytest.mark.parametrize(
    "changed",
    [
        {"customer_id": pa.array(["a", " ", "b"])},
        {"customer_id": pa.array(["a", None, "b"])},
        {"customer_id": pa.array([1.0, 2.5, 3.0])},
        {"timestamp": pa.array([None, *[np.datetime64("2024-05-01", "us")] * 2])},
        {
            "timestamp": pa.array(
                [np.datetime64("2026-01-01T00:00:00.000001", "us"), *[np.datetime64("2024-05-01", "us")] * 2]
            )
        },
        {"timestamp": pa.array([1, 2, 3], pa.timestamp("ns"))},
        {"timestamp": pa.array(["2024-05-01"] * 3)},
        {"kind": pa.array(["visit", "", "call"])},
        {"value": pa.array([1.0, float("inf"), None])},
        {"value": pa.array(["1", "2", "3"])},
        # rows 1 and 3 are equal
        {"timestamp": pa.array([np.datetime64("2024-05-01", "us")] * 3), "value": pa.array([1.0, 1.0, 1.0])},
    ],
)
def test_where_a_row_may_break_a_rule_the_engine_looks_at_each(changed):
    assert not read(clean(**changed)).quick


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (Schema(**{**vars(BASE), "kinds": ("visit",)}), "a kind is unknown"),
        (
            Schema(**{**vars(BASE), "case_id": "kind", "later": (Later(at="timestamp", once_per="case_id"),)}),
            "one event a matter",
        ),
    ],
)
def test_what_the_quick_way_does_not_do_is_left_to_the_engine(schema, why):
    assert not read(clean(), schema).quick, why
    assert read(clean(), BASE).quick


def test_text_and_queries_are_left_to_the_engine(tmp_path):
    clean().to_pandas().to_csv(tmp_path / "events.csv", index=False)
    pq.write_table(clean(), tmp_path / "events.parquet")
    assert not read(tmp_path / "events.csv").quick
    assert read(tmp_path / "events.parquet").quick
    assert read(str(tmp_path / "*.parquet")).quick


def test_files_of_different_forms_are_left_to_the_engine(tmp_path):
    pq.write_table(clean(), tmp_path / "1.parquet")
    pq.write_table(clean(value=pa.array([1, 2, 3]), customer_id=pa.array(["c", "d", "e"])), tmp_path / "2.parquet")
    assert not read(tmp_path).quick
    hive = tmp_path / "hive" / "year=2024"
    hive.mkdir(parents=True)
    pq.write_table(clean(), hive / "1.parquet")
    assert not read(tmp_path / "hive").quick


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
    found = read(frame)
    assert found.quick
    events = found.store.events()
    assert events["kind"].combine_chunks().dictionary.to_pylist() == ["call", "visit"]
    assert events["value"].to_pylist() == [1.0, None]


def test_a_column_of_missing_numbers_breaks_no_rule():
    with by_the_engine():
        report = read_interactions(clean(value=pa.array([None] * 3, pa.float64())), BASE, now=NOW).validation
    assert {found.rows for found in report.findings} == {0}
