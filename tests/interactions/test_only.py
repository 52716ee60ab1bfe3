"""Reading some columns alone gives what reading all of them gives, in the same order."""

from __future__ import annotations

import logging

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Later, Schema, Source, narrowed, read_interactions
from cxchurn.interactions.schema._contradictions import check_schema

from .interaction_rows import NOW, row
from .typed_tables import KNOWN, LATER, SCHEMA, small_batches, tables

few = settings(max_examples=12, deadline=None)
DAY = np.datetime64("2024-01-01", "us")
ALL = [
    *(
        name
        for name in vars(LATER)
        if getattr(LATER, name) == name and name not in ("customer_id", "timestamp", "kind")
    ),
    "basket",
    "Group",
]
PLAIN = Schema(
    **{name: name for name in row()}, value="value", wait_s="wait_s", measures=("steps",), categories=("plan",)
)


def in_order(events, last):
    """Events by customer and instants, then by the columns that break ties; missing numbers last, other values first."""

    def key(each):
        first = [repr(each["customer_id"]), each["known_at"], each["timestamp"]]
        return first + [_key(each[name], events.schema.field(name).type) for name in last]

    return sorted(events.to_pylist(), key=key)


def _key(value, kind):
    number = pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return (value is None) == number, (value or 0.0 if number else value) if value is not None else 0


def content(events):
    return [name for name in sorted(events.column_names) if name not in ("customer_id", "known_at", "timestamp")]


def whole_and_some(table, schema, only, **options):
    options = {"now": NOW, "on_error": "quarantine"} | options
    return read_interactions(table, schema, **options), read_interactions(table, schema, only=only, **options)


@few
@given(
    tables(dirt=1, own_row=False),
    st.sampled_from([SCHEMA, KNOWN, LATER]),
    st.lists(st.sampled_from(ALL)),
    st.booleans(),
)
def test_some_columns_are_those_of_the_whole_in_the_same_order(table, schema, only, keep):
    schema = Schema(**{**vars(schema), "duplicates": "keep" if keep else "refuse"})
    only = [name for name in only if name != "known_at" or schema.known_at]
    try:
        with small_batches():
            whole, some = whole_and_some(table, schema, only)
    except DataError:
        return
    # what is not asked for may be left unchecked: only mistakes in what is asked for are sure to be found
    assume({found.column for found in whole.validation.broken} <= {"", *only, *row(), "known_at", "at"})
    names = [name for name in whole.events.column_names if name in (*only, *row(), "known_at", "later")]
    assert [name for name in some.events.column_names if name != "@tie"] == names
    assert some.events.select(names).equals(whole.events.select(names))
    assert some.roles == whole.roles & set(names)
    assert some.measures == tuple(name for name in whole.measures if name in only)
    assert some.categories == tuple(name for name in whole.categories if name in only)
    expected = [{name: each[name] for name in names} for each in in_order(whole.events, content(whole.events))]
    found = [{name: each[name] for name in names} for each in in_order(some.events, content(some.events))]
    assert repr(found) == repr(expected)


@few
@given(tables(dirt=0, own_row=False), st.lists(st.sampled_from(ALL)))
def test_some_columns_in_parts_are_those_in_memory(table, only):
    schema = Schema(**{**vars(LATER), "duplicates": "keep"})
    options = {"now": NOW, "only": only, "on_error": "quarantine"}
    try:
        whole = read_interactions(table, schema, **options)
    except DataError:
        return
    parts = read_interactions(table, schema, memory_limit="2KB", **options)
    assert parts.types == whole.types
    found = [each for part in range(len(parts.parts)) for each in parts.parts.read(part).to_pylist()]
    assert sorted(map(repr, found)) == sorted(map(repr, whole.events.to_pylist()))


def table(rows=6, *, tied=False):
    times = np.datetime64("2024-01-01", "us") + np.arange(rows) * (0 if tied else 1)
    return pa.table(
        {
            "customer_id": pa.array([1] * rows),
            "timestamp": pa.array(times),
            "kind": pa.array(["visit"] * rows),
            "value": pa.array([3.0, 1.0, 2.0, None, 1.0, 0.0][:rows]),
            "wait_s": pa.array(range(rows)),
            "steps": pa.array([5] * rows),
            "plan": pa.array(["x"] * rows),
        }
    )


