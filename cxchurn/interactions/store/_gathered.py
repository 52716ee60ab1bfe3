"""The events of a source while they are read, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from cxchurn._core import Zone
from cxchurn.interactions.store._arrivals import Counts, count_batch
from cxchurn.interactions.store._batch import (
    AT,
    EVENT,
    KNOWN,
    Batch,
    Values,
    batch_of,
    dtype_of,
    nothing_of,
    taken,
    to_arrow,
    zeroed,
)
from cxchurn.interactions.store._labels import LABEL, Labels, coded, distinct, recoded, used
from cxchurn.interactions.store._repeats import repeated
from cxchurn.interactions.store._threads import WORKERS

_NO_LEVELS = pa.nulls(0, pa.string())


class Gathered:
    """The events of one source, in memory.

    Parameters
    ----------
    types : pyarrow.Schema
        The canonical columns.
    at_once : bool
        Whether everything was known when it happened, so that both times are one column.
    clock : Zone
        Whose days count in `arrivals`.

    Attributes
    ----------
    arrivals : Counter
        The events by kind and day, once all units are taken.
    """

    def __init__(self, types: pa.Schema, *, at_once: bool, clock: Zone) -> None:
        self._types = types
        self._at_once = at_once
        self._clock = clock
        self.begin(0)

    def begin(self, rows: int, tables: int = 1) -> None:
        """Make room for the events of so many rows, in so many tables, and forget what is there."""
        kept = [field for field in self._types if field.name != "known_at" or not self._at_once]
        self._columns = {field.name: _Column(field.type, rows * tables) for field in kept}
        self._tables = tables
        self._later: dict[int, list[Batch]] = {}
        self._left_out: list[np.ndarray] = []
        self._numbers: np.ndarray | None = None
        self._events: pa.Table | None = None
        self.arrivals: Counts = Counter()

    def unit(self, at: int) -> _Unit:
        """Return what takes in a unit of rows, which begins with row `at`."""
        return _Unit(self._columns, at, self._clock)

    def take(self, finished: _Unit) -> None:
        """Take a unit that is finished."""
        for name, levels in finished.levels.items():
            self._columns[name].levels += levels
        for table, batches in finished.later.items():
            self._later.setdefault(table, []).extend(batches)
        for column in self._columns.values():
            column.size += finished.rows
        self._left_out += finished.left_out
        self.arrivals.update(finished.arrivals)

    def suspects(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of events that may be copies of others, and hashes that copies have in common."""
        events = self.events()
        places, hashes = repeated(lambda names: events if names is None else events.select(names))
        return (self._number()[places] if places.size else places), hashes

    def chosen(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Yield columns of the events of which one stands for a matter, with what it is chosen by."""
        for _, batches in sorted(self._later.items()):
            if batches and AT in batches[0]:
                parts = [{name: _plain(batch[name]) for name in (*names, EVENT, AT, KNOWN)} for batch in batches]
                found = pa.concat_tables(map(pa.table, parts))
                yield found.filter(pa.array(np.isin(found[EVENT].to_numpy(), self._number())))

    def drop(self, events: np.ndarray) -> np.ndarray:
        """Leave out events, by their numbers, and return the numbers of those that were there."""
        found, numbers = self.events(), self._number()
        gone = np.isin(numbers, events)
        lost = batch_of(found.filter(pa.array(gone)).select(["kind", "timestamp", "later"]))
        self.arrivals -= count_batch(lost, self._clock)
        self._numbers = numbers[~gone]
        self._events = _without(found, gone)
        return numbers[gone]

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once."""
        yield distinct(self.events()["customer_id"])

    def events(self) -> pa.Table:
        """Return the events as a table in canonical form; nothing can be added any more."""
        if self._events is None:
            self._rows = self._columns["timestamp"].size
            # what the batches took is given back before it is taken again
            pa.default_memory_pool().release_unused()
            with ThreadPoolExecutor(WORKERS) as pool:
                finished = pool.map(self._finished, self._columns, self._columns.values())
                columns = dict(zip(self._columns, finished, strict=True))
            if self._at_once:
                columns["known_at"] = columns["timestamp"]
            self._columns = {}
            self._events = pa.table(columns, schema=self._types)
        return self._events

    def _finished(self, name: str, column: _Column) -> pa.Array:
        batches = [batch for _, some in sorted(self._later.items()) for batch in some]
        gone = np.concatenate(self._left_out) if self._left_out else None
        return column.finished([(len(batch["timestamp"]), batch.get(name)) for batch in batches], gone)

    def _number(self) -> np.ndarray:
        """Return the number of every event."""
        self.events()
        if self._numbers is None:
            rows = np.arange(self._rows)
            kept = np.delete(rows, np.concatenate(self._left_out)) if self._left_out else rows
            made = [batch[EVENT] for _, some in sorted(self._later.items()) for batch in some]
            self._numbers = np.concatenate([kept * self._tables, *made])  # type: ignore[list-item]
        return self._numbers


def _plain(values: Values) -> pa.Array:
    if isinstance(values, Labels):
        return to_arrow(Labels(values.codes.copy(), values.levels), LABEL).cast(pa.string())
    return values if isinstance(values, pa.Array) else pa.array(values)


def _without(events: pa.Table, gone: np.ndarray) -> pa.Table:
    """Return events without some, and without the labels that none of the others has."""
    kept = {}
    for name, column in zip(events.column_names, events.columns, strict=True):
        values = column.combine_chunks().filter(pa.array(~gone))
        kept[name] = to_arrow(used(coded(values)), LABEL) if column.type == LABEL else zeroed(values)
    return pa.table(kept, schema=events.schema)


class _Column:
    """A column with room for all events; memory is only used by what was added."""

    def __init__(self, kind: pa.DataType, rows: int) -> None:
        self.kind = kind
        self.data = np.empty(rows, dtype=dtype_of(kind))
        self.size = 0
        self.levels: list[tuple[int, pa.Array]] = []

    def write(self, start: int, rows: int, values: Values | None) -> list[tuple[int, pa.Array]]:
        """Write values to their place, and return what the codes of labels stand for there."""
        own = self.data[start : start + rows]
        if self.kind != LABEL:
            own[:] = nothing_of(self.kind) if values is None else values
            return []
        if values is None:
            own[:] = -1
            return [(rows, _NO_LEVELS)]
        if isinstance(values, Labels):
            own[:] = values.codes
            return [(rows, values.levels)]
        # text of which nearly every row has its own is coded once, when all of it is there
        own[:] = np.arange(rows)
        return [(rows, values)]

    def finished(self, made: Sequence[tuple[int, Values | None]], gone: np.ndarray | None) -> pa.Array:
        """Return the column: its rows but for some, and after them what was made of later-known columns."""
        stop = self.size
        for rows, values in made:
            self.levels += self.write(stop, rows, used(values) if isinstance(values, Labels) else values)
            stop += rows
        data = self.data[:stop]
        levels = recoded(data, self.levels) if self.kind == LABEL else None
        data = data if gone is None else np.delete(data, gone)
        if levels is None:
            return to_arrow(data, self.kind)
        return to_arrow(Labels(data, levels) if gone is None else used(Labels(data, levels)), LABEL)


class _Unit:
    """Writes a unit of rows to where they belong in the columns; events made of them are kept for the end."""

    def __init__(self, columns: dict[str, _Column], at: int, clock: Zone) -> None:
        self._columns = columns
        self._at = at
        self._clock = clock
        self.arrivals: Counts = Counter()
        self.rows = 0
        self.levels: dict[str, list[tuple[int, pa.Array]]] = {}
        self.later: dict[int, list[Batch]] = {}
        self.left_out: list[np.ndarray] = []

    def add(self, batches: Sequence[Batch], kept: np.ndarray | None = None) -> None:
        """Add the next batches: one of the rows, of which those in `kept` count (by default all), and those made of them."""
        first, *made = batches
        for table, batch in enumerate(made):
            self.arrivals.update(count_batch(batch, self._clock))
            self.later.setdefault(table, []).append(batch)
        start = self._at + self.rows
        counted = first
        if kept is not None:
            self.left_out.append(np.flatnonzero(~kept) + start)
            rows = np.flatnonzero(kept)
            counted = {name: taken(first[name], rows) for name in ("kind", "timestamp", "later")}
        self.arrivals.update(count_batch(counted, self._clock))
        self._put(first, start)

    def _put(self, batch: Batch, start: int) -> None:
        rows = len(batch["timestamp"])
        for name, column in self._columns.items():
            self.levels.setdefault(name, []).extend(column.write(start, rows, batch.get(name)))
        self.rows += rows
