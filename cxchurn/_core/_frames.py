"""Frames of other libraries."""

from __future__ import annotations

from typing import Any


def as_pandas(table: Any) -> Any:
    """Return a frame or a column of polars, Arrow or the like as one of pandas; anything else as it is."""
    if type(table).__module__.startswith("polars") and hasattr(table, "collect"):
        table = table.collect()
    convert = getattr(table, "to_pandas", None)
    return convert() if callable(convert) and not isinstance(table, type) else table


def frame_from_plain(data: dict[str, Any]) -> Any:
    """Make a frame of pandas again from ``frame.to_dict("split", index=False)``; rows of other lengths are refused."""
    # here, not above: a service loads models without pandas
    import pandas as pd

    columns, rows = data["columns"], data["data"]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"a row of a table has not {len(columns)} cells")
    return pd.DataFrame(rows, columns=columns)
