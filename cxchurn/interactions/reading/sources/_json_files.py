"""JSON files: each row an object, each of its values looked at by itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cxchurn._core import DataError
from cxchurn.interactions.reading._engine import FILE, LINE, rows, said_plainly
from cxchurn.interactions.reading.sources._files import is_lines, paths_of
from cxchurn.interactions.reading.sources._frame_json import of_frame
from cxchurn.interactions.reading.sources._paths import pointer, steps_of
from cxchurn.interactions.reading.sources._unpacked import Unpacked
from cxchurn.interactions.schema._sql import name, text

_WHOLE = {"BIGINT", "UBIGINT"}
_NUMBERS = {*_WHOLE, "DOUBLE"}
_NESTED = {"OBJECT", "ARRAY"}
_TOO_LARGE = "maximum_object_size"
# bytes that one object may take: the engine holds as many for each of its threads, so more only where they are needed
_LARGEST = (1 << 24, 1 << 28, 1 << 31)


def json_select(con: Any, files: Unpacked, label: str, paths: Collection[str] = ()) -> tuple[str, list[str]]:
    """Return the SQL that reads JSON files, and the columns' names: one object a line, or (``.json``) also a list of them.

    A column is of one type where all its values are: whole numbers, numbers, or yes and no. Otherwise each value is read as
    the text it is, so that one of another type concerns its own row; so are times, to tell those with a zone from those
    without.

    Parameters
    ----------
    con : connection
        The engine's connection.
    files : Unpacked
        The files.
    label : str
        What they are called in an error.
    paths : collection of str
        Fields inside values that are to be columns too, such as ``"user.id"``.
    """
    for size in _LARGEST[:-1]:
        try:
            return _select(con, files, label, paths, size)
        except DataError as error:
            if _TOO_LARGE not in str(error):
                raise
    return _select(con, files, label, paths, _LARGEST[-1])


def _select(con: Any, files: Unpacked, label: str, paths: Collection[str], size: int) -> tuple[str, list[str]]:
    lines = all(map(is_lines, files.files))
    form = "format = 'newline_delimited', ignore_errors = true" if lines else "format = 'auto'"
    places = paths_of([files.place(file) for file in files.files])
    objects = f"read_json_objects({places}, {form}, {_TOO_LARGE} = {size}, filename = {text(FILE)})"
    objects = _unwrapped(con, objects, label, files) if not lines else objects
    # what is no JSON at all is missing
    is_row = "coalesce(starts_with(ltrim(json::VARCHAR, E' \\t\\r\\n'), '{'), FALSE)"
    with said_plainly(label, hint="write one JSON object a line."):
        names = _names(con, objects, is_row)
        inside = [(path, steps) for path in paths if path not in names and (steps := steps_of(path, names)) is not None]
        pointers = (
            "[" + ", ".join([*(pointer([name]) for name in names), *(pointer(x) for _, x in inside)]) + "]::VARCHAR[]"
        )
        names += [path for path, _ in inside]
        types = _types(con, objects, is_row, pointers, len(names))
    values = [f"{_read_as(kind, f'found[{place}]')}" for place, kind in enumerate(types, start=1)]
    found = f"CASE WHEN {is_row} THEN json_extract_string(json, {pointers}) END"
    line = f"CASE WHEN NOT {is_row} THEN 'no JSON object' END"
    ours = [f"{called_sql(files)} AS {name(FILE)}", f"{line} AS {name(LINE)}"]
    return f"SELECT {', '.join([*values, *ours])} FROM (SELECT *, {found} AS found FROM {objects})", names


def _unwrapped(con: Any, objects: str, label: str, files: Unpacked) -> str:
    """Return the SQL of the objects in a list, where a file is one object around it: pages that services answer with."""
    with said_plainly(label, hint="write one JSON object a line."):
        asked = (
            f"SELECT count(*), any_value(json_type(json)), min(json_keys(json)), max(json_keys(json)) FROM {objects}"
        )
        count, kind, keys, others = rows(con, asked)[0]
        if count != len(files.files) or kind != "OBJECT" or keys != others:
            return objects
        if (found := of_frame(con, objects, keys)) is not None:
            files.notes.append(
                f"{label}: one object of a whole table, as data frames are written; its rows are those of it."
            )
            return found
        tests = [f"bool_and(json_type(json, {pointer([key, '0'])}) = 'OBJECT')" for key in keys]
        lists = [
            key for key, yes in zip(keys, rows(con, f"SELECT {', '.join(tests)} FROM {objects}")[0], strict=True) if yes
        ]
    # an object with an id of its own is a row that holds a list
    if len(lists) != 1 or any(key.lower().endswith("id") for key in keys):
        return objects
    files.notes.append(f"{label}: one object around a list; its rows are those of {lists[0]!r}.")
    inside = f"unnest(CAST(json_extract(json, {pointer(lists)}) AS JSON[]))"
    return f"(SELECT {inside} AS json, {name(FILE)} FROM {objects})"


def _names(con: Any, objects: str, is_row: str) -> list[str]:
    """Return the names of all values: most objects have the same, so few lists of them are looked at."""
    lists = rows(
        con, f"SELECT DISTINCT json_keys(json) AS keys FROM {objects} WHERE {is_row} ORDER BY len(keys) DESC, keys"
    )
    return list(dict.fromkeys(key for (keys,) in lists for key in keys))


def called_sql(files: Unpacked) -> str:
    """SQL: what the file is called that a row was read from."""
    copies = {copy: file for file, copy in files.copies.items()}
    whens = "".join(f" WHEN {text(copy)} THEN {text(file)}" for copy, file in copies.items())
    return f"CASE {name(FILE)}{whens} ELSE {name(FILE)} END" if whens else name(FILE)


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
