"""The quick way from typed rows that are clean to events: no engine, no second look at a row.

Rows are read batch by batch in threads. As soon as it is not plain that every rule holds, the quick way ends, and the
engine looks at each row: it counts the mistakes and shows them. So both ways give the same log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import logger, span
from cxchurn.interactions.log._spelling import folded, is_folded
from cxchurn.interactions.reading._clean import (
    Unproved,
    demand,
    read_event_ids,
    read_flags,
    read_ids,
    read_instants,
    read_labels,
    read_numbers,
)
from cxchurn.interactions.reading._events import said
from cxchurn.interactions.reading._rules import Rule, carried, later_columns
from cxchurn.interactions.reading._typed import TypedFiles, TypedTable, Unit
from cxchurn.interactions.schema._roles import KEPT_BACK, ROLES, SCALES
from cxchurn.interactions.schema._schema import Later, Schema, columns_of, mapping
from cxchurn.interactions.store._batch import Batch, Values, absent, taken
from cxchurn.interactions.store._counts import Handed
from cxchurn.interactions.store._event_types import kind_of
from cxchurn.interactions.store._gathered import Store
from cxchurn.interactions.store._labels import Labels, constant
from cxchurn.interactions.store._once import Once, OnceOnDisk
from cxchurn.interactions.store._threads import in_turn

_PROVED = {
    "line_unreadable", "customer_id_missing", "timestamp_missing", "kind_missing", "customer_id_unreadable",
    "time_unreadable", "time_in_future", "number_unreadable", "number_infinite", "number_out_of_range", "score_off_scale",
    "flag_unreadable", "label_unknown", "late_value_without_time", "duplicate", "alike", "end_before_start", "not_ended_yet",
    "event_id_unreadable",
}  # fmt: skip
# times that may lie ahead
_AHEAD = ("promised_at", "delivered_at")


def read_quickly(
    rows: TypedTable | TypedFiles,
    schema: Schema,
    rules: Iterable[Rule],
    store: Store,
    *,
    once: Once | OnceOnDisk,
    ids: str,
    now: np.datetime64,
    copies: bool,
) -> Handed | None:
    """Put the events of clean rows into a store and return how many; after None, what is in the store is of no use.

    Parameters
    ----------
    rows : TypedTable or TypedFiles
        The data.
    schema : Schema
        What its columns mean.
    rules : iterable of Rule
        The rules its rows are to keep.
    store : Store
        Where the events go.
    once : Once or OnceOnDisk
        Where the ids of events go.
    ids : {"text", "integer"}
        What the customers' ids are to be.
    now : datetime64
        Times after this one are in the future.
    copies : bool
        Whether it is to be proved too that no row is a copy of another; where ids tell all of them apart, it is.
    """
    if not {rule.name for rule in rules} <= _PROVED or any(later.once_per for later in schema.later):
        return None
    columns = columns_of(schema)
    latest = int(now.astype("datetime64[us]").astype(np.int64))

    def work(unit: Unit) -> Any:
        at, read = unit
        taking, handed, named = store.unit(at), Handed(), []
        for table in read():
            events = _Events(table, schema, latest, ids == "text").all()
            handed += Handed.of(events)
            taking.add(events)
            named += [read_event_ids(table[schema.event_id])] if schema.event_id is not None else []
        return taking.finished(), handed, named

    total = Handed()
    try:
        store.begin(rows.rows * (1 + len(schema.later)))
        for taken_in, handed, named in in_turn(work, rows.units(columns)):
            store.take(taken_in)
            total += handed
            once.add(named)
        demand(not once.may_repeat())
        demand(not copies or once.size == rows.rows or not store.may_repeat())
    except (Unproved, pa.ArrowException, OSError) as error:
        # a file that cannot be read is the engine's affair too: it says so in words
        logger.debug("the engine looks at each row: %s", str(error) or "not all of them are plainly clean")
        return None
    return total


class _Events:
    """The events of one batch of rows."""

    def __init__(self, table: pa.Table, schema: Schema, latest: int, as_text: bool) -> None:
        self.table = table
        self.schema = schema
        self.latest = latest
        self.as_text = as_text

    def all(self) -> list[Batch]:
        """Return the rows as they were from the start, and then for each later the events made of it."""
        rows = self.table.num_rows
        values = {
            label: self._value(label, column)
            for label, column in mapping(self.schema).items()
            if label not in KEPT_BACK
        }
        if self.schema.kind_is is not None:
            values["kind"] = constant(said(self.schema.kind_is, self.schema), rows)
        values["known_at"] = _latest(self._arrived(values["timestamp"]), values.get("known_at"))  # type: ignore[arg-type]
        if "score" in values and "score_type" in values:
            _require_on_scale(values["score"], values["score_type"])
        known = [(later, self._arrived(self._later(later, values))) for later in self.schema.later]
        late = later_columns(self.schema)
        first = {label: value for label, value in values.items() if label not in late}
        return [
            {**first, "later": np.zeros(rows, dtype=np.uint8)},
            *(_made(later, at, values, self.schema) for later, at in known),
        ]

    def _value(self, label: str, name: str) -> Values:
        column, role, schema = self.table.column(name), ROLES.get(label), self.schema
        kind = kind_of(label, schema)
        if kind == "id":
            return read_ids(column, as_text=self.as_text)
        if kind == "instant":
            latest = None if label in _AHEAD else self.latest
            return read_instants(column, timezone=schema.timezone, latest=latest, all_there=label == "timestamp")
        if kind == "flag":
            return read_flags(column)
        if kind == "number":
            return read_numbers(column, low=role.low if role else None, high=role.high if role else None)
        allowed = (role.allowed if role else None) or (schema.kinds if label == "kind" else None)
        lower = bool(role and role.allowed)
        fold = schema.ignore_case and not lower and is_folded(label)
        if fold and allowed is not None:
            allowed = tuple(map(folded, allowed))
        return read_labels(column, allowed=allowed, lower=lower, fold=fold, all_there=label == "kind")

    def _arrived(self, moments: np.ndarray) -> np.ndarray:
        late = self.schema.arrives
        return moments if late is None else np.where(absent(moments), moments, moments + span(late).microseconds)

    def _later(self, later: Later, values: Batch) -> np.ndarray:
        at = read_instants(self.table.column(later.at), timezone=self.schema.timezone, latest=self.latest)
        demand((absent(at) | (at >= values["timestamp"])).all())  # type: ignore[operator]
        for label in later.columns:
            there = ~absent(values[label])
            if label in ROLES and ROLES[label].type == "flag":
                there = np.equal(values[label], 1)  # type: ignore[arg-type]
            demand(not (there & absent(at)).any())
        return at


def _latest(happened: Values, known: Values | None) -> Values:
    return happened if known is None else np.maximum(happened, known)  # type: ignore[arg-type]


def _made(later: Later, at: np.ndarray, values: Batch, schema: Schema) -> Batch:
    rows = np.flatnonzero(~absent(at))
    known = np.maximum(values["known_at"], at)[rows]  # type: ignore[arg-type]
    labels = [label for label in ("customer_id", *carried(later), *later.columns) if label in values]
    return {
        **{label: taken(values[label], rows) for label in labels},
        "timestamp": known,
        "known_at": known,
        "kind": constant(said(later.event_kind, schema), rows.size),
        "later": np.ones(rows.size, dtype=np.uint8),
    }


def _require_on_scale(score: Values, kind: Values) -> None:
    assert isinstance(kind, Labels)
    names: Sequence[str] = kind.levels.to_pylist()
    limits = np.array([*(SCALES.get(name, (-np.inf, np.inf)) for name in names), (-np.inf, np.inf)])[kind.codes]
    demand(not ((score < limits[:, 0]) | (score > limits[:, 1])).any())  # type: ignore[operator]
