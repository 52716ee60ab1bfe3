"""Where events go while they are read: stores, and the one in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from cxchurn._core import Zone
from cxchurn.interactions.store._arrivals import Counts, count_batch
from cxchurn.interactions.store._batch import Batch, dtype_of, nothing_of, to_arrow
from cxchurn.interactions.store._labels import LABEL, Labels, coded, recoded
from cxchurn.interactions.store._repeats import may_repeat
from cxchurn.interactions.store._threads import WORKERS

_NO_LEVELS = pa.nulls(0, pa.string())


class Taking(Protocol):
    """Takes in one unit of events, in any thread."""

    def add(self, batches: Sequence[Batch]) -> None:
        """Add the next batches: one of the first table of events, and one of each that follows it."""

    def finished(self) -> Any:
        """Return what the store is to take."""


class Store(Protocol):
    """Takes in the events of one source: those of the rows, and for each later those made of it."""

    def begin(self, rows: int) -> None:
        """Make room for this many events at most, and forget what is there."""

    def unit(self, at: int, *, table: int = 0) -> Taking:
        """Return what takes in a unit of rows, which begins with row `at`, of this table of events."""

    def take(self, finished: Any) -> None:
        """Take a unit that is finished; in the order of the rows."""

    def may_repeat(self) -> bool:
        """Whether one row may be a copy of another; False is a proof."""

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once at a time."""


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
        The events by kind and day, once they are a table.
    """

    def __init__(self, types: pa.Schema, *, at_once: bool, clock: Zone) -> None:
        self._types = types
        self._at_once = at_once
        self._clock = clock
        self.arrivals: Counts = Counter()
        self.columns: dict[str, _Column] = {}
        self._later: dict[int, list[Batch]] = {}
        self._events: pa.Table | None = None

    def begin(self, rows: int) -> None:
        """Make room for this many events at most, and forget what is there."""
        kept = [field for field in self._types if field.name != "known_at" or not self._at_once]
        self.columns = {field.name: _Column(field.type, rows) for field in kept}
        self._later, self._events, self.arrivals = {}, None, Counter()

    def unit(self, at: int, *, table: int = 0) -> _Unit:
        """Return what takes in a unit of rows, which begins with row `at`, of this table of events."""
        return _Unit(self.columns, at, table, self._clock)

    def take(self, finished: _Unit) -> None:
        """Take a unit that is finished."""
        for name, levels in finished.levels.items():
            self.columns[name].levels += levels
        for table, batches in finished.later.items():
            self._later.setdefault(table, []).extend(batches)
        for column in self.columns.values():
            column.size += finished.rows
        self.arrivals.update(finished.arrivals)

    def may_repeat(self) -> bool:
        """Whether one row may be a copy of another; False is a proof."""
        events = self.events()
        return may_repeat(lambda names: events if names is None else events.select(names))

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once."""
        ids = self.events()["customer_id"].combine_chunks()
        yield ids.dictionary if pa.types.is_dictionary(ids.type) else ids.unique()

    def events(self) -> pa.Table:
        """Return the events as a table in canonical form; nothing can be added any more."""
        if self._events is None:
            for table in sorted(self._later):
                unit = self.unit(self.columns["timestamp"].size)
                for batch in self._later.pop(table):
                    unit.add([batch])
                self.take(unit.finished())
            with ThreadPoolExecutor(WORKERS) as pool:
                columns = dict(zip(self.columns, pool.map(_Column.finished, self.columns.values()), strict=True))
            if self._at_once:
                columns["known_at"] = columns["timestamp"]
            self.columns = {}
            self._events = pa.table(columns, schema=self._types)
        return self._events


class _Column:
    """A column with room for more; memory is only used by what was added."""

    def __init__(self, kind: pa.DataType, rows: int) -> None:
        self.kind = kind
        self.data = np.empty(rows, dtype=dtype_of(kind))
        self.size = 0
        self.levels: list[tuple[int, pa.Array]] = []

    def finished(self) -> pa.Array:
        values = self.data[: self.size]
        if self.kind != LABEL:
            return to_arrow(values, self.kind)
        return to_arrow(Labels(values, recoded(values, self.levels)), LABEL)


class _Unit:
    """Writes a unit of rows to where it belongs in the columns; events of other tables are kept for the end."""

    def __init__(self, columns: dict[str, _Column], at: int, table: int, clock: Zone) -> None:
        self._columns = columns
        self._at = at
        self._table = table
        self._clock = clock
        self.arrivals: Counts = Counter()
        self._plain: dict[str, list[Labels | pa.Array]] = {}
        self.rows = 0
        self.levels: dict[str, list[tuple[int, pa.Array]]] = {}
        self.later: dict[int, list[Batch]] = {}

    def add(self, batches: Sequence[Batch]) -> None:
        """Add the next batches: one of the first table of events, and one of each that follows it."""
        for table, batch in enumerate(batches, start=self._table):
            if table:
                self.later.setdefault(table, []).append(batch)
            else:
                self._put(batch)

    def _put(self, batch: Batch) -> None:
        rows = len(batch["timestamp"])
        self.arrivals.update(count_batch(batch, self._clock))
        start = self._at + self.rows
        for name, column in self._columns.items():
            values = batch.get(name)
            if column.kind != LABEL:
                column.data[start : start + rows] = nothing_of(column.kind) if values is None else values
            else:
                self._plain.setdefault(name, []).append(_no_labels(rows) if values is None else values)  # type: ignore[arg-type]
        self.rows += rows

    def finished(self) -> _Unit:
        """Write the labels, coded, and return the unit."""
        for name, pieces in self._plain.items():
            own = self._columns[name].data[self._at : self._at + self.rows]
            self.levels[name] = _write_labels(own, pieces)
        self._plain = {}
        return self


def _no_labels(rows: int) -> Labels:
    return Labels(np.full(rows, -1, dtype=np.int32), _NO_LEVELS)


def _write_labels(own: np.ndarray, pieces: list[Labels | pa.Array]) -> list[tuple[int, pa.Array]]:
    if any(isinstance(piece, pa.Array) for piece in pieces):
        # text of which nearly every row has its own is coded a unit at a time: few dictionaries are joined faster
        whole = pa.concat_arrays([to_arrow(p, LABEL).cast(pa.string()) if isinstance(p, Labels) else p for p in pieces])
        pieces = [coded(whole)]
    row = 0
    for piece in pieces:
        own[row : row + len(piece)] = piece.codes
        row += len(piece)
    return [(len(piece), piece.levels) for piece in pieces]
