"""JSON files: each row an object, each of its values looked at by itself."""

from __future__ import annotations

from typing import Any

from cxchurn.interactions._engine import FILE, LINE, name, rows, said_plainly, text
from cxchurn.interactions._files import is_lines, paths_of

_WHOLE = {"BIGINT", "UBIGINT"}
_NUMBERS = {*_WHOLE, "DOUBLE"}
_NESTED = {"OBJECT", "ARRAY"}


def json_select(con: Any, files: list[str], label: str) -> tuple[str, list[str]]:
    """Return the SQL that reads JSON files, and the columns' names: one object a line, or (``.json``) also a list of them.

    A column is of one type where all its values are: whole numbers, numbers, or yes and no. Otherwise each value is read as
    the text it is, so that one of another type concerns its own row; so are times, to tell those with a zone from those
    without.
    """
    lines = all(map(is_lines, files))
    form = "format = 'newline_delimited', ignore_errors = true" if lines else "format = 'auto'"
    objects = f"read_json_objects({paths_of(files)}, {form}, filename = {text(FILE)})"
    is_row = "coalesce(json_type(json) = 'OBJECT', FALSE)"
    with said_plainly(label, hint="write one JSON object a line."):
        names = _names(con, objects, is_row)
        pointers = "[" + ", ".join(map(_pointer, names)) + "]::VARCHAR[]"
        types = _types(con, objects, is_row, pointers, len(names))
    values = [f"{_read_as(kind, f'found[{place}]')}" for place, kind in enumerate(types, start=1)]
    found = f"CASE WHEN {is_row} THEN json_extract_string(json, {pointers}) END"
    line = f"CASE WHEN NOT {is_row} THEN 'no JSON object' END"
    ours = [name(FILE), f"{line} AS {name(LINE)}"]
    return f"SELECT {', '.join([*values, *ours])} FROM (SELECT *, {found} AS found FROM {objects})", names


def _names(con: Any, objects: str, is_row: str) -> list[str]:
    """Return the names of all values, in the order of their coming."""
    keys = f"SELECT unnest(json_keys(json)) AS key FROM {objects} WHERE {is_row}"
    found = (
        f"SELECT key, min(place) AS place FROM (SELECT key, row_number() OVER () AS place FROM ({keys})) GROUP BY key"
    )
    return [key for key, _ in rows(con, f"{found} ORDER BY place")]


def _pointer(key: str) -> str:
    return text("/" + key.replace("~", "~0").replace("/", "~1"))


def _types(con: Any, objects: str, is_row: str, pointers: str, columns: int) -> list[str]:
    """Return the type each column is read as."""
    if not columns:
        return []
    whole = ", ".join(f"'{kind}'" for kind in sorted(_WHOLE))
    asked = []
    for place in range(1, columns + 1):
        asked.append(f"list_distinct(list(kinds[{place}]))")
        asked.append(f"bool_and(kinds[{place}] NOT IN ({whole}) OR TRY_CAST(given[{place}] AS BIGINT) IS NOT NULL)")
    cells = f"json_type(json, {pointers}) AS kinds, json_extract_string(json, {pointers}) AS given"
    found = rows(con, f"SELECT {', '.join(asked)} FROM (SELECT {cells} FROM {objects} WHERE {is_row})")[0]
    return [_type({*(kinds or ())} - {"NULL"}, bool(fits)) for kinds, fits in zip(found[::2], found[1::2], strict=True)]


def _type(kinds: set[str], fits: bool) -> str:
    if kinds and kinds <= _WHOLE:
        return "BIGINT" if fits else "HUGEINT"
    if kinds and kinds <= _NUMBERS:
        return "DOUBLE"
    if kinds == {"BOOLEAN"}:
        return "BOOLEAN"
    return "JSON" if kinds and kinds <= _NESTED else "VARCHAR"


def _read_as(kind: str, value: str) -> str:
    return value if kind == "VARCHAR" else f"CAST({value} AS {kind})"