def test_of_files_nothing_else_is_read(tmp_path, monkeypatch):
    path = tmp_path / "events.parquet"
    pq.write_table(table(), path)
    asked = []
    open_file = pq.ParquetFile.iter_batches

    def iter_batches(self, *args, columns, **options):
        asked.append(columns)
        return open_file(self, *args, columns=columns, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", iter_batches)
    log = read_interactions(path, PLAIN, now=NOW, only=("value", "plan"))
    assert asked == [["customer_id", "timestamp", "kind", "value", "plan"]]
    assert log.events.column_names == ["customer_id", "timestamp", "known_at", "kind", "value", "plan", "later"]
    assert (log.measures, log.categories, log.schema) == ((), ("plan",), PLAIN)
    # what is not read is not checked
    assert {found.column for found in log.validation.findings} == {"customer_id", "timestamp", "kind", "value", ""}


def test_events_of_one_instant_keep_the_order_of_all_columns(caplog):
    caplog.set_level(logging.DEBUG, "cxchurn")
    some = read_interactions(table(tied=True), PLAIN, now=NOW, only=["plan"])
    # by steps (all alike), then value: 0, 1, 1, 2, 3, none; the two ones by wait_s, which is 1 and 4
    assert some.events["@tie"].to_pylist() == [4.0, 1.0, 3.0, 5.0, 2.0, 0.0]
    assert "ordered by all columns" in caplog.text
    assert some.events.column_names == ["customer_id", "timestamp", "known_at", "kind", "plan", "later", "@tie"]
    assert some.measures == ()
    everything = read_interactions(table(tied=True), PLAIN, now=NOW, only=["plan", "value", "wait_s", "steps"])
    assert "@tie" not in everything.events.column_names


def test_events_of_two_sources_may_be_tied_too():
    sources = [Source(table(2), PLAIN), Source(table(2), Schema(**{**vars(PLAIN), "kind": None, "kind_is": "call"}))]
    log = read_interactions(sources, now=NOW, only=["plan"])
    # at each of two instants a call comes before a visit
    assert log.events["@tie"].to_pylist() == [1.0, 1.0, 0.0, 0.0]


def test_names_the_log_would_not_have_are_refused():
    with pytest.raises(UsageError, match=r"'valu'[\s\S]*did you mean 'value'"):
        read_interactions(table(), PLAIN, now=NOW, only=["valu"])
    with pytest.raises(UsageError, match=r"only=\('value',\)"):
        read_interactions(table(), PLAIN, now=NOW, only="value")
    guessed = read_interactions(table(), now=NOW, only=["steps", "later", "known_at"])
    assert guessed.measures == ("steps",)
    with pytest.raises(UsageError, match="'step'"):
        read_interactions(table(), now=NOW, only=["step"])


@pytest.mark.parametrize("only", ["score_type", "promised_at"])
def test_what_explains_a_later_value_goes_along_though_the_value_is_not_asked_for(only):
    """The score and the delivery came a day later: their events say of which survey, and for which promise."""
    rows = {"customer_id": "a", "timestamp": DAY, "kind": "visit", "score": 9.0, "score_type": "nps"}
    rows |= {"promised_at": DAY, "delivered_at": DAY, "at": DAY + np.timedelta64(1, "D")}
    table = pa.table({name: pa.array([value]) for name, value in rows.items()})
    later = (Later(at="at", columns=("score", "delivered_at")),)
    schema = Schema(**{name: name for name in rows if name != "at"}, later=later)
    whole, some = whole_and_some(table, schema, [only])
    assert [each[only] for each in some.events.to_pylist()] == [each[only] for each in whole.events.to_pylist()]
    assert len(some.events) == 2
    assert some.events[only][1].as_py() is not None


def test_what_is_said_of_columns_that_are_left_out_is_left_out_too():
    roles = {"customer_id": "who", "timestamp": "at", "kind_is": "call", "value": "paid"}
    said = {"percent": ("load",), "duration_unit": {"wait": "min"}}
    found = narrowed(Schema(**roles, wait_s="wait", measures=("load",), **said), frozenset({"kind", "value"}))
    check_schema(found)
    assert (found.value, found.wait_s, found.percent, found.duration_unit) == ("paid", None, (), {})
