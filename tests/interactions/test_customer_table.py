from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import read_customers, read_interactions, validate_interactions

from .interaction_rows import NOW, row

INTERACTIONS = pd.DataFrame([row("1"), row("2")])


def test_attributes_are_read_by_what_they_hold():
    frame = pd.DataFrame(
        {
            "cust_id": ["b", "a"],
            "plan": ["gold", " "],
            "seats": [3, 4],
            "vip": [True, None],
            "signup": pd.to_datetime(["2024-01-01", "2024-02-01"]),
        }
    )
    table = read_customers(frame)
    assert table.attributes == {"plan": "text", "seats": "number", "vip": "text", "signup": "time"}
    assert not table.dated
    assert table.table.drop_columns(["signup"]).to_pylist() == [
        {"customer_id": "a", "plan": None, "seats": 4.0, "vip": None},
        {"customer_id": "b", "plan": "gold", "seats": 3.0, "vip": "true"},
    ]
    label = pa.dictionary(pa.int32(), pa.string())
    assert table.table.schema.types == [pa.string(), label, pa.float64(), label, pa.timestamp("us")]


def test_text_files_are_read_by_what_all_values_look_like(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("customer_id,zip,seats,since,mixed,empty\n1,01234,5,2024-01-01,1,\n2,99999,,2024-02-01,x,\n")
    table = read_customers(path)
    # a zip with a leading zero is a label; nothing at all is text
    assert table.attributes == {"zip": "text", "seats": "number", "since": "time", "mixed": "text", "empty": "text"}
    assert table.table["zip"].to_pylist() == ["01234", "99999"]
    assert table.table["seats"].to_pylist() == [5.0, None]


def test_dated_attributes_stand_in_the_order_of_customer_and_time():
    frame = pd.DataFrame(
        {"id": [2, 1, 1], "since": ["2024-01-01", "2024-06-01", "2024-01-01T00:00:00"], "plan": ["x", "z", "y"]}
    )
    table = read_customers(frame, customer_id="id", valid_from="since", timezone="Europe/Berlin")
    assert table.dated
    assert table.table["plan"].to_pylist() == ["y", "z", "x"]
    # midnight in Berlin, winter and summer
    assert [str(each) for each in table.table["valid_from"].to_pylist()] == [
        "2023-12-31 23:00:00",
        "2024-05-31 22:00:00",
        "2023-12-31 23:00:00",
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"customer_id": ["1", None]}, "1 x customer_id_missing"),
        ({"customer_id": ["1", "1"]}, "2 x customer_twice"),
        ({"customer_id": [1.0, 1.5]}, "1 x customer_id_unreadable"),
        ({"customer_id": ["1", "1"], "valid_from": ["2024-01-01", "2024-01-01"]}, "2 x customer_twice"),
        ({"customer_id": ["1", "1"], "valid_from": ["2024-01-01", None]}, "1 x time_missing"),
        ({"customer_id": ["1", "1"], "valid_from": ["2024-01-01", "soon"]}, "1 x time_unreadable"),
        ({"plan": ["x", "y"]}, "no column for the customer's id"),
        ({"customer_id": ["1", "2"], "nested": [[1], [2]]}, "no attribute: nested"),
        ({"customer_id": []}, "has no rows"),
    ],
)
def test_a_customers_table_that_is_wrong_says_how(columns, message):
    with pytest.raises(DataError) as error:
        read_customers(pd.DataFrame(columns))
    assert message in str(error.value)
    assert "quarantine" not in str(error.value)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match="did you mean 'customer'"):
        read_customers(pd.DataFrame({"customer": [1]}), customer_id="custome")


def test_problems_of_both_tables_are_reported_together():
    with pytest.raises(DataError) as error:
        read_interactions(
            INTERACTIONS.assign(kind=["visit", None]), customers=pd.DataFrame({"customer_id": ["1", "1"]}), now=NOW
        )
    assert "kind_missing" in str(error.value)
    assert "customer_twice" in str(error.value)
    report = validate_interactions(INTERACTIONS, customers=pd.DataFrame({"customer_id": ["1", "1"]}), now=NOW)
    assert (report.ok, report.rows_refused, [found.rule for found in report.broken]) == (False, 0, ["customer_twice"])


def test_contradicting_rows_are_set_aside_whatever_their_order(tmp_path):
    frame = pd.DataFrame({"customer_id": ["1", "2", "1"], "plan": ["x", "y", "z"]})
    path = tmp_path / "refused.parquet"
    log = read_interactions(INTERACTIONS, customers=frame, on_error="quarantine", quarantine=path, now=NOW)
    assert log.customers.table["customer_id"].to_pylist() == ["2"]
    assert pq.read_table(tmp_path / "refused-customers.parquet")["plan"].to_pylist() == ["x", "z"]


def test_customers_without_attributes_are_counted():
    three = pd.DataFrame([row("1"), row("2"), row("3")])
    table = pd.DataFrame({"customer_id": ["2", "9"], "plan": ["x", "y"]})
    log = read_interactions(three, customers=table, now=NOW)
    # 1 and 3 are not in the table
    assert log.without_attributes == 2
    assert "plan (2 customers without)" in repr(log)
    assert read_interactions(three, now=NOW).without_attributes == 3


def test_ids_take_the_type_of_the_log():
    whole = pd.DataFrame([row(10), row(9)])
    text = pd.DataFrame({"customer_id": ["10", "9"], "plan": ["x", "y"]})
    log = read_interactions(whole, customers=text, now=NOW)
    assert log.customers.table.select([0, 1]).to_pylist() == [
        {"customer_id": 9, "plan": "y"},
        {"customer_id": 10, "plan": "x"},
    ]
    log = read_interactions(INTERACTIONS, customers=read_customers(pd.DataFrame({"customer_id": [10, 9]})), now=NOW)
    assert log.customers.table["customer_id"].to_pylist() == ["10", "9"]
    with pytest.raises(DataError, match="whole numbers"):
        read_interactions(whole, customers=pd.DataFrame({"customer_id": ["C-1"]}), now=NOW)
