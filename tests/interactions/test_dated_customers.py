from __future__ import annotations

import logging

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import (
    CustomerSchema,
    Schema,
    known_before,
    read_customers,
    read_interactions,
    validate_interactions,
)

from .interaction_rows import NOW, row

INTERACTIONS = pd.DataFrame([row("a"), row("b")])
# a had basic until March and plus since; b had basic until February, and is gone
DATED = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b"],
        "valid_from": ["2024-01-01", "2024-03-01", "2024-01-01"],
        "valid_to": ["2024-03-01", None, "2024-02-01"],
        "is_current": [False, True, False],
        "version": [1, 2, 1],
        "plan": ["basic", "plus", "basic"],
    }
)


def doors(frame, path):
    frame.to_csv(path / "c.csv", index=False)
    pl.from_pandas(frame).write_parquet(path / "c.parquet")
    return {
        "csv": path / "c.csv",
        "parquet": path / "c.parquet",
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "arrow": pa.Table.from_pandas(frame),
    }


# the same, by names that mean something to engines and readers
ODD = {
    "customer_id": "rowid",
    "valid_from": "c1",
    "valid_to": "c0",
    "plan": "@line",
    "version": "C1",
    "is_current": '@read: "c1"',
}


@pytest.mark.parametrize("door", ["csv", "parquet", "pandas", "polars", "arrow"])
@pytest.mark.sampled(3)
def test_no_name_of_a_column_means_anything_by_any_door(door, tmp_path):
    frame = DATED.rename(columns={**ODD, "is_current": '@read: "c1"'})
    data = doors(frame, tmp_path)[door]
    kept = ("@line", "C1")
    table = read_customers(data, customer_id="rowid", valid_from="c1", valid_to="c0", attributes=kept)
    expected = read_customers(DATED, attributes=("plan", "version"))
    assert table.table.rename_columns(expected.table.column_names).equals(expected.table)
    assert table.attributes == {"@line": "text", "C1": "number"}


def test_rows_refused_of_a_dated_table_hold_what_was_read_and_why():
    late = DATED.assign(valid_to=["2023-03-01", None, "2024-02-01"])
    log = read_interactions(INTERACTIONS, customers=late, on_error="quarantine", now=NOW)
    assert log.customers.refused.to_pylist() == [
        {**late.iloc[0].to_dict(), "rule": "end_before_start(valid_to)"},
    ]


@pytest.mark.parametrize("said", [{"customer_id": "id"}, {"customer_id": "id", "valid_from": "since"}])
def test_another_column_of_ids_beside_the_one_that_was_said_is_an_error(said):
    table = pd.DataFrame({"id": ["a", "b"], "customer_id": ["x", "y"], "since": "2024-01-01", "plan": "basic"})
    with pytest.raises(DataError, match="has a column customer_id beside 'id'"):
        read_customers(table, **said)


def test_columns_of_one_name_are_refused_where_they_are_asked_for():
    table = pd.DataFrame([["a", "x", "y"]], columns=["customer_id", "plan", "plan"])
    assert read_customers(table).attributes == {"plan": "text", "plan (2)": "text"}
    with pytest.raises(DataError, match="has columns of one name: plan"):
        read_customers(table, attributes=("plan",))


@pytest.mark.parametrize("ends", ["2024-01-01", "2024-02-01"])
def test_decimal_ids_of_dated_rows_are_those_of_the_log(ends):
    # 1001 has two rows of one instant: a contradiction, unless the first one held for no time
    table = pd.DataFrame(
        {
            "customer_id": ["1001.0", "1001", "1002"],
            "valid_from": "2024-01-01",
            "valid_to": [ends, None, None],
            "plan": ["a", "b", "c"],
        }
    )
    log = pd.DataFrame([row("1001"), row("1002")])
    if ends > "2024-01-01":
        with pytest.raises(
            DataError, match="1 rows of the customers table are of customers that are there more than once"
        ):
            read_interactions(log, customers=table, now=NOW)
    else:
        found = read_interactions(log, customers=table, now=NOW).customers.table
        assert found["customer_id"].to_pylist() == ["1001", "1001", "1002"]
        assert found["plan"].to_pylist() == ["a", "b", "c"]


