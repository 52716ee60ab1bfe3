"""Findings: each rule with its count and the first rows that broke it, as the user wrote them; and the rows refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn.interactions.log._validation import Finding, shown_as
from cxchurn.interactions.reading._engine import FILE, LINE, held
from cxchurn.interactions.reading.casts._engine_rows import EngineRows, Sql
from cxchurn.interactions.reading.casts._typed import Rows
from cxchurn.interactions.reading.rules._rules import Rule
from cxchurn.interactions.reading.rules._tally import EXAMPLES, Tally
from cxchurn.interactions.reading.sources._files import free
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._sql import name
from cxchurn.interactions.store._objects import as_text

Example = Mapping[str, object]


def findings_of(data: Opened, rows: Rows, tally: Tally, columns: Sequence[str]) -> list[Finding]:
    """Return what was found, with examples.

    Parameters
    ----------
    data : Opened
        The source.
    rows : Rows
        Its rows.
    tally : Tally
        What was found in them.
    columns : sequence of str
        The user's columns that the schema needs; the first ones are shown in examples.
    """
    return [
        Finding(
            rule.name,
            rule.column,
            rule.says,
            int(count),
            _examples(data, rows, rule, tally.of(place)[:EXAMPLES], columns[:3]) if count else (),
            data.label,
            kept=not rule.refuses,
        )
        for place, (rule, count) in enumerate(zip(tally.rules, tally.counts, strict=True))
    ]


def _examples(data: Opened, rows: Rows, rule: Rule, numbers: np.ndarray, who: Sequence[str]) -> tuple[Example, ...]:
    lines = LINE in rule.shows
    shown = [Sql(name(LINE))] if lines else list(dict.fromkeys([*rule.shows, *who]))
    order = np.argsort(numbers, kind="stable")
    cells = _written(data.con, rows.take(numbers[order], shown))
    found: dict[int, Example] = {}
    for place, (file, row), given in zip(order, rows.places(numbers[order]), cells, strict=True):
        found[int(place)] = {
            **({} if lines else {"row": row + 1}),
            **({"file": Path(file).name} if file and Path(file).name != data.label else {}),
            **{"line" if lines else shown_as(column): value for column, value in zip(shown, given, strict=True)},
        }
    return tuple(found[place] for place in range(len(numbers)))


def _written(con: Any, table: pa.Table) -> list[tuple[str | None, ...]]:
    """Return the cells of a few rows as the engine writes them."""
    con.register("few", table.rename_columns([f"c{place}" for place in range(table.num_columns)]))
    listing = ", ".join(f"CAST({held(place)} AS VARCHAR)" for place in range(table.num_columns))
    try:
        found: list[tuple[str | None, ...]] = con.execute(f"SELECT {listing} FROM few").fetchall()
    finally:
        con.unregister("few")
    return found


def refused_rows(data: Opened, rows: Rows, numbers: np.ndarray, tallies: Iterable[Tally]) -> pa.Table:
    """Return the refused rows in their order: the columns as read, ``rule``, and ``@file``, ``@line`` where there are any.

    Parameters
    ----------
    data, rows : Opened, Rows
        The source, opened with all columns, and its rows.
    numbers : ndarray of int64
        The rows refused, in order.
    tallies : iterable of Tally
        What was found, of every row.
    """
    columns = list(data.columns)
    # a user's own column may be called like ours; Parquet files of refused rows are read where case does not count, too
    taken = {column.lower() for column in columns}
    found = _as_handed_over(data, rows.take(numbers, columns))
    for ours, texts in ((FILE, [file for file, _ in rows.places(numbers)]), (LINE, _lines(rows, numbers))):
        if any(text is not None for text in texts):
            found = found.append_column(ours, pa.array(texts, pa.string()))
    names = [*columns, *(free(ours, taken) for ours in found.column_names[len(columns) :])]
    return found.rename_columns(names).append_column(free("rule", taken), _labels(numbers, tallies))


def _lines(rows: Rows, numbers: np.ndarray) -> list[str | None]:
    found: list[str | None] = []
    if isinstance(rows, EngineRows):
        found = rows.take(numbers, [Sql(name(LINE))]).column(0).to_pylist()
    return found


def _as_handed_over(data: Opened, table: pa.Table) -> pa.Table:
    """Return a table in the types in which the engine hands over the source, whoever read it."""
    types = EngineRows(data, 0, staged=False).types
    columns = [_cast(column, kind.type) for column, kind in zip(table.columns, types, strict=True)]
    return pa.table(columns, names=[f"c{place}" for place in range(len(columns))])


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> Any:
    try:
        return column if column.type == kind else column.cast(kind, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return as_text(column.to_pylist())


def _labels(numbers: np.ndarray, tallies: Iterable[Tally]) -> pa.Array:
    labels: list[list[str]] = [[] for _ in numbers]
    for tally in tallies:
        for place, rule in enumerate(tally.rules):
            for row in np.searchsorted(numbers, tally.of(place)).tolist() if rule.refuses else ():
                labels[row].append(rule.label)
    return pa.array([", ".join(each) for each in labels], pa.string())
