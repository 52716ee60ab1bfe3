"""Reading one source: open it, check every row against the rules, and turn the rows kept into events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, did_you_mean, listed
from cxchurn.interactions._casts import Cast, cast, family
from cxchurn.interactions._checking import check, refuse, refused_rows
from cxchurn.interactions._contradictions import check_schema
from cxchurn.interactions._engine import engine, name, rows, said_plainly, text
from cxchurn.interactions._events import read_events
from cxchurn.interactions._guess import facts_of, guess_schema, guessed_message
from cxchurn.interactions._roles import ROLES, RoleType
from cxchurn.interactions._rules import rules_of
from cxchurn.interactions._schema import Schema, mapping, named
from cxchurn.interactions._sources import Opened, Source, load, opened
from cxchurn.interactions._validation import Finding


@dataclass
class Reading:
    """What was read from one source.

    Parameters
    ----------
    label : str
        What the source is called in reports.
    schema : Schema
        As given, or as guessed.
    guess : str
        What was guessed, in words; "" where nothing was.
    ids : {"text", "integer"}
        The type of the customers' ids.
    rows_read, rows_refused : int
        Rows of the source.
    findings : list of Finding
        Every rule checked.
    events : pyarrow.Table
        The events of the rows kept, labels still as text.
    refused : pyarrow.Table or None
        The rows refused, as read, with the rules they broke; None unless asked for.
    """

    label: str
    schema: Schema
    guess: str
    ids: str
    rows_read: int
    rows_refused: int
    findings: list[Finding]
    events: pa.Table
    refused: pa.Table | None


def read_source(source: Source, *, now: np.datetime64, keep_refused: bool) -> Reading:
    """Read one source.

    Parameters
    ----------
    source : Source
        The data and its schema.
    now : datetime64
        Times after this one are in the future.
    keep_refused : bool
        Whether the refused rows are returned with all their columns.
    """
    given = _schema_of(source)
    if given is not None:
        check_schema(given)
    with opened(source.data, **_text_options(given)) as data:
        schema, guess = (given, "") if given is not None else _guessed(data)
        columns = list(dict.fromkeys([*mapping(schema).values(), *(later.at for later in schema.later)]))
        _require(data, schema, columns)
        rows_read = load(data, list(data.columns) if keep_refused or given is None else columns)
        if rows_read == 0:
            raise DataError(f"{data.label} has no rows.", hint="check that it is the right file, folder or query.")
        casts, at = _casts(data, schema)
        rules = rules_of(schema, casts, at, now)
        with said_plainly(data.label):
            # where nobody said which columns matter, two rows are copies only if they agree in all
            findings = check(data, rules, columns if given is not None else [*columns, *data.columns])
            rows_refused = refuse(data, [rule for rule, found in zip(rules, findings, strict=True) if found.rows])
            refused = refused_rows(data) if keep_refused else None
            events = read_events(data.con, schema, casts, at)
    ids = "text" if family(data.columns[schema.customer_id]) == "text" else "integer"
    return Reading(data.label, schema, guess, ids, rows_read, rows_refused, findings, events, refused)


def _schema_of(source: Source) -> Schema | None:
    return Schema.from_toml(source.schema) if isinstance(source.schema, (str, Path)) else source.schema


def _text_options(schema: Schema | None) -> dict[str, Any]:
    if schema is None:
        return {}
    return {"columns": schema.columns, "delimiter": schema.delimiter, "is_time": _time_test(schema)}


def _time_test(schema: Schema) -> Callable[[list[str]], bool]:
    def is_time(cells: list[str]) -> bool:
        place = (
            (schema.columns or ()).index(schema.timestamp) if schema.timestamp in (schema.columns or ()) else len(cells)
        )
        if place >= len(cells):
            return False
        with engine() as con:
            con.execute(f"CREATE TEMP TABLE raw AS SELECT {text(cells[place])} AS {name(schema.timestamp)}")
            reading = _cast(schema.timestamp, "VARCHAR", "instant", "timestamp", schema)
            return bool(rows(con, f"SELECT ({reading.value}) IS NOT NULL FROM raw")[0][0])

    return is_time


def _guessed(data: Opened) -> tuple[Schema, str]:
    with said_plainly(data.label):
        types, distinct = facts_of(data)
    schema = guess_schema(types, distinct=distinct)
    return schema, guessed_message(schema, types, data.label)


def _require(data: Opened, schema: Schema, columns: list[str]) -> None:
    missing = [column for column in columns if column not in data.columns]
    if not missing:
        return
    meant = {column: label for label, column in mapping(schema).items()} | {later.at: "later" for later in schema.later}
    guesses = [f"for {column!r} {guess}" for column in missing if (guess := did_you_mean(column, data.columns))]
    hint = "; ".join(guesses) or "give the schema the names the data has."
    if len(data.columns) == 1 and not data.typed:
        hint = "only one column was found: say what separates them, such as delimiter=';' or delimiter='whitespace'."
    elif not data.typed and schema.columns is None and not guesses:
        hint = "a file without a header needs its columns named in the schema: columns=('customer', 'when', ...)."
    raise DataError(
        f"{data.label} has no column {listed(f'{column!r} ({meant[column]})' for column in missing)}.",
        allowed=listed(data.columns, most=40),
        hint=hint,
    )


def _casts(data: Opened, schema: Schema) -> tuple[dict[str, Cast], dict[str, Cast]]:
    types: dict[str, RoleType] = {
        **{label: role.type for label, role in ROLES.items()},
        **dict.fromkeys(named(schema.measures), "number"),
        **dict.fromkeys(named(schema.categories), "category"),
    }
    problems, casts, at = [], {}, {}
    for label, column in mapping(schema).items():
        try:
            casts[label] = _cast(column, data.columns[column], types[label], label, schema)
        except DataError as error:
            problems.append(str(error))
    for later in schema.later:
        try:
            at[later.at] = _cast(later.at, data.columns[later.at], "instant", "later", schema)
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError(f"{data.label} and its schema do not fit:\n" + "\n".join(problems))
    return casts, at


def _cast(column: str, sql_type: str, role: RoleType, label: str, schema: Schema) -> Cast:
    says = f"{label} ({role})"
    return cast(column, sql_type, role, says=says, timezone=schema.timezone, time_format=schema.time_format)
