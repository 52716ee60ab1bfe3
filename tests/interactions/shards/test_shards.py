"""Reading sources in shards of customers finds what reading all rows at once finds."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Schema, Source, fingerprint, read_interactions, with_events
from cxchurn.interactions.shards import Sharding, ShardReport, outline_of, read_shard, refused_in_shard, sharding_of

NOW = np.datetime64("2025-01-01", "us")
SCHEMA = Schema(customer_id="who", timestamp="when", kind="what", value="amount", categories=("shop",))
NAMES = ("who", "when", "what", "amount", "shop")


def table_of(*rows: tuple[str | None, ...]) -> pa.Table:
    return pa.table([pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)], names=list(NAMES))


def spelled(who: str | None) -> str:
    """A customer's id whatever its spelling: rows of one customer come into one shard."""
    return (who or "").strip().removesuffix(".0")


def read_in_shards(
    table: pa.Table, shards: dict[str, int], count: int = 3
) -> tuple[list[pa.Table], ShardReport, Sharding, int]:
    """Read a table shard by shard as often as it takes, and return the events, what was found, and how often it took."""
    about = sharding_of(["the Table"], [SCHEMA], [table.schema], NOW)
    which = np.array([shards[spelled(who)] for who in table["who"].to_pylist()])
    # what is meant by zones and commas decides which rows are kept, and those decide whether all ids are whole numbers
    for times in (1, 2, 3):
        read = [read_shard([table.filter(pa.array(which == k))], about) for k in range(count)]
        report = reduce(add, (found for _, found in read))
        if all(one.read_alike for one in report.sources):
            return [log.events for log, _ in read], report, about, times
        about = replace(about, conventions=tuple(one.conventions for one in report.sources))
    raise AssertionError("read three times, and still not by what all rows say")


CELLS = st.tuples(
    st.sampled_from(["7", "7.0", " 8", "9", "C1", "guest", None, "nan"]),
    st.sampled_from(["2024-03-01 10:00", "2024-03-01T10:00:00Z", "2024-05-02", "2031-01-01", "soon", None]),
    st.sampled_from(["purchase", "Purchase", "call", None]),
    st.sampled_from(["1.234", "12", "", "many", "inf"]),
    st.sampled_from(["Bern", "bern ", "Thun", None]),
)


