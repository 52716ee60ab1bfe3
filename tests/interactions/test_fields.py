"""Fields inside structures are guessed by their paths, whatever holds the structures."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn.interactions import guess_schema, propose_schema, read_interactions
from cxchurn.interactions.store._objects import from_pandas

from .interaction_rows import NOW

ROWS = [
    {
        "ts": "2024-01-01T10:00:00Z",
        "event": "order",
        "customer": {"id": "7", "from": {"city": "Ulm"}},
        "data": {"amount": 9.5},
    },
    {
        "ts": "2024-01-02T10:00:00Z",
        "event": "login",
        "customer": {"id": "8", "from": {"city": "Bonn"}},
        "data": {"amount": None},
    },
    {
        "ts": "2024-01-03T10:00:00Z",
        "event": "order",
        "customer": {"id": "7", "from": {"city": "Ulm"}},
        "data": {"amount": 12.0},
    },
]


def _lines(folder):
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return folder / "log.jsonl"


def _csv(folder):
    cells = [[row["ts"], row["event"], json.dumps(row["customer"]), json.dumps(row["data"])] for row in ROWS]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    (folder / "log.csv").write_text("\n".join(["ts,event,customer,data", *quoted]) + "\n")
    return folder / "log.csv"


def _parquet(folder):
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "log.parquet")
    return folder / "log.parquet"


WAYS = {
    "json lines": _lines,
    "csv": _csv,
    "parquet": _parquet,
    "arrow": lambda folder: pa.Table.from_pylist(ROWS),
    "pandas": lambda folder: pd.DataFrame(ROWS),
    "polars": lambda folder: pl.DataFrame(ROWS),
}


@pytest.mark.parametrize("way", WAYS)
def test_fields_are_guessed_and_read_at_once(way, tmp_path):
    data = WAYS[way](tmp_path)
    found = guess_schema(data)
    assert (found.customer_id, found.timestamp, found.kind) == ("customer.id", "ts", "event")
    assert found.value == "data.amount"
    assert found.categories == ("customer.from.city",)
    for schema in (found, None):
        log = read_interactions(data, schema, now=NOW)
        assert log.events["customer_id"].to_pylist().count("7") == 2
        assert sorted(one for one in log.events["value"].to_pylist() if one is not None) == [9.5, 12.0]
        assert sorted(log.events["customer.from.city"].to_pylist()) == ["Bonn", "Ulm", "Ulm"]


def test_the_inner_fields_of_what_is_left_out_are_listed(tmp_path):
    text = " ".join(propose_schema(_lines(tmp_path)).replace("#", " ").split())
    assert "It holds structures, with the fields customer.from.city, customer.id." in text


def test_a_place_of_very_many_names_holds_labels_and_no_fields(tmp_path):
    rows = [
        {"customer_id": "a", "timestamp": f"2024-01-{n + 1:02}", "kind": "x", "by": {f"sku{n}": 1, f"sku{n + 31}": 2}}
        for n in range(31)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = guess_schema(tmp_path / "log.jsonl")
    assert (found.measures, found.categories) == ((), ())


def test_a_later_time_inside_a_column_makes_an_event_of_its_own_name(tmp_path):
    rows = [
        {"customer_id": "a", "timestamp": f"2024-01-0{n}", "kind": "x", "data": {"closed_at": f"2024-02-0{n}"}}
        for n in range(1, 6)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    log = read_interactions(tmp_path / "log.jsonl", guess_schema(tmp_path / "log.jsonl"), now=NOW)
    assert sorted(log.events["kind"].to_pylist()) == ["closed"] * 5 + ["x"] * 5


def test_objects_of_a_frame_that_python_made_are_written_as_json():
    fields = {
        "id": np.int64(7), "at": pd.Timestamp("2024-05-01 10:00"), "day": np.datetime64("2024-05-01"), "none": pd.NaT,
        "gone": float("nan"), "endless": float("inf"), "na": pd.NA, "list": np.array([1.5, np.nan]),
        "in": {1: (True, "\ud800")},
    }  # fmt: skip
    written = from_pandas(pd.Series([fields, None], dtype=object)).to_pylist()
    assert written[1] is None
    assert json.loads(written[0]) == {
        "id": 7, "at": "2024-05-01T10:00:00", "day": "2024-05-01", "none": None, "gone": None, "endless": "inf",
        "na": None, "list": [1.5, None], "in": {"1": [True, "?"]},
    }  # fmt: skip
