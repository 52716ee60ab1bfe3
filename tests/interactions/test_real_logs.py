from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import Schema, Source, fingerprint, read_interactions, validate_interactions

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
SCHEMAS = ROOT / "tests" / "real" / "schemas"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.exists(), reason="the real logs are not beside the repository"),
]


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_schema_file_is_written_as_it_would_be_by_ourselves(path, tmp_path):
    schema = Schema.from_toml(path)
    again = tmp_path / "schema.toml"
    again.write_text(schema.to_toml())
    assert Schema.from_toml(again) == schema


def test_cdnow_reads_the_same_from_parquet_and_from_the_original_text():
    table = read_interactions(DATA / "cdnow" / "events.parquet", SCHEMAS / "cdnow.toml")
    raw = read_interactions(DATA / "cdnow" / "CDNOW_master.txt", SCHEMAS / "cdnow_raw.toml")
    for log in (table, raw):
        found = fingerprint(log)
        assert (found["rows"], found["customers"], found["first"], found["last"]) == (
            69_659,
            23_570,
            "1997-01-01",
            "1998-06-30",
        )
        assert log.observed_until == np.datetime64("1998-07-01")
    assert raw.ids == "text"
    for name in ("timestamp", "value", "quantity"):
        assert raw.events[name].equals(table.events[name])
    assert pc.cast(raw.events["customer_id"], "int64").equals(table.events["customer_id"])


def test_cdnow_has_equal_rows_that_are_genuine():
    schema = Schema(
        customer_id="customer_id", timestamp="timestamp", kind="kind", value="value", measures=("quantity",)
    )
    report = validate_interactions(DATA / "cdnow" / "events.parquet", schema)
    assert {found.rule: found.rows for found in report.broken} == {"duplicate": 255}


def test_retail_invoices_are_clean_and_their_lines_lack_customers():
    log = read_interactions(DATA / "online_retail" / "events.parquet", SCHEMAS / "online_retail.toml")
    assert (len(log), log.validation.ok) == (22_190, True)
    lines = DATA / "online_retail" / "lines.parquet"
    schema = Schema(
        customer_id="customer_id",
        timestamp="timestamp",
        kind="kind",
        case_id="invoice",
        value="value",
        duplicates="keep",
    )
    report = validate_interactions(lines, schema)
    assert {found.rule: found.rows for found in report.broken} == {"customer_id_missing": 135_080}
    assert report.rows_read == 541_909


def test_incidents_and_tickets_become_one_log_without_their_final_values():
    sources = [
        Source(DATA / "it_incidents" / "events.parquet", SCHEMAS / "incidents_events.toml"),
        Source(DATA / "it_incidents" / "tickets.parquet", SCHEMAS / "incidents_tickets.toml"),
    ]
    with pytest.raises(DataError, match="29 x customer_id_missing"):
        read_interactions(sources)
    log = read_interactions(sources, on_error="quarantine")
    # 29 events and 3 tickets without a customer
    assert log.validation.rows_refused == log.refused.num_rows == 32
    events = log.events
    kinds = {pair["values"]: pair["counts"] for pair in pc.value_counts(events["kind"].cast("string")).to_pylist()}
    # 24,918 tickets, 3 of them refused; each is closed once
    assert kinds["opened"] == kinds["closed"] == 24_915
    assert pc.sum(events["later"]).as_py() == kinds["resolved"] + kinds["closed"]
    for name, kind in (("hours_to_resolve", "resolved"), ("closed_code", "closed")):
        there = events.filter(pc.is_valid(events[name]))
        assert set(there["kind"].cast("string").to_pylist()) == {kind}
        assert pc.all(there["later"]).as_py()
    assert pc.all(pc.less_equal(events["timestamp"], events["known_at"])).as_py()
