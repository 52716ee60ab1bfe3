"""Frames of other libraries."""

from __future__ import annotations

from typing import Any


def as_pandas(table: Any) -> Any:
    """Return a frame or a column of polars, Arrow or the like as one of pandas; anything else as it is."""
    if type(table).__module__.startswith("polars") and hasattr(table, "collect"):
        table = table.collect()
    convert = getattr(table, "to_pandas", None)
    return convert() if callable(convert) and not isinstance(table, type) else table
