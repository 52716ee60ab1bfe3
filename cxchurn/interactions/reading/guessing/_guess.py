"""A schema for data that comes without one: guessed from what is seen of it, and said aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxchurn._core import listed, typed
from cxchurn.interactions.reading._engine import said_plainly
from cxchurn.interactions.reading.guessing._facts import facts_of
from cxchurn.interactions.reading.guessing._fields import fields_of
from cxchurn.interactions.reading.sources._opened import Opened, opened
from cxchurn.interactions.reading.sources._sources import Query, read_once
from cxchurn.interactions.schema._roles import ROLES
from cxchurn.interactions.schema._schema import Schema, mapping, named
from cxchurn.interactions.schema._sql import text
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._guess import Guess, beside_words, guess
from cxchurn.interactions.schema.guessing._money import without_sign
from cxchurn.interactions.schema.guessing._undecided import raise_missing, raise_undecided


def guess_schema(data: Any, *, distinct: Mapping[str, int] | None = None, rows: int | None = None) -> Schema:
    """Guess what the columns of your data mean, from their names and from what they hold.

    Columns with exactly a role's name play that role; others are found by names such columns often have (``cust_id``,
    ``event_time``, ``channel``, ``amount``). Of the rest, numbers become measures and labels with few values
    categories; ids are left out. What looks filled in after the row (a ticket's status, satisfaction and time to its
    solution, beside ``created_at``) is known from the later time in the row on (`Later`), or left out where no column says
    when: reading it as known from the start would be a leak. How times and numbers are written is said where every value
    proves it. An ``event_id`` has to be another one in each different row.

    Parameters
    ----------
    data : path, frame, table, relation, Query or mapping
        The data, of which the first 10,000 rows are looked at, or fewer of more than 50 columns. Or facts of columns alone:
        each column's name and what it holds: "text", "integer", "number", "flag", "time", "span" or "other".
    distinct : mapping, optional
        Beside facts: how many different values each column has; labels with more than 100 become no category.
    rows : int, optional
        Beside facts: how many different rows those values are of.

    Returns
    -------
    Schema
        The guess. Print it, correct it, and keep it in a file: ``guess.to_toml()``; or let `propose_schema` write one, with
        what was seen and what has to be decided.

    Raises
    ------
    DataError
        Where no column is the customer, the time, or the kind; or where the values leave open how they are meant.

    Examples
    --------
    >>> guess_schema({"cust_id": "integer", "event_time": "time", "type": "text", "amount": "number"})
    Schema(customer_id='cust_id', timestamp='event_time', kind='type', value='amount')
    """
    if isinstance(data, Mapping):
        counts = distinct or {}
        columns = {
            name: ColumnFacts(holds, counts.get(name, None if not counts else 0)) for name, holds in data.items()
        }
        return _schema(guess(TableFacts(columns, rows=rows)))
    return _schema(guess_of(data))


def guess_of(data: Any) -> Guess:
    """Return a guess on data, with what was seen and why."""
    once = read_once(data)
    with opened(once, derived=fields_of(once)) as found, said_plainly(found.label):
        return guess(replace(facts_of(found), place=_in_query(data)))


def _in_query(data: Any) -> str | None:
    if isinstance(data, (str, Path)):
        return text(str(data))
    return f"({data.sql})" if isinstance(data, Query) else None


def guessed(data: Opened) -> tuple[Schema, str]:
    """Return the guess on opened data as a schema, and in words."""
    with said_plainly(data.label):
        found = guess(facts_of(data))
    schema = _schema(found)
    return schema, guessed_message(schema, found, data.label)


def _schema(found: Guess) -> Schema:
    if found.missing:
        raise_missing(found)
    if found.ask:
        raise_undecided(found)
    return found.schema()


def guessed_message(schema: Schema, found: Guess, label: str) -> str:
    """Return what was guessed in words, or "" where every column carries the name of its role."""
    guesses = [f"{column} as {role}" for role, column in mapping(schema).items() if role in ROLES and role != column]
    guesses += [f"{column} as a measure" for column in named(schema.measures)]
    guesses += [
        f"{column} as a category{beside_words(found.facts.columns[column])}" for column in named(schema.categories)
    ]
    for later in schema.later:
        news = (
            f"{listed(later.columns)} as known from {later.column} on"
            if later.columns
            else f"{later.column} as an event"
        )
        guesses.append(f"{news} ({later.event_kind})" if not later.columns else news)
    guesses += [f"{name} = {value!r}" for name, value in found.format.items()]
    guesses += [f"score_type = {found.survey!r}"] if found.survey is not None else []
    left = {column: why for column, why in found.why.items() if why.startswith("left out")}
    if not guesses and not left:
        return ""
    parts = [f"{label} has no schema; guessed: {listed(guesses, most=40)}." if guesses else f"{label} has no schema."]
    if left:
        reasons = [f"{column} ({why.removeprefix('left out: ')})" for column, why in left.items()]
        parts.append(f"Left out: {listed(reasons, most=40)}.")
    parts += [f"Make sure: {sentence}: {signed}." for sentence, signed in without_sign(found)]
    make_sure = typed(
        "Say it in a schema to make sure.", "cxchurn schema LOG > schema.toml writes it down, to be corrected."
    )
    return " ".join([*parts, make_sure])
