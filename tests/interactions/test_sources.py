from __future__ import annotations

import gzip
import zipfile

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Query, Schema, Source, propose_schema, read_interactions

from .interaction_rows import NOW, row

BASE = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value")
ROWS = [row("a", value=1.5), row("b", value=None), row("ä,b", kind="call", value=-2.0)]
FRAME = pd.DataFrame(ROWS).astype({"timestamp": "datetime64[us]"})
TEXT = "customer_id,timestamp,kind,value\na,2024-05-01T10:00:00,visit,1.5\nb,2024-05-01T10:00:00,visit,\n"


def contents(data, schema=BASE, **options):
    return (
        read_interactions(data, schema, now=NOW, **options)
        .events.select(["customer_id", "timestamp", "kind", "value"])
        .to_pylist()
    )


EXPECTED = contents(FRAME)


@pytest.mark.parametrize(
    "data",
    [
        pl.from_pandas(FRAME),
        pl.from_pandas(FRAME).lazy(),
        pa.Table.from_pandas(FRAME),
        FRAME.astype({"kind": "category", "customer_id": object}),
        FRAME.assign(timestamp=FRAME["timestamp"].astype(str)),
        FRAME.assign(timestamp=FRAME["timestamp"].dt.tz_localize("UTC")),
        FRAME.set_index(pd.Index([5, 3, 1])),
    ],
    ids=["polars", "lazy", "arrow", "categories", "text times", "zoned times", "odd index"],
)
def test_tables_of_every_library_give_the_same_events(data):
    assert contents(data) == EXPECTED
    assert [event["value"] for event in EXPECTED] == [1.5, None, -2.0]


def test_not_a_number_is_a_missing_number():
    frame = pl.DataFrame(ROWS).with_columns(value=pl.Series([1.5, float("nan"), -2.0]))
    assert [event["value"] for event in contents(frame)] == [1.5, None, -2.0]


def test_lengths_of_time_are_read_as_seconds(read):
    log = read([row(wait_s=pd.Timedelta("1h 30s")), row("b", wait_s=None)])
    assert log.events["wait_s"].to_pylist() == [3630.0, None]


def test_a_query_sees_no_variables_of_the_program():
    data = FRAME
    with pytest.raises(DataError, match="data"):
        contents(Query("select * from data"))
    assert len(data) == 3


def test_a_relation_and_a_query_give_the_same_events(tmp_path):
    path = tmp_path / "it's.parquet"
    FRAME.to_parquet(path)
    quoted = str(path).replace("'", "''")
    with duckdb.connect() as con:
        assert contents(con.sql(f"select * from '{quoted}'")) == EXPECTED
    assert contents(Query(f"select * from '{quoted}';")) == EXPECTED
    with duckdb.connect(str(tmp_path / "d.db")) as con:
        con.execute(f"create table source as select * from '{quoted}'")
        con.execute("create table raw as select * from source")
    assert contents(Query("select * from source", tmp_path / "d.db")) == EXPECTED
    assert contents(Query("select * from raw", tmp_path / "d.db")) == EXPECTED


@pytest.mark.parametrize(
    "name", ["e.parquet", "e.csv", "e.tsv", "e.csv.gz", "e.jsonl", "e.jsonl.gz", "e.json", "e [1]*.csv"]
)
def test_files_of_every_type_give_the_same_events(tmp_path, name):
    path = tmp_path / name
    if name == "e.parquet":
        FRAME.to_parquet(path)
    elif ".json" in name:
        FRAME.to_json(path, orient="records", lines=".jsonl" in name, date_format="iso")
    else:
        FRAME.to_csv(path, index=False, sep="\t" if ".tsv" in name else ",")
    assert contents(path) == EXPECTED
    assert contents(str(path)) == EXPECTED