@pytest.mark.parametrize("door", ["csv", "parquet", "pandas", "polars", "arrow"])
def test_books_are_no_attributes_by_any_door(door, tmp_path):
    table = read_customers(doors(DATED, tmp_path)[door])
    assert table.attributes == {"plan": "text"}
    assert list(table.books) == ["is_current", "version"]
    assert table.table.column_names == ["customer_id", "valid_from", "valid_to", "plan"]
    assert [str(end) for end in table.table["valid_to"].to_pylist()] == [
        "2024-03-01 00:00:00",
        "None",
        "2024-02-01 00:00:00",
    ]
    assert repr(table) == "CustomerTable: 3 rows, dated: plan (text); left out: is_current, version"


def test_what_is_left_out_is_said(caplog):
    with caplog.at_level(logging.INFO, logger="cxchurn"):
        read_customers(DATED)
    assert (
        "the customers table's is_current is no attribute: it says whether a row is still the current one"
        in caplog.text
    )


@pytest.mark.parametrize("never", ["9999-12-31", "9999-12-31 23:59:59.9999999", "0000-00-00", "infinity", "", None])
@pytest.mark.sampled(3)
def test_words_for_never_end_nothing(never, tmp_path):
    frame = DATED.assign(valid_to=["2024-03-01", never, "2024-02-01"])
    for data in doors(frame, tmp_path).values():
        assert read_customers(data).table["valid_to"].null_count == 1


def test_times_follow_the_zone_of_the_interactions_unless_the_customers_schema_says_another():
    log = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", timezone="Europe/Berlin")
    berlin = read_interactions(INTERACTIONS, log, customers=DATED, now=NOW).customers.table
    assert str(berlin["valid_to"][0]) == "2024-02-29 23:00:00"
    own = Schema(**{**vars(log), "customers": CustomerSchema(timezone="America/New_York")})
    york = read_interactions(INTERACTIONS, own, customers=DATED, now=NOW).customers.table
    assert str(york["valid_from"][0]) == "2024-01-01 05:00:00"


def test_a_schema_says_what_names_do_not(tmp_path):
    frame = DATED.rename(columns={"customer_id": "kunde", "valid_from": "gilt_ab", "valid_to": "gilt_bis"})
    frame["gilt_ab"] = pd.to_datetime(frame["gilt_ab"]).dt.strftime("%d.%m.%Y")
    frame = frame.assign(contract_end="2026-01-31")
    path = tmp_path / "schema.toml"
    path.write_text(
        '[roles]\ncustomer_id = "customer_id"\ntimestamp = "timestamp"\nkind = "kind"\n'
        '[customers]\ncustomer_id = "kunde"\nvalid_from = "gilt_ab"\nvalid_to = "gilt_bis"\n'
        'known_ahead = ["contract_end"]\ntime_format = "%d.%m.%Y"\n'
    )
    schema = Schema.from_toml(path)
    assert schema.customers == CustomerSchema(
        customer_id="kunde",
        valid_from="gilt_ab",
        valid_to="gilt_bis",
        known_ahead=("contract_end",),
        time_format="%d.%m.%Y",
    )
    path.write_text(schema.to_toml())
    assert Schema.from_toml(path) == schema
    table = read_interactions(INTERACTIONS, path, customers=frame, now=NOW).customers
    assert table.attributes == {"plan": "text", "contract_end": "time"}
    assert table.known_ahead == ("contract_end",)
    assert [str(start) for start in table.table["valid_from"].to_pylist()] == [
        "2024-01-01 00:00:00",
        "2024-03-01 00:00:00",
        "2024-01-01 00:00:00",
    ]


def test_attributes_asked_for_are_attributes_whatever_their_names():
    table = read_customers(DATED, attributes=("plan", "version"))
    assert table.attributes == {"plan": "text", "version": "number"}
    with pytest.raises(UsageError, match="attributes names valid_to"):
        read_customers(DATED, attributes=("plan", "valid_to"))
    with pytest.raises(UsageError, match=r"attributes=\('plan',\)"):
        read_customers(DATED, attributes="plan")
    with pytest.raises(DataError, match="did you mean 'plan'"):
        read_customers(DATED, attributes=("plann",))


def test_a_date_that_is_known_ahead_has_to_be_one():
    with pytest.raises(UsageError, match="known_ahead names plan, which holds no times"):
        read_customers(DATED, known_ahead=("plan",))


