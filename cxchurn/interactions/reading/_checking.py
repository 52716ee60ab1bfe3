"""Checking every row of a source at once, and setting aside the rows that break a rule."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn.interactions.log._validation import Finding
from cxchurn.interactions.reading._ends import is_made
from cxchurn.interactions.reading._engine import FILE, LINE, arrow, name, rows, text
from cxchurn.interactions.reading._files import free
from cxchurn.interactions.reading._rules import Rule
from cxchurn.interactions.reading._sources import Opened

ROW, RULE = "@row", "@rule"
_EXAMPLES = 5


def check(data: Opened, rules: list[Rule], columns: list[str], *, order: str = "rowid") -> list[Finding]:
    """Count the rows of ``raw`` that break each rule, in one pass, with examples.

    Parameters
    ----------
    data : Opened
        The source, loaded.
    rules : list of Rule
        What to check.
    columns : list of str
        The user's columns that the schema needs; the first ones are shown in examples.
    order : str
        The SQL of the order of examples.
    """
    counts = rows(data.con, f"SELECT {', '.join(f'coalesce(count_if({rule.broken}), 0)' for rule in rules)} FROM raw")[
        0
    ]
    starts = _starts(data.con) if any(counts) else {}
    return [
        Finding(
            rule.name,
            rule.column,
            rule.says,
            count,
            _examples(data, rule, columns[:3], starts, order) if count else (),
            data.label,
            kept=not rule.refuses,
        )
        for rule, count in zip(rules, counts, strict=True)
    ]


def nothing_found(rules: Iterable[Rule], label: str) -> list[Finding]:
    """Return that no row breaks any of some rules."""
    return [Finding(rule.name, rule.column, rule.says, 0, (), label, kept=not rule.refuses) for rule in rules]


def _starts(con: Any) -> dict[str | None, int]:
    """Return the number of the first row of each file."""
    refused = rows(con, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'refused'")
    more = f" UNION ALL SELECT {name(FILE)}, {name(ROW)} FROM refused" if refused else ""
    whole = f"SELECT {name(FILE)} AS f, rowid AS r FROM raw{more}"
    return dict(rows(con, f"SELECT f, min(r) FROM ({whole}) GROUP BY f"))


def _examples(
    data: Opened, rule: Rule, who: list[str], starts: dict[str | None, int], order: str
) -> tuple[dict[str, object], ...]:
    shown = list(dict.fromkeys([*rule.shows, *(who if LINE not in rule.shows else [])]))
    values = ", ".join(f"CAST({name(LINE) if column == LINE else data.held(column)} AS VARCHAR)" for column in shown)
    found = rows(
        data.con,
        f"SELECT rowid, {name(FILE)}, {values} FROM raw WHERE {rule.broken} ORDER BY {order} LIMIT {_EXAMPLES}",
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
    nothing = f"SELECT *, '' AS {name(RULE)}, rowid AS {name(ROW)} FROM raw LIMIT 0"
    data.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS refused AS {nothing}")
    if not broken:
        return 0
    labels = ", ".join(f"CASE WHEN {rule.broken} THEN {text(rule.label)} END" for rule in broken)
    anyone = " OR ".join(rule.broken for rule in broken)
    moved = f"INSERT INTO refused SELECT *, concat_ws(', ', {labels}), rowid FROM raw WHERE {anyone}"
    count = int(rows(data.con, moved)[0][0])
    data.con.execute(f"DELETE FROM raw WHERE rowid IN (SELECT {name(ROW)} FROM refused)")
    return count


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