def test_a_folder_and_a_pattern_stand_for_their_files(tmp_path):
    (tmp_path / "sub").mkdir()
    FRAME[2:].to_parquet(tmp_path / "sub" / "z.parquet")
    # columns in another order, and one more
    FRAME[:2][["kind", "value", "customer_id", "timestamp"]].assign(more=1).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / "notes.md").write_text("x")
    assert contents(tmp_path) == EXPECTED
    assert contents(tmp_path / "**" / "*.parquet") == EXPECTED


def test_text_files_with_columns_in_another_order_are_one_table(tmp_path):
    FRAME[:2].to_csv(tmp_path / "a.csv", index=False)
    FRAME[2:][["value", "kind", "customer_id", "timestamp"]].to_csv(tmp_path / "b.csv", index=False)
    assert contents(tmp_path) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        " 00001 19970101  1   11.77\r\n 00002\t19970112  5   77.00\r\n",
        " customer day items dollars\n 00001 19970101  1   11.77\n\n 00002 19970112  5   77.00  \n",
        "ID date number_of_cds dollar_value\n00001 19970101 1 11.77\n00002 19970112 5 77.00",
    ],
    ids=["no header", "the declared header", "another header"],
)
def test_blanks_between_columns_with_and_without_a_header(tmp_path, text):
    path = tmp_path / "raw.txt"
    path.write_text(text, newline="")
    schema = Schema(
        customer_id="customer",
        timestamp="day",
        kind_is="purchase",
        value="dollars",
        measures=("items",),
        time_format="%Y%m%d",
        delimiter="whitespace",
        columns=("customer", "day", "items", "dollars"),
    )
    log = read_interactions(path, schema, now=NOW)
    assert log.events["customer_id"].to_pylist() == ["00001", "00002"]
    assert log.events["value"].to_pylist() == [11.77, 77.0]
    assert log.events["items"].to_pylist() == [1.0, 5.0]


def test_a_first_line_with_a_time_or_a_number_is_no_header(tmp_path):
    path = tmp_path / "raw.csv"
    path.write_text("a,2024-05-01T10:00:00,visit,free\n")
    schema = Schema(
        customer_id="who", timestamp="when", kind="what", categories=("note",), columns=("who", "when", "what", "note")
    )
    assert len(read_interactions(path, schema, now=NOW)) == 1
    path.write_text("a,soon,visit,5\n")
    with pytest.raises(DataError, match="time_unreadable"):
        read_interactions(path, schema, now=NOW)