def test_ends_that_name_the_last_day_hold_through_it():
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b"],
            "start_date": ["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-01"],
            "end_date": ["2024-01-31", "2024-02-29", "2024-03-31", "2024-01-10"],
            "plan": ["x", "y", "z", "x"],
        }
    )
    # both pairs that follow each other are a day apart, so every end moves to the midnight after its day
    ends = read_customers(frame).table["valid_to"].to_pylist()
    assert [f"{end:%m-%d}" for end in ends] == ["02-01", "03-01", "04-01", "01-11"]
    apart = frame.assign(end_date=["2024-01-20", "2024-02-25", "2024-03-31", "2024-01-10"])
    ends = read_customers(apart).table["valid_to"].to_pylist()
    assert [f"{end:%m-%d}" for end in ends] == ["01-20", "02-25", "03-31", "01-10"]


def test_rows_that_overlap_are_kept_and_counted():
    frame = DATED.assign(valid_to=["2024-04-01", None, "2024-02-01"])
    report = validate_interactions(INTERACTIONS, customers=frame, now=NOW)
    assert report.ok
    assert [(found.rule, found.rows) for found in report.noted] == [("rows_overlap", 1)]


def test_a_row_that_ends_before_it_begins_is_refused():
    with pytest.raises(DataError, match="1 x end_before_start"):
        read_customers(DATED.assign(valid_to=["2023-12-01", None, "2024-02-01"]))


def test_a_row_that_held_for_no_time_contradicts_nothing():
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a"],
            "valid_from": ["2024-01-01", "2024-01-01"],
            "valid_to": ["2024-01-01", None],
            "plan": ["x", "y"],
        }
    )
    assert read_customers(frame).table["plan"].to_pylist() == ["x", "y"]
    with pytest.raises(DataError, match="2 x customer_twice"):
        read_customers(frame.assign(valid_to=["2024-01-02", None]))


def history(flag, **more):
    """Six customers who each changed once; the first row has ended."""
    rows = [
        (who, start, flag(place), "x") for who in "abcdef" for place, start in enumerate(("2024-01-01", "2024-03-01"))
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "valid_from", "mark", "plan"])
    return frame.assign(**more)


@pytest.mark.parametrize("words", [("no", "yes"), ("0", "1"), ("historical", "current"), (False, True)])
def test_a_mark_of_the_current_row_is_known_by_its_values(words):
    table = read_customers(history(lambda place: words[place]))
    assert list(table.attributes) == ["plan"]
    assert "current one" in table.books["mark"]
    # the other way round it marks nothing, and neither does a label that is no yes or no
    assert "mark" in read_customers(history(lambda place: words[1 - place])).attributes
    assert "mark" in read_customers(history(lambda place: ("basic", "closed")[place])).attributes


def test_an_end_is_known_by_its_values():
    frame = history(lambda place: "x", until=["2024-03-01", None] * 6, planned=["2024-03-01", "2024-09-01"] * 6)
    table = read_customers(
        frame.drop(columns=["mark"]).assign(valid_to=frame["until"]).rename(columns={"until": "gone"})
    )
    assert list(table.attributes) == ["plan"]
    assert list(table.books) == ["gone", "planned"]
    kept = read_customers(frame.drop(columns=["mark"]), known_ahead=("planned", "until"))
    assert list(kept.attributes) == ["plan", "until", "planned"]


def test_as_it_was_before_an_instant():
    frame = history(lambda place: ("no", "yes")[place], until=["2024-03-01", "2024-05-01"] * 6)
    table = read_customers(frame.rename(columns={"until": "valid_to"}), attributes=("plan", "mark"))
    log = read_interactions(INTERACTIONS, customers=table, now=NOW)
    for at, marks, ends in (
        ("2024-05-02", ["no", "yes"], 0),
        ("2024-05-01", ["no", "yes"], 6),
        ("2024-03-01", ["yes"], 6),
        ("2024-02-01", ["yes"], 6),
    ):
        then = known_before(log, at).customers.table
        assert then["mark"].to_pylist() == marks * 6
        assert then["valid_to"].null_count == ends


def test_undated_times_that_had_not_come_were_not_known():
    frame = pd.DataFrame(
        {"customer_id": ["a", "b"], "last_login": ["2024-05-01", "2024-02-01"], "contract_end": "2025-01-01"}
    )
    log = read_interactions(INTERACTIONS, customers=read_customers(frame, known_ahead=("contract_end",)), now=NOW)
    then = known_before(log, "2024-05-01").customers.table
    assert [value is None for value in then["last_login"].to_pylist()] == [True, False]
    assert then["contract_end"].null_count == 0
