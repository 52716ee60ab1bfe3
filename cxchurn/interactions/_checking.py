"""Checking every row of a source at once, and setting aside the rows that break a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import listed
from cxchurn.interactions._ends import is_made
from cxchurn.interactions._engine import FILE, LINE, SOURCE, arrow, name, rows, text
from cxchurn.interactions._files import free
from cxchurn.interactions._rules import COPIES, Rule
from cxchurn.interactions._sources import Opened
from cxchurn.interactions._validation import Finding

ROW, RULE = "@row", "@rule"
_EXAMPLES = 5


def check(data: Opened, rules: list[Rule], columns: list[str]) -> list[Finding]:
    """Count the rows of ``raw`` that break each rule, in one pass, with examples.

    Parameters
    ----------
    data : Opened
        The source, loaded.
    rules : list of Rule
        What to check.
    columns : list of str
        The user's columns in which two rows must be equal to be copies.
    """
    if any(rule.name == "duplicate" for rule in rules):
        _find_copies(data.con, [data.held(column) for column in columns])
    counts = rows(data.con, f"SELECT {', '.join(f'coalesce(count_if({rule.broken}), 0)' for rule in rules)} FROM raw")[
        0
    ]
    starts = dict(rows(data.con, f"SELECT {name(FILE)}, min(rowid) FROM raw GROUP BY ALL")) if any(counts) else {}
    return [
        Finding(
            rule.name,
            rule.column,
            rule.says + (_unused(data, columns) if rule.name == "duplicate" and count else ""),
            count,
            _examples(data, rule, columns[:3], starts) if count else (),
            data.label,
            kept=not rule.refuses,
        )
        for rule, count in zip(rules, counts, strict=True)
    ]


def _find_copies(con: Any, columns: list[str]) -> None:
    """Note every row equal to an earlier one: by a hash first, then to the letter among the few that share one."""
    listing = ", ".join(columns)
    con.execute(
        f"CREATE TEMP TABLE {COPIES} AS "
        f"WITH twice AS (SELECT hash({listing}) AS h FROM raw WHERE {name(LINE)} IS NULL "
        "GROUP BY h HAVING count(*) > 1) "
        f"SELECT r FROM (SELECT rowid AS r, row_number() OVER (PARTITION BY {listing} ORDER BY rowid) AS copy FROM raw "
        f"WHERE {name(LINE)} IS NULL AND hash({listing}) IN (FROM twice)) WHERE copy > 1"
    )


def _unused(data: Opened, columns: list[str]) -> str:
    """Return in words how many copies differ in columns that were not compared, and in which."""
    others = [column for column in data.columns if column not in columns]
    if not others:
        return ""
    used = ", ".join(data.held(column) for column in columns)
    counts = ", ".join(f"count(DISTINCT hash({used}, {data.held(column)}))" for column in others)
    every = ", ".join([used, *(data.held(column) for column in others)])
    row = f"{name(LINE)} IS NULL"
    twice = f"SELECT hash({used}) AS h FROM {SOURCE} WHERE {row} GROUP BY h HAVING count(*) > 1"
    kinds, all_kinds, *by_column = rows(
        data.con,
        f"SELECT count(DISTINCT hash({used})), count(DISTINCT hash({every})), {counts} "
        f"FROM {SOURCE} WHERE {row} AND hash({used}) IN ({twice})",
    )[0]
    if all_kinds == kinds:
        return ""
    differing = [column for column, count in zip(others, by_column, strict=True) if count > kinds]
    which = f" ({listed(differing)})" if differing else ""
    return (
        f"; {all_kinds - kinds:,} of them differ in columns that the schema does not use{which}: "
        "say duplicates = 'keep' in the schema where they are genuine"
    )


def _examples(data: Opened, rule: Rule, who: list[str], starts: dict[str | None, int]) -> tuple[dict[str, object], ...]:
    shown = list(dict.fromkeys([*rule.shows, *(who if LINE not in rule.shows else [])]))
    values = ", ".join(f"CAST({name(LINE) if column == LINE else data.held(column)} AS VARCHAR)" for column in shown)
    found = rows(
        data.con, f"SELECT rowid, {name(FILE)}, {values} FROM raw WHERE {rule.broken} ORDER BY rowid LIMIT {_EXAMPLES}"
    )
    return tuple(
        {
            **({} if LINE in rule.shows else {"row": row - starts[file] + 1}),
            **({"file": Path(file).name} if file and Path(file).name != data.label else {}),
            **{_key(column): value for column, value in zip(shown, given, strict=True)},
        }
        for row, file, *given in found
    )


def _key(column: str) -> str:
    # what a user's column is called is told from our own words
    return "line" if column == LINE else repr(column) if column in ("row", "file", "line") else column


def refuse(data: Opened, broken: list[Rule]) -> int:
    """Move the rows that break a rule from ``raw`` to the table ``refused``, and return how many they are.

    Parameters
    ----------
    data : Opened
        The source, loaded.
    broken : list of Rule
        The rules that some row breaks.
    """
    labels = ", ".join(f"CASE WHEN {rule.broken} THEN {text(rule.label)} END" for rule in broken)
    says = f"concat_ws(', ', {labels})" if broken else "''"
    anyone = " OR ".join(rule.broken for rule in broken) or "FALSE"
    data.con.execute(
        f"CREATE TEMP TABLE refused AS SELECT *, {says} AS {name(RULE)}, rowid AS {name(ROW)} FROM raw WHERE {anyone}"
    )
    if broken:
        data.con.execute(f"DELETE FROM raw WHERE rowid IN (SELECT {name(ROW)} FROM refused)")
    return int(rows(data.con, "SELECT count(*) FROM refused")[0][0])


def refused_rows(data: Opened) -> pa.Table:
    """Return the refused rows in their order: the columns as read, ``rule``, and ``@file``, ``@line`` where there are any."""
    found = arrow(data.con, f"SELECT * EXCLUDE ({name(ROW)}) FROM refused ORDER BY {name(ROW)}")
    unused = [column for column in (FILE, LINE) if found.column(column).null_count == found.num_rows]
    unused += [column for column in found.column_names if is_made(column)]
    found = found.drop_columns(unused)
    given = {f"c{place}": column for place, column in enumerate(data.columns)}
    # a user's own column may be called like ours; Parquet files of refused rows are read where case does not count, too
    taken = {column.lower() for column in given.values()}
    ours = {FILE: free(FILE, taken), LINE: free(LINE, taken), RULE: free("rule", taken)}
    return found.rename_columns([{**given, **ours}[column] for column in found.column_names])