def test_lines_that_are_no_rows_are_refused_and_shown(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text(TEXT + "c,2024-05-01\nd,2024-05-01,visit,1,2,3\ne,2024-05-02,visit,4\n")
    log = read_interactions(path, BASE, now=NOW, on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == ["a", "b", "e"]
    assert log.refused["rule"].to_pylist() == ["line_unreadable"] * 2
    # the header is line 1
    assert log.refused["@line"].to_pylist() == ["line 4: c,2024-05-01", "line 5: d,2024-05-01,visit,1,2,3"]
    assert "line 4: c,2024-05-01" in str(log.validation)


def test_blank_separated_lines_and_json_that_are_no_rows_are_refused_and_shown(tmp_path):
    schema = Schema(customer_id="a", timestamp="b", kind_is="x", columns=("a", "b"), delimiter="whitespace")
    (tmp_path / "e.txt").write_text("1 2024-01-01\n2 2024-01-01 3\n")
    log = read_interactions(tmp_path / "e.txt", schema, now=NOW, on_error="quarantine")
    assert (len(log), log.refused["@line"].to_pylist()) == (1, ["2 2024-01-01 3"])
    (tmp_path / "e.jsonl").write_text('{"a": 1, "b": "2024-01-01"}\n{broken\n')
    schema = Schema(customer_id="a", timestamp="b", kind_is="x")
    log = read_interactions(tmp_path / "e.jsonl", schema, now=NOW, on_error="quarantine")
    assert (len(log), log.refused["rule"].to_pylist()) == (1, ["line_unreadable"])


def test_refused_rows_are_written_with_all_their_columns(tmp_path):
    frame = FRAME.assign(note="kept", customer_id=["a", None, "c"])
    path = tmp_path / "out" / "refused.parquet"
    log = read_interactions(frame, BASE, now=NOW, on_error="quarantine", quarantine=path)
    written = pq.read_table(path)
    assert written.equals(log.refused)
    assert written.select(["kind", "note", "rule"]).to_pylist() == [
        {"kind": "visit", "note": "kept", "rule": "customer_id_missing(customer_id)"}
    ]
    assert [each.name for each in path.parent.iterdir()] == ["refused.parquet"]
    # nothing refused: an empty table replaces the old one
    read_interactions(FRAME, BASE, now=NOW, on_error="quarantine", quarantine=path)
    assert pq.read_table(path).num_rows == 0


def test_several_sources_become_one_log():
    orders = Source(
        pd.DataFrame({"who": ["a", "b"], "at": ["2024-01-01", "2024-01-03"], "eur": [1, 2]}),
        Schema(customer_id="who", timestamp="at", kind_is="order", value="eur"),
    )
    calls = Source(
        pd.DataFrame({"c": ["b"], "t": ["2024-01-02"], "w": [5], "n": [7]}),
        Schema(customer_id="c", timestamp="t", kind_is="call", wait_s="w", measures={"steps": "n"}),
    )
    log = read_interactions([orders, calls], now=NOW)
    found = log.events.select(["customer_id", "kind", "value", "wait_s", "steps"]).to_pylist()
    assert [tuple(event.values()) for event in found] == [
        ("a", "order", 1.0, None, None),
        ("b", "order", 2.0, None, None),
        ("b", "call", None, 5.0, 7.0),
    ]
    assert (log.measures, len(log.schemas), log.roles) == (
        ("steps",),
        2,
        {"customer_id", "timestamp", "known_at", "kind", "value", "wait_s"},
    )
    assert log.validation.rows_read == 3


def test_sources_that_cannot_be_one_log_say_why():
    text = Source(pd.DataFrame([row("a")]), None)
    with pytest.raises(DataError, match=r"different types .*text.*integer"):
        read_interactions([text, Source(pd.DataFrame([row(1)]))], now=NOW)
    with pytest.raises(DataError, match="x is a measure in one source and a category in another"):
        read_interactions([Source(pd.DataFrame([row(x=1)])), Source(pd.DataFrame([row(x="u")]))], now=NOW)
    with pytest.raises(UsageError, match="a list of Source"):
        read_interactions([text, FRAME], now=NOW)
    with pytest.raises(UsageError, match="a list of Source"):
        read_interactions([text], BASE, now=NOW)
    with pytest.raises(UsageError, match="a list of Source"):
        read_interactions([], now=NOW)


def files(folder):
    (folder / "empty.csv").write_text("")
    (folder / "header.csv").write_text("customer_id,timestamp,kind,value\n")
    (folder / "broken.parquet").write_text("this is no Parquet")
    (folder / "e.xlsx").write_text("x")
    (folder / "semicolons.csv").write_text(TEXT.replace(",", ";"))
    (folder / "headless.csv").write_text("17,2024-05-01,visit,5\n")
    (folder / "twice.csv").write_text(TEXT.replace("timestamp", "kind", 1))
    (folder / "near.csv").write_text(TEXT.replace("customer_id", "custmer_id"))
    (folder / "bad.csv.gz").write_text("x")
    with gzip.open(folder / "cut.csv.gz", "wt") as file:
        file.write(TEXT)
    (folder / "cut.csv.gz").write_bytes((folder / "cut.csv.gz").read_bytes()[:-20])
    (folder / "nothing").mkdir()
    (folder / "mixed").mkdir()
    (folder / "mixed" / "a.csv").write_text(TEXT)
    FRAME.to_parquet(folder / "mixed" / "b.parquet")
    return folder


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "there is no file"),
        ("*.none", "no file matches"),
        ("nothing", "holds no data files"),
        ("empty.csv", "empty (0 bytes)"),
        ("header.csv", "has no rows"),
        ("broken.parquet", "broken.parquet cannot be read"),
        ("e.xlsx", "cannot be read: .xlsx"),
        ("mixed", "several types: .csv, .parquet"),
        ("semicolons.csv", 'delimiter = ";"'),
        ("headless.csv", "a file without a header needs its columns named"),
        ("twice.csv", "columns of one name: kind"),
        ("near.csv", "has no column 'customer_id' (customer_id)"),
        ("near.csv", "did you mean 'custmer_id'?"),
        ("bad.csv.gz", "cannot be read as text"),
        ("cut.csv.gz", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, message):
    # a file that is not there is wrong usage, one that cannot be read breaks its contract
    with pytest.raises(UsageError if name in ("none.csv", "*.none", "nothing") else DataError) as error:
        read_interactions(files(tmp_path) / name, BASE, now=NOW)
    assert message in str(error.value)


def sheet(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


@pytest.mark.parametrize(
    ("name", "write", "message"),
    [
        ("log.csv", sheet, r"it is a spreadsheet \(Excel\)(.|\n)*save the sheet as CSV"),
        ("log.txt", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "it is a spreadsheet"),
        ("log.csv", lambda path: path.write_bytes(gzip.compress(TEXT.encode())), "ends in .gz"),
        ("log.json", lambda path: zipfile.ZipFile(path, "w").writestr("log.json", "[]"), "ends in .zip"),
        ("log.csv", FRAME.to_parquet, "it is a Parquet file"),
        ("log.xlsx", sheet, "pandas.read_excel"),
    ],
)
def test_a_file_of_another_type_than_its_name_says_is_named(tmp_path, name, write, message):
    write(tmp_path / name)
    with pytest.raises(DataError, match=message):
        read_interactions(tmp_path / name, BASE, now=NOW)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: contents(5), UsageError, "the data is of type int"),
        (lambda: contents(Query("selec 1")), DataError, "the query cannot be read"),
        (lambda: contents(Query("select 1", "none.db")), DataError, "there is no database none.db"),
        (lambda: contents(pd.concat([FRAME, FRAME], axis=1)), DataError, "columns of one name: customer_id"),
        (lambda: contents(FRAME[:0]), DataError, "has no rows"),
        (lambda: contents(FRAME.assign(value=[[1], [2], [3]])), DataError, "'value' is of type"),
        (
            lambda: contents(FRAME.assign(customer_id=FRAME["timestamp"])),
            DataError,
            "'customer_id' is of type TIMESTAMP",
        ),
        (lambda: contents(FRAME, on_error="drop"), UsageError, "'raise' or 'quarantine'"),
        (lambda: contents(FRAME, quarantine="x.parquet"), UsageError, "add on_error='quarantine'"),
        (lambda: contents(FRAME.assign(kind=None), on_error="quarantine"), DataError, "no row is left"),
        (lambda: contents(FRAME, observed_until="never"), UsageError, "observed_until is 'never'"),
    ],
)
def test_a_call_that_cannot_work_says_why(call, error, message):
    with pytest.raises(error) as found:
        call()
    assert message in str(found.value)


