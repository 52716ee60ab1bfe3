"""Whatever is read: a log whose rows are all accounted for, or an error in words. Never a crash, a hang, or a stack trace.

A few tries by default; ``CXCHURN_STRESS=500`` (``make stress``) makes so many of each kind.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import CxchurnError, InternalError
from cxchurn.interactions import Later, Schema, describe, read_customers, read_interactions, validate_interactions

from .interaction_rows import NOW

TRIES = int(os.environ.get("CXCHURN_STRESS", "3"))
tries = settings(
    max_examples=TRIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SEEDS = st.integers(0, 2**48)
SECONDS = 120
ROLES = (
    "customer_id", "timestamp", "kind", "event_id", "known_at", "touchpoint", "case_id", "agent", "agent_id", "wait_s",
    "transfers", "resolved", "score", "score_type", "invited", "sentiment", "value", "currency", "promised_at",
)  # fmt: skip
WORDS = (
    "", " ", "a", "A", "NULL", "nan", "None", "\\N", "-", "7", "007", "7.0", "1e400", "-0", "0x1F", "1_000", "1,5", "1.234,5",
    "€ 3", "(4)", "5-", "50%", "inf", "-inf", "true", "Yes", "n", "2024-05-01", "2024-05-01T10:00:00Z",
    "2024-05-01 10:00:00.123456789", "2024-13-45", "0001-01-01", "1900-01-01", "1970-01-01", "9999-12-31T23:59:59.999999Z",
    "10000-01-01", "3/15/2015",
    "15/3/2015",
    "1714557600", "1714557600000", "45413", "24:00:00", "2024-05-01T10:00:00+25:00", "2024-02-30", "PT12M", "1:02:03", "12 min",
    "{}", "[]", '{"a": 1}', '"', "'", "a;b", "a,b", "a\tb", "a\nb", "a\r\nb", "\x00", "\ufeff", "\u202e", "e\u0301", "é", "İ",
    "ß", "😀", "\U0010ffff", "\ud800", "=1+1", "x" * 5000, "9" * 400, "NaT", "purchase", "nps", "human", "robot",
)  # fmt: skip
MOMENTS = (
    dt.datetime(2024, 5, 1, 10), dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999), dt.datetime(1900, 1, 1),
    dt.datetime(2024, 5, 1, 10, tzinfo=dt.UTC), dt.datetime(2024, 5, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
)  # fmt: skip
THINGS: tuple[Any, ...] = (
    None, np.nan, pd.NA, pd.NaT, 0, 1, -1, 7, 2**53, 2**63, 2**64, -(2**70), 1.5, -0.0, float("inf"), 1e308, True, False,
    *WORDS,
    b"a", b"\xff\xfe", Decimal("1.50"), Decimal("NaN"), Decimal("1E+400"), *MOMENTS, dt.date(2024, 5, 1), dt.time(10),
    dt.timedelta(1),
    pd.Timestamp("2024-05-01", tz="Europe/Berlin"), pd.Timedelta("1h"), pd.Period("2024-05"), np.datetime64("2024-05-01", "ns"),
    np.float16(1.5), np.int8(3), np.bool_(True), [1, "a"], {"a": 1}, {1, 2}, (1, 2), object(), 1 + 2j, np.array([1, 2]),
    Path("x"),
)  # fmt: skip


@contextmanager
def ends() -> Iterator[None]:
    """Whatever takes longer than two minutes ends the process, and says where it stood."""
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def answer(call: Callable[..., Any], *given_: Any, **options: Any) -> Any:
    """What a call returns; None where it says in words why it does not. Anything else it raises is a fault."""
    with ends():
        try:
            return call(*given_, **options)
        except InternalError:
            raise
        except CxchurnError as error:
            words = str(error)
    assert words.strip()
    return None


def read_somehow(data: Any, schema: Schema | None, **options: Any) -> None:
    """Read, and demand a log whose rows are all there, or an error in words."""
    log = answer(read_interactions, data, schema, now=NOW, on_error="quarantine", **options)
    if log is None:
        return
    found = log.validation
    assert found.rows_read == found.rows_kept + found.rows_refused + found.rows_repeated
    assert (0 if log.refused is None else log.refused.num_rows) == found.rows_refused
    parts = list(_parts(log))
    made = sum(part["later"].to_pylist().count(True) for part in parts)
    assert len(log) == found.rows_kept + made
    assert not any(part[name].null_count for part in parts for name in ("customer_id", "timestamp", "known_at"))
    with ends():
        assert describe(log).facts["interactions"] == len(log)
        assert str(describe(log))
        assert repr(log)


def _parts(log: Any) -> Iterator[pa.Table]:
    yield from [log.events] if log.parts is None else (log.parts.read(part) for part in range(len(log.parts)))


def validated(data: Any, schema: Schema | None) -> None:
    """Validate, and demand a report that prints, or an error in words."""
    found = answer(validate_interactions, data, schema, now=NOW)
    assert found is None or (str(found) and json.dumps(found.to_dict()))


# bytes of files


def good_rows(rng: random.Random, size: int) -> list[dict[str, Any]]:
    day = dt.datetime(2024, 1, 1)
    return [
        {
            "customer_id": f"c{rng.randrange(5)}",
            "timestamp": (day + dt.timedelta(hours=rng.randrange(5000))).isoformat() + "Z",
            "kind": rng.choice(["purchase", "visit"]),
            "value": round(rng.gauss(0, 50), 2),
            "note": rng.choice(["", 'say "hi"', "a, b", "ü", "two\nlines"]),
        }
        for _ in range(size)
    ]


def as_text(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    return pd.DataFrame(rows).to_csv(index=False, sep=delimiter).encode()


def as_json(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows: list[dict[str, Any]], **how: Any) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    if "use_deprecated_int96_timestamps" in how and rows:
        times = pa.array([dt.datetime.fromisoformat(row["timestamp"]) for row in rows], pa.timestamp("us", "UTC"))
        table = table.set_column(table.schema.get_field_index("timestamp"), "timestamp", times)
    pq.write_table(table, out, row_group_size=7, **{"compression": "zstd", **how})
    return out.getvalue()


PARQUET: dict[str, dict[str, Any]] = {
    "log.parquet": {},
    "lz4.parquet": {"compression": "lz4"},
    "snappy.parquet": {"compression": "snappy", "data_page_size": 64},
    "gzip.parquet": {"compression": "gzip", "write_page_index": True},
    "brotli.parquet": {"compression": "brotli", "store_schema": False},
    "bare.parquet": {"compression": "none", "write_page_checksum": True},
    "pages.parquet": {"data_page_version": "2.0", "compression": "lz4"},
    "int96.parquet": {"use_deprecated_int96_timestamps": True},
    "delta.parquet": {
        "use_dictionary": False,
        "column_encoding": {
            "note": "DELTA_BYTE_ARRAY",
            "kind": "DELTA_LENGTH_BYTE_ARRAY",
            "value": "BYTE_STREAM_SPLIT",
        },
    },
}


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", content)
    return out.getvalue()


FILES: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "log.csv": as_text,
    "log.tsv": lambda rows: as_text(rows, "\t"),
    "log.txt": lambda rows: as_text(rows, ";"),
    "log.jsonl": as_json,
    "log.json": lambda rows: json.dumps(rows).encode(),
    **{name: partial(as_parquet, **how) for name, how in PARQUET.items()},
    "log.csv.gz": lambda rows: gzip.compress(as_text(rows)),
    "log.jsonl.gz": lambda rows: gzip.compress(as_json(rows)),
    "log.csv.zip": lambda rows: zipped(as_text(rows)),
    "latin.csv": lambda rows: as_text(rows).decode().encode("latin-1"),
    "wide.csv": lambda rows: as_text(rows).decode().encode("utf-16"),
}
PIECES = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b'"', b"'", b"\\", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"{", b"}",
    b"[", b"]", b"null", b"\xc3", b"\xed\xa0\x80", b"PAR1", b"-", b"9999", b"1e999", b"\x1f\x8b", b"PK\x03\x04", b"," * 400,
    b"\n" * 50,
)  # fmt: skip


def spoiled(content: bytes, rng: random.Random) -> bytes:
    """Bits turned, bytes cut out, put in, moved or doubled; or the end cut off."""
    found = bytearray(content)
    for _ in range(rng.choice([0, 1, 1, 2, 5, 40])):
        at, far = rng.randrange(len(found) + 1), rng.randrange(1, 60)
        how = rng.randrange(5)
        if how == 0 and at < len(found):
            found[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            del found[at : at + far]
        elif how == 2:
            found[at:at] = rng.choice(PIECES)
        elif how == 3:
            found[at:at] = found[at : at + far]
        elif rng.random() < 0.2:
            del found[at:]
    return bytes(found)


# found by long runs: a block of Parquet and a member of an archive that do not unpack, a carriage return inside a line
FOUND = [("log.parquet", 5520), ("log.csv.zip", 30_199_612_652), ("latin.csv", 369)]


@pytest.mark.parametrize(("name", "seed"), FOUND)
def test_files_that_went_wrong_once(name, seed, tmp_path):
    read_spoiled(name, seed, tmp_path)


@pytest.mark.parametrize("name", list(FILES))
@given(seed=SEEDS)
@tries
@pytest.mark.sampled(4)
def test_spoiled_files(name, seed, tmp_path):
    read_spoiled(name, seed, tmp_path)


def read_spoiled(name: str, seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    path = tmp_path / (rng.choice(list(FILES)) if rng.random() < 0.1 else name)
    path.write_bytes(spoiled(FILES[name](good_rows(rng, rng.choice([0, 1, 20]))), rng))
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value")
    read_somehow(path, rng.choice([None, schema]), **rng.choice([{}, {}, {"memory_limit": "4KB"}]))
    validated(path, schema)
    path.unlink()


@given(seed=SEEDS)
@tries
def test_text_of_any_words(seed, tmp_path):
    rng = random.Random(seed)
    names = [*dict.fromkeys(rng.choices([*ROLES, *WORDS], k=rng.randrange(1, 6))), "customer_id", "timestamp"]
    lines = [names, *(rng.choices(WORDS, k=len(names) + rng.choice([0, 0, 0, 1, -1])) for _ in range(rng.randrange(8)))]
    delimiter, end = rng.choice(",;\t| "), rng.choice(["\n", "\r\n", "\r"])
    path = tmp_path / rng.choice(["log.csv", "log.tsv", "log.txt"])
    path.write_bytes(end.join(delimiter.join(line) for line in lines).encode("utf-8", "surrogatepass"))
    schema = Schema(
        customer_id="customer_id",
        timestamp="timestamp",
        kind_is="visit",
        delimiter=rng.choice([None, delimiter if delimiter != " " else "whitespace"]),
        time_format=rng.choice([None, None, "%d.%m.%Y", "epoch_s"]),
        duplicates="keep",
    )
    read_somehow(path, rng.choice([None, schema, schema]))
    path.unlink()


# tables of any type


def any_type(rng: random.Random, depth: int = 2) -> pa.DataType:
    plain = [
        pa.null(), pa.bool_(), pa.int8(), pa.uint8(), pa.int64(), pa.uint64(), pa.float16(), pa.float32(), pa.float64(),
        pa.decimal128(5, 2), pa.decimal128(38, 10), pa.decimal256(60, 5), pa.string(), pa.large_string(), pa.string_view(),
        pa.binary(), pa.binary(3), pa.large_binary(), pa.date32(), pa.date64(), pa.time32("s"), pa.time64("ns"),
        *(pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC", "America/New_York")),
        pa.duration("us"), pa.duration("ns"), pa.month_day_nano_interval(), pa.binary_view(), pa.time32("ms"),
        pa.run_end_encoded(pa.int32(), rng.choice([pa.string(), pa.int64(), pa.timestamp("us"), pa.list_(pa.int8())])),
        *(getattr(pa, name)() for name in ("uuid", "json_", "bool8") if hasattr(pa, name)),
        *(getattr(pa, name)(7, 2) for name in ("decimal32", "decimal64") if hasattr(pa, name)),
    ]  # fmt: skip
    if depth and rng.random() < 0.25:
        inner = any_type(rng, depth - 1)
        return rng.choice(
            [
                pa.list_(inner), pa.large_list(inner), pa.list_(inner, 2), pa.struct([("a", inner), ("", pa.int8())]),
                pa.map_(pa.string(), inner), pa.dictionary(pa.int16(), pa.string()), pa.dictionary(pa.uint8(), pa.int64()),
                pa.list_view(inner), pa.large_list_view(inner), pa.dictionary(pa.int8(), pa.large_string()),
            ]
        )  # fmt: skip
    return rng.choice(plain)


def any_value(kind: pa.DataType, rng: random.Random) -> Any:
    if rng.random() < 0.2 or pa.types.is_null(kind):
        return None
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return any_value(kind.value_type, rng)
    if isinstance(kind, pa.BaseExtensionType):
        return any_value(kind.storage_type, rng)
    if pa.types.is_struct(kind):
        return {"a": any_value(kind.field(0).type, rng), "": 1}
    if pa.types.is_map(kind):
        return [("k", any_value(kind.item_type, rng))]
    if pa.types.is_nested(kind):
        return [any_value(kind.value_type, rng) for _ in range(2)]
    tries_ = [
        lambda: rng.choice(WORDS), lambda: rng.choice([0, 1, -1, 3, 200, 2**64 - 1]),
        lambda: rng.choice([1.5, np.inf, np.nan, -0.0]), lambda: rng.choice(MOMENTS),
        lambda: rng.random() < 0.5, lambda: rng.choice([b"", b"abc", b"\xff\x00\x01"]),
        lambda: Decimal(rng.choice(["1.50", "-3", "0"])), lambda: dt.date(rng.choice([1, 1900, 2024, 9999]), 5, 1),
        lambda: dt.timedelta(days=rng.randrange(-3, 3)), lambda: dt.time(10, 5),
        lambda: rng.choice([-(2**40), 2**40, 1_714_557_600]),
    ]  # fmt: skip
    rng.shuffle(tries_)
    for one in tries_:
        value = one()
        try:
            pa.array([value], kind)
        except (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError):
            continue
        return value
    return None


def any_column(rng: random.Random, size: int) -> pa.Array:
    kind = any_type(rng)
    try:
        return pa.array([any_value(kind, rng) for _ in range(size)], kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError, NotImplementedError):
        return pa.nulls(size, pa.int32())


def usual_column(role: str, rng: random.Random, size: int) -> pa.Array:
    if role == "timestamp":
        days = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=rng.randrange(900)) for _ in range(size)]
        return pa.array(days, pa.timestamp(rng.choice(["s", "ms", "us", "ns"]), rng.choice([None, "UTC"])))
    return pa.array([f"c{rng.randrange(4)}" for _ in range(size)])


def any_table(rng: random.Random) -> tuple[pa.Table, Schema]:
    """A table whose ids and times are mostly good ones, and a schema that gives columns of any type roles."""
    size, wide = rng.choice([0, 1, 3, 30]), rng.random() < 0.05
    roles = ["customer_id", "timestamp", "kind", *rng.sample(ROLES[3:], rng.randrange(0, 6))]
    columns = {
        role: usual_column(role, rng, size) if role in ROLES[:3] and rng.random() < 0.8 else any_column(rng, size)
        for role in roles
    }
    extra = [f"m{place}" for place in range(300 if wide else rng.randrange(3))]
    measures, categories = extra[::2], extra[1::2]
    columns |= {name: any_column(rng, size) for name in extra}
    later = (Later(at="at", columns=tuple(measures[:1])),) if rng.random() < 0.3 else ()
    if later:
        columns["at"] = usual_column("timestamp", rng, size) if rng.random() < 0.7 else any_column(rng, size)
    schema = Schema(
        **{role: role for role in roles},
        measures=tuple(measures),
        categories=tuple(categories),
        later=later,
        duplicates=rng.choice(["refuse", "keep"]),
        timezone=rng.choice(["UTC", "Europe/Berlin"]),
        ignore_case=rng.random() < 0.2,
    )
    names, more = list(columns), rng.random() < 0.05
    twice = [rng.choice(names), "twice", "twice"] if more else []
    return pa.table([*columns.values(), *(any_column(rng, size) for _ in twice)], names=[*names, *twice]), schema


@given(seed=SEEDS)
@tries
def test_tables_of_any_type(seed, tmp_path):
    rng = random.Random(seed)
    table, schema = any_table(rng)
    data: Any = table
    how = rng.choice(["arrow", "arrow", "parquet", "polars", "pandas", "relation", "reader"])
    try:
        if how == "parquet":
            data = tmp_path / "t.parquet"
            pq.write_table(table, data)
        elif how == "polars":
            data = pl.from_arrow(table)
        elif how == "pandas":
            data = table.to_pandas()
        elif how == "relation":
            data = duckdb.from_arrow(table)
        elif how == "reader":
            data = table.to_reader(max_chunksize=7)
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - what another library cannot hold is not for us to read
        data = table
    read_somehow(
        data,
        schema,
        **rng.choice([{}, {}, {"memory_limit": "4KB"}, {"only": ["value"] if "value" in vars(schema) else []}]),
    )
    if how != "reader":
        validated(data, rng.choice([schema, None]))


# frames of anything


def any_frame(rng: random.Random) -> pd.DataFrame:
    size = rng.choice([0, 1, 2, 12])
    names: list[Any] = [
        "customer_id",
        "timestamp",
        "kind",
        *rng.sample([*ROLES[3:], "", " ", "x", "x", "X", 1, None, ("a", "b")], 5),
    ]
    columns = [pd.Series(rng.choices(THINGS, k=size), dtype=object) for _ in names]
    if rng.random() < 0.7:
        columns[0] = pd.Series([f"c{rng.randrange(3)}" for _ in range(size)], dtype=object)
        columns[1] = pd.Series([rng.choice(MOMENTS[:4]) for _ in range(size)], dtype=object)
    for place in range(2, len(columns)):
        kind = rng.choice([None, None, "category", "string", "Int64", "boolean", "Float64", "Sparse[float]"])
        if kind is not None:
            values = {"Int64": [1, None], "boolean": [True, None], "Float64": [1.5, None], "Sparse[float]": [1.0, 0.0]}
            columns[place] = pd.Series(rng.choices(values.get(kind, ["a", "b", None]), k=size)).astype(kind)
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    frame.columns = pd.Index(names, dtype=object)
    frame.index = pd.Index(rng.choices(range(3), k=size))
    return frame


@given(seed=SEEDS)
@tries
def test_frames_of_anything(seed):
    rng = random.Random(seed)
    frame = any_frame(rng)
    known = [name for name in ROLES if name in frame.columns]
    schema = Schema(**{name: name for name in known})
    read_somehow(frame, rng.choice([schema, None]), **rng.choice([{}, {"memory_limit": "4KB"}]))
    validated(frame, schema)


@given(seed=SEEDS)
@tries
def test_customers_of_anything(seed, tmp_path):
    rng = random.Random(seed)
    data: Any = any_frame(rng).drop(columns=["kind"])
    if rng.random() < 0.5:
        data, _ = any_table(rng)
    elif rng.random() < 0.5:
        data = tmp_path / "customers.csv"
        data.write_bytes(spoiled(as_text(good_rows(rng, 12)), rng))
    found = answer(read_customers, data)
    assert found is None or (repr(found) and not found.table["customer_id"].null_count)
