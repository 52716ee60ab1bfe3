"""Frames of other libraries."""

from __future__ import annotations

from typing import Any

from cxchurn._core._errors import UsageError, did_you_mean
from cxchurn._core._optional import require

OUTPUTS = ("pandas", "polars")


def as_pandas(table: Any) -> Any:
    """Return a frame or a column of polars, Arrow or the like as one of pandas; anything else as it is."""
    if type(table).__module__.startswith("polars") and hasattr(table, "collect"):
        table = table.collect()
    convert = getattr(table, "to_pandas", None)
    return convert() if callable(convert) and not isinstance(table, type) else table


def check_output(output: str) -> None:
    """Refuse what is no sort of frame, and one of polars where polars is not installed: before the work, not after it."""
    if output not in OUTPUTS:
        raise UsageError(
            f"output is {output!r}.", allowed="'pandas' or 'polars'", hint=did_you_mean(str(output), OUTPUTS)
        )
    if output == "polars":
        require("polars", extra="polars", purpose="a frame of polars")


def to_polars(table: Any) -> Any:
    """Return an Arrow table as a frame of polars, without a copy where both keep numbers alike."""
    return require("polars", extra="polars", purpose="a frame of polars").from_arrow(table)


def frame_from_plain(data: dict[str, Any]) -> Any:
    """Make a frame of pandas again from ``frame.to_dict("split", index=False)``; rows of other lengths are refused."""
    # here, not above: a service loads models without pandas
    import pandas as pd

    columns, rows = data["columns"], data["data"]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"a row of a table has not {len(columns)} cells")
    return pd.DataFrame(rows, columns=columns)
