"""Odd names and odd values, by every way in: each row read is kept or refused, as an independent look at the data says.

A few tables by default; ``CXCHURN_STRESS=500`` (``make stress``) makes so many.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError, InternalError
from cxchurn.interactions import Later, Schema, Source, read_interactions
from cxchurn.interactions.reading.sources._tables import as_arrow
from cxchurn.interactions.store import _counts

from .interaction_rows import NOW
from .typed_tables import by_the_engine

TABLES = int(os.environ.get("CXCHURN_STRESS", "2"))
# names that mean something to an engine, to a reader, or to SQL; names that differ by case alone
NAMES = (
    "rowid", "h", "r", "copy", "@file", "@line", "@row", "@rule", "rule", "row", "file", "line", "raw", "c0", "c1", "filename",
    "Rowid", "ROWID", "x", "X", "", " ", "a b", 'a"b', "a'b", "a.b", "a,b", "a;b", "select", "found", "customer_id", "later",
    "Kunde", "kunde", "ü", "Ü", "1", "*", "?column?", "given", "json", "/a~b", "a\tb",
)  # fmt: skip
IDS = (
    "a",
    "b",
    " c ",
    "007",
    "7",
    "NULL",
    "nan",
    "",
    None,
    "None",
    "N/A",
    "\\N",
    "1001.0",
    "ä,ö",
    'q"q',
    "=1+1",
    "line\nend",
)
NOTHING = {"", "null", "nan", "none", "n/a", "\\n"}
VALUES = ("1", "-2.5", "", None, "x", "NA", "inf", "1e400", "0x1")
TIMES = ("2024-05-01", "2024-05-01T10:00:00", "", None, "soon", "2024-05-01 10:00:00.123", "9999-01-01")


def is_good(row: dict[str, object], names: dict[str, str]) -> bool:
    """Whether a row of the table keeps the rules, said once more in plain words."""
    who, when, value = (row[names[role]] for role in ("customer_id", "timestamp", "value"))
    if who is None or str(who).strip().lower() in NOTHING:
        return False
    if when is None or not str(when).startswith("2024"):
        return False
    if value is None or str(value).strip().lower() in (NOTHING | {"na"}):
        return True
    try:
        return abs(float(str(value))) < np.inf
    except ValueError:
        return False


def values_of(rows: list[dict[str, object]], names: dict[str, str]) -> Counter[float | None]:
    """How often each amount is there, and each of none, in rows that keep the rules."""
    said = (row[names["value"]] for row in rows)
    return Counter(None if one is None or str(one).lower() in (NOTHING | {"na"}) else float(str(one)) for one in said)


def made(seed: int) -> tuple[pd.DataFrame, Schema, dict[str, str]]:
    """A table with odd names and values, and a schema of four of its columns."""
    rng = random.Random(seed)
    names = rng.sample(NAMES, 7)
    roles = dict(zip(("customer_id", "timestamp", "value", "touchpoint"), names, strict=False))
    size = rng.randint(1, 40)
    cells = {
        roles["customer_id"]: rng.choices(IDS, k=size),
        roles["timestamp"]: rng.choices(TIMES, weights=(9, 9, 1, 1, 1, 2, 1), k=size),
        roles["value"]: rng.choices(VALUES, weights=(9, 9, 2, 2, 1, 1, 1, 1, 1), k=size),
        roles["touchpoint"]: rng.choices(("web", "Web", None, " store"), k=size),
        **{name: rng.choices(("u", "", None, "two\nlines"), k=size) for name in names[4:]},
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in cells.items()})
    frame = frame[rng.sample(list(frame.columns), frame.shape[1])]
    schema = Schema(**roles, kind_is="visit", duplicates="keep")
    return frame, schema, roles


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow(frame.columns)
        out.writerows([["" if cell is None else cell for cell in row] for row in frame.itertuples(index=False)])
    return path


def write_json(frame: pd.DataFrame, path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")), encoding="utf-8")
    return path


def ways(frame: pd.DataFrame, folder: Path) -> dict[str, object]:
    table = pa.table({name: pa.array(list(frame[name]), pa.string()) for name in frame.columns})
    pq.write_table(table, folder / "t.parquet")
    found: dict[str, object] = {
        "pandas": frame,
        "arrow": table,
        "parquet": folder / "t.parquet",
        "json": write_json(frame, folder / "t.jsonl"),
    }
    if "" not in frame.columns:
        found |= {"polars": pl.from_arrow(table), "lazy": pl.from_arrow(table).lazy()}
    # the first line of a text file has no cell without a name, and no blanks around one
    if all(name == name.strip() and name for name in frame.columns):
        found["csv"] = path = write_csv(frame, folder / "t.csv")
        (folder / "t.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
        with zipfile.ZipFile(folder / "t.zip", "w") as archive:
            archive.write(path, "t.csv")
        found |= {"gz": folder / "t.csv.gz", "zip": folder / "t.zip"}
    return found


def check_counts(data: object, schema: Schema, values: Counter[float | None], rows: int, **options: object) -> None:
    good = values.total()
    if not good:
        with pytest.raises(DataError, match="no row is left"):
            read_interactions(data, schema, now=NOW, on_error="quarantine", **options)
        return
    log = read_interactions(data, schema, now=NOW, on_error="quarantine", **options)
    counted = log.validation
    assert (counted.rows_read, counted.rows_kept, len(log), log.refused.num_rows) == (rows, good, good, rows - good)
    parts = [log.events] if log.parts is None else [log.parts.read(k) for k in range(len(log.parts))]
    assert sum((Counter(part["value"].to_pylist()) for part in parts), Counter()) == values


@pytest.mark.parametrize("seed", range(TABLES))
@pytest.mark.sampled(2)
def test_every_row_is_kept_or_refused_by_every_way_in(seed, tmp_path):
    frame, schema, roles = made(seed)
    values = values_of([row for row in frame.to_dict("records") if is_good(row, roles)], roles)
    for data in ways(frame, tmp_path).values():
        check_counts(data, schema, values, len(frame))
    check_counts(frame, schema, values, len(frame), memory_limit="4KB")


@pytest.mark.parametrize("seed", range(3))
def test_clean_rows_with_odd_names_are_read_alike_by_both_ways(seed):
    rng = random.Random(seed)
    names = rng.sample(NAMES, 5)
    roles = dict(zip(("customer_id", "timestamp", "kind", "value"), names, strict=False))
    table = pa.table(
        [[1, 2, 3], np.array(["2024-05-01"] * 3, "M8[us]"), ["a", "b", "a"], [1.0, None, 2.0], ["x", None, "y"]],
        names=names,
    )
    logs = [read_interactions(table, Schema(**roles), now=NOW)]
    with by_the_engine():
        logs.append(read_interactions(table, Schema(**roles), now=NOW))
    assert logs[0].events.equals(logs[1].events)
    assert logs[0].events["customer_id"].to_pylist() == [1, 2, 3]


ODD = {
    "objects": [1, "a", None, np.datetime64("2024-01-01"), np.float16(1), {"k": 1}, [2], b"\xff", 2**70, object()],
    "halves": pa.array(np.arange(10), pa.float16()),
    "wide decimals": pa.array(range(10), pa.decimal256(70, 2)),
    "nothing": pa.nulls(10),
    "beyond 64 bits": [2**70] * 10,
    "nested": pa.array([[{"k": [1]}]] * 10),
    "lists of halves": pa.array([np.arange(2, dtype=np.float16)] * 10, pa.list_(pa.float16())),
    "bytes": [b"\xff\x00"] * 10,
    "surrogates": ["\ud800"] * 10,
    "periods": list(pd.period_range("2024-01", periods=10, freq="M")),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("on_error", ["raise", "quarantine"])
def test_a_column_that_is_not_mapped_stops_nothing(name, on_error):
    ids, times = list("abcdefghij"), pd.date_range("2024-05-01", periods=10)
    schema = Schema(customer_id="c", timestamp="t", kind_is="visit")
    values = ODD[name]
    if isinstance(values, pa.Array):
        data = pa.table({"c": ids, "t": times, "odd": values})
    else:
        data = pd.DataFrame({"c": ids, "t": times, "odd": pd.Series(values, dtype=object)})
    assert len(read_interactions(data, schema, now=NOW, on_error=on_error)) == 10
    # a row that is refused is shown with whatever stands beside it
    refusing = data.slice(0, 9) if isinstance(data, pa.Table) else data.assign(c=[None, *ids[1:]])
    if on_error == "quarantine" and isinstance(refusing, pd.DataFrame):
        assert read_interactions(refusing, schema, now=NOW, on_error=on_error).refused.num_rows == 1


def test_a_column_of_nothing_has_no_values_by_every_way(tmp_path):
    table = pa.table({"c": ["a", "b"], "t": ["2024-05-01"] * 2, "v": pa.nulls(2), "k": pa.nulls(2)})
    pq.write_table(table, tmp_path / "t.parquet")
    schema = Schema(customer_id="c", timestamp="t", kind_is="visit", value="v", touchpoint="k")
    for data in (table, table.to_pandas(), tmp_path / "t.parquet", write_json(table.to_pandas(), tmp_path / "t.jsonl")):
        events = read_interactions(data, schema, now=NOW).events
        assert events["value"].null_count == events["touchpoint"].null_count == 2


def test_columns_that_differ_by_case_alone_are_told_apart(tmp_path):
    frame = pd.DataFrame({"id": ["a"], "ID": ["b"], "t": ["2024-05-01"], "V": ["1"], "v": ["2"]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    schema = Schema(customer_id="ID", timestamp="t", kind_is="visit", value="v", measures={"other": "V"})
    for data in (frame, tmp_path / "t.csv", tmp_path / "t.parquet", write_json(frame, tmp_path / "t.jsonl")):
        (event,) = read_interactions(data, schema, now=NOW).events.to_pylist()
        assert (event["customer_id"], event["value"], event["other"]) == ("b", 2.0, 1.0)


@pytest.mark.parametrize(
    ("stray", "refused"),
    [
        (['y,2024-01-02,"oops'], 1),
        # closed badly ten lines later; closed by nobody; a row over two lines that is one
        (['y,2024-01-02,"oops', *["d,2024-01-03,visit"] * 10, 'z,2024-01-04,"fine"'], 1),
        (['y,2024-01-02,"oops', 'y,2024-01-02,"oops', "n,2024-01-01"], 3),
        (['m,2024-01-01,"two\nlines"', 'y,2024-01-02,"oops'], 1),
        (['m,2024-01-01,"two\nlines"', 'q,2024-01-01,a"b', 'w,2024-01-01,"a ""b"""'], 0),
    ],
)
@pytest.mark.parametrize("at", [0, 3])
def test_a_stray_quote_costs_its_own_line(tmp_path, stray, refused, at):
    lines = [f"c{k},2024-01-{1 + k % 28:02},visit" for k in range(40)]
    lines[at:at] = stray
    path = tmp_path / "log.csv"
    path.write_text("c,t,k\n" + "\n".join(lines) + "\n")
    schema = Schema(customer_id="c", timestamp="t", kind="k", duplicates="keep")
    log = read_interactions(path, schema, now=NOW, on_error="quarantine")
    assert (len(log), log.validation.rows_refused) == (40 + len(stray) - refused, refused)
    if refused:
        # the header is line 1
        first = (
            next(place for place, line in enumerate(lines) if "oops" in line)
            + 2
            + (stray[0].count("\n") if at < 4 else 0)
        )
        assert log.refused["@line"][0].as_py() == f'line {first}: y,2024-01-02,"oops'


