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


def test_a_database_is_read_with_the_younger_roles(postgres_address, tmp_path):
    """Sessions, points, tiers, peers and messages, in the types in which a database has them."""
    from adbc_driver_postgresql import dbapi

    names = ["session_id", "step", "peer_id", "points", "tier", "discount", "opened", "clicked"]
    schema = Schema(customer_id="who", timestamp="at", kind="kind", **{name: name for name in names})
    rows = [
        ("a", "2024-01-05 10:00:00", "visit", "7", "cart", None, "12.50", "gold", "0.25", None, None),
        ("a", "2024-01-06 10:00:00", "email", None, None, None, None, None, None, "true", "false"),
        ("b", "2024-01-07 10:00:00", "referral", None, None, "41", "-100", "silver", "0", "false", None),
    ]
    kinds = "who text, at timestamp, kind text, session_id bigint, step varchar(9), peer_id integer, points numeric,"
    kinds += " tier text, discount real, opened boolean, clicked boolean"
    with dbapi.connect(postgres_address) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE younger ({kinds})")
        for row in rows:
            cells = ", ".join("NULL" if cell is None else f"'{cell}'" for cell in row)
            cursor.execute(f"INSERT INTO younger VALUES ({cells})")
        connection.commit()
    (tmp_path / "younger.csv").write_text(written(["who", "at", "kind", *names], rows))
    found = read_interactions(Query("SELECT * FROM younger", uri=postgres_address), schema, now=NOW)
    assert found.events.equals(read_interactions(tmp_path / "younger.csv", schema, now=NOW).events)
    assert found.events["peer_id"].to_pylist() == [None, None, "41"]
    assert found.events["points"].to_pylist() == [12.5, None, -100.0]
    assert found.events["opened"].to_pylist() == [None, True, False]
