"""Yes and no in the words of a log, and lengths of time in its units: read alike whatever they come in."""

from __future__ import annotations

import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Schema, guess_schema, read_interactions
from cxchurn.interactions.log._fingerprint import fingerprint
from cxchurn.interactions.rows._reading import RowReader

from .interaction_rows import NOW
from .typed_tables import by_the_engine

ROLES = {"customer_id": "who", "timestamp": "at", "kind_is": "call", "wait_s": "wait", "resolved": "done"}
SCHEMA = Schema(**ROLES, yes=("Ja", "x"), no=("nein", "-"), duration_unit="min", duration_s="talk")
ROWS = [
    # 1.5 minutes are 90 s; a length of time that says its unit is left as it is
    ("a", "2024-01-01", 1.5, "2 min", "JA"),
    ("b", "2024-01-02", 0.0, "1:00:05", " Nein "),
    # "-" is a no here, though elsewhere it means that there is nothing; the usual words still hold
    ("c", "2024-01-03", None, "7", "-"),
    ("d", "2024-01-04", 12.25, "", "yes"),
    ("e", "2024-01-05", 1.0, "0.5", None),
    ("f", "2024-01-06", 1.0, "PT1M", "X"),
]
WAIT = [90.0, 0.0, None, 735.0, 60.0, 60.0]
TALK = [120.0, 3605.0, 420.0, None, 30.0, 60.0]
DONE = [True, False, False, True, None, True]
TABLE = pa.Table.from_pylist([dict(zip(("who", "at", "wait", "talk", "done"), row, strict=True)) for row in ROWS])
WAYS = {
    "arrow": lambda folder: TABLE,
    "pandas": lambda folder: TABLE.to_pandas(),
    "polars": lambda folder: pl.from_arrow(TABLE),
    "csv": lambda folder: _csv(folder),
    "parquet": lambda folder: _parquet(folder),
    "json lines": lambda folder: _lines(folder),
}


def _csv(folder):
    TABLE.to_pandas().to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


def _parquet(folder):
    pq.write_table(TABLE, folder / "log.parquet")
    return folder / "log.parquet"


def _lines(folder):
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in TABLE.to_pylist()))
    return folder / "log.jsonl"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.sampled(3)
def test_words_and_units_are_read_alike_from_everything(way, tmp_path):
    events = read_interactions(WAYS[way](tmp_path), SCHEMA, now=NOW).events.sort_by("timestamp")
    assert events["wait_s"].to_pylist() == WAIT
    assert events["duration_s"].to_pylist() == TALK
    assert events["resolved"].to_pylist() == DONE


@pytest.mark.parametrize("way", ["arrow", "csv", "parquet"])
@pytest.mark.sampled(3)
def test_words_and_units_are_read_alike_in_parts_and_by_the_engine(way, tmp_path):
    given = WAYS[way](tmp_path)
    whole = fingerprint(read_interactions(given, SCHEMA, now=NOW))
    assert fingerprint(read_interactions(given, SCHEMA, now=NOW, memory_limit="4KB")) == whole
    with by_the_engine():
        assert fingerprint(read_interactions(given, SCHEMA, now=NOW)) == whole


def test_words_and_units_are_read_alike_one_row_at_a_time():
    read = [event.values for row in RowReader(SCHEMA).read(TABLE.to_pylist()) for event in row.events]
    assert [one.get("wait_s") for one in read] == WAIT
    assert [one.get("duration_s") for one in read] == TALK
    assert [one.get("resolved") for one in read] == DONE


@pytest.mark.parametrize(
    ("unit", "seconds"), [("ms", 0.007), ("s", 7.0), ("min", 420.0), ("h", 25_200.0), ("D", 604_800.0)]
)
def test_a_unit_may_be_that_of_one_column_alone(unit, seconds):
    frame = pd.DataFrame([{"who": "a", "at": "2024-01-01", "wait": 7, "talk": 7}])
    schema = Schema(**{**ROLES, "resolved": None}, duration_s="talk", duration_unit={"talk": unit})
    event = read_interactions(frame, schema, now=NOW).events.to_pylist()[0]
    assert (event["wait_s"], event["duration_s"]) == (7.0, seconds)


def test_what_is_said_of_flags_and_units_is_kept_in_the_file_of_a_schema(tmp_path):
    (tmp_path / "schema.toml").write_text(SCHEMA.to_toml())
    assert Schema.from_toml(tmp_path / "schema.toml") == SCHEMA


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"yes": "ja"}, "yes is the text 'ja': write yes=('ja',)"),
        ({"yes": ("ja",), "no": ("JA ",)}, "'ja' is named by yes and by no"),
        ({"no": ("-",), "missing": ("-",)}, "'-' is named by missing and by no"),
        ({"yes": (" ",)}, "yes is (' ',): write texts"),
        ({"duration_unit": "minutes"}, "duration_unit is 'minutes'"),
        ({"duration_unit": {"walt": "min"}}, "duration_unit names 'walt': did you mean 'wait'?"),
    ],
)
def test_what_contradicts_itself_is_refused(wrong, message):
    with pytest.raises(UsageError) as error:
        read_interactions(TABLE, Schema(**{**ROLES, **wrong}), now=NOW)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("ja", "nein"), "yes=('ja',), no=('nein',)"),
        (("Sí", "No"), "yes=('sí',)"),
        (("erledigt", "offen"), "yes=('erledigt',), no=('offen',)"),
    ],
)
def test_other_words_for_yes_and_no_are_said_with_what_to_write(words, hint):
    frame = pd.DataFrame(
        [{"who": "a", "at": f"2024-01-0{n + 1}", "wait": 1, "done": word} for n, word in enumerate(words)]
    )
    with pytest.raises(DataError) as error:
        read_interactions(frame, Schema(**ROLES), now=NOW)
    assert hint in str(error.value)


def test_words_and_units_are_guessed(tmp_path):
    (tmp_path / "log.csv").write_text(
        "customer_id;timestamp;kind;resolved;Wartezeit (Min.);talk_seconds\n"
        "a;2024-01-01;call;ja;1,5;30\nb;2024-01-02;call;nein;2,5;10\n"
    )
    found = guess_schema(tmp_path / "log.csv")
    assert (found.yes, found.no, found.duration_unit) == (("ja",), ("nein",), {"Wartezeit (Min.)": "min"})
    assert (found.wait_s, found.duration_s) == ("Wartezeit (Min.)", "talk_seconds")
    assert read_interactions(tmp_path / "log.csv", now=NOW).events.sort_by("timestamp")["wait_s"].to_pylist() == [
        90.0,
        150.0,
    ]
