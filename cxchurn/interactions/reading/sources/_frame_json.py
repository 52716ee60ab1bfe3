"""A whole table as one JSON object, as pandas writes it: by columns, by rows, or both apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxchurn.interactions.reading._engine import FILE, rows
from cxchurn.interactions.reading.sources._paths import pointer
from cxchurn.interactions.schema._sql import name, text

_VALUES = "map_values(from_json({of}, '\"MAP(VARCHAR,JSON)\"'))"


def of_frame(con: Any, objects: str, keys: Sequence[str]) -> str | None:
    """Return the SQL of the rows of tables that are one object each; None where the objects are something else.

    Parameters
    ----------
    con : connection
        The engine's connection.
    objects : str
        The SQL of the objects, one a file.
    keys : sequence of str
        The keys of each.
    """
    if not keys:
        return None
    asked = f"json_type(json, {pointer(keys[:1])}), json_keys(json, {pointer(keys[:1])})"
    kind, inside = rows(con, f"SELECT {asked} FROM {objects} LIMIT 1")[0]
    if {"columns", "data"} <= set(keys) <= {"columns", "data", "index"}:
        return _apart(con, objects)
    if kind == "OBJECT" and all(map(str.isdecimal, keys)):
        return f"(SELECT unnest({_VALUES.format(of='json')}) AS json, {name(FILE)} FROM {objects})"
    if kind == "OBJECT" and inside and all(map(str.isdecimal, inside)):
        values = [_VALUES.format(of=f"json_extract(json, {pointer([key])})") for key in keys]
        columns = ", ".join(f"unnest({one}) AS c{place}" for place, one in enumerate(values))
        pairs = ", ".join(f"{text(key)}, c{place}" for place, key in enumerate(keys))
        return (
            f"(SELECT json_object({pairs}) AS json, {name(FILE)} FROM (SELECT {columns}, {name(FILE)} FROM {objects}))"
        )
    return None


def _apart(con: Any, objects: str) -> str:
    (columns,) = rows(con, f"SELECT CAST(json_extract(json, '/columns') AS VARCHAR[]) FROM {objects} LIMIT 1")[0]
    pairs = ", ".join(f"{text(str(key))}, json_extract(r, '/{place}')" for place, key in enumerate(columns))
    inside = f"SELECT unnest(CAST(json_extract(json, '/data') AS JSON[])) AS r, {name(FILE)} FROM {objects}"
    return f"(SELECT json_object({pairs}) AS json, {name(FILE)} FROM ({inside}))"
