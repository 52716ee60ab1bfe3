from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import Later, Schema, read_interactions, validate_interactions

NOW = "2024-01-01T12:00:00"
SCHEMA = Schema(
    customer_id="who", timestamp="start", kind_is="subscribe", value="mrr", later=(Later(at="end", kind="cancel"),)
)
NEVER = [
    "9999-12-31",
    "9999-12-31 23:59:59.9999999",
    "2031-02-01",
    "2024-01-01T12:00:01",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "1900-01-01",
    "1970-01-01",
    "0001-01-01",
    "infinity",
]


def contracts(*ends):
    return pd.DataFrame(
        {"who": np.arange(len(ends)) + 1, "start": "2023-02-01T09:30:00", "end": list(ends), "mrr": 30.0}
    )


def cancels(log):
    events = log.events.to_pylist()
    return {event["customer_id"]: event["timestamp"] for event in events if event["kind"] == "cancel"}


def written(frame, form, path):
    """The same contracts by every door that takes text."""
    if form == "csv":
        frame.to_csv(path / "c.csv", index=False)
        return path / "c.csv"
    if form == "json":
        (path / "c.jsonl").write_text(
            "\n".join(json.dumps(row) for row in frame.astype(object).where(frame.notna(), None).to_dict("records"))
        )
        return path / "c.jsonl"
    if form == "parquet":
        pq.write_table(pa.Table.from_pandas(frame), path / "c.parquet")
        return path / "c.parquet"
    return {"pandas": frame, "polars": pl.from_pandas(frame), "arrow": pa.Table.from_pandas(frame)}[form]


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "pandas", "polars", "arrow"])
@pytest.mark.parametrize("memory", [None, "500MB"])
@pytest.mark.sampled(4)
def test_who_has_not_ended_keeps_the_row_and_makes_no_event(form, memory, tmp_path):
    data = written(contracts(*NEVER, "2023-06-30", None), form, tmp_path)
    log = read_interactions(data, SCHEMA, now=NOW, memory_limit=memory)
    events = [row for k in range(len(log.parts)) for row in log.parts.read(k).to_pylist()] if memory else None
    events = log.events.to_pylist() if events is None else events
    assert sorted(int(event["customer_id"]) for event in events if event["kind"] == "subscribe") == list(range(1, 13))
    assert [int(event["customer_id"]) for event in events if event["kind"] == "cancel"] == [11]
    assert log.validation.rows_refused == 0
    (note,) = log.validation.noted
    assert (note.rule, note.column, note.rows, note.kept) == ("not_ended_yet", "end", 10, True)
    assert note.says == "the end has not come yet: the row is kept, and no 'cancel' event is made"
    assert "rules held.\nNo mistake, and worth knowing:\n  10 x not_ended_yet (end)" in str(log.validation)
    assert log.validation.ok
    assert log.validation.table.set_index("rule").loc["not_ended_yet", "rows"] == 10


@pytest.mark.parametrize("kind", ["datetime64[us]", "datetime64[ns]", "datetime64[us, Europe/Berlin]"])
def test_typed_times_say_never_too(kind):
    last = "2200-01-01" if "ns" in kind else "9999-12-30"
    ends = pd.to_datetime(pd.Series([last, "2031-02-01", "1900-01-01", "2023-06-30", None], dtype="str"))
    frame = contracts(*range(5)).assign(
        start=pd.Timestamp("2023-02-01T09:30:00"),
        end=ends.astype("datetime64[us]").dt.tz_localize("Europe/Berlin").astype(kind)
        if "Berlin" in kind
        else ends.astype(kind),
    )
    log = read_interactions(pa.Table.from_pandas(frame), SCHEMA, now=NOW)
    assert list(cancels(log)) == [4]
    assert [found.rows for found in log.validation.noted] == [3]


def test_numbers_say_never_too():
    schema = Schema(**{**vars(SCHEMA), "time_format": "%Y%m%d"})
    frame = contracts(99991231, 0, 20230630, 99999999).assign(start=20230201)
    log = read_interactions(frame, schema, now=NOW)
    assert cancels(log) == {3: datetime(2023, 6, 30)}


