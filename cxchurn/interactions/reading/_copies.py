"""Rows that no id tells apart: copies of earlier ones, and those that are merely alike in the columns used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxchurn._core import listed
from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading._casts import Cast
from cxchurn.interactions.reading._engine import LINE, name, rows
from cxchurn.interactions.reading._rules import COPIES
from cxchurn.interactions.reading._sources import Opened
from cxchurn.interactions.schema._schema import Schema, content_of

# so many columns are named
_NAMED = 6


class MoreColumns(Exception):
    """Some rows are alike in the columns read: whether they are copies is to be seen in all columns of the source."""


def find_copies(data: Opened, schema: Schema, casts: Mapping[str, Cast], *, loaded: list[str], whole: bool) -> None:
    """Note the rows of ``raw`` equal to an earlier one in the columns used, and whether they are so in all columns.

    By a hash first, then to the letter among the few that share one.

    Parameters
    ----------
    data : Opened
        The source, loaded.
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each mapped column is read.
    loaded : list of str
        The user's columns in ``raw``.
    whole : bool
        Whether the source is known to have no others.

    Raises
    ------
    MoreColumns
        Where there are rows to compare, and columns that are not loaded.
    """
    used = _used(data, schema)
    every = ", ".join(data.held(column) for column in loaded)
    near = (
        f"SELECT rowid AS r, row_number() OVER (PARTITION BY {used} ORDER BY rowid) AS alike, "
        f"row_number() OVER (PARTITION BY {every} ORDER BY rowid) AS nth FROM raw WHERE {_near(used, casts)}"
    )
    data.con.execute(f"CREATE TEMP TABLE {COPIES} AS SELECT r, nth > 1 AS copy FROM ({near}) WHERE alike > 1")
    if not whole and rows(data.con, f"SELECT 1 FROM {COPIES} LIMIT 1"):
        raise MoreColumns


def _used(data: Opened, schema: Schema) -> str:
    return ", ".join(data.held(column) for column in content_of(schema))


def _near(used: str, casts: Mapping[str, Cast]) -> str:
    """SQL: a row has no id, and shares the hash of some columns with another such row."""
    own = f"{name(LINE)} IS NULL"
    if "event_id" in casts:
        own += f" AND NOT {casts['event_id'].present}"
    twice = f"SELECT hash({used}) AS h FROM raw WHERE {own} GROUP BY h HAVING count(*) > 1"
    return f"{own} AND hash({used}) IN ({twice})"


def _differing(data: Opened, schema: Schema, casts: Mapping[str, Cast]) -> list[str]:
    """Return the columns, none of them used, in which rows differ that are alike in the columns used.

    Parameters
    ----------
    data : Opened
        The source, loaded with all columns.
    schema, casts
        As in `find_copies`.
    """
    used = _used(data, schema)
    others = [column for column in data.columns if column not in content_of(schema)]
    counts = ", ".join(f"count(DISTINCT hash({data.held(column)})) > 1 AS d{k}" for k, column in enumerate(others))
    found = ", ".join(f"bool_or(d{k})" for k in range(len(others)))
    groups = f"SELECT {counts} FROM raw WHERE {_near(used, casts)} GROUP BY {used}"
    return [
        column for column, one in zip(others, rows(data.con, f"SELECT {found} FROM ({groups})")[0], strict=True) if one
    ]


def with_columns(findings: list[Finding], data: Opened, schema: Schema, casts: Mapping[str, Cast]) -> list[Finding]:
    """Return what was found, with the names of the columns that were compared.

    Parameters
    ----------
    findings : list of Finding
        What `check` found, and the rows of ``raw`` are still there.
    data, schema, casts
        As in `find_copies`.
    """
    found = []
    for one in findings:
        if one.rows and one.rule == "duplicate":
            one = replace(one, says=f"{one.says} ({listed(data.columns, most=_NAMED)})")
        elif one.rows and one.rule == "alike":
            one = replace(one, says=f"{one.says} (not in {listed(_differing(data, schema, casts), most=_NAMED)})")
        found.append(one)
    return found
