"""Events: the canonical columns of the rows kept, and one further event for every value that became known later."""

from __future__ import annotations

import numpy as np

from cxchurn._core import span
from cxchurn.interactions.reading.casts._casting import CellTable
from cxchurn.interactions.reading.rules._as_events import carried, later_columns, said, said_constants
from cxchurn.interactions.schema._later import Later
from cxchurn.interactions.schema._roles import KEPT_BACK
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._batch import AT, EVENT, KNOWN, Batch, absent, taken
from cxchurn.interactions.store._event_types import LATER
from cxchurn.interactions.store._labels import constant


def events_of(cells: CellTable, schema: Schema, *, at: int, kept: np.ndarray | None) -> list[Batch]:
    """Return the rows as they were from the start, and then for each later the events made of those that are kept.

    Each event has a number: those of row k are ``k * n`` and the following, where n is how many tables of events there are.

    Parameters
    ----------
    cells : CellTable
        The rows.
    schema : Schema
        What the columns mean.
    at : int
        The number of the first row.
    kept : ndarray of bool, optional
        Which rows are kept; by default all.
    """
    rows, late, tables = cells.rows, later_columns(schema), 1 + len(schema.later)
    numbers = np.arange(at, at + rows) * tables
    values = event_values(cells, schema)
    first = {label: found for label, found in values.items() if label not in late}
    return [
        {**first, LATER: np.zeros(rows, dtype=np.uint8), EVENT: numbers},
        *(_made(later, cells, values, schema, kept, numbers + k) for k, later in enumerate(schema.later, start=1)),
    ]


def event_values(cells: CellTable, schema: Schema) -> Batch:
    """Return what rows say, by canonical names.

    Parameters
    ----------
    cells : CellTable
        The rows.
    schema : Schema
        What the columns mean.
    """
    values = {label: read.values for label, read in cells.columns.items() if label not in KEPT_BACK}
    values |= {role: constant(label, cells.rows) for role, label in said_constants(schema).items()}
    happened, known = _arrived(values["timestamp"], schema), values.get("known_at")  # type: ignore[arg-type]
    values["known_at"] = happened if known is None else np.maximum(happened, known)  # type: ignore[arg-type]
    return values


def _arrived(moments: np.ndarray, schema: Schema) -> np.ndarray:
    late = schema.arrives
    return moments if late is None else np.where(absent(moments), moments, moments + span(late).microseconds)


def _made(
    later: Later, cells: CellTable, values: Batch, schema: Schema, kept: np.ndarray | None, numbers: np.ndarray
) -> Batch:
    end = cells.ends[later.column].values
    there = ~absent(end)
    rows = np.flatnonzero(there if kept is None else there & kept)
    begun = values["known_at"]
    assert isinstance(begun, np.ndarray)
    known = np.maximum(begun, _arrived(end, schema))[rows]
    labels = [label for label in ("customer_id", *carried(later), *later.columns) if label in values]
    hidden = {AT: end[rows], KNOWN: begun[rows]} if later.once_per is not None else {}
    return {
        **{label: taken(values[label], rows) for label in labels},
        "timestamp": known,
        "known_at": known,
        "kind": constant(said(later.event_kind, schema), rows.size),
        LATER: np.ones(rows.size, dtype=np.uint8),
        EVENT: numbers[rows],
        **hidden,
    }
