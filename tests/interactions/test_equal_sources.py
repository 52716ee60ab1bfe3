"""The same content is the same log, to the bit, whatever library, file or database it comes from."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn.interactions import Later, Query, Schema, fingerprint, read_interactions

from .interaction_rows import NOW
from .typed_tables import by_the_engine

SEEDS = range(int(os.environ.get("CXCHURN_STRESS", "1")))
TYPES = {
    "customer_id": pa.string(),
    "timestamp": pa.timestamp("us", "UTC"),
    "kind": pa.string(),
    "known_at": pa.timestamp("us", "UTC"),
    "case_id": pa.string(),
    "touchpoint": pa.string(),
    "wait_s": pa.float64(),
    "transfers": pa.int64(),
    "resolved": pa.bool_(),
    "value": pa.float64(),
    "basket": pa.float64(),
    "Grüße, \"x\" 'y'": pa.string(),
    "closed": pa.timestamp("us", "UTC"),
}
ROLES = (
    "customer_id",
    "timestamp",
    "kind",
    "known_at",
    "case_id",
    "touchpoint",
    "wait_s",
    "transfers",
    "resolved",
    "value",
)
SCHEMA = Schema(
    **{role: role for role in ROLES},
    measures=("basket",),
    categories={"greeting": "Grüße, \"x\" 'y'"},
    later=(Later(at="closed", columns=("resolved",)),),
    duplicates="keep",
)


def content(seed: int) -> pa.Table:
    """Rows of every role that all sources can hold: odd letters, numbers to the last bit, times to the microsecond."""
    rng = random.Random(seed)

    def sometimes(value: Any) -> Any:
        return None if rng.random() < 0.3 else value

    def moment() -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=rng.randrange(10**13))

    def row() -> dict[str, Any]:
        when, closed = moment(), rng.random() < 0.6
        return {
            "customer_id": rng.choice(["7", "007", "a", "ä,ö", 'q"q', "x'y", "two words", "😀", "C-1"]),
            "timestamp": when,
            "kind": rng.choice(["purchase", "Purchase", "called back", "ﬁn", "NA", "None"]),
            "known_at": sometimes(when + timedelta(seconds=rng.randrange(9))),
            "case_id": sometimes(f"M{rng.randrange(5)}"),
            "touchpoint": sometimes(rng.choice(["web", "app", "a;b", "tab\tbed", "per cent %", "\\N?"])),
            "wait_s": sometimes(rng.expovariate(0.01)),
            "transfers": sometimes(rng.randrange(4)),
            "resolved": sometimes(rng.random() < 0.5) if closed else None,
            "value": sometimes(rng.choice([rng.gauss(0, 1e3), 1e-300, -0.0, 1e15 + 0.3, float(rng.randrange(9))])),
            "basket": sometimes(rng.random()),
            "Grüße, \"x\" 'y'": sometimes(rng.choice(["line\nend", "null", "-", "e\u0301", "ß"])),
            "closed": when + timedelta(hours=rng.randrange(50)) if closed else None,
        }

    rows = [row() for _ in range(rng.choice([1, 5, 60]) if seed else 60)]
    return pa.table({name: pa.array([one[name] for one in rows], kind) for name, kind in TYPES.items()})


def plainly(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as JSON can hold them: times in ISO 8601, numbers as Python writes them."""
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]


def as_text(table: pa.Table, delimiter: str) -> bytes:
    return pd.DataFrame(plainly(table), columns=list(TYPES), dtype=object).to_csv(index=False, sep=delimiter).encode()


def as_json(table: pa.Table) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=len(row) % 2 == 0) + "\n" for row in plainly(table)).encode()


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def parquet(folder: Path, table: pa.Table) -> Path:
    pq.write_table(table, folder / "log.parquet", row_group_size=7)
    return folder / "log.parquet"


def in_pieces(folder: Path, table: pa.Table) -> Path:
    (folder / "pieces").mkdir()
    for place in range(0, table.num_rows, 20):
        pq.write_table(table[place : place + 20], folder / "pieces" / f"{place:04}.parquet")
    return folder / "pieces"


WAYS: dict[str, Callable[[Path, pa.Table], Any]] = {
    "csv": lambda folder, table: written(folder, "log.csv", as_text(table, ",")),
    "csv.gz": lambda folder, table: written(folder, "log.csv.gz", gzip.compress(as_text(table, ","))),
    "tsv": lambda folder, table: written(folder, "log.tsv", as_text(table, "\t")),
    "json lines": lambda folder, table: written(folder, "log.jsonl", as_json(table)),
    "json": lambda folder, table: written(folder, "log.json", json.dumps(plainly(table)).encode()),
    "parquet": parquet,
    "parquet in pieces": in_pieces,
    "arrow": lambda folder, table: table,
    "arrow in views and dictionaries": lambda folder, table: table.set_column(
        0, "customer_id", table["customer_id"].cast(pa.string_view())
    ).set_column(2, "kind", table["kind"].dictionary_encode()),
    "arrow reader": lambda folder, table: table.to_reader(max_chunksize=3),
    "pandas": lambda folder, table: table.to_pandas(),
    "pandas of objects": lambda folder, table: table.to_pandas().astype(object),
    "pandas of Arrow": lambda folder, table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda folder, table: pl.from_arrow(table),
    "polars, lazy": lambda folder, table: pl.from_arrow(table).lazy(),
    "DuckDB relation": lambda folder, table: duckdb.from_arrow(table),
    "query": lambda folder, table: Query(f"SELECT * FROM '{parquet(folder, table)}'"),
}


def known(data: Any, **options: Any) -> dict[str, Any]:
    return fingerprint(read_interactions(data, SCHEMA, now=NOW, **options))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_source_gives_the_same_log(seed, tmp_path):
    table = content(seed)
    expected = known(table)
    with by_the_engine():
        assert known(table) == expected
    assert expected["rows"] == table.num_rows + len(table["closed"].drop_null())
    for name, way in WAYS.items():
        (tmp_path / name).mkdir()
        assert known(way(tmp_path / name, table)) == expected, name
    for name in ("csv", "parquet", "polars"):
        (tmp_path / f"{name} in parts").mkdir()
        assert known(WAYS[name](tmp_path / f"{name} in parts", table), memory_limit="4KB") == expected, name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_and_columns_says_nothing(seed):
    table, rng = content(seed), random.Random(seed)
    order, names = rng.sample(range(table.num_rows), table.num_rows), rng.sample(table.column_names, table.num_columns)
    assert known(table.take(order).select(names)) == known(table)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_database_gives_the_same_log(seed, postgres_address):
    from adbc_driver_postgresql import dbapi

    table = content(seed)
    with dbapi.connect(postgres_address) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("events", table, mode="replace")
        connection.commit()
    asked = Query("SELECT * FROM events", uri=postgres_address)
    assert known(asked) == known(table)
    assert known(asked, memory_limit="4KB") == known(table)


def test_one_bit_makes_another_log():
    table = content(0)
    row = table["resolved"].to_pylist().index(True)
    seen = {known(table)["sha256"]}
    for column, value in (
        ("value", 1.0000000000000002),
        ("customer_id", "b"),
        ("resolved", False),
        ("kind", "PURCHASE"),
    ):
        cells = table[column].to_pylist()
        cells[row] = value
        changed = table.set_column(table.column_names.index(column), column, pa.array(cells, TYPES[column]))
        seen.add(known(changed)["sha256"])
    assert len(seen) == 5
