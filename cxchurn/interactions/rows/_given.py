"""Rows of any kind of data as mappings from the user's columns to cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from cxchurn._core import DataError, Deferred, UsageError, did_you_mean, listed
from cxchurn.interactions.reading.sources._tables import as_arrow
from cxchurn.interactions.rows._paths import Paths

pc = Deferred("pyarrow.compute")

_ALLOWED = "a dict, a list of dicts, a frame of pandas or polars, or an Arrow table"
Cells = Mapping[str, Any]


def rows_given(data: Any, paths: Paths) -> list[Cells]:
    """Return the rows of what was given, each as a mapping from column to cell.

    Parameters
    ----------
    data : dict, iterable of dicts, frame or Arrow table
    paths : Paths
        What the schema reads: a frame or table has to have all of its columns. Dicts may leave out what they have nothing to
        say of.
    """
    if isinstance(data, Mapping):
        return [data]
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if any(hasattr(data, name) for name in ("__arrow_c_stream__", "get_columns", "collect", "iloc")):
        return _table_rows(data, paths)
    if isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        raise UsageError(f"the events are of type {type(data).__name__}.", allowed=_ALLOWED)
    rows = list(data)
    wrong = next((one for one in rows if not isinstance(one, Mapping)), None)
    if wrong is not None:
        raise UsageError(f"one of the events is of type {type(wrong).__name__}.", allowed=_ALLOWED)
    return rows


def _table_rows(data: Any, paths: Paths) -> list[Cells]:
    table, twice = as_arrow(data)
    missing = paths.lacking(table.column_names)
    doubled = sorted(filter(paths.needed, twice))
    if missing or doubled:
        raise DataError(
            f"the {type(data).__name__} has {'no' if missing else 'more than one'} column "
            f"{listed(map(repr, missing or doubled))}.",
            allowed=listed(paths.wanted, most=40),
            hint=(did_you_mean(missing[0], table.column_names) if missing else None)
            or "give events in the columns that the model was trained on.",
        )
    cells = [_cells(table.column(name)) for name in table.column_names]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*cells, strict=True)]


def _cells(column: pa.ChunkedArray) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # fractions of a microsecond are cut off, before 1970 too
        fine = column.cast(pa.int64())
        whole = pc.divide(pc.subtract(fine, _above(fine)), 1000)
        column = whole.cast(pa.timestamp("us", kind.tz))
    return column.to_pylist()


def _above(fine: pa.ChunkedArray) -> pa.ChunkedArray:
    rest = pc.subtract(fine, pc.multiply(pc.divide(fine, 1000), 1000))
    return pc.if_else(pc.less(rest, 0), pc.add(rest, 1000), rest)
