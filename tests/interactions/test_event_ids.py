"""Repeats of one event are read once, contradictions are refused, and no id leaves the reader."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import (
    Later,
    Query,
    Schema,
    Source,
    fingerprint,
    guess_schema,
    read_interactions,
    validate_interactions,
)
from cxchurn.interactions.reading import _engine

from .interaction_rows import NOW, row
from .typed_tables import KNOWN, LATER, SCHEMA, by_the_engine, small_batches, tables

few = settings(max_examples=15, deadline=None)
PLAIN = {name: name for name in row()}
NAMED = Schema(**PLAIN, value="value", event_id="event")
# rows 0 and 3 are one event, row 1 is another one that is merely alike; 2 and 4 contradict each other in the customer,
# 5 and 6 in the value; 7 and 8 have no id and are equal in all columns, 9 but for the note
ROWS = [
    row(event="e1", value=1.0, note="x"),
    row(event="e2", value=1.0, note="x"),
    row("b", event="e3", value=1.0, note="x"),
    row(event="e1", value=1.0, note="loaded again"),
    row("c", event="e3", value=1.0, note="x"),
    row("d", event="e4", value=1.0, note="x"),
    row("d", event="e4", value=None, note="x"),
    row("e", event=None, value=2.0, note="x"),
    row("e", event=None, value=2.0, note="x"),
    row("e", event=None, value=2.0, note="y"),
]
KEPT, REFUSED = ["a", "a", "e", "e"], ["b", "c", "d", "d", "e"]


def named(schema: Schema) -> Schema:
    return Schema(**{**vars(schema), "event_id": "event"})


def customers(log):
    events = [log.events] if log.parts is None else [log.parts.read(part) for part in range(len(log.parts))]
    return sorted(who for part in events for who in part["customer_id"].to_pylist())


def entrances(frame: pd.DataFrame, folder):
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, folder / "t.parquet")
    frame.to_csv(folder / "t.csv", index=False)
    frame.to_json(folder / "t.jsonl", orient="records", lines=True)
    frame[:5].to_csv(folder / "half1.csv", index=False)
    frame[5:].to_csv(folder / "half2.csv", index=False)
    yield from (frame, table, pl.from_arrow(table), pl.from_arrow(table).lazy())
    yield from (folder / name for name in ("t.parquet", "t.csv", "t.jsonl"))
    yield str(folder / "half*.csv")
    yield pa.RecordBatchReader.from_batches(table.schema, table.to_batches(3))
    yield Query(f"select * from '{folder / 't.parquet'}'")
    yield duckdb.connect().from_arrow(table)


@pytest.mark.parametrize("memory", [None, "4KB"])
@pytest.mark.sampled(2)
def test_by_every_way_in_each_row_is_kept_refused_or_a_repeat(memory, tmp_path, monkeypatch):
    # of such a limit the engine makes too little to open JSON with; it is the parts that are wanted
    monkeypatch.setattr(_engine, "_LEAST", 512)
    for data in entrances(pd.DataFrame(ROWS), tmp_path):
        log = read_interactions(data, NAMED, now=NOW, on_error="quarantine", memory_limit=memory)
        counts = log.validation
        assert (counts.rows_read, counts.rows_kept, counts.rows_refused, counts.rows_repeated) == (10, 4, 5, 1)
        assert (customers(log), log.refused["customer_id"].to_pylist()) == (KEPT, REFUSED)
        rules = ["event_id_contradicted(event_id)"] * 4 + ["duplicate"]
        assert log.refused["rule"].to_pylist() == rules
        assert "repeats: 1 rows" in repr(log)


def test_contradictions_are_shown_side_by_side_with_what_they_differ_in(tmp_path):
    frame = pd.DataFrame(ROWS)
    for data in (frame, next(x for x in entrances(frame, tmp_path) if str(x).endswith("t.csv"))):
        with pytest.raises(DataError) as error:
            read_interactions(data, NAMED, now=NOW)
        text = " ".join(str(error.value).split())
        assert "10 rows read, 4 kept, 5 refused, 1 repeated." in text
        assert "4 x event_id_contradicted (event_id): rows of one event_id say different things" in text
        assert "(they differ in customer_id, value)" in text
        places = [text.index(f"row {place}: event=e") for place in (3, 5, 6, 7)]
        assert places == sorted(places)
        assert "1 x event_id_repeated" in text
        assert "a correction is a row with an event_id and a known_at of its own" in text


def test_rows_of_different_ids_are_different_events_however_alike(read):
    assert len(read([row(event=k) for k in (1, 2, 3)], Schema(**PLAIN, event_id="event"))) == 3


@pytest.mark.parametrize("duplicates", ["refuse", "keep"])
def test_what_is_said_of_copies_is_said_of_rows_without_an_id(read, duplicates):
    rows = [row(event=1), row(event=1), row(event=None), row(event=None)]
    schema = Schema(**PLAIN, event_id="event", duplicates=duplicates)
    log = read(rows, schema, on_error="quarantine")
    # one event of two rows, and one or two of the rows without an id
    refused = int(duplicates == "refuse")
    assert (len(log), log.validation.rows_repeated, log.validation.rows_refused) == (3 - refused, 1, refused)


def test_an_id_is_one_of_its_source(read):
    sources = [Source(pd.DataFrame([row(who, event=1)]), Schema(**PLAIN, event_id="event")) for who in "ab"]
    assert len(read_interactions(sources, now=NOW)) == 2


def test_of_repeats_the_one_known_first_stands(read):
    schema = Schema(**PLAIN, event_id="event", known_at="loaded")
    days = ("2024-05-04", "2024-05-02", "2024-05-03")
    log = read([row(event=1, loaded=day) for day in days], schema)
    assert (len(log), log.validation.rows_repeated) == (1, 2)
    assert str(log.events["known_at"][0]) == "2024-05-02 00:00:00"
    # without a time it was known when it happened
    log = read([row(event=1, loaded=day) for day in (*days, None)], schema)
    assert str(log.events["known_at"][0]) == "2024-05-01 10:00:00"


def test_a_correction_is_a_row_of_its_own(read):
    schema = Schema(**PLAIN, value="value", event_id="event", known_at="known")
    paid = row(event=1, value=10.0, known=None)
    log = read([paid, row(event=2, value=-2.0, known="2024-05-09")], schema)
    assert log.events["value"].to_pylist() == [10.0, -2.0]
    log = read(
        [paid, row("b", event=3, value=1.0), {**paid, "value": 8.0, "known": "2024-05-09"}],
        schema,
        on_error="quarantine",
    )
    assert log.refused["event"].to_pylist() == [1, 1]


def test_what_became_known_later_is_a_part_of_what_a_row_says(read):
    schema = Schema(**PLAIN, event_id="event", resolved="ok", later=(Later(at="done", columns=("resolved",)),))
    closed = row(event=1, ok=True, done="2024-05-02")
    log = read([closed, closed], schema)
    assert (log.events["kind"].to_pylist(), log.validation.rows_repeated) == (["visit", "done"], 1)
    opened = row("b", event=2, ok=None, done=None)
    log = read([closed, opened, {**opened, "ok": True, "done": "2024-05-02"}], schema, on_error="quarantine")
    assert log.refused["customer_id"].to_pylist() == ["b", "b"]
    assert "they differ in ok, done" in log.validation.broken[0].says


def test_rows_that_break_another_rule_contradict_nobody(read):
    rows = [row(event=1, value="x"), row(event=1, value="2"), row(event=1, value="2.0")]
    log = read(rows, NAMED, on_error="quarantine")
    assert (log.refused["rule"].to_pylist(), log.validation.rows_repeated) == (["number_unreadable(value)"], 1)
    assert log.events["value"].to_pylist() == [2.0]


@pytest.mark.parametrize(
    ("ids", "repeats"),
    [
        ([7, 8, 7], 1),
        ([7.0, None, 8.0, 7.0], 1),
        (["7", " 7", "07", "7.5"], 1),
        # all of them whole numbers, as a column is that once had a gap
        (["7", "7.0", "8"], 1),
        (["NULL", "", None, "n/a"], 0),
        (pd.array([2**64 - 1, 2**64 - 2, 2**64 - 1], "UInt64"), 1),
        (pd.Categorical(["x", "y", "x"]), 1),
    ],
)
@pytest.mark.parametrize("engine", [False, True])
def test_ids_are_told_apart_to_the_last_figure(ids, repeats, engine):
    frame = pd.DataFrame([row()] * len(ids)).assign(event=ids)
    schema = Schema(**PLAIN, event_id="event", duplicates="keep")
    with by_the_engine() if engine else small_batches():
        log = read_interactions(frame, schema, now=NOW)
    assert (log.validation.rows_repeated, len(log)) == (repeats, len(ids) - repeats)


def test_an_id_that_cannot_be_told_from_its_neighbours_is_refused(read):
    rows = [row(event=1.0), row("b", event=2.5), row("c", event=float(2**53))]
    log = read(rows, Schema(**PLAIN, event_id="event"), on_error="quarantine")
    assert log.refused["rule"].to_pylist() == ["event_id_unreadable(event_id)"] * 2
    with pytest.raises(DataError, match=r"cannot be read as event_id \(id\)"):
        read([row(event=True)], Schema(**PLAIN, event_id="event"))


NUMBERS = (pa.int16(), pa.uint64(), pa.float64())
TEXTS = (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()))


@st.composite
def repeated(draw):
    """A clean table with an id a row; the same with some rows again; and how many more it has."""
    table = draw(tables(dirt=0, own_row=False))
    kind = draw(st.sampled_from(NUMBERS + TEXTS))
    ids = draw(st.permutations(range(table.num_rows)))
    column = pa.array([f"event {k}" for k in ids] if kind in TEXTS else ids)
    column = column.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else column.cast(kind)
    table = table.append_column("event", column)
    again = draw(st.lists(st.integers(0, table.num_rows - 1), max_size=20))
    order = draw(st.permutations([*range(table.num_rows), *again]))
    return table, pa.concat_tables([table.slice(k, 1) for k in order]), len(again)


@few
@given(repeated(), st.sampled_from([SCHEMA, KNOWN, LATER]), st.sampled_from([None, "1KB"]), st.booleans())
def test_a_log_whose_rows_came_again_is_the_log(found, schema, memory, engine):
    table, more, count = found
    try:
        once = read_interactions(table, Schema(**{**vars(schema), "duplicates": "keep"}), now=NOW)
    except DataError:
        return
    with by_the_engine() if engine else small_batches():
        log = read_interactions(more, named(schema), now=NOW, memory_limit=memory)
        same = read_interactions(table, named(schema), now=NOW)
    assert same.events.equals(once.events)
    assert (log.validation.rows_read, log.validation.rows_repeated) == (table.num_rows + count, count)
    assert log.validation.ok
    assert fingerprint(log) == fingerprint(once)
    assert (log.types, log.roles, log.observed_until) == (once.types, once.roles, once.observed_until)
    assert log.types.names.count("event_id") == 0


SAID = {
    "customer_id": ("a", "b"),
    "timestamp": tuple(np.datetime64(day, "us").item() for day in ("2024-05-01", "2024-05-02")),
    "kind": ("visit", "call"),
    "value": (1.0, 2.0, None),
    "done": tuple(np.datetime64(day, "us").item() for day in ("2024-06-01", "2024-06-02")),
    "event": tuple(range(4)),
}


@few
@given(
    st.lists(st.tuples(*map(st.sampled_from, SAID.values())), min_size=1, max_size=20),
    st.sampled_from([None, "1KB"]),
    st.booleans(),
)
def test_an_id_that_says_one_thing_is_one_event_and_one_that_says_more_is_refused(rows, memory, engine):
    table = pa.Table.from_pylist([dict(zip(SAID, each, strict=True)) for each in rows])
    schema = Schema(**PLAIN, value="value", event_id="event", later=(Later(at="done"),))
    said = {each[-1]: {other for other in rows if other[-1] == each[-1]} for each in rows}
    good = [next(iter(what))[0] for what in said.values() if len(what) == 1]
    refused = sum(len(said[each[-1]]) > 1 for each in rows)
    with by_the_engine() if engine else small_batches():
        found = validate_interactions(table, schema, now=NOW)
        counts = (found.rows_read, found.rows_kept, found.rows_refused, found.rows_repeated)
        assert counts == (len(rows), len(good), refused, len(rows) - len(good) - refused)
        if good:
            log = read_interactions(table, schema, now=NOW, on_error="quarantine", memory_limit=memory)
            # the event and the one made of what was known later
            assert customers(log) == sorted(good * 2)
            assert log.refused.num_rows == refused


@pytest.mark.parametrize("memory", [None, "1KB"])
def test_rows_of_one_id_are_found_whoever_their_customers_are(memory):
    table = pa.table(
        {
            "customer_id": [f"c{k % 7}" for k in range(40)],
            "timestamp": pa.array(np.datetime64("2024-01-01", "us") + np.arange(40)),
            "kind": ["visit"] * 40,
            "value": np.arange(40.0),
            "event": [f"e{k}" for k in range(40)],
        }
    )

    def refused(ids):
        found = table.set_column(4, "event", pa.array(ids))
        with small_batches():
            log = read_interactions(found, NAMED, now=NOW, memory_limit=memory, on_error="quarantine")
        assert len(log) == 40 - log.refused.num_rows
        return log.refused["value"].to_pylist()

    assert refused([f"e{k}" for k in range(40)]) == []
    assert refused([None, *range(39)]) == []
    # of two customers, who are in different parts; the first and the last row
    assert refused([f"e{k % 39}" for k in range(40)]) == [0.0, 39.0]
    assert refused([k % 39 for k in range(40)]) == [0.0, 39.0]
    assert refused(["NULL", *map(str, range(39))]) == []


def test_of_some_columns_alone_each_event_is_read_once_too():
    frame = pd.DataFrame(ROWS[:2] + ROWS[3:4])
    log = read_interactions(frame, NAMED, now=NOW, only=["value"])
    assert (len(log), log.validation.rows_repeated, log.events["value"].to_pylist()) == (2, 1, [1.0, 1.0])
    clean = frame[:2].assign(timestamp=pd.to_datetime(["2024-05-01", "2024-05-02"]))
    assert len(read_interactions(clean, NAMED, now=NOW, only=["value"])) == 2
    with pytest.raises(UsageError, match="names what the log would not have: 'event_id'"):
        read_interactions(clean, NAMED, now=NOW, only=["event_id"])


def test_numbering_the_events_anew_changes_nothing(read):
    later = (Later(at="done", columns=("resolved",), once_per="case_id"),)
    schema = Schema(**PLAIN, case_id="case", resolved="ok", touchpoint="where", event_id="event", later=later)
    rows = [row(case="K", ok=True, done="2024-05-02", where=where) for where in ("web", "app", "shop")]
    logs = [
        read([{**each, "event": k} for each, k in zip(rows, ids, strict=True)], schema)
        for ids in ((1, 2, 3), (9, 5, 1))
    ]
    assert logs[0].events.equals(logs[1].events)


@pytest.mark.parametrize(
    ("columns", "distinct", "rows", "expected"),
    [
        ({"event_id": "text"}, None, None, "event_id"),
        ({"interaction_id": "integer"}, None, None, None),
        ({"interaction_id": "integer"}, {"interaction_id": 50}, 50, "interaction_id"),
        # the number of a kind of event, and not of an event
        ({"event_id": "integer"}, {"event_id": 4}, 50, None),
        ({"ticket_id": "text"}, {"ticket_id": 50}, 50, None),
    ],
)
def test_an_id_of_events_is_guessed_where_each_row_has_its_own(columns, distinct, rows, expected):
    base = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    schema = guess_schema({**base, **columns}, distinct=distinct, rows=rows)
    assert (schema.event_id, schema.measures, schema.categories) == (expected, (), ())


def test_without_a_schema_ids_are_found_though_rows_came_again(caplog):
    frame = pd.DataFrame([row(interaction_id=1), row(interaction_id=2), row(interaction_id=1)])
    log = read_interactions(frame, now=NOW)
    assert (len(log), log.schema.event_id, log.validation.rows_repeated) == (2, "interaction_id", 1)
    assert "interaction_id as event_id" in caplog.text


def test_a_schema_keeps_it_in_a_file_and_refuses_what_it_cannot_be(tmp_path):
    (tmp_path / "s.toml").write_text(NAMED.to_toml())
    assert Schema.from_toml(tmp_path / "s.toml") == NAMED
    for wrong in ({"categories": ("event_id",)}, {"later": (Later(at="done", columns=("event_id",)),)}):
        with pytest.raises(UsageError, match=r"name of a role|known from the start"):
            read_interactions(pd.DataFrame(ROWS), Schema(**PLAIN, event_id="event", **wrong))
    (tmp_path / "t.toml").write_text(NAMED.to_toml().replace("event_id", "event_di"))
    with pytest.raises(UsageError, match="did you mean 'event_id'"):
        Schema.from_toml(tmp_path / "t.toml")