def test_all_columns_that_do_not_fit_are_said_at_once():
    schema = Schema(customer_id="cust", timestamp="whn", kind="kind")
    with pytest.raises(DataError, match=r"no column 'cust' \(customer_id\), 'whn' \(timestamp\)"):
        contents(FRAME, schema)


def test_json_objects_larger_than_the_engine_takes_by_itself_are_read(tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_text(f'{{"a": 1, "b": "2024-01-01"}}\n{{"a": 2, "b": "2024-01-02", "text": "{"x" * 34_000_000}"}}\n')
    schema = Schema(customer_id="a", timestamp="b", kind_is="x")
    assert len(read_interactions(path, schema, now=NOW)) == 2


SURVEY = """StartDate,Progress,"Q1","",Who
Start Date,Progress,"How likely are
you to recommend us?",Other,Reference
"{""ImportId"":""startDate""}","{""ImportId"":""progress""}","{""ImportId"":""QID1""}",x,y
2024-01-01 10:00:00,100,9,,K1
2024-01-02 10:00:00,50,3,,K2
2024-01-03 10:00:00,100,7,,K1
"""


def test_lines_below_a_header_that_say_more_of_its_columns_are_no_rows(tmp_path):
    data, schema = tmp_path / "survey.csv", tmp_path / "schema.toml"
    data.write_text(SURVEY)
    text = propose_schema(data)
    assert "skip = 3" in text
    assert 'columns = ["StartDate", "Progress", "Q1", "Other", "Who"]' in text
    schema.write_text(text.replace('# customer_id = "..."', 'customer_id = "Who"'))
    log = read_interactions(data, schema, now=NOW)
    assert log.events["Q1"].to_pylist() == [9.0, 3.0, 7.0]


@pytest.mark.parametrize(
    "first", ["K1,2024-01-01,unknown", "K1,2024-01-01,", "K1,1/2/2024,n/a", "unknown,2024-01-01,5", "K1,n/a,unknown"]
)
def test_a_first_row_with_a_word_is_a_row(tmp_path, first):
    data = tmp_path / "log.csv"
    data.write_text(f"customer,timestamp,amount\n{first}\nK2,2024-01-02,5\nK3,2024-01-03,6\nK4,2024-01-04,7\n")
    assert "skip" not in propose_schema(data)


def test_a_title_may_have_several_lines(tmp_path):
    data = tmp_path / "log.csv"
    data.write_text(
        '"Report\nof\nJanuary",,\n\n' + "customer_id,timestamp,kind\na,2024-01-01,visit\nb,2024-01-02,visit\n"
    )
    assert read_interactions(data, now=NOW).events["customer_id"].to_pylist() == ["a", "b"]


@pytest.mark.parametrize("orient", ["columns", "index", "split", "records"])
def test_json_that_pandas_wrote_is_a_table(tmp_path, orient):
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "b", "a"],
            "timestamp": ["2024-01-01", "2024-01-02", "2024-01-03"],
            "kind": "visit",
            "value": [1.5, None, 2],
        }
    )
    frame.to_json(tmp_path / "log.json", orient=orient)
    log = read_interactions(tmp_path / "log.json", BASE, now=NOW)
    assert log.events["customer_id"].to_pylist() == ["a", "b", "a"]
    assert log.events["value"].to_pylist() == [1.5, None, 2.0]


