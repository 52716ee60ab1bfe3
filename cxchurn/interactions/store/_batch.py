"""A batch of events as plain arrays, and events in their canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred
from cxchurn.interactions.store._labels import LABEL, Labels, by_text, coded, is_text

pc = Deferred("pyarrow.compute")

# The values of one column: whole numbers (ids; instants in microseconds), numbers, flags (0, 1), labels, or plain text
# for labels of which nearly every row has its own. A missing value is the smallest whole number, NaN, 2, the code -1.
Values: TypeAlias = np.ndarray | Labels | pa.Array
Batch: TypeAlias = dict[str, Values]

ID, TIME, NUMBER, FLAG = pa.int64(), pa.timestamp("us"), pa.float64(), pa.bool_()
NO_TIME = np.iinfo(np.int64).min
# a flag takes a byte: 0, 1, and this for missing
NO_FLAG = 2
# columns that events have while they are read: their number; and, where one stands for a whole matter, by what it is chosen
EVENT, AT, KNOWN = "@event", "@at", "@known"
# where a quarter of so many rows differ, a table of labels is larger than the texts themselves
_SAMPLE = 8192


def absent(values: Values) -> np.ndarray:
    """Where a value is missing; bool, shape ``(n,)``."""
    if isinstance(values, Labels):
        return values.codes < 0
    if isinstance(values, pa.Array):
        return values.is_null().to_numpy(zero_copy_only=False)
    if values.dtype == np.float64:
        return np.isnan(values)
    return values == (NO_FLAG if values.dtype == np.uint8 else NO_TIME)


def taken(values: Values, rows: np.ndarray) -> Values:
    """Return the values of some rows."""
    if isinstance(values, Labels):
        return values.take(rows)
    return values.take(pa.array(rows)) if isinstance(values, pa.Array) else values[rows]


def nothing_of(kind: pa.DataType) -> float:
    """Return what stands for a missing value of a canonical type (for a label: for its code)."""
    return {LABEL: -1, FLAG: NO_FLAG, NUMBER: np.nan}.get(kind, NO_TIME)


def dtype_of(kind: pa.DataType) -> np.dtype:
    """Return the type of the plain array of a canonical type (for labels: of their codes)."""
    return np.dtype({LABEL: np.int32, FLAG: np.uint8, NUMBER: np.float64}.get(kind, np.int64))


def as_labels(column: pa.ChunkedArray) -> Labels | pa.Array:
    """Return a column of labels coded, or as plain text where nearly every row has its own."""
    if not _is_wide(column):
        return coded(column)
    plain = column.cast(pa.string())
    return plain.chunk(0) if plain.num_chunks == 1 else pa.concat_arrays(plain.chunks)


def _is_wide(column: pa.ChunkedArray) -> bool:
    if pa.types.is_dictionary(column.type):
        return max((len(chunk.dictionary) for chunk in column.chunks), default=0) > _SAMPLE
    some = column.slice(0, _SAMPLE).cast(pa.string())
    return int(pc.count_distinct(some).as_py()) > _SAMPLE // 4


def batch_of(table: pa.Table) -> Batch:
    """Return events with canonical columns, their labels as text or dictionaries, as plain arrays."""
    return {name: _values(table.column(name)) for name in table.column_names}


def _values(column: pa.ChunkedArray) -> Values:
    if is_text(column.type):
        return as_labels(column)
    if column.type == FLAG:
        return flat(column.cast(pa.uint8()), NO_FLAG)
    if column.type == TIME:
        return flat(column.cast(pa.int64()), NO_TIME)
    return flat(column, np.nan)


def flat(column: pa.ChunkedArray | pa.Array, missing: float) -> np.ndarray:
    """Return a column of numbers as a plain array with `missing` for what is missing; not copied where that is possible."""
    if column.null_count:
        column = pc.fill_null(column, missing)
    if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1:
        column = column.chunk(0)
    return column.to_numpy() if isinstance(column, pa.ChunkedArray) else column.to_numpy(zero_copy_only=False)


def to_arrow(values: np.ndarray | Labels, kind: pa.DataType) -> pa.Array:
    """Return values as an Arrow array of a canonical type, with zeros under the missing ones; `values` are used up."""
    if isinstance(values, Labels):
        missing = values.codes < 0
        return pa.DictionaryArray.from_arrays(_masked(values.codes, missing), values.levels)
    if kind == ID:
        return pa.array(values)
    missing = absent(values)
    return _masked(values == 1, missing) if kind == FLAG else _masked(values, missing).view(kind)


def _masked(values: np.ndarray, missing: np.ndarray) -> pa.Array:
    if not missing.any():
        return pa.array(values)
    # what can be written to is ours alone
    values = values if values.flags.writeable else values.copy()
    values[missing] = 0
    return pa.array(values, mask=missing)


def canonical(table: pa.Table, *, plain: Sequence[str] = ()) -> pa.Table:
    """Return a table with every label as a dictionary in the order of the text, and equal bytes for equal content.

    Parameters
    ----------
    table : pyarrow.Table
        Any table; what is canonical already is not copied.
    plain : sequence of str
        Columns whose text stays as it is.
    """
    columns = [
        column if name in plain else _canonical(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(columns, names=table.column_names).combine_chunks()


def _canonical(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if not is_text(column.type):
        return zeroed(column)
    found = coded(column)
    ordered = by_text(found)
    if column.type == LABEL and column.num_chunks == 1 and ordered is found:
        given = column.chunk(0)
        if len(given.dictionary) == len(found.levels) and zeroed(given.indices) is given.indices:
            return column
    return to_arrow(ordered, LABEL)


def zeroed(column: pa.ChunkedArray | pa.Array) -> pa.Array | pa.ChunkedArray:
    """Return a column with zeros in memory under its missing values, where chance would stand otherwise."""
    if not column.null_count:
        return column
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if _is_zeroed(column, missing):
        return column
    zero = pa.scalar(0, pa.int64()).cast(column.type)
    kept = column.fill_null(zero).to_numpy(zero_copy_only=False)
    return pa.array(kept, type=column.type, mask=missing)


def _is_zeroed(column: pa.ChunkedArray | pa.Array, missing: np.ndarray) -> bool:
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    if len(chunks) != 1 or pa.types.is_boolean(column.type):
        return False
    raw = np.frombuffer(chunks[0].buffers()[1], f"i{column.type.byte_width}")
    return not raw[chunks[0].offset : chunks[0].offset + missing.size][missing].any()