def test_a_value_of_another_type_in_json_concerns_its_row(tmp_path):
    rows = [{"c": k, "t": "2024-05-01", "v": 1.5, "ok": True} for k in range(3)]
    odd = [{**rows[0], "c": "x"}, {**rows[0], "v": "many"}, {**rows[0], "ok": {"a": 1}}, {**rows[0], "v": [1]}]
    schema = Schema(customer_id="c", timestamp="t", kind_is="visit", value="v", resolved="ok", duplicates="keep")
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(map(json.dumps, [*rows, *odd])) + "\nno json\n[1]\n")
    log = read_interactions(path, schema, now=NOW, on_error="quarantine")
    # an id of text makes text of the others; two values, a flag and two lines cannot be read
    assert sorted(log.events["customer_id"].to_pylist()) == ["0", "1", "2", "x"]
    assert (log.validation.rows_read, log.validation.rows_refused) == (9, 5)
    path.write_text("\n".join(map(json.dumps, rows)))
    assert read_interactions(path, schema, now=NOW).events["customer_id"].to_pylist() == [0, 1, 2]


def test_events_made_later_are_counted_too():
    frame = pd.DataFrame(
        {"c": ["a", "b", None], "t": ["2024-01-01"] * 3, "done": ["2024-01-05", None, "2024-01-06"], "rowid": [9, 8, 7]}
    )
    schema = Schema(customer_id="c", timestamp="t", kind_is="call", later=(Later(at="done", columns=()),))
    log = read_interactions(frame, schema, now=NOW, on_error="quarantine")
    # two rows kept, and one of them was done later
    assert (log.validation.rows_kept, len(log)) == (2, 3)


