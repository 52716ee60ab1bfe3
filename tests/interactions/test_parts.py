"""A log larger than memory is in parts on disk, which together are the log."""

from __future__ import annotations

import gc
import os
import pickle
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import (
    Schema,
    Source,
    fingerprint,
    known_before,
    read_customers,
    read_interactions,
    with_events,
)
from cxchurn.interactions.store._memory import memory_of, parts_for

from .interaction_rows import NOW, row
from .typed_tables import KNOWN, LATER, SCHEMA, by_the_engine, small_batches, tables

few = settings(max_examples=12, deadline=None)
SMALL = Schema(**{name: name for name in row()}, value="value", case_id="case_id")


def small(rows=40, ids="text", **changed):
    """Events of ten customers in the order of time, each row with a case of its own."""
    who = np.arange(rows) % 10
    columns = {
        "customer_id": pa.array([f"c{i}" for i in who]) if ids == "text" else pa.array(who),
        "timestamp": pa.array(np.datetime64("2024-01-01", "us") + np.arange(rows) * 1_000_000),
        "kind": pa.array(["visit", "call"] * (rows // 2)),
        "value": pa.array([None, *range(1, rows)], pa.float64()),
        "case_id": pa.array([None, *map(str, range(1, rows))]),
    }
    return pa.table({**columns, **changed})


def read(data, schema=SMALL, **options):
    return read_interactions(data, schema, **{"now": NOW, "memory_limit": "4KB", **options})


def all_rows(log):
    """The events of all parts as a sorted list."""
    tables = [log.events] if log.parts is None else [log.parts.read(part) for part in range(len(log.parts))]
    return sorted(repr(each) for table in tables for each in table.to_pylist())


def outcome(*args, **options):
    """The log, or the text of the error."""
    try:
        return read_interactions(*args, **options)
    except DataError as error:
        return str(error)


def assert_same(parts, whole):
    assert parts.types == whole.types
    assert (len(parts), parts.ids, parts.roles, parts.start) == (len(whole), whole.ids, whole.roles, whole.start)
    assert (parts.measures, parts.categories) == (whole.measures, whole.categories)
    assert parts.observed_until == whole.observed_until
    assert parts.validation == whole.validation
    assert all_rows(parts) == all_rows(whole)
    assert fingerprint(parts) == fingerprint(whole)
    assert repr(parts) == repr(whole)


@few
@given(tables(dirt=1), st.sampled_from([SCHEMA, KNOWN, LATER]), st.sampled_from(["1KB", "20KB", "2GB"]), st.booleans())
def test_the_parts_together_are_the_log(table, schema, limit, engine):
    options = {"now": NOW, "on_error": "quarantine"}
    whole = outcome(table, schema, **options)
    with by_the_engine() if engine else small_batches():
        parts = outcome(table, schema, memory_limit=limit, **options)
    if isinstance(whole, str):
        assert parts == whole
        return
    assert len(parts.parts) == 1 or limit != "2GB"
    assert_same(parts, whole)
    moment = "2024-01-05T12:00:00"
    earlier, before = known_before(parts, moment), known_before(whole, moment)
    assert (len(earlier), fingerprint(earlier), repr(earlier)) == (len(before), fingerprint(before), repr(before))


@pytest.mark.parametrize("ids", ["text", "integer"])
def test_a_customer_is_in_one_part_in_canonical_form(ids):
    with small_batches():
        log = read(small(ids=ids))
    # 40 rows of 5 columns of 8 bytes are 1,600; a part is to have 4,000 / 32 = 125 of them
    assert len(log.parts) == 13
    assert log.parts.rows == tuple(log.parts.read(part).num_rows for part in range(13))
    homes: dict = {}
    for part in range(len(log.parts)):
        table = log.parts.read(part)
        assert table.schema == log.types
        assert table["timestamp"].to_pylist() == sorted(table["timestamp"].to_pylist())
        for name in ("kind", "case_id"):
            levels = table[name].combine_chunks().dictionary.to_pylist() if table.num_rows else []
            assert levels == sorted(set(table[name].to_pylist()) - {None})
        for who in set(table["customer_id"].to_pylist()):
            assert homes.setdefault(who, part) == part
    assert len(homes) == 10


def test_columns_are_read_alone_and_by_many_at_a_time():
    log = read(small(400))
    parts = range(len(log.parts))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: log.parts.read(part, ["value", "customer_id"]), [*parts, *parts]))
    for part, table in zip([*parts, *parts], found, strict=True):
        assert table.equals(log.parts.read(part).select(["value", "customer_id"]))
    with pytest.raises(UsageError, match="did you mean 'value'"):
        log.parts.read(0, ["valu"])


def test_copies_are_found_in_whatever_part_they_are():
    table = small(40)
    twice = pa.concat_tables([table, table[20:23]])
    for limit in ("1KB", "2GB"):
        with pytest.raises(DataError, match="3 x duplicate"):
            read(twice, memory_limit=limit)
        log = read(twice, memory_limit=limit, on_error="quarantine")
        assert (len(log), log.refused.num_rows) == (40, 3)
    assert len(read(twice, Schema(**{**vars(SMALL), "duplicates": "keep"}))) == 43