@settings(max_examples=6, deadline=None)
@given(rows=st.lists(CELLS, min_size=1, max_size=12), places=st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_shards_find_together_what_one_reader_finds(rows, places) -> None:
    table = table_of(*rows)
    shards = dict(zip(sorted({spelled(row[0]) for row in rows}), places, strict=False))
    events, report, about, _ = read_in_shards(table, shards)
    try:
        whole = read_interactions(table, SCHEMA, on_error="quarantine", now=NOW)
    except DataError:  # no row is left
        assert report.events == 0
        return
    (source,) = report.sources
    assert {(one.rule, one.column): one.rows for one in source.findings} == {
        (one.rule, one.column): one.rows for one in whole.validation.findings
    }
    outline = outline_of(report, about, on_error="quarantine")
    assert len(outline) == len(whole)
    assert (outline.start, outline.observed_until, outline.ids) == (whole.start, whole.observed_until, whole.ids)
    assert outline.types == whole.types
    assert (outline.arrivals[0].counts, sorted(outline.validation.notes)) == (
        whole.arrivals[0].counts,
        sorted(whole.validation.notes),
    )
    assert outline.validation.rows_refused == whole.validation.rows_refused
    together = with_events(whole, pa.concat_tables(events).unify_dictionaries())
    assert fingerprint(together)["sha256"] == fingerprint(whole)["sha256"]


# each of these says in one shard how a text of the other shard is meant
SAYS = {
    "a zone": (("a", "2024-03-01T10:00:00Z", "call", "1", "x"), ("b", "2024-03-01T10:00:00", "call", "1", "x"), 1),
    "no number": (("a", "2024-03-01", "call", "1", "x"), ("7.0", "2024-03-01", "call", "1", "x"), 0),
}


@pytest.mark.parametrize("case", SAYS)
def test_what_one_shard_says_holds_in_the_others(case: str) -> None:
    first, second, refused = SAYS[case]
    table = table_of(first, second)
    events, report, _, times = read_in_shards(table, {spelled(first[0]): 0, spelled(second[0]): 1})
    assert times == 2
    assert report.sources[0].rows_refused == refused
    if case == "no number":  # "a" is none, so "7.0" stays as it is written
        assert sorted(pa.concat_tables(events)["customer_id"].to_pylist()) == ["7.0", "a"]


def test_a_decimal_comma_in_one_shard_refuses_the_column_in_words() -> None:
    first, second = ("a", "2024-03-01", "call", "1,5", "x"), ("b", "2024-03-01", "call", "1.234", "x")
    with pytest.raises(DataError, match="not written plainly"):
        read_in_shards(table_of(first, second), {"a": 0, "b": 1})


def test_whole_numbers_with_a_point_are_read_so_where_all_ids_are_whole_numbers() -> None:
    table = table_of(("7.0", "2024-03-01", "call", "1", "x"), ("8", "2024-03-01", "call", "1", "x"))
    events, _, _, times = read_in_shards(table, {"7": 0, "8": 1})
    assert times == 1  # the shard of "7.0" alone says so already
    assert sorted(pa.concat_tables(events)["customer_id"].to_pylist()) == ["7", "8"]


def test_refused_rows_come_back_as_they_were_with_all_columns() -> None:
    table = table_of(
        ("a", "2024-03-01", "call", "1", "x"), ("b", "soon", "call", "many", "y"), ("a", "2024-03-01", "call", "1", "x")
    )
    table = table.append_column("note", pa.array([["first"], ["second"], ["first"]]))
    about = sharding_of(["the Table"], [SCHEMA], [table.schema], NOW)
    found = refused_in_shard(table, about, 0)
    assert found.column_names == [*NAMES, "note", "rule"]
    # of the two equal rows one is a copy
    assert {row["note"][0]: set(row["rule"].split(", ")) for row in found.to_pylist()} == {
        "first": {"duplicate"},
        "second": {"time_unreadable(timestamp)", "number_unreadable(value)"},
    }


def test_no_row_is_refused_of_a_clean_shard_nor_of_an_empty_one() -> None:
    table = table_of(("a", "2024-03-01", "call", "1", "x"))
    about = sharding_of(["the Table"], [SCHEMA], [table.schema], NOW)
    for some in (table, table.slice(0, 0)):
        assert refused_in_shard(some, about, 0).num_rows == 0


BEGIN = 1_704_067_200_000_000


def test_a_source_without_rows_in_a_shard_has_its_columns_there() -> None:
    orders = pa.table({"id": [1, 2], "at": pa.array([BEGIN, BEGIN + 1], pa.timestamp("us")), "sum": [1.0, 2.0]})
    calls = pa.table({"id": [1], "at": pa.array([BEGIN + 5], pa.timestamp("us")), "wait": [30.0]})
    schemas = [
        Schema(customer_id="id", timestamp="at", kind_is="order", value="sum"),
        Schema(customer_id="id", timestamp="at", kind_is="call", wait_s="wait"),
    ]
    about = sharding_of(["orders", "calls"], schemas, [orders.schema, calls.schema], NOW)
    log, found = read_shard([orders.slice(1), calls.slice(0, 0)], about)
    whole = read_interactions([Source(orders, schemas[0]), Source(calls, schemas[1])], now=NOW)
    assert log.types == whole.types
    assert (found.events, found.customers, found.largest) == (1, 1, 1)


def test_columns_are_missed_before_a_row_is_read() -> None:
    with pytest.raises(DataError, match="orders has no column 'amount'"):
        sharding_of(["orders"], [SCHEMA], [pa.schema([(name, pa.string()) for name in NAMES if name != "amount"])], NOW)
