"""Order lines do not say whose they are: a proposal reads them beside their orders."""

from __future__ import annotations

import pytest

from cxchurn.interactions import propose_schema, read_interactions

from .interaction_rows import NOW

ORDERS = """order_id,customer_id,order_date,total
0001,0007,2024-01-05 10:00:00,30.00
0002,0007,2024-02-06 11:00:00,12.50
0003,0008,2024-02-07 12:00:00,8.00
"""
LINES = """line_id,order_id,sku,quantity,unit_price
1,0001,0012,1,10.00
2,0001,0034,2,10.00
3,0002,0012,1,12.50
4,0003,0012,1,8.00
5,0009,0012,1,9.00
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "lines.csv").write_text(LINES)
    return tmp_path


def test_lines_are_read_beside_their_orders(shop):
    text = propose_schema(["orders.csv", "lines.csv"])
    said = " ".join(text.replace("#", " ").split())
    assert "lines.csv does not say whose its rows are, and orders.csv does: order_id leads" in said
    assert "take one of the two sources out" in said
    (shop / "log.toml").write_text(text)
    log = read_interactions("log.toml", on_error="quarantine", now=NOW)
    events = log.events.to_pandas()
    lines = events[events["quantity"].notna()]
    # ids keep their zeros, and lines have the times of their orders
    assert sorted(
        zip(lines["customer_id"], lines["timestamp"].dt.strftime("%m-%d %H"), lines["unit_price"], strict=True)
    ) == [
        ("0007", "01-05 10", 10.0),
        ("0007", "01-05 10", 10.0),
        ("0007", "02-06 11", 12.5),
        ("0008", "02-07 12", 8.0),
    ]
    # the line of an order that is not there is refused, and not lost
    assert log.validation.rows_refused == 1
    assert (log.validation.rows_read, len(events)) == (8, 7)


def test_a_table_is_left_alone_where_no_key_leads_to_a_customer(shop):
    (shop / "stock.csv").write_text("warehouse,sku,moved_at,pieces\nA,0012,2024-01-05,3\nB,0034,2024-01-06,4\n")
    text = propose_schema(["orders.csv", "stock.csv"])
    assert 'data = "stock.csv"' in text
    assert "query" not in text


def test_rows_of_orders_that_stand_twice_are_not_multiplied(shop):
    (shop / "orders.csv").write_text(
        ORDERS
        + "0003,0008,2024-02-07 12:00:00,8.00\n"
        + "".join(f"1{n:03},0007,2024-03-{n:02} 10:00:00,5.00\n" for n in range(1, 29))
    )
    (shop / "log.toml").write_text(propose_schema(["orders.csv", "lines.csv"]))
    log = read_interactions("log.toml", on_error="quarantine", now=NOW)
    assert log.events.to_pandas()["quantity"].notna().sum() == 4
