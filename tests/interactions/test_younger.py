"""Names of younger roles that a user's measures and categories have: they stay what they are, however the log is read."""

from __future__ import annotations

import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import YOUNGER, Later, Schema, Source, guess_schema, read_interactions
from cxchurn.interactions.rows import RowReader
from cxchurn.interactions.schema._younger import ASKED_FOR

NOW = "2030-01-01"
ROLES = {"customer_id": "who", "timestamp": "at", "kind": "kind"}
# how often a page was opened, and how it was clicked
FRAME = pd.DataFrame(
    {
        "who": ["a", "a", "b", "b"],
        "at": ["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-05"],
        "kind": ["visit", "call", "visit", "visit"],
        "opened": [3.0, 0.0, None, 1.0],
        "clicked": ["often", None, "once", "1"],
    }
)
SCHEMA = Schema(**ROLES, measures=("opened",), categories=("clicked",))
# the same under names that no role has, and that stand where the others do in the order of names
OTHERS = Schema(**ROLES, measures={"openex": "opened"}, categories={"clickex": "clicked"})


def _csv(path):
    FRAME.to_csv(path / "log.csv", index=False)
    return path / "log.csv"


def _parquet(path):
    pq.write_table(pa.Table.from_pandas(FRAME), path / "log.parquet")
    return path / "log.parquet"


