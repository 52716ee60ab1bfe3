"""Columns that are made of others: fields inside structures and JSON texts, and times in two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxchurn.interactions.reading._cell_sql import family, said, whole
from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.reading.sources._paths import pointer, steps_of
from cxchurn.interactions.schema._sql import text

_TEXTS = ("VARCHAR", "JSON")


def derived_sql(
    con: Any, view: str, derived: Mapping[str, Sequence[str]], columns: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, str], list[str]]:
    """Return the SQL of the columns that are made of others, as far as those are there, and of JSON texts that are none.

    Parameters
    ----------
    con : connection
        The engine's connection.
    view : str
        The table that has the columns.
    derived : mapping of str to sequence of str
        The columns to be made, each of how many.
    columns : mapping of str to (str, str)
        The columns there are: the engine's name, quoted, and type.
    """
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, parts in derived.items():
        made = [_part(con, view, part, columns, wrong) for part in parts]
        whole_there = [(sql, kind) for one in made if one is not None for sql, kind in [one]]
        if name not in columns and len(whole_there) == len(parts):
            found[name] = whole_there[0][0] if len(parts) == 1 else joined_sql(whole_there)
    return found, list(wrong.values())


def _part(
    con: Any, view: str, path: str, columns: Mapping[str, tuple[str, str]], wrong: dict[str, str]
) -> tuple[str, str] | None:
    """Return the SQL and the type of what stands at a path; None where nothing does."""
    steps = steps_of(path, columns)
    if steps is None:
        return None
    (sql, kind), rest = columns[steps[0]], steps[1:]
    while rest and kind not in _TEXTS:
        inside = _field(con, view, sql, kind, rest)
        if inside is None:
            return None
        sql, kind, rest = inside
    if not rest:
        return sql, kind
    something = f"nullif(trim(CAST({sql} AS VARCHAR), E' \\t\\r\\n'), '')"
    wrong[sql] = f"CASE WHEN NOT json_valid({something}) THEN {something} END"
    valid = f"CASE WHEN json_valid({sql}) THEN CAST({sql} AS JSON) END"
    return f"json_extract_string({valid}, {pointer(rest)})", "VARCHAR"


def _field(con: Any, view: str, sql: str, kind: str, rest: list[str]) -> tuple[str, str, list[str]] | None:
    """Return the SQL, the type and what is left of a path after one more field; None where there is no such field."""
    if not kind.startswith(("STRUCT", "MAP")):
        return None
    for length in range(len(rest), 0, -1):
        field = ".".join(rest[:length])
        inside = f"struct_extract({sql}, {text(field)})"
        if kind.startswith("MAP"):
            inside = f"element_at({sql}, {text(field)})[1]"
        type_of = _type_of(con, view, inside)
        if type_of is not None:
            return inside, type_of, rest[length:]
    return None


def _type_of(con: Any, view: str, sql: str) -> str | None:
    try:
        return str(rows(con, f"DESCRIBE SELECT {sql} FROM {view}")[0][1])
    except Exception:  # noqa: BLE001 - each version of the engine has another one for a field that is not there
        return None


def joined_sql(parts: Sequence[tuple[str, str]]) -> str:
    """SQL: a day and the time of it, one after the other; nothing where there is no day."""
    texts = [_text(sql, kind) for sql, kind in parts]
    return f"CASE WHEN {texts[0]} IS NOT NULL THEN concat_ws(' ', {', '.join(texts)}) END"


def _text(sql: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        # the day of a date that was given a time, as frames do
        day = f"{sql} = date_trunc('day', {sql})"
        return f"CASE WHEN {day} THEN CAST(CAST({sql} AS DATE) AS VARCHAR) ELSE CAST({sql} AS VARCHAR) END"
    if family(kind) == "number":
        return f"coalesce(CAST({whole(sql)} AS VARCHAR), CAST({sql} AS VARCHAR))"
    return f"({said(sql)})"
