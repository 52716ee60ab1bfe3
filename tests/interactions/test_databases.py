"""What a schema says of a table holds for the answer of a database as for a file: times in two columns, fields, later times."""

from __future__ import annotations

import csv
import io

from cxchurn.interactions import CustomerSchema, Later, Query, Schema, read_interactions

from .interaction_rows import NOW

SCHEMA = Schema(
    customer_id="who",
    timestamp=("day", "clock"),
    kind="kind",
    value="money",
    measures={"amount": "props.amount"},
    categories={"plan": "props.user.plan", "status": "status"},
    timezone="Europe/Berlin",
    later=(Later(at="solved_at", columns=("status",)),),
    customers=CustomerSchema(customer_id="id"),
)
TICKETS = [
    ("a", "2024-01-05", "09:30:00", '{"user": {"plan": "pro"}, "amount": 12.5}', "2024-01-07 10:00:00", "solved"),
    ("b", "2024-01-06", "23:59:59.5", '{"user": {"plan": "free"}, "amount": null}', None, None),
    # an hour that the clocks of Berlin jumped over
    ("a", "2024-03-31", "02:30:00", '{"user": {"plan": null}}', "2024-04-01 00:00:00", "solved"),
]
PEOPLE = [("a", "1980-02-01", "2023-01-01T00:00:00Z", "1234.50", "x"), ("b", "1900-01-01", None, None, "y")]
TABLES = {
    "tickets": (
        "who text, day date, clock time, props jsonb, solved_at timestamp, status text, kind varchar(9), money numeric",
        [(*row, "ticket", "3.10") for row in TICKETS],
    ),
    "people": ("id text, born date, since timestamptz, income numeric(12, 2), plan text", PEOPLE),
}


def written(names: list[str], rows: list[tuple[str | None, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    return text.getvalue()


def test_a_database_is_read_by_all_that_a_schema_says(postgres_address, tmp_path):
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres_address) as connection, connection.cursor() as cursor:
        for name, (columns, rows) in TABLES.items():
            cursor.execute(f"CREATE TABLE {name} ({columns})")
            for row in rows:
                cells = ", ".join("NULL" if cell is None else f"'{cell}'" for cell in row)
                cursor.execute(f"INSERT INTO {name} VALUES ({cells})")
            names = [one.split()[0] for one in columns.replace("(12, 2)", "").split(", ")]
            (tmp_path / f"{name}.csv").write_text(written(names, rows))
        connection.commit()
    asked = {name: Query(f"SELECT * FROM {name}", uri=postgres_address) for name in TABLES}
    found = read_interactions(asked["tickets"], SCHEMA, customers=asked["people"], now=NOW)
    files = read_interactions(tmp_path / "tickets.csv", SCHEMA, customers=tmp_path / "people.csv", now=NOW)
    assert found.events.equals(files.events)
    assert found.customers.table.equals(files.customers.table)
    # 09:30 in Berlin's winter, and the instant of the jump
    first, jumped = (str(found.events["timestamp"][k].as_py()) for k in (0, 2))
    assert (first, jumped) == ("2024-01-05 08:30:00", "2024-03-31 01:00:00")
    assert found.events["plan"].to_pylist() == ["pro", "free", None, None, None]
    # nobody was born in 1900
    assert found.customers.table["born"].to_pylist()[1] is None