def test_a_reader_that_loses_a_row_says_so(monkeypatch):
    frame = pd.DataFrame({"c": ["a", "b"], "t": ["2024-01-01"] * 2})
    monkeypatch.setattr(_counts.Handed, "of", classmethod(lambda cls, batches, kept=None: cls(1, 0)))
    with pytest.raises(InternalError, match="2 rows were read, 1 kept and 0 refused"):
        read_interactions(Source(frame, Schema(customer_id="c", timestamp="t", kind_is="x")), now=NOW)


def test_a_number_of_thousands_of_figures_is_the_text_it_reads_as():
    frame = pd.DataFrame({"c": [10**5000, "b"], "t": ["2024-05-01"] * 2, "v": pd.Series([1.0, 10**5000], dtype=object)})
    schema = Schema(customer_id="c", timestamp="t", kind_is="visit", value="v")
    log = read_interactions(frame, schema, now=NOW, on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == [str(10**4000) + "0" * 1000]
    assert [one.rule for one in log.validation.findings if one.rows] == ["number_infinite"]


def test_a_column_that_polars_gives_up_on_is_read_value_by_value():
    """Where an assertion of its own fails polars raises what is no `Exception`."""

    class PanicException(BaseException):
        pass

    class Column:
        dtype = "Decimal"

        def to_arrow(self) -> None:
            raise PanicException("assertion failed")

        def to_list(self) -> list[object]:
            return [1, None]

    class Frame:
        columns = ("a",)

        def get_columns(self) -> list[Column]:
            return [Column()]

    table, _ = as_arrow(Frame())
    assert table.to_pydict() == {"a": ["1", None]}