def test_several_sources_are_divided_together(tmp_path):
    calls = small(20).drop_columns(["case_id"])
    calls.to_pandas().to_csv(tmp_path / "calls.csv", index=False)
    pq.write_table(small(30, value=pa.array([float("inf"), *range(29)])), tmp_path / "visits.parquet")
    sources = [
        Source(tmp_path / "calls.csv", Schema(**{**vars(SMALL), "case_id": None})),
        Source(tmp_path / "visits.parquet", SMALL),
        Source(small(10), Schema(**{**vars(SMALL), "value": None, "measures": {"worth": "value"}})),
    ]
    whole = read_interactions(sources, now=NOW, on_error="quarantine")
    parts = read_interactions(sources, now=NOW, on_error="quarantine", memory_limit="4KB")
    # the first of the visits is infinite
    assert (len(parts), parts.validation.rows_refused) == (59, 1)
    assert_same(parts, whole)
    assert parts.refused.equals(whole.refused)


def test_a_log_in_parts_says_what_it_cannot_do_and_does_the_rest():
    customers = read_customers(pa.table({"customer_id": ["c1", "c2", "z"], "plan": ["x", "y", "x"]}))
    log = read(small(), customers=customers)
    with pytest.raises(UsageError, match=r"in 13 parts on disk.*\n?.*log.parts.read"):
        _ = log.events
    # ten customers, of which two have attributes
    assert log.without_attributes == 8
    assert "40 interactions of 10 customers" in repr(log)
    changed = with_events(log, log.parts.read(0))
    assert changed.parts is None
    assert len(changed) == log.parts.rows[0]
    early = known_before(log, "2024-01-01T00:00:05")
    assert (len(early), len(known_before(early, "2024-01-01T00:00:03"))) == (5, 3)
    assert len(known_before(known_before(log, "2024-01-01T00:00:03"), "2024-01-01T00:00:05")) == 3
    assert known_before(log, "2020-01-01").start is None


def test_a_log_in_memory_has_no_parts_and_takes_ids_in_both_forms():
    log = read(small(), memory_limit=None)
    assert log.parts is None
    assert log.types == log.events.schema
    plain = log.events.set_column(0, "customer_id", log.events["customer_id"].cast(pa.string()))
    assert with_events(log, plain).events.equals(log.events)
    some = log.events.filter(pc.equal(log.events["customer_id"], "c3"))
    assert with_events(log, some).events["customer_id"].combine_chunks().dictionary.to_pylist() == ["c3"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_files_are_gone_when_the_log_is(place):
    log = read(small())
    early = known_before(log, "2024-01-01T00:00:05")
    folder = log.parts.folder
    assert folder.parent == place
    travelled = pickle.loads(pickle.dumps(log))
    assert all_rows(travelled) == all_rows(log)
    del travelled
    gc.collect()
    assert folder.exists()
    del log
    gc.collect()
    assert len(all_rows(early)) == 5
    del early
    gc.collect()
    assert list(place.iterdir()) == []


def test_nothing_stays_behind_where_reading_fails(place):
    dirty = small(value=pa.array([float("inf")] * 40))
    with pytest.raises(DataError, match="number_infinite"):
        read(dirty)
    with pytest.raises(DataError, match="no column"):
        read(dirty.drop_columns(["kind"]))
    gc.collect()
    assert [each for each in place.iterdir() if any(each.iterdir())] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_said(place):
    place.chmod(0o500)
    with pytest.raises(UsageError, match="TMPDIR"):
        read(small())


def test_a_disk_that_fails_is_said(place, monkeypatch):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxchurn.interactions.store._dividing.Folder.write", full)
    with pytest.raises(UsageError, match=r"No space left on device[\s\S]*TMPDIR"):
        read(small())
    assert list(Path(place).iterdir()) == []


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2_000_000_000), ("1.5 kb", 1500), ("512MiB", 2**29), ("1TB", 10**12), ("3gib", 3 * 2**30)],
)
def test_memory_is_said_with_a_unit(text, size):
    assert memory_of(text) == size


@pytest.mark.parametrize("wrong", [2, "2", "GB", "2 horses", "-1GB", "0GB", "", 1.5])
def test_memory_without_a_unit_is_refused(wrong):
    with pytest.raises(UsageError, match="memory_limit is"):
        read(small(), memory_limit=wrong)


def test_a_part_is_a_thirty_second_of_the_memory():
    # 8 columns of 8 bytes: a million rows are 64 MB, and 2 GB / 32 are 62.5 MB
    assert parts_for(1_000_000, 8, 2_000_000_000) == 2
    assert parts_for(1, 8, 2_000_000_000) == 1
    assert parts_for(10**12, 8, 1000) == 4096