def test_what_became_known_with_an_end_that_has_not_come_is_not_known():
    schema = Schema(
        **{**vars(SCHEMA), "categories": ("why",), "later": (Later(at="end", columns=("why",), kind="cancel"),)}
    )
    frame = contracts("9999-12-31", "2031-02-01", "2023-06-30").assign(why=["price", "price", "moving"])
    events = read_interactions(frame, schema, now=NOW).events.to_pylist()
    assert [event["why"] for event in events] == [None, None, None, "moving"]


def test_an_end_before_its_start_is_refused_and_shown():
    frame = contracts("2023-01-31", "2023-02-01", "2023-02-01T09:29:59", "2023-06-30")
    # the second says only the day, which is that of the start
    report = validate_interactions(frame, SCHEMA, now=NOW)
    (found,) = report.broken
    assert (found.rule, found.column, found.rows, report.rows_refused) == ("end_before_start", "end", 2, 2)
    assert found.examples[0]["end"] == "2023-01-31"
    log = read_interactions(frame, SCHEMA, now=NOW, on_error="quarantine")
    assert cancels(log) == {2: datetime(2023, 2, 1, 9, 30), 4: datetime(2023, 6, 30)}
    with pytest.raises(DataError, match="end_before_start"):
        read_interactions(frame, SCHEMA, now=NOW)


def test_the_day_of_the_start_is_that_of_the_zone():
    schema = Schema(**{**vars(SCHEMA), "timezone": "America/New_York"})
    # half past nine at night in New York is half past one of the next day in UTC
    frame = contracts("2023-06-01", "2023-05-31").assign(start="2023-06-01T21:30:00")
    report = validate_interactions(frame, schema, now=NOW)
    assert [(found.rule, found.rows) for found in report.broken] == [("end_before_start", 1)]
    assert report.broken[0].examples[0]["row"] == 2


hours = st.integers(0, 60 * 24)
few = settings(max_examples=15, deadline=None)


@few
@given(st.lists(st.tuples(hours, st.none() | hours), min_size=1, max_size=8), hours)
def test_events_are_made_of_the_ends_that_have_come(rows, present):
    first = pd.Timestamp("2023-01-01")
    rows = [(min(start, present), end if end is None else max(end, min(start, present))) for start, end in rows]
    frame = pd.DataFrame(
        {
            "who": np.arange(len(rows)),
            "start": [first + pd.Timedelta(hours=start) for start, _ in rows],
            "end": pd.Series([None if end is None else first + pd.Timedelta(hours=end) for _, end in rows])
            .astype("datetime64[us]"),
            "mrr": 1.0,
        }
    )  # fmt: skip
    now = first + pd.Timedelta(hours=present)
    typed = read_interactions(pa.Table.from_pandas(frame), SCHEMA, now=now)
    text = read_interactions(frame.astype({"start": str, "end": str}).replace("NaT", None), SCHEMA, now=now)
    expected = {who: end for who, (_, end) in enumerate(rows) if end is not None and end <= present}
    for log in (typed, text):
        assert cancels(log) == {who: (first + pd.Timedelta(hours=end)).to_pydatetime() for who, end in expected.items()}
        assert sum(event["kind"] == "subscribe" for event in log.events.to_pylist()) == len(rows)


@pytest.mark.parametrize("form", ["csv", "parquet", "pandas"])
def test_ends_by_names_that_mean_something_to_engines(form, tmp_path):
    # of three contracts one has ended, one has not, and one is refused: with its own columns, and none that reading made
    frame = contracts("2023-06-30", "9999-12-31", "2022-01-01")
    odd = {"who": "rowid", "start": "c0", "end": '@read: "c0"', "mrr": "@row"}
    schema = Schema(
        customer_id="rowid",
        timestamp="c0",
        kind_is="subscribe",
        value="@row",
        later=(Later(at=odd["end"], kind="cancel"),),
    )
    data = written(frame.rename(columns=odd), form, tmp_path)
    log = read_interactions(data, schema, now=NOW, on_error="quarantine")
    plain = read_interactions(written(frame, form, tmp_path), SCHEMA, now=NOW, on_error="quarantine")
    assert log.events.equals(plain.events)
    assert {int(who) for who in cancels(log)} == {1}
    (refused,) = log.refused.to_pylist()
    assert refused.pop("rule") == f"end_before_start({odd['end']})"
    assert set(refused) - {"@file"} == set(odd.values())
