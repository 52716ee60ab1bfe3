"""Frames and tables of any library as Arrow tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from cxchurn._core import DataError, UsageError, listed
from cxchurn.interactions._engine import is_relation


def as_arrow(data: Any) -> pa.Table:
    """Return a frame or table of any library as an Arrow table; columns of mixed things become text."""
    if isinstance(data, pd.DataFrame):
        if not data.columns.is_unique:
            twice = data.columns[data.columns.duplicated()].unique()
            raise DataError(f"the frame has columns of one name: {listed(twice)}.", hint="rename or drop them.")
        table = pa.table({str(column): _from_pandas(data.iloc[:, i]) for i, column in enumerate(data.columns)})
    elif is_relation(data):
        table = data.to_arrow_table()
    elif hasattr(data, "__arrow_c_stream__"):
        table = pa.table(data)
    elif callable(getattr(data, "collect", None)):
        return as_arrow(data.collect())
    else:
        raise UsageError(
            f"the data is of type {type(data).__name__}.",
            allowed="a path, a pandas or polars frame, an Arrow table, a DuckDB relation, a Query, or a list of Sources",
        )
    return _typed(table)


def _from_pandas(column: pd.Series) -> Any:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        # by way of UTC: Arrow asks pandas for zoned times in a manner that pandas warns of
        zoned = pa.timestamp(column.dtype.unit, pa.lib.tzinfo_to_string(column.dtype.tz))
        return pa.array(column.dt.tz_convert(None), from_pandas=True).cast(zoned)
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array(
            [None if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)], pa.string()
        )


def _typed(table: pa.Table) -> pa.Table:
    # a column of nothing but missing values has no type of its own: as text it fits every role
    for i, column in enumerate(table.schema):
        if pa.types.is_null(column.type):
            table = table.set_column(i, column.name, table.column(i).cast(pa.string()))
    return table


def stacked(tables: list[pa.Table]) -> pa.Table:
    """Return tables below one another; columns of different types become text, columns a table lacks are empty."""
    types: dict[str, pa.DataType] = {}
    for table in tables:
        for column in table.schema:
            same = types.setdefault(column.name, column.type) == column.type
            types[column.name] = column.type if same else pa.string()
    schemas = [pa.schema([(column.name, types[column.name]) for column in table.schema]) for table in tables]
    parts = [table.cast(schema) for table, schema in zip(tables, schemas, strict=True)]
    return pa.concat_tables(parts, promote_options="default")
