"""Customers' ids: one way to read them, on every entrance."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.interactions import Schema, Source, log_ids, read_customers, read_interactions, with_events
from cxchurn.interactions.rows import RowReader

from .interaction_rows import NOW, row

LARGE = 2**53


def ids_in(rows, **options):
    return read_interactions(pd.DataFrame(rows), now=NOW, **options).events["customer_id"].to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, 2], "integer", [1, 2]),
        ([1.0, 2.0], "integer", [1, 2]),
        (np.array([1, 2], np.uint8), "integer", [1, 2]),
        (pd.Series([1, 2], dtype="Int64"), "integer", [1, 2]),
        (pd.Series([1, 2]).astype("category"), "integer", [1, 2]),
        ([Decimal(1), Decimal("2.0")], "integer", [1, 2]),
        (["1", " 2 ", "3.0"], "integer", [1, 2, 3]),
        ([LARGE + 1], "integer", [LARGE + 1]),
        ([1, 2.0, "3"], "text", ["1", "2.0", "3"]),
        ([1, 2], "text", ["1", "2"]),
        ([1.0, 2.0], "text", ["1", "2"]),
        (["007", " a\t", "1.0"], "text", ["007", "a", "1.0"]),
        (pd.Series(["a"], dtype="string"), "text", ["a"]),
        (pd.Series(["a"], dtype="category"), "text", ["a"]),
        (pa.chunked_array([["a"], ["b"]]), "text", ["a", "b"]),
        ([], "text", []),
    ],
)
def test_ids_are_read_whatever_they_came_as(values, kind, expected):
    found = log_ids(values, kind, what="the rows")
    assert found.tolist() == expected
    assert found.dtype == (np.int64 if kind == "integer" else object)


@pytest.mark.parametrize(
    ("values", "kind", "error", "words"),
    [
        ([1, None], "integer", DataError, ["the rows lack the customer_id in 1 of 2 rows"]),
        ([1.0, np.nan, pd.NaT], "integer", DataError, ["in 2 of 3 rows"]),
        (["a", "NULL", "nan", "None", "N/A", "\\N", " ", "<NA>", "-"], "text", DataError, ["in 8 of 9 rows"]),
        (
            [LARGE * 1.0, 1.0],
            "integer",
            DataError,
            ["beyond 2**53 in 1 of 2 rows", "9007199254740992", "another customer"],
        ),
        ([-LARGE * 1.0], "text", DataError, ["beyond 2**53"]),
        ([1.5, 1.0], "integer", DataError, ["no whole numbers in 1 of 2 rows", "1.5"]),
        (["C-1", "2"], "integer", MismatchError, ["'C-1'", "1 of 2 rows", "whole numbers"]),
        (["007"], "integer", MismatchError, ["'007' is not 7"]),
        ([True, False], "integer", DataError, ["of the type bool"]),
        (pd.to_datetime(["2024-01-01"]), "integer", DataError, ["of the type timestamp"]),
    ],
)
def test_ids_that_are_none_are_refused_with_their_number(values, kind, error, words):
    with pytest.raises(error) as found:
        log_ids(values, kind, what="the rows")
    assert all(word in str(found.value) for word in words), str(found.value)


@pytest.mark.parametrize(
    "word", ["NULL", "null", "nan", "NaN", "None", "N/A", "n/a", "\\N", "<NA>", "NaT", "#N/A", "-", " ", ""]
)
@pytest.mark.parametrize("write", ["csv", "parquet", "frame", "polars"])
@pytest.mark.sampled(8)
def test_a_word_for_nothing_is_no_customer(tmp_path, word, write):
    frame = pd.DataFrame([row("a"), row(word), row("Nan")])
    frame["customer_id"] = ["a", word, "Nanna"]
    data: object = frame
    if write == "csv":
        frame.to_csv(data := tmp_path / "e.csv", index=False)
    elif write == "parquet":
        frame.to_parquet(data := tmp_path / "e.parquet")
    elif write == "polars":
        data = pl.from_pandas(frame)
    schema = Schema(**{name: name for name in row()})
    log = read_interactions(data, schema, now=NOW, on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == ["a", "Nanna"]
    assert log.refused["rule"].to_pylist() == ["customer_id_missing(customer_id)"]


def test_blanks_around_an_id_are_no_part_of_it_and_are_counted(caplog):
    rows = [row("C1  "), row("C1", kind="call"), row("\tC2")]
    assert ids_in(rows) == ["C1", "C1", "C2"]
    # the first and the third
    assert "2 rows have blanks around the customer's id, such as 'C1  '" in caplog.text


def test_whole_numbers_that_became_decimal_are_whole_again_and_counted(caplog):
    assert ids_in([row("1001.0"), row("1001", kind="call"), row("-2.00")]) == ["1001", "1001", "-2"]
    assert "2 rows have a whole number with .0 as the customer's id" in caplog.text
    # versions, codes and zeros in front are text, and stay
    for other in ("1.1", "C5", "007"):
        assert ids_in([row("1.0"), row(other)]) == ["1.0", other]


def test_decimal_numbers_that_cannot_be_told_apart_are_refused():
    with pytest.raises(DataError, match=r"1 x customer_id_unreadable(.|\n)*2\*\*53"):
        ids_in([row(1.0), row(float(LARGE))])
    assert ids_in([row(Decimal(LARGE + 1)), row(Decimal(1))]) == [LARGE + 1, 1]


def source(ids, kind):
    return Source(
        pd.DataFrame({"c": ids, "t": pd.date_range("2024-01-01", periods=len(ids))}),
        Schema(customer_id="c", timestamp="t", kind_is=kind),
    )


@pytest.mark.parametrize("memory_limit", [None, "1GB"])
@pytest.mark.parametrize("text", [["1001", "1002"], ["1001.0", "1002.0"], ["1001", "007"], [" 1001", "C5"]])
def test_sources_of_whole_numbers_and_of_text_become_one_log(text, memory_limit, caplog):
    log = read_interactions([source([1001, 1002], "order"), source(text, "call")], now=NOW, memory_limit=memory_limit)
    assert log.ids == "text"
    parts = [log.events] if memory_limit is None else [log.parts.read(k) for k in range(len(log.parts))]
    found = {who for part in parts for who in part["customer_id"].to_pylist()}
    assert found == {"1001", "1002", text[1].removesuffix(".0")}
    assert "all are read as text" in caplog.text


@pytest.mark.parametrize("memory_limit", [None, "1GB"])
def test_sources_that_share_no_customer_are_said(memory_limit, caplog):
    sources = [source(["a1", "a2"], "order"), source(["b1", "b2"], "call"), source(["a2", "a3"], "visit")]
    log = read_interactions(sources, now=NOW, memory_limit=memory_limit)
    (note,) = log.validation.notes
    assert "shares no customer with the other sources: its ids are like 'b1', 'b2'" in note
    assert note in caplog.text
    assert "Worth a look" in str(log.validation)
    assert not read_interactions([sources[0], sources[2]], now=NOW).validation.notes


def test_a_customers_table_that_fits_nobody_is_an_error():
    rows = [row("001"), row("002"), row("003")]
    with pytest.raises(DataError, match=r"knows none of the 3 customers of the interactions: its ids are like '1'"):
        ids_in(rows, customers=pd.DataFrame({"customer_id": [1, 2, 3], "plan": ["x", "y", "z"]}))
    # two may both be new
    log = read_interactions(pd.DataFrame(rows[:2]), now=NOW, customers=pd.DataFrame({"customer_id": ["9"]}))
    assert log.validation.notes == ("the customers table knows 0 of the 2 customers of the interactions.",)


def test_a_customers_table_is_matched_by_what_ids_say(caplog):
    table = read_customers(pd.DataFrame({"customer_id": ["1001.0", " 1002.0"], "plan": ["x", "y"]}))
    for whole in ([1001, 1002], ["1001", "1002"]):
        log = read_interactions(pd.DataFrame([row(who) for who in whole]), now=NOW, customers=table)
        assert log.customers.table["customer_id"].to_pylist() == whole
    odd = pd.DataFrame({"customer_id": ["1", "007", "C-2"], "plan": ["x", "y", "z"]})
    log = read_interactions(pd.DataFrame([row(1), row(7)]), now=NOW, customers=odd)
    # 007 is not 7
    assert log.customers.table["customer_id"].to_pylist() == [1]
    assert "2 of 3 rows of the customers table are of ids that are no whole numbers" in caplog.text
    twice = pd.DataFrame({"customer_id": ["1", "1.0"]})
    with pytest.raises(DataError, match="more than once"):
        read_interactions(pd.DataFrame([row(1)]), now=NOW, customers=twice)


def test_events_without_a_customer_make_no_log(read):
    log = read([row("a"), row("b")])
    events = log.events.set_column(0, "customer_id", pa.array(["a", None]).dictionary_encode())
    with pytest.raises(UsageError, match="1 of these events lack the customer_id"):
        with_events(log, events)


@pytest.mark.parametrize("rounded", ["4.10E+15", "4,1E+15", "1E+10", "-2.5E+12"])
def test_ids_that_a_spreadsheet_has_rounded_are_refused_wherever_they_stand(rounded):
    rows = [row("1001"), row(rounded), row(f" {rounded}")]
    with pytest.raises(DataError, match=r"2 x customer_id_unreadable(.|\n)*export the column as text"):
        ids_in(rows)
    with pytest.raises(DataError, match="customer_id_unreadable"):
        read_customers(pd.DataFrame({"customer_id": ["1001", rounded]}))
    (one,) = RowReader(Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")).read([row(rounded)])
    assert [each.rule for each in one.broken] == ["customer_id_unreadable"]


@pytest.mark.parametrize("who", ["1E5", "E+15", "4.10E-15", "C4.1E+15", "4.10e+15x"])
def test_ids_that_only_look_like_it_are_kept(who):
    assert ids_in([row(who)]) == [who]
