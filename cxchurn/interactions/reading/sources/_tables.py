"""Frames and tables of any library as Arrow tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cxchurn._core import DataError, Deferred, UsageError, is_of
from cxchurn.interactions.reading._engine import is_relation
from cxchurn.interactions.schema._sql import name
from cxchurn.interactions.store._objects import as_text, from_pandas

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

pc = Deferred("pyarrow.compute")

_Column = Callable[[int], Any]
_PANIC = "PanicException"


def as_arrow(
    data: Any, needed: Sequence[str] | None = None, *, reads: Callable[[pa.DataType], bool] = lambda kind: True
) -> tuple[pa.Table, frozenset[str]]:
    """Return a frame or table of any library as an Arrow table, and the names that several of its columns have.

    Columns of mixed things become text.

    Parameters
    ----------
    data : frame, table or relation
        The data.
    needed : sequence of str, optional
        The columns to return: no other is looked at. By default all; and all where one of them is not there.
    reads : callable
        Whether columns of a type can be read as they are; others become text.
    """
    names, column = _columns(data, needed)
    apart, twice = told_apart(names)
    needed = needed if needed is not None and set(needed) <= set(apart) else None
    places = [place for place, each in enumerate(apart) if needed is None or each in needed]
    arrays = [_readable(_checked(column(place), apart[place]), reads) for place in places]
    return pa.table(arrays, names=[apart[place] for place in places]), twice


def _columns(data: Any, needed: Sequence[str] | None) -> tuple[list[str], _Column]:
    """Return the names of a frame's columns, and what gives the column at a place."""
    if is_of("pandas", data) and isinstance(data, pd.DataFrame):
        return [str(column) for column in data.columns], lambda place: from_pandas(data.iloc[:, place])
    if is_relation(data):
        whole = needed is None or not set(needed) <= set(data.columns)
        table = (data if whole else data.project(", ".join(map(name, needed or ())))).to_arrow_table()
        return table.column_names, table.column
    if callable(getattr(data, "get_columns", None)):
        return list(data.columns), lambda place: _from_polars(data.get_columns()[place])
    if hasattr(data, "__arrow_c_stream__"):
        table = data if isinstance(data, pa.Table) else pa.table(data)
        return table.column_names, table.column
    if callable(getattr(data, "collect", None)):
        whole = needed is None or not set(needed) <= set(data.collect_schema().names())
        return _columns((data if whole else data.select(list(needed or ()))).collect(), needed)
    raise UsageError(
        f"the data is of type {type(data).__name__}.",
        allowed="a path, a pandas or polars frame, an Arrow table, a DuckDB relation, a Query, or a list of Sources",
    )


def _from_polars(column: Any) -> Any:
    kind = str(column.dtype)
    # objects would come as their places in memory
    if not kind.startswith("Object"):
        try:
            return column.to_arrow()
        except BaseException as error:
            # where its own assertions fail polars raises what is no Exception
            if not (isinstance(error, Exception) or type(error).__name__ == _PANIC):
                raise
    return as_text(column.to_list())


def told_apart(names: Iterable[str]) -> tuple[list[str], frozenset[str]]:
    """Return names of which each is there once, the later ones of a name numbered; and those that were there more often."""
    given = list(names)
    often, taken, found = Counter(given), set[str](), list[str]()
    for each in given:
        count, apart = 1, each
        while apart in taken or (count > 1 and apart in often):
            count += 1
            apart = f"{each} ({count})"
        taken.add(apart)
        found.append(apart)
    return found, frozenset(each for each, times in often.items() if times > 1)


def _checked(column: Any, name: str) -> Any:
    """Return a column that keeps the rules of its own form: texts that are no UTF-8 do not."""
    try:
        column.validate(full=True)
    except pa.ArrowException as error:
        raise DataError(
            f"the column {name!r} of the table cannot be read: {error}.",
            hint="make the table anew, with texts in UTF-8.",
        ) from error
    return column


def _readable(column: Any, reads: Callable[[pa.DataType], bool]) -> Any:
    kind = column.type
    # a column of nothing but missing values has no type of its own: as text it fits every role
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_dictionary(kind) and pa.types.is_dictionary(kind.value_type):
        return _readable(column.cast(kind.value_type), reads)
    if pa.types.is_run_end_encoded(kind):
        return _readable(_without_runs(column), reads)
    if _is_plain(kind) or reads(kind):
        return column
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    return as_text(column.to_pylist())


def _without_runs(column: Any) -> Any:
    """Return a column with a value for every row, where it has one for every run of equal ones: of those no rows are taken."""
    try:
        return pc.run_end_decode(column)
    except pa.ArrowNotImplementedError:
        return as_text(column.to_pylist())


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    tests = (
        pa.types.is_integer,
        pa.types.is_boolean,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_timestamp,
    )
    return any(test(kind) for test in tests) or kind in (pa.float32(), pa.float64())


def without_views(table: pa.Table) -> pa.Table:
    """Return a table with plain text and bytes in the place of views, of which the library takes no rows."""
    plain = pa.schema([field.with_type(_without_view(field.type)) for field in table.schema])
    return table if plain.equals(table.schema) else table.cast(plain)


def _without_view(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_without_view(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_without_view(kind.key_type), _without_view(kind.item_type), kind.keys_sorted)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(kind.value_field.with_type(_without_view(kind.value_type)))
    return {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}.get(kind, kind)


def stacked(tables: list[pa.Table]) -> pa.Table:
    """Return tables below one another; columns of different types become text, columns a table lacks are empty."""
    types: dict[str, pa.DataType] = {}
    for table in tables:
        for column in table.schema:
            same = types.setdefault(column.name, column.type) == column.type
            types[column.name] = column.type if same else pa.string()
    parts = [_with_types(table, types) for table in tables]
    return pa.concat_tables(parts, promote_options="default")


def _with_types(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    return pa.table(
        [_cast(column, types[each]) for each, column in zip(table.column_names, table.columns, strict=True)],
        names=table.column_names,
    )


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> Any:
    if column.type == kind:
        return column
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        # lists, structs and the like have no text of their own
        return as_text(column.to_pylist())
