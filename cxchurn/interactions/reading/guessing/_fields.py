"""Fields inside columns that hold structures: found, so that a guess may name them by their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxchurn.interactions.reading._cell_sql import family
from cxchurn.interactions.reading._engine import rows, said_plainly
from cxchurn.interactions.reading.guessing._sample import SAMPLE, take_sample
from cxchurn.interactions.reading.guessing._two_columns import times_in_two_columns
from cxchurn.interactions.reading.sources._opened import Opened, opened
from cxchurn.interactions.schema._sql import text

# how deep is looked, and of how many names values may have in one place: more are no fields, but labels
_DEEPEST, _MOST = 4, 40


def fields_of(data: Any) -> dict[str, tuple[str, ...]]:
    """Return what columns can be made of those of data, as `opened` takes them.

    The paths of what structures hold, and texts that are JSON; days and the times of them, where these are two columns.
    """
    with opened(data) as found, said_plainly(found.label):
        take_sample(found)
        return {path: (path,) for path in _paths(found)} | times_in_two_columns(found)


def _paths(data: Opened) -> list[str]:
    found, texts = [], _with_braces(data)
    for column, kind in data.columns.items():
        if kind == "JSON" or kind.startswith(("STRUCT", "MAP")) or (column in texts and _is_json(data, column)):
            found += _inside(data, column, _as_json(data, column, kind), ())
    return [path for path in found if path not in data.columns]


def _as_json(data: Opened, column: str, kind: str) -> str:
    held = data.held(column)
    if kind.startswith(("STRUCT", "MAP")):
        return f"to_json({held})"
    return f"CASE WHEN json_valid({held}) THEN CAST({held} AS JSON) END"


def _with_braces(data: Opened) -> set[str]:
    """Return the columns of texts of which some begin as JSON objects do: all looked at once."""
    texts = [column for column, kind in data.columns.items() if family(kind) == "text"]
    begins = ", ".join(f"coalesce(bool_or(starts_with(ltrim({data.held(column)}), '{{')), FALSE)" for column in texts)
    found = rows(data.con, f"SELECT {begins} FROM {SAMPLE}")[0] if texts else ()
    return {column for column, some in zip(texts, found, strict=True) if some}


def _is_json(data: Opened, column: str) -> bool:
    """Whether all texts of a column that say something are JSON objects."""
    held = data.held(column)
    seen = f"starts_with(ltrim({held}), '{{') AND json_valid({held})"
    there = f"nullif(trim({held}), '') IS NOT NULL"
    return bool(
        rows(data.con, f"SELECT count_if({there}) > 0 AND bool_and(NOT ({there}) OR {seen}) FROM {SAMPLE}")[0][0]
    )


def _inside(data: Opened, path: str, json: str, steps: tuple[str, ...]) -> list[str]:
    """Return the paths of all that is no structure itself below a place in JSON; of a place of many names nothing."""
    kinds = _kinds(data, json)
    if len(kinds) > _MOST or len(steps) == _DEEPEST:
        return []
    found = []
    for key, types in kinds.items():
        if "OBJECT" in types:
            inner = f"json_extract({json}, {text('/' + key.replace('~', '~0').replace('/', '~1'))})"
            found += _inside(data, f"{path}.{key}", inner, (*steps, key))
        elif types - {"ARRAY", "NULL"}:
            found.append(f"{path}.{key}")
    return found


def _kinds(data: Opened, json: str) -> Mapping[str, set[str]]:
    """Return the names in the objects of some JSON, with the types of what they hold; none holds a point itself."""
    keys = (
        f"SELECT j, unnest(json_keys(j)) AS key FROM (SELECT {json} AS j FROM {SAMPLE}) WHERE json_type(j) = 'OBJECT'"
    )
    pointer = "'/' || replace(replace(key, '~', '~0'), '/', '~1')"
    asked = f"SELECT key, list(DISTINCT json_type(j, {pointer})) FROM ({keys}) GROUP BY key ORDER BY key"
    return {key: {one for one in types if one} for key, types in rows(data.con, asked) if key and "." not in key}
