"""Reading a log of nine columns from a file: checked and made events of, and by DuckDB and Polars, which only read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

import cxchurn as cx
from engine.inputs import CACHE

ROLES = ("customer_id", "timestamp", "kind", "touchpoint", "agent", "value", "wait_s", "resolved", "case_id")
_NOW = "2026-01-01"


def files(rows: int) -> dict[str, Path]:
    """Return files of one content, written once: typed Parquet, CSV, JSON lines, and Parquet of which rows break rules."""
    folder = CACHE / f"reading_{rows}"
    names = {"Parquet": "log.parquet", "CSV": "log.csv", "JSON lines": "log.jsonl", "dirty Parquet": "dirty.parquet"}
    found = {name: folder / file for name, file in names.items()}
    if not all(path.exists() for path in found.values()):
        folder.mkdir(parents=True, exist_ok=True)
        table = _log(rows)
        pq.write_table(table, found["Parquet"])
        pyarrow.csv.write_csv(table, found["CSV"])
        _write_json(table, found["JSON lines"])
        pq.write_table(_dirtied(table), found["dirty Parquet"])
    return found


def _log(rows: int) -> pa.Table:
    rng = np.random.default_rng(1)
    times = np.sort(rng.integers(0, 2 * 365 * 86_400_000_000, rows)) + np.datetime64("2023-01-01", "us").astype(
        np.int64
    )
    words = {
        "kind": ("purchase", "visit", "call", "complaint"),
        "touchpoint": ("web", "app", "store", "phone"),
        "agent": ("human", "bot", "self"),
    }
    labels = {name: pa.array(np.array(some)[rng.integers(0, len(some), rows)]) for name, some in words.items()}
    columns = {
        "customer_id": pa.array(rng.integers(0, max(rows // 30, 1), rows)),
        "timestamp": pa.array(times).view(pa.timestamp("us")),
        **labels,
        "value": pa.array(np.round(rng.gamma(2, 20, rows), 2)),
        "wait_s": pa.array(np.round(rng.exponential(60, rows))),
        "resolved": pa.array(rng.random(rows) < 0.8),
        "case_id": pa.array(np.char.add("K", rng.integers(0, max(rows // 3, 1), rows).astype(str))),
    }
    return pa.table(columns)


def _dirtied(table: pa.Table) -> pa.Table:
    """One row in a thousand waits less than no time, and as many rows are there twice."""
    chosen = np.random.default_rng(2).choice(table.num_rows, max(table.num_rows // 1000, 1), replace=False)
    waits = table["wait_s"].to_numpy().copy()
    waits[chosen] = -1
    dirty = table.set_column(table.schema.get_field_index("wait_s"), "wait_s", pa.array(waits))
    return pa.concat_tables(
        [dirty, table.take(pa.array(np.setdiff1d(np.arange(len(chosen) * 2), chosen)[: len(chosen)]))]
    )


def _write_json(table: pa.Table, path: Path) -> None:
    import duckdb

    with duckdb.connect() as con:
        con.register("log", table)
        con.execute(f"COPY log TO '{path}' (FORMAT JSON)")


def ours(path: str) -> dict[str, float]:
    """Read, check and keep events."""
    schema = cx.Schema(**{role: role for role in ROLES})
    return _told(cx.read_interactions(path, schema, now=_NOW, on_error="quarantine").events)


def by_duckdb(path: str) -> dict[str, float]:
    """Read into an Arrow table."""
    import duckdb

    # of JSON it takes the first lines for all, unless it is told to look at every one
    source = f"read_json('{path}', sample_size = -1)" if path.endswith(".jsonl") else f"'{path}'"
    with duckdb.connect() as con:
        return _told(con.sql(f"SELECT * FROM {source}").to_arrow_table())


def by_polars(path: str) -> dict[str, float]:
    """Read into a frame."""
    import polars as pl

    if path.endswith(".parquet"):
        frame = pl.read_parquet(path)
    else:
        frame = pl.read_csv(path, try_parse_dates=True) if path.endswith(".csv") else pl.read_ndjson(path)
    return _told(frame.to_arrow())


def _told(table: pa.Table) -> dict[str, float]:
    """What a reading is compared by."""
    yes = pc.sum(table["resolved"].cast(pa.int64())).as_py()
    value, wait = (round(pc.sum(table[name].cast(pa.float64())).as_py(), 2) for name in ("value", "wait_s"))
    who = len(table["customer_id"].unique())
    return {"rows": table.num_rows, "customers": who, "value": value, "wait": wait, "yes": yes}
