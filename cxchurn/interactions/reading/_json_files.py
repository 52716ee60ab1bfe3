"""JSON files: each row an object, each of its values looked at by itself."""

from __future__ import annotations

from typing import Any

from cxchurn.interactions.reading._engine import FILE, LINE, name, rows, said_plainly, text
from cxchurn.interactions.reading._files import is_lines, paths_of

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
    # what is no JSON at all is missing
    is_row = "coalesce(starts_with(ltrim(json::VARCHAR, E' \\t\\r\\n'), '{'), FALSE)"
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
    """Return the names of all values: most objects have the same, so few lists of them are looked at."""
    lists = rows(
        con, f"SELECT DISTINCT json_keys(json) AS keys FROM {objects} WHERE {is_row} ORDER BY len(keys) DESC, keys"
    )
    return list(dict.fromkeys(key for (keys,) in lists for key in keys))


def _pointer(key: str) -> str:
    return text("/" + key.replace("~", "~0").replace("/", "~1"))


def _types(con: Any, objects: str, is_row: str, pointers: str, columns: int) -> list[str]:
    """Return the type each column is read as."""
    if not columns:
        return []
    asked = ", ".join(f"list_distinct(list(kinds[{place}]))" for place in range(1, columns + 1))
    found = rows(
        con, f"SELECT {asked} FROM (SELECT json_type(json, {pointers}) AS kinds FROM {objects} WHERE {is_row})"
    )[0]
    kinds = [{*(each or ())} - {"NULL"} for each in found]
    whole = [place for place, each in enumerate(kinds, start=1) if each and each <= _WHOLE]
    large: set[int] = set()
    if whole:
        fits = ", ".join(f"count(TRY_CAST(given[{place}] AS BIGINT)) = count(given[{place}])" for place in whole)
        cells = f"SELECT json_extract_string(json, {pointers}) AS given FROM {objects} WHERE {is_row}"
        answers = rows(con, f"SELECT {fits} FROM ({cells})")[0]
        large = {place for place, fit in zip(whole, answers, strict=True) if not fit}
    return [_type(each, place not in large) for place, each in enumerate(kinds, start=1)]


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
