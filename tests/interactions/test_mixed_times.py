"""Columns of times that are written in several ways, as where a spreadsheet read some of them."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import Schema, guess_schema, propose_schema, read_interactions
from cxchurn.interactions.schema.guessing._mixed_times import mixed_times

from .interaction_rows import NOW

DAYS = [datetime.date(2014, 5, 1) + datetime.timedelta(days=each) for each in range(92)]


def mangled(low: str, high: str) -> list[str]:
    """Write days as a spreadsheet leaves them: one of 12 or less with the month in the place of the day."""
    return [one.strftime(low if one.day <= 12 else high) for one in DAYS]


def as_schema(text: str, folder) -> Schema:
    """Read the text of a schema."""
    (folder / "schema.toml").write_text(text)
    return Schema.from_toml(folder / "schema.toml")


@pytest.mark.parametrize(
    ("values", "ways", "exchanged"),
    [
        (["2024-01-05", "15.2.2024"], (("iso", "%d.%m.%Y"),), False),
        # nothing tells day from month
        (["2024-01-05", "1/2/2024"], (("iso", "%m/%d/%Y"), ("iso", "%d/%m/%Y")), False),
        (
            mangled("%Y-%d-%m 00:00:00", "%d-%m-%Y"),
            (("%Y-%d-%m %H:%M:%S", "%d-%m-%Y"), ("iso", "%d-%m-%Y")),
            True,
        ),
        (mangled("%m/%d/%Y", "%d-%m-%Y"), (("%m/%d/%Y", "%d-%m-%Y"), ("%d/%m/%Y", "%d-%m-%Y")), False),
        # three ways, the usual ones first; no day at all says nothing
        (
            [one.strftime(("%d %b %Y", "%Y-%m-%d", "%d.%m.%Y")[k % 3]) for k, one in enumerate(DAYS)] + ["0000-00-00"],
            (("iso", "%d.%m.%Y", "%d %b %Y"),),
            False,
        ),
        (["41765", "2014-05-06"], (("iso", "excel"),), False),
        # days of both kinds in one way are no exchange
        ([one.strftime("%Y-%m-%d" if k % 2 else "%d-%m-%Y") for k, one in enumerate(DAYS)], (("iso", "%d-%m-%Y"),), False),
    ],
)  # fmt: skip
def test_ways_that_read_all_values_together(values, ways, exchanged):
    found = mixed_times(values)
    assert (set(found.ways), found.exchanged) == (set(ways), exchanged)
    assert not exchanged or found.ways[0] == ways[0]


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-05", "2024-01-06"],
        ["2024-01-05", "soon"],
        # the second would be read by whichever way comes first
        ["13/05/2014", "01/02/2014", "05/13/2014"],
        [],
    ],
)
def test_no_ways_together(values):
    assert mixed_times(values) is None


def test_a_schema_is_proposed_with_both_ways(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("customer_id,timestamp,kind\na,2024-01-05,x\nb,15.2.2024,y\n")
    schema = as_schema(propose_schema(path), tmp_path)
    log = read_interactions(path, schema, now=NOW)
    assert [str(one.date()) for one in log.events["timestamp"].to_pylist()] == ["2024-01-05", "2024-02-15"]


def test_days_that_a_spreadsheet_took_for_months_are_to_be_decided(tmp_path):
    path = tmp_path / "log.csv"
    frame = pd.DataFrame({"customer_id": "a", "timestamp": mangled("%Y/%d/%m 9:30", "%d-%m-%Y 09:30"), "kind": "x"})
    frame.to_csv(path, index=False)
    text = propose_schema(path)
    right, wrong = '["%Y/%d/%m %H:%M", "%d-%m-%Y %H:%M"]', '["%Y/%m/%d %H:%M", "%d-%m-%Y %H:%M"]'
    assert f"# time_format = {right}\n# time_format = {wrong}" in text
    assert "spreadsheet took days" in text
    with pytest.raises(DataError, match="can be read in several ways"):
        guess_schema(path)
    schema = as_schema(text.replace(f"# time_format = {right}", f"time_format = {right}"), tmp_path)
    log = read_interactions(path, schema, now=NOW)
    assert [one.date() for one in log.events["timestamp"].to_pylist()] == DAYS


def test_a_hint_names_the_exchange(tmp_path):
    path = tmp_path / "log.csv"
    frame = pd.DataFrame({"customer_id": "a", "timestamp": mangled("%Y-%d-%m", "%d.%m.%Y"), "kind": "x"})
    frame.to_csv(path, index=False)
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    with pytest.raises(DataError, match=r"took days for months.*time_format=\('%Y-%d-%m', '%d.%m.%Y'\) or "):
        read_interactions(path, schema, now=NOW)