def test_rows_may_end_in_a_sign_that_their_header_lacks(tmp_path):
    data, schema = tmp_path / "log.csv", tmp_path / "schema.toml"
    rows = "".join(f"a,2024-01-0{day},visit,{day},\n" for day in (1, 2, 3))
    data.write_text(f"Bank of X\n\ncustomer,timestamp,kind,note\n{rows}")
    schema.write_text(propose_schema(data))
    assert read_interactions(data, schema, now=NOW).events["note"].to_pylist() == [1.0, 2.0, 3.0]
    data.write_text("customer,timestamp,kind\na,2024-01-01,visit,\nb,2024-01-02,visit,\n")
    assert read_interactions(data, now=NOW).events["customer_id"].to_pylist() == ["a", "b"]


def test_a_row_is_no_header_where_its_cells_are_divided_otherwise(tmp_path):
    data = tmp_path / "log.csv"
    rows = "".join(f'a,2024-01-0{day},visit,"no \\"x\\", y"\n' for day in (1, 2, 3))
    data.write_text(f"customer,timestamp,kind,note\n{rows}")
    assert 'customer_id = "customer"' in propose_schema(data)
    with pytest.raises(DataError, match="needs quotes around it"):
        read_interactions(data, Schema(customer_id="customer", timestamp="timestamp", kind="kind"), now=NOW)
