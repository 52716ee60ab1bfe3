"""Tables that do not say whose their rows are, beside one that does: lines beside their orders, read together by a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxchurn._core import CxchurnError
from cxchurn.interactions.reading.guessing._guess import guess_of
from cxchurn.interactions.reading.sources._sources import Query
from cxchurn.interactions.schema._sql import name, text
from cxchurn.interactions.schema.guessing._guess import Guess

# the share of rows that have a key of their own where a table is one of what the key names
_KEY = 0.95


@dataclass(frozen=True)
class Beside:
    """A table read together with another that says whose its rows are.

    Parameters
    ----------
    query : Query
    found : Guess
        On its answer.
    says : str
        Why, in words.
    """

    query: Query
    found: Guess
    says: str


def beside(place: int, tables: Sequence[Any], found: Sequence[Guess]) -> Beside | None:
    """Return how a table that names no customer is read beside one of the others; None where no column leads there.

    Parameters
    ----------
    place : int
        Which of the tables.
    tables : sequence
        All of them.
    found : sequence of Guess
        On each of them.
    """
    own = found[place]
    if "customer_id" in own.roles or not _is_plain_file(tables[place], own):
        return None
    for table, other in zip(tables, found, strict=True):
        key = _key(own, other)
        if key is None or not _is_plain_file(table, other):
            continue
        taken = [other.roles["customer_id"]]
        if "timestamp" not in own.roles and "timestamp" in other.roles:
            taken += [one for one in _columns(other, "timestamp") if one not in own.facts.columns]
        query = Query(
            f"SELECT a.*, {', '.join(f'b.{name(one)}' for one in taken)} FROM {_read(tables[place], own, [key])} a LEFT JOIN"
            f" (SELECT DISTINCT {', '.join(map(name, [key, *taken]))} FROM {_read(table, other, [key, taken[0]])}) b"
            f" USING ({name(key)})"
        )
        try:
            answer = guess_of(query)
        except CxchurnError:
            continue
        says = f"{own.facts.label} does not say whose its rows are, and {other.facts.label} does: {key} leads there."
        if len(taken) > 1:
            says += f" These rows are then events at the times of {other.facts.label}, and count beside its own: where they are"
            says += " its lines, take one of the two sources out."
        return Beside(query, answer, says)
    return None


def _key(own: Guess, other: Guess) -> str | None:
    """Return the column by which each row of a table belongs to one of another that says who the customer is."""
    who = other.roles.get("customer_id")
    if who is None or who in own.facts.columns:
        return None
    for column, seen in other.facts.columns.items():
        beside = own.facts.columns.get(column)
        if beside is None or column == who or seen.is_time or beside.filled < _KEY:
            continue
        if seen.holds in ("text", "integer") and (seen.distinct or 0) >= _KEY * (other.facts.rows or 0) > 0:
            return column
    return None


def _columns(found: Guess, role: str) -> tuple[str, ...]:
    given = found.given(found.roles[role])
    return (given,) if isinstance(given, str) else given


def _is_plain_file(table: Any, found: Guess) -> bool:
    """Whether the engine reads a table by itself as it is read here."""
    one_file = isinstance(table, (str, Path)) and Path(table).is_file()
    return one_file and str(table).lower().endswith((".csv", ".csv.gz", ".parquet")) and not found.facts.form


def _read(table: str | Path, found: Guess, ids: Sequence[str]) -> str:
    """SQL: a file, of which what names something keeps its letters: zeros before figures belong to an id."""
    if str(table).lower().endswith(".parquet"):
        return text(str(table))
    seen = found.facts.columns
    labels = [
        column for column in seen if seen[column].holds == "text" and any(map(str.isdigit, seen[column].examples))
    ]
    kept = ", ".join(f"{text(column)}: 'VARCHAR'" for column in dict.fromkeys([*ids, *labels]))
    return f"read_csv({text(str(table))}, types = {{{kept}}})"
