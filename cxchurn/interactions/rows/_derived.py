"""Columns that are made of others: fields inside a column, and times in two columns, of one row as it comes to a service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from cxchurn.interactions.rows._cells import plain, said


def with_derived(cells: Mapping[str, Any], derived: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return a row with the columns that are made of others.

    Parameters
    ----------
    cells : mapping
        The row, from the user's columns to cells.
    derived : mapping of str to tuple of str
        As `derived_in` says.
    """
    found = dict(cells)
    for column, parts in derived.items():
        if column not in cells:
            values = [field_of(cells, part) for part in parts]
            found[column] = values[0] if len(values) == 1 else _joined(values)
    return found


def field_of(cells: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path: a column of that name, or a field inside one."""
    steps = path.split(".")
    for length in range(len(steps), 0, -1):
        root = ".".join(steps[:length])
        if root in cells:
            return _inside(cells[root], steps[length:])
    return None


def _inside(value: Any, steps: list[str]) -> Any:
    if not steps:
        return value
    if isinstance(value, str):
        # figures as they are written, as in any text
        try:
            found = _inside(json.loads(value, parse_float=str, parse_int=str), steps)
        except ValueError:
            return None
        return json.dumps(found, separators=(",", ":")) if isinstance(found, (bool, dict, list)) else found
    if isinstance(value, Mapping):
        for length in range(len(steps), 0, -1):
            name = ".".join(steps[:length])
            if name in value:
                return _inside(value[name], steps[length:])
    return None


def _joined(values: list[Any]) -> str | None:
    texts = [_text(value) for value in values]
    return " ".join(text for text in texts if text is not None) if texts[0] is not None else None


def _text(value: Any) -> str | None:
    value = plain(value)
    if value is None:
        return None
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    return said(value.isoformat() if isinstance(value, (date, time)) and not isinstance(value, datetime) else value)
