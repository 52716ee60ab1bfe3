"""What a row of tickets, orders or contracts was given after it began is never known at its start."""

from __future__ import annotations

import io
import tomllib

import pandas as pd
import pytest

from cxchurn.interactions import Later, Schema, guess_schema, propose_schema, read_interactions

from .interaction_rows import NOW

HEAD = "id,customer_id,created_at,updated_at,solved_at,status,priority,type,satisfaction_rating,full_resolution_minutes,reopens"
TICKETS = f"""{HEAD}
1,7001,2024-01-03 10:00:00,2024-01-09 10:00:00,2024-01-05 09:00:00,closed,high,question,good,2820,1
2,7002,2024-01-04 10:00:00,2024-01-10 10:00:00,2024-01-06 09:00:00,closed,low,problem,bad,2820,0
3,7001,2024-02-04 10:00:00,2024-02-10 10:00:00,,open,low,problem,offered,,0
4,7003,2024-02-05 10:00:00,2024-02-20 10:00:00,2024-02-08 09:00:00,solved,normal,question,,4260,3
"""


def frame(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype=str)


@pytest.mark.parametrize("shape", ["csv", "parquet", "frame"])
def test_a_ticket_says_at_its_start_what_was_known_then(shape, tmp_path):
    table = frame(TICKETS)
    data = {"csv": tmp_path / "t.csv", "parquet": tmp_path / "t.parquet", "frame": table}[shape]
    if shape == "csv":
        table.to_csv(data, index=False)
    elif shape == "parquet":
        times = ["created_at", "updated_at", "solved_at"]
        numbers = ["full_resolution_minutes", "reopens"]
        typed = table.assign(**{one: pd.to_datetime(table[one]) for one in times})
        typed.assign(**{one: pd.to_numeric(typed[one]) for one in numbers}).to_parquet(data)
    schema = guess_schema(data)
    late = {name: later.at for later in schema.later for name in later.columns}
    assert (schema.customer_id, schema.timestamp, schema.kind) == ("customer_id", "created_at", "type")
    # minutes from created_at to solved_at; the others move on with the ticket until updated_at
    if shape != "frame":
        assert late.pop("full_resolution_minutes") == "solved_at"
        assert late.pop("reopens") == "updated_at"
    assert {"status": "updated_at", "satisfaction_rating": "updated_at"}.items() <= late.items()
    assert set(late) <= {"status", "satisfaction_rating", "full_resolution_minutes", "reopens"}
    events = read_interactions(data, now=NOW).events.to_pandas()
    opened = events[events["kind"].isin(["question", "problem"])]
    assert len(opened) == 4
    assert opened["status"].isna().all()
    assert opened["priority"].notna().all()
    solved = events[events["kind"] == "solved"]
    assert list(solved["timestamp"].dt.strftime("%m-%d").sort_values()) == ["01-05", "01-06", "02-08"]


def test_without_a_later_time_what_is_filled_in_later_is_left_out():
    table = frame(TICKETS).drop(columns=["updated_at", "solved_at", "full_resolution_minutes"])
    schema = guess_schema(table)
    assert schema.later == ()
    # reopens is text in a frame of texts
    assert {*schema.categories} == {"priority"}


def test_a_column_is_known_from_a_time_that_is_there_whenever_it_is():
    rows = [
        {"customer_id": str(k), "created_at": f"2024-01-0{k}", "kind": "x", "closed_at": f"2024-02-0{k}" if k % 2 else None,
         "closed_code": "A" if k % 2 else None, "status": "shut" if k % 2 else "open"}
        for k in range(1, 7)
    ]  # fmt: skip
    schema = guess_schema(pd.DataFrame(rows))
    # closed_code is there only where closed_at is; status is there without it, and no time says when
    assert schema.later == (Later(at="closed_at", columns=("closed_code",)),)
    assert "status" not in schema.categories


def test_times_of_a_wide_order_become_events():
    rows = [
        {"customer_id": str(k), "ordered_at": f"2024-01-0{k} 10:00", "kind": "order", "shipped_at": f"2024-01-1{k} 09:00",
         "arrived_on": f"2024-01-2{k}", "amount": k}
        for k in range(1, 7)
    ]  # fmt: skip
    schema = guess_schema(pd.DataFrame(rows))
    assert schema.timestamp == "ordered_at"
    assert [(later.at, later.event_kind) for later in schema.later] == [
        ("shipped_at", "shipped"),
        ("arrived_on", "arrived"),
    ]
    assert schema.value == "amount"


