"""Reading some columns alone, with the events in the order that all columns would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, did_you_mean, listed
from cxchurn.interactions.schema._roles import KEPT_BACK, ROLES
from cxchurn.interactions.schema._schema import Schema, columns_of, constants_of, mapping, named
from cxchurn.interactions.store._batch import FLAG, NO_TIME, NUMBER, TIME, flat
from cxchurn.interactions.store._labels import LABEL
from cxchurn.interactions.store._repeats import shared

# the place of an event among those of the same customer and instant, by the columns left out too
TIE = "@tie"
_ALWAYS = ("customer_id", "timestamp", "known_at", "kind", "later")


def asked_columns(only: Sequence[str] | None) -> frozenset[str] | None:
    """Return the columns a log shall have, with those it always has; None for all."""
    if isinstance(only, str):
        raise UsageError(f"only is the text {only!r}.", hint=f"write only=({only!r},).")
    if only is None:
        return None
    # money is checked to be of one currency
    return frozenset([*only, *_ALWAYS, *(["currency"] if "value" in only else [])])


def check_asked(only: frozenset[str], schemas: Sequence[Schema]) -> None:
    """Refuse names that no schema maps."""
    mapped = (name for schema in schemas for name in (*mapping(schema), *constants_of(schema)) if name not in KEPT_BACK)
    known = list(dict.fromkeys([*_ALWAYS, *mapped]))
    unknown = sorted(only - {*known, "currency"})
    if unknown:
        raise UsageError(
            f"only= names what the log would not have: {listed(map(repr, unknown))}.",
            allowed=listed(known, most=40),
            hint=did_you_mean(unknown[0], known),
        )


def narrowed(schema: Schema, only: frozenset[str]) -> Schema:
    """Return a schema without the roles, measures and categories that are not asked for."""
    constants = constants_of(schema)
    if {*mapping(schema), *constants} - {*KEPT_BACK} <= only:
        return schema
    roles = {role: None for role in ROLES if role not in {*only, *KEPT_BACK}}
    measures, categories = (
        {name: column for name, column in named(names).items() if name in only}
        for names in (schema.measures, schema.categories)
    )
    later = tuple(replace(one, columns=tuple(name for name in one.columns if name in only)) for one in schema.later)
    levels = tuple(name for name in schema.levels if name in measures)
    dropped = set(named(schema.categories)) - set(categories)
    words = schema.words and {role: said for role, said in schema.words.items() if role not in dropped}
    parts = {"measures": measures, "categories": categories, "later": later, "levels": levels, "words": words}
    parts |= {"constants": {role: label for role, label in (schema.constants or {}).items() if role in only}}
    found = replace(schema, **roles, **parts)  # type: ignore[arg-type]
    left, units = set(columns_of(found)), schema.duration_unit
    units = {column: unit for column, unit in units.items() if column in left} if isinstance(units, Mapping) else units
    return replace(found, percent=tuple(column for column in schema.percent if column in left), duration_unit=units)


def kept(types: pa.Schema, only: frozenset[str]) -> list[str]:
    """Return the columns that stay."""
    return [name for name in types.names if name in only]


def tie_places(events: pa.Table) -> np.ndarray:
    """Return each event's place among those of its customer that happened and were known at the same instants.

    The order is that of their columns, one after the other by name: numbers, instants, and labels by their text, with
    missing numbers last and other missing values first. Events alike in all of them have the same place.

    Parameters
    ----------
    events : pyarrow.Table
        Canonical events, with all columns.

    Returns
    -------
    ndarray of float64, shape (n,)
        From 0 on; 0 for an event that stands alone.
    """
    places = np.zeros(events.num_rows)
    rows = shared(events, "known_at", "timestamp")
    if not rows.size:
        return places
    few = events.take(pa.array(rows))
    content = [_key(few[name]) for name in sorted(set(few.column_names) - {"customer_id", "known_at", "timestamp"})]
    who = [_key(few[name]) for name in ("customer_id", "known_at", "timestamp")]
    order = np.lexsort([*reversed(content), *reversed(who)])
    first, other = _changes(who, order), _changes([*who, *content], order)
    count = np.cumsum(other)
    places[rows[order]] = count - np.maximum.accumulate(np.where(first, count, 0))
    return places


def _key(column: pa.ChunkedArray) -> np.ndarray:
    if column.type == LABEL:
        return flat(column.combine_chunks().indices, -1)
    if column.type == TIME:
        return flat(column.cast(pa.int64()), NO_TIME)
    if column.type == FLAG:
        column = column.cast(pa.uint8()).cast(NUMBER)
    # adding zero makes one zero of the two
    return flat(column, np.nan) + 0.0 if column.type == NUMBER else flat(column, 0)


def _changes(keys: list[np.ndarray], order: np.ndarray) -> np.ndarray:
    """Where a row in the given order differs from the one before it."""
    differs = np.zeros(order.size, dtype=bool)
    differs[0] = True
    for key in keys:
        values = key[order]
        same = (values[1:] == values[:-1]) | ((values[1:] != values[1:]) & (values[:-1] != values[:-1]))
        differs[1:] |= ~same
    return differs