def _jsonl(path):
    rows = json.loads(FRAME.to_json(orient="records"))
    (path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path / "log.jsonl"


ENTRANCES = {
    "csv": _csv,
    "parquet": _parquet,
    "jsonl": _jsonl,
    "pandas": lambda path: FRAME,
    "polars": lambda path: pl.from_pandas(FRAME),
    "arrow": lambda path: pa.Table.from_pandas(FRAME),
    "duckdb": lambda path: duckdb.from_arrow(pa.Table.from_pandas(FRAME)),
}
WAYS = {"plain": {}, "quarantine": {"on_error": "quarantine"}, "parts": {"memory_limit": "400MB"}}


def events_of(log):
    tables = [log.events] if log.parts is None else [log.parts.read(part) for part in range(len(log.parts))]
    rows = [row for table in tables for row in table.to_pylist()]
    return sorted(rows, key=lambda row: (row["customer_id"], row["timestamp"]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.sampled(4)
def test_a_measure_and_a_category_keep_their_names(entrance, way, tmp_path):
    log, other = (
        read_interactions(ENTRANCES[entrance](tmp_path), schema, now=NOW, **WAYS[way]) for schema in (SCHEMA, OTHERS)
    )
    assert (log.parts is not None) == (way == "parts")
    renamed = [{"openex": row.pop("opened"), "clickex": row.pop("clicked"), **row} for row in events_of(log)]
    assert renamed == [{"openex": row["openex"], "clickex": row["clickex"], **row} for row in events_of(other)]
    assert [row["openex"] for row in renamed] == [3.0, 0.0, None, 1.0]
    assert (log.roles, log.measures, log.categories) == (other.roles, ("opened",), ("clicked",))
    assert log.types.field("opened").type == other.types.field("openex").type


def test_they_can_be_read_alone():
    log = read_interactions(FRAME, SCHEMA, now=NOW, only=("opened",))
    assert log.measures == ("opened",)
    assert [row["opened"] for row in events_of(log)] == [3.0, 0.0, None, 1.0]


def test_a_service_reads_them_alike():
    rows = [
        row.values for one in RowReader(SCHEMA).read(json.loads(FRAME.to_json(orient="records"))) for row in one.events
    ]
    assert [row.get("opened") for row in rows] == [3.0, 0.0, None, 1.0]
    assert [row.get("clicked") for row in rows] == ["often", None, "once", "1"]


@pytest.mark.parametrize("read", ["batch", "rows"])
def test_of_what_became_known_later_a_nought_is_a_number(read):
    """As a yes or no a nought without a time says "not yet"; as a number it is news without a time."""
    frame = FRAME.assign(ended=["2024-01-03", None, None, "2024-01-06"])
    schema = Schema(**ROLES, measures=("opened",), later=(Later(at="ended", columns=("opened",)),))
    if read == "batch":
        log = read_interactions(frame, schema, now=NOW, on_error="quarantine")
        broken = {finding.rule: finding.rows for finding in log.validation.findings if finding.rows}
        assert broken == {"late_value_without_time": 1}
    else:
        found = RowReader(schema).read(frame.where(frame.notna(), None).to_dict("records"))
        assert [[broken.rule for broken in row.broken] for row in found] == [[], ["late_value_without_time"], [], []]


def test_it_is_said_once_for_each_name():
    notes = read_interactions(FRAME, SCHEMA, now=NOW).validation.notes
    assert [note.split(",")[0] for note in notes] == ["'opened' is a measure here", "'clicked' is a category here"]
    assert "say opened = 'opened' among the roles" in notes[0]
    assert read_interactions(FRAME, OTHERS, now=NOW).validation.notes == ()


def test_two_sources_have_them_together():
    sources = [Source(FRAME, SCHEMA), Source(FRAME.assign(who="c"), SCHEMA)]
    log = read_interactions(sources, now=NOW)
    assert (log.measures, log.categories) == (("opened",), ("clicked",))
    assert len(set(log.types.names)) == len(log.types.names)


MESSAGES = pd.DataFrame({"who": ["a"], "at": ["2024-01-09"], "kind": ["newsletter"], "yes": [True]})


@pytest.mark.parametrize("name", ["opened", "Opened", "CLICKED"])
@pytest.mark.parametrize("role", ["opened", "clicked"])
@pytest.mark.parametrize("what", ["measures", "categories"])
@pytest.mark.sampled(3)
def test_one_log_has_either_the_names_or_the_roles(name, role, what):
    """Whoever looks for openings would meet the user's column."""
    calls = Schema(**ROLES, **{what: {name: "opened"}})
    sources = [Source(FRAME.assign(opened="1"), calls), Source(MESSAGES, Schema(**ROLES, **{role: "yes"}))]
    with pytest.raises(
        DataError, match=f"'{name}' is a measure or category in one source, and in another the role {role}"
    ):
        read_interactions(sources, now=NOW)
    both = Schema(**ROLES, **{what: {name: "opened"}, role: "clicked"})
    with pytest.raises(UsageError, match=f"'{name}' is a measure or category, while the role {role} is mapped"):
        read_interactions(FRAME, both, now=NOW)
    assert RowReader(calls).read([]) == []


def test_a_schema_file_may_say_it(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text(SCHEMA.to_toml(), encoding="utf-8")
    assert Schema.from_toml(path) == SCHEMA
    assert read_interactions(FRAME, path, now=NOW).measures == ("opened",)


@pytest.mark.parametrize(
    ("values", "plays"),
    [
        ([3, 0, 1, 2], "a measure"),
        ([3.0, 0.0, None, 1.0], "a measure"),
        (["3", "0", "1", "2"], "a category"),
        (["often", "once", None, "once"], "a category"),
        ([True, False, None, True], "the role"),
        ([1, 0, 1, 0], "the role"),
        (["yes", "No", None, "yes"], "the role"),
        (["ja", "nein", "ja", "ja"], "the role"),
        ([None, None, None, None], "nothing"),
    ],
)
@pytest.mark.parametrize("column", ["opened", "email_opened"])
def test_without_a_schema_it_is_told_by_what_the_column_holds(values, plays, column):
    frame = FRAME[["who", "at", "kind"]].rename(columns={"who": "customer_id", "at": "timestamp"})
    schema = guess_schema(frame.assign(**{column: values}))
    found = {"the role": schema.opened, "a measure": schema.measures, "a category": schema.categories}
    assert {what for what, named in found.items() if named} == ({plays} - {"nothing"})


def test_a_column_of_yes_and_no_with_gaps_is_the_role():
    frame = FRAME.assign(opened=[1.0, 0.0, None, 1.0])[["who", "at", "kind", "opened"]]
    assert guess_schema(frame.rename(columns={"who": "customer_id", "at": "timestamp"})).opened == "opened"


@pytest.mark.parametrize("name", [*sorted(ASKED_FOR), "DISCOUNT", "Points"])
def test_a_role_that_no_standard_family_uses_is_never_guessed_and_nobody_is_told(name):
    frame = FRAME[["who", "at", "kind"]].assign(**{name: [1.0, 0.0, 0.5, 0.0]})
    guessed = guess_schema(frame.rename(columns={"who": "customer_id", "at": "timestamp"}))
    assert [getattr(guessed, role) for role in ASKED_FOR] == [None] * len(ASKED_FOR)
    assert guessed.measures == (() if name.lower().endswith("_id") else (name,))
    for what in ("measures", "categories"):
        log = read_interactions(frame, Schema(**ROLES, **{what: (name,)}), now=NOW)
        assert (getattr(log, what), log.roles & ASKED_FOR) == ((name,), frozenset())
        assert log.validation.notes == ()


@pytest.mark.parametrize(
    ("unit", "values"),
    [("percent", [20, 7.5, 0, None]), ("share", [0.2, 0.075, 0.0, None]), (None, [0.2, 0.075, 0, None])],
)
@pytest.mark.parametrize("entrance", ["csv", "arrow", "pandas", "polars", "rows"])
def test_a_discount_is_a_part_of_the_price(unit, values, entrance, tmp_path):
    frame = FRAME[["who", "at", "kind"]].assign(discount=values)
    schema = Schema(**ROLES, discount="discount", discount_unit=unit)
    if entrance == "rows":
        rows = RowReader(schema).read(frame.astype(object).where(frame.notna(), None).to_dict("records"))
        found = [event.values.get("discount") for row in rows for event in row.events]
    else:
        frame.to_csv(tmp_path / "log.csv", index=False)
        data = {"csv": tmp_path / "log.csv", "arrow": pa.Table.from_pandas(frame), "polars": pl.from_pandas(frame)}
        found = [row["discount"] for row in events_of(read_interactions(data.get(entrance, frame), schema, now=NOW))]
    assert found == pytest.approx([0.2, 0.075, 0.0, None])


def test_a_discount_beyond_the_price_is_refused_and_the_way_out_is_said():
    frame = FRAME[["who", "at", "kind"]].assign(discount=[20, 7.5, 0, None])
    with pytest.raises(DataError, match="does not say discount_unit = 'percent'"):
        read_interactions(frame, Schema(**ROLES, discount="discount"), now=NOW)
    with pytest.raises(UsageError, match="discount_unit is 'per cent': allowed are 'share', 'percent'"):
        read_interactions(frame, Schema(**ROLES, discount="discount", discount_unit="per cent"), now=NOW)


@pytest.mark.parametrize("role", YOUNGER[0])
def test_by_its_name_and_type_alone_only_a_yes_or_no_is_the_role(role):
    base = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    assert getattr(guess_schema({**base, role: "flag"}), role) == role
    assert guess_schema({**base, role: "integer"}).measures == (role,)
    assert guess_schema({**base, role: "text"}).categories == (role,)