def test_a_status_is_known_from_no_time_that_others_come_after():
    rows = [
        {"customer_id": str(k), "ordered_at": f"2024-01-0{k} 10:00", "kind": "order", "paid_at": f"2024-01-0{k} 12:00",
         "shipped_at": f"2024-01-1{k} 09:00" if k < 5 else None, "estimated_delivery": f"2024-01-2{k}",
         "status": "shipped" if k < 5 else "paid"}
        for k in range(1, 7)
    ]  # fmt: skip
    schema = guess_schema(pd.DataFrame(rows))
    assert schema.categories == ()
    assert schema.promised_at == "estimated_delivery"
    assert [later.at for later in schema.later] == ["paid_at", "shipped_at"]


def test_a_second_header_makes_nothing_known_later():
    text = "Created,Modified,Who,kind,City\n,,,,Open-Ended\n2024-01-01,2024-01-02,a,x,Bern\n2024-01-03,2024-01-04,b,x,Bern\n"
    schema = guess_schema(pd.read_csv(io.StringIO(text)).rename(columns={"Who": "customer_id"}))
    assert (schema.later, schema.categories) == ((), ("City",))


def test_a_contract_that_ends_is_a_cancellation_and_a_call_that_ends_is_none():
    contracts = [
        {
            "user_id": str(k),
            "start_date": f"2023-0{k}-01",
            "end_date": f"2024-0{k}-01" if k < 4 else None,
            "type": "basic",
        }
        for k in range(1, 7)
    ]
    [later] = guess_schema(pd.DataFrame(contracts)).later
    assert (later.at, later.event_kind) == ("end_date", "cancel")
    calls = [
        {
            "user_id": str(k),
            "start_time": f"2023-01-0{k} 10:00:00",
            "end_time": f"2023-01-0{k} 10:05:00",
            "type": "call",
        }
        for k in range(1, 7)
    ]
    [later] = guess_schema(pd.DataFrame(calls)).later
    assert later.event_kind == "end"


def test_columns_with_the_very_names_of_roles_are_as_they_are_said():
    rows = [
        {"customer_id": str(k), "timestamp": f"2024-01-0{k}", "kind": "order", "promised_at": f"2024-01-1{k}",
         "delivered_at": f"2024-01-1{k}", "resolved": True, "duration_s": 5.0}
        for k in range(1, 7)
    ]  # fmt: skip
    assert guess_schema(pd.DataFrame(rows)) == Schema(**{name: name for name in rows[0]})


def test_of_several_times_the_first_one_in_every_row_is_when_it_happened():
    rows = [{"client": str(k), "b": f"2024-02-0{k}", "a": f"2024-01-0{k}", "type": "x"} for k in range(1, 7)]
    assert guess_schema(pd.DataFrame(rows)).timestamp == "a"
    born = [{**row, "birth_date": "1980-05-01"} for row in rows]
    assert guess_schema(pd.DataFrame(born)).timestamp == "a"


def test_what_further_lines_of_an_order_leave_empty_was_known_with_the_first(tmp_path):
    data = tmp_path / "orders.csv"
    head = "Name,Email,Created at,Fulfilled at,Currency,Subtotal,Taxes,Total,Shipping Method,Lineitem quantity\n"
    data.write_text(
        head
        + "#1,a@x.org,2024-01-01 10:00:00,2024-01-03 10:00:00,EUR,5,1,6,DHL,1\n#1,a@x.org,2024-01-01 10:00:00,,,,,,,2\n"
        + "#2,b@x.org,2024-01-02 11:00:00,2024-01-04 12:00:00,EUR,7,1,8,DHL,1\n#2,b@x.org,2024-01-02 11:00:00,,,,,,,3\n"
    )
    schema = tomllib.loads(propose_schema(data))
    assert schema["roles"]["value"] == "Total"
    assert [one["columns"] for one in schema["later"]] == [["delivered_at"]]
