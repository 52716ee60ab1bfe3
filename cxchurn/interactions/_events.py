"""Events: the canonical columns of the rows kept, and one further event for every value that became known later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions._casts import Cast
from cxchurn.interactions._engine import arrow, name, text
from cxchurn.interactions._roles import ROLES
from cxchurn.interactions._rules import carried, later_columns
from cxchurn.interactions._schema import Later, Schema, mapping, named

LATER = "later"
_TYPES = {"instant": "TIMESTAMP", "category": "VARCHAR", "number": "DOUBLE", "flag": "BOOLEAN"}


def read_events(con: Any, schema: Schema, casts: Mapping[str, Cast], at: Mapping[str, Cast]) -> pa.Table:
    """Return the events of the rows in ``raw``: in the order of the rows, then the later-known ones; labels are text.

    Parameters
    ----------
    con : connection
        The engine's connection, with the table ``raw``.
    schema : Schema
        What the columns mean.
    casts : mapping of canonical name to Cast
        How each column is read.
    at : mapping of the user's column to Cast
        How the times of later-known columns are read.
    """
    values = {label: _value(label, cast) for label, cast in casts.items()}
    if schema.kind_is is not None:
        values["kind"] = text(schema.kind_is)
    place = values.get("known_at", "NULL")
    values["known_at"] = f"greatest({values['timestamp']}, {place})" if "known_at" in casts else values["timestamp"]
    order = [*(role for role in ROLES if role in values), *named(schema.measures), *named(schema.categories)]
    late = later_columns(schema)
    first = [f"{_nothing(label, schema) if label in late else values[label]} AS {name(label)}" for label in order]
    tables = [arrow(con, f"SELECT {', '.join(first)}, FALSE AS {LATER} FROM raw")]
    tables += [arrow(con, _later_select(schema, later, values, order, at[later.at])) for later in schema.later]
    return pa.concat_tables(tables)


def _value(label: str, cast: Cast) -> str:
    return f"lower({cast.value})" if label in ROLES and ROLES[label].allowed else cast.value


def _nothing(label: str, schema: Schema) -> str:
    kind = ROLES[label].type if label in ROLES else "number" if label in named(schema.measures) else "category"
    return f"CAST(NULL AS {_TYPES[kind]})"


def _later_select(schema: Schema, later: Later, values: Mapping[str, str], order: list[str], at: Cast) -> str:
    known = f"greatest({values['known_at']}, {at.value})"
    taken = {label: values[label] for label in ("customer_id", *carried(later), *later.columns) if label in values}
    taken |= {"timestamp": known, "known_at": known, "kind": text(later.event_kind)}
    listing = ", ".join(f"{taken.get(label) or _nothing(label, schema)} AS {name(label)}" for label in order)
    once = ""
    if later.once_per is not None:
        columns = dict.fromkeys([*mapping(schema).values(), *(other.at for other in schema.later)])
        content = ", ".join(f"raw.{name(column)}" for column in columns)
        # a row without a case stands for itself
        own = f"CASE WHEN ({values['case_id']}) IS NULL THEN rowid END"
        once = (
            f" QUALIFY row_number() OVER (PARTITION BY {values['customer_id']}, {values['case_id']}, {own} "
            f"ORDER BY {at.value}, {values['known_at']}, {content}) = 1"
        )
    return f"SELECT {listing}, TRUE AS {LATER} FROM raw WHERE {at.present}{once} ORDER BY rowid"


def canonical(table: pa.Table) -> pa.Table:
    """Return a table with every label as a dictionary in the order of the text, and equal bytes for equal content."""
    for i, column in enumerate(table.schema):
        if _is_label(column.type) and column.name != "customer_id":
            table = table.set_column(i, column.name, encoded(table.column(i)))
        elif table.column(i).null_count or pa.types.is_boolean(column.type):
            table = table.set_column(i, column.name, _settled(table.column(i)))
    return table.combine_chunks()


def _is_label(kind: pa.DataType) -> bool:
    return pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _settled(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    # what stands in memory under a missing value is chance: it is made zero
    zero = pa.scalar(0, pa.int64()).cast(column.type)
    kept = column.fill_null(zero).to_numpy(zero_copy_only=False)
    return pa.array(kept, type=column.type, mask=column.is_null().to_numpy(zero_copy_only=False))


def encoded(column: pa.ChunkedArray) -> pa.Array:
    """Return labels as a dictionary array whose codes stand in the order of the text, without unused entries.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text, or dictionaries of text; missing labels stay missing.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    order = pc.sort_indices(coded.dictionary)
    codes = pc.take(pc.sort_indices(order).cast(pa.int32()), coded.indices)
    return pa.DictionaryArray.from_arrays(_settled(codes), coded.dictionary.take(order).cast(pa.string()))
