"""What is written never replaces what is read, and holds no formulas."""

from __future__ import annotations

import os
from contextlib import nullcontext

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import Query, Source, check_not_read, harmless, read_interactions

from .interaction_rows import NOW, row

FRAME = pd.DataFrame([row("a"), row(None), row("=b", kind=None)])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    FRAME.to_parquet(tmp_path / "in" / "log.parquet")
    FRAME.to_parquet(tmp_path / "in" / "sub" / "log.parquet")
    os.symlink(tmp_path / "in" / "log.parquet", tmp_path / "link.parquet")
    os.link(tmp_path / "in" / "log.parquet", tmp_path / "hard.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("out", "read"),
    [
        ("in/log.parquet", "in/log.parquet"),
        ("in/../in/log.parquet", "in/log.parquet"),
        ("link.parquet", "in/log.parquet"),
        ("in/log.parquet", "link.parquet"),
        ("hard.parquet", "in/log.parquet"),
        ("hard.parquet", "in"),
        ("in/new.parquet", "in"),
        ("in/sub/new.csv", "in"),
        ("in/sub/log.parquet", "in/**/*.parquet"),
        ("in/new.parquet", "in/*.parquet"),
        ("in/new/deep/new.parquet", "in/**/*.parquet"),
        ("link.parquet", "in/*.parquet"),
    ],
)
def test_an_output_over_or_into_an_input_is_refused(folder, out, read):
    with pytest.raises(UsageError, match="over, or into, what is read"):
        check_not_read(folder / out, [folder / read])
    with pytest.raises(UsageError, match="over, or into, what is read"):
        check_not_read(folder / out, [Source(str(folder / read))])


@pytest.mark.parametrize(
    ("out", "read"),
    [
        ("out.parquet", "in"),
        ("in.parquet", "in"),
        ("in/notes.md", "in"),
        ("in/_scores.parquet", "in"),
        ("in/sub/new.parquet", "in/*.parquet"),
        ("new.parquet", "in/log.parquet"),
        ("in/log.csv", "in/*.parquet"),
    ],
)
def test_an_output_beside_the_inputs_is_fine(folder, out, read):
    check_not_read(folder / out, [folder / read, None, FRAME])


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        ("select * from '{in}/log.parquet'", True),
        ('select * from "{in}/log.parquet"', True),
        ("select * from read_parquet(['{in}/sub/*.parquet', '{in}/log.parquet'])", True),
        ("select *, 'it''s' as note from '{in}/*.parquet'", True),
        ("select * from '{in}/sub/*.parquet' where kind = 'a.b'", False),
    ],
)
def test_files_that_a_question_names_are_inputs(folder, sql, refused):
    query = Query(sql.replace("{in}", str(folder / "in")))
    with pytest.raises(UsageError, match="over, or into, what is read") if refused else nullcontext():
        check_not_read(folder / "in" / "log.parquet", [query])
    check_not_read(folder / "in" / "log.parquet", [Query(query.sql, uri="postgresql://localhost/shop")])


@pytest.mark.parametrize("what", ["data", "customers", "beside"])
def test_refused_rows_never_replace_what_is_read(folder, what):
    log, table = folder / "in" / "log.parquet", folder / "q-customers.parquet"
    pd.DataFrame({"customer_id": ["a"]}).to_parquet(table)
    before = log.read_bytes(), table.read_bytes()
    quarantine = {"data": log, "customers": table, "beside": folder / "q.parquet"}[what]
    with pytest.raises(UsageError, match="over, or into, what is read"):
        read_interactions(log, customers=table, now=NOW, on_error="quarantine", quarantine=quarantine)
    assert (log.read_bytes(), table.read_bytes()) == before


def test_refused_rows_in_a_csv_file_hold_no_formulas(tmp_path):
    for name in ("q.csv", "q.parquet"):
        read_interactions(FRAME, now=NOW, on_error="quarantine", quarantine=tmp_path / name)
    assert pd.read_csv(tmp_path / "q.csv")["customer_id"].tolist()[1] == "'=b"
    assert pq.read_table(tmp_path / "q.parquet")["customer_id"].to_pylist()[1] == "=b"
    with pytest.raises(UsageError, match=r"\.parquet or \.csv"):
        read_interactions(FRAME, now=NOW, on_error="quarantine", quarantine=tmp_path / "q.xlsx")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_texts_that_a_spreadsheet_runs_get_an_apostrophe(start):
    frame = pd.DataFrame({"id": [f"{start}1+1", f"a{start}"], "n": [-1, 2], "x": [-0.5, None], "none": [None, "b"]})
    found = harmless(frame)
    assert found["id"].tolist() == [f"'{start}1+1", f"a{start}"]
    assert found[["n", "x"]].equals(frame[["n", "x"]])
    assert found["none"].isna().tolist() == [True, False]
    assert harmless(frame.astype({"id": "category"}))["id"].tolist() == found["id"].tolist()
