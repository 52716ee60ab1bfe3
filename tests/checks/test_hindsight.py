from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import UsageError
from cxchurn.checks import check_hindsight
from cxchurn.interactions import InteractionLog, Later, Schema, read_customers, read_interactions
from cxchurn.panel import Inactivity

CHURN = Inactivity("30D", active_within="30D")
START, DAYS = pd.Timestamp("2024-01-01"), 240
COLUMNS = ["column", "where", "why", "evidence", "advice"]


def life(number: int) -> int:
    """For how many days a customer comes: half of them to the end, the others 90 to 209 days."""
    return DAYS if number % 2 else 90 + number % 120


def events(people: int = 200) -> pd.DataFrame:
    """A visit every ten days, each of a matter of two rows; three days later it is solved, which the first row cannot know."""
    rows = []
    for number in range(people):
        for day in range(number % 10, life(number), 10):
            at = START + pd.Timedelta(days=day)
            shared = (f"M{number}-{day}", at + pd.Timedelta(days=3), "fixed" if day % 20 else "refund", number % 3)
            rows += [(number, at, "visit", *shared), (number, at + pd.Timedelta(days=1), "call", *shared)]
    return pd.DataFrame(rows, columns=["customer_id", "timestamp", "kind", "case", "solved_at", "closed_code", "shop"])


def log_with(schema: dict | None = None, customers: pd.DataFrame | None = None, **about) -> InteractionLog:
    roles = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "case_id": "case"}
    table = None if customers is None else read_customers(customers, **about)
    data = events()
    data = data[data["timestamp"] < START + pd.Timedelta(days=DAYS)]
    return read_interactions(
        data, Schema(**roles, **(schema or {})), customers=table, observed_until=START + pd.Timedelta(days=DAYS)
    )


def people(**columns) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": range(200), **columns})


def test_an_honest_log_has_no_hindsight(log, churn):
    table = check_hindsight(log, churn)
    assert list(table.columns) == COLUMNS
    assert table.empty
    assert check_hindsight(log_with({"measures": ("shop",)}, people(plan=["a", "a", "b", "b"] * 50)), CHURN).empty


def test_final_values_on_every_row_are_found_in_events():
    table = check_hindsight(log_with({"categories": ("solved_at", "closed_code", "shop")}), CHURN).set_index("column")
    # every row, both of the first and of the second day, lies before the third
    assert list(table.index) == ["solved_at", "closed_code"]
    assert set(table["where"]) == {"events"}
    assert "a time that had not come: known before it could be" in table.loc["solved_at", "why"]
    assert "later than its own row on 100% of" in table.loc["solved_at", "evidence"]
    assert '[[later]] at = "solved_at"' in table.loc["solved_at", "advice"]
    assert table.loc["closed_code", "why"] == "the final value of a matter on all its rows"
    assert "the same on every row, also the first, of 100% of" in table.loc["closed_code", "evidence"]


def test_the_same_columns_said_to_be_later_are_none():
    later = (Later(at="solved_at", columns=("closed_code",), once_per="case_id"),)
    assert check_hindsight(log_with({"categories": ("closed_code", "shop"), "later": later}), CHURN).empty


def test_a_time_role_ahead_of_its_row_is_found():
    table = check_hindsight(log_with({"delivered_at": "solved_at"}), CHURN)
    assert table["column"].tolist() == ["delivered_at"]
    assert check_hindsight(log_with({"promised_at": "solved_at"}), CHURN).empty


def test_the_advice_names_the_column_of_the_users_own_data():
    table = check_hindsight(log_with({"delivered_at": "solved_at", "categories": {"resolution": "closed_code"}}), CHURN)
    advice = dict(zip(table["column"], table["advice"], strict=True))
    assert advice["delivered_at"].endswith('[[later]] at = "solved_at"')
    # what is known from then on goes by the names of the schema
    assert advice["resolution"].endswith('with columns = ["resolution"]')


def test_the_advice_of_a_field_inside_a_column_is_its_path():
    data = events()
    inside = data.assign(data=[{"delivered": f"{at}"} for at in data.pop("solved_at")])
    inside["timestamp"] = inside["timestamp"].astype(str)
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", delivered_at="data.delivered")
    log = read_interactions(pa.Table.from_pylist(inside.to_dict("records")), schema, observed_until="2024-10-01")
    assert check_hindsight(log, CHURN)["advice"].tolist() == [
        'leave it out, or say that it was filled in later: [[later]] at = "data.delivered"'
    ]


def test_what_was_found_prints_in_full_and_within_80_columns():
    table = check_hindsight(log_with({"categories": ("solved_at", "closed_code")}), CHURN)
    printed = str(table)
    assert max(map(len, printed.splitlines())) <= 80
    words = " ".join(printed.split())
    for row in table.to_dict("records"):
        assert f"{row['column']} (events): {row['why']} {row['evidence']} Advice: {row['advice']}" in words
    assert all(row["advice"].split('"')[0] in table._repr_html_() for row in table.to_dict("records"))
    assert str(check_hindsight(log_with(), CHURN)).startswith("Nothing found, which is no proof")
    assert type(table[["column", "why"]]) is pd.DataFrame


LEFT = np.array([life(number) < DAYS for number in range(200)])
LAST = [START + pd.Timedelta(days=life(number) - 1) for number in range(200)]


def test_what_the_customers_table_knows_from_the_end_is_found():
    table = people(
        churned=np.where(LEFT, "yes", "no"),
        last_seen=LAST,
        why=np.where(LEFT, "price", None),
        visits=[life(number) / 10.0 for number in range(200)],
        status="customer",
        contract_end=START + pd.Timedelta(days=400),
    )
    found = check_hindsight(log_with(None, table, known_ahead=("contract_end",)), CHURN).set_index("column")
    assert set(found.index) == {"last_seen", "why", "visits", "churned", "status"}
    assert found.index[0] == "last_seen"  # what is proven stands first
    assert found.loc["last_seen", "why"].startswith("a time after the cut-off")
    assert "at or after the cut-off for" in found.loc["last_seen", "evidence"]
    assert found.loc["why", "why"].startswith("filled in only for those who left")
    assert "filled in for 100% of those who left" in found.loc["why", "evidence"]
    assert found.loc["visits", "why"] == "one column alone tells who leaves"
    # ten of the hundred who left had gone before the later half of the log, which is looked at
    reasons = "one column alone tells who leaves; a value that nobody who left has; the name of an outcome"
    assert found.loc["churned", "why"] == reasons
    assert (
        "none of 100 customers with 'no' left, where 47 would if they were like all" in found.loc["churned", "evidence"]
    )
    assert found.loc["status", "why"] == "the name of something that is written on"


def test_cutoffs_may_be_said_and_rows_are_drawn_alike():
    log = log_with(None, people(last_seen=LAST))
    tables = [check_hindsight(log, CHURN, cutoffs=["2024-05-01"], random_state=seed) for seed in (0, 1)]
    pd.testing.assert_frame_equal(*tables)


def test_a_log_too_short_for_an_outcome():
    with pytest.raises(UsageError, match="no cut-off has an outcome"):
        check_hindsight(log_with(), Inactivity("1000D"))
