"""Dividing events by customer into parts on disk, while they are read and in bounded memory.

A batch of events is put in the order of the parts and written to the end of the columns' files, so that a part is a run of
every batch.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn._core import Scratch, UsageError, Zone
from cxchurn.interactions.store._arrivals import Counts, count_batch
from cxchurn.interactions.store._batch import Batch, Values, taken, to_arrow
from cxchurn.interactions.store._hashes import mixed, text_hashes
from cxchurn.interactions.store._labels import LABEL, Labels
from cxchurn.interactions.store._parts import Parts
from cxchurn.interactions.store._repeats import may_repeat
from cxchurn.interactions.store._threads import in_turn
from cxchurn.interactions.store._written import Written

# a list of more labels than this is not held in memory
_FEW = 1024


@dataclass(frozen=True)
class Split:
    """A batch in the order of the parts.

    Parameters
    ----------
    columns : dict
        Its values.
    starts : ndarray of int64, shape (parts + 1,)
        Where each part begins.
    """

    columns: Batch
    starts: np.ndarray


def split(batch: Batch, parts: int) -> Split:
    """Put a batch in the order of the parts its customers belong to; within a part the order stays.

    Parameters
    ----------
    batch : Batch
        Events.
    parts : int
        Into how many parts customers are divided, by a hash of their ids.
    """
    part = (_hashes(batch["customer_id"]) % np.uint64(parts)).astype(np.uint16)
    order = np.argsort(part, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(part, minlength=parts))])
    columns = {name: taken(_bounded(values), order) for name, values in batch.items() if name != "known_at"}
    at_once = batch["known_at"] is batch["timestamp"]
    columns["known_at"] = columns["timestamp"] if at_once else taken(batch["known_at"], order)
    return Split(columns, starts)


def _hashes(ids: Values) -> np.ndarray:
    if isinstance(ids, Labels):
        return text_hashes(ids.levels)[ids.codes]
    return text_hashes(ids) if isinstance(ids, pa.Array) else mixed(ids.view(np.uint64))


def _bounded(values: Values) -> Values:
    if isinstance(values, Labels) and len(values.levels) > _FEW:
        return to_arrow(values, LABEL).cast(pa.string())
    return values


class Folder:
    """The folder in which a log is divided into parts.

    Parameters
    ----------
    parts : int
        How many parts there are to be.
    """

    def __init__(self, parts: int) -> None:
        self.parts = parts
        with said_of_disk():
            self._scratch = Scratch()
        self.path = self._scratch.path
        self.starts: list[np.ndarray] = []
        self._columns: dict[str, Written] = {}

    def column(self, name: str) -> Written:
        """Return a column that is being written; it is made when it is first asked for."""
        if name not in self._columns:
            self._columns[name] = Written(self.path / str(len(self._columns)))
            self._columns[name].skip(len(self.starts))
        return self._columns[name]

    def write(self, batch: Split) -> None:
        """Write a batch to the end of the files."""
        for name, values in batch.columns.items():
            self.column(name).write(values, batch.starts)
        self.starts.append(batch.starts)
        for column in self._columns.values():
            column.skip(len(self.starts) - len(column.pieces))

    def back(self, batches: int) -> None:
        """Forget all batches but the first ones."""
        del self.starts[batches:]
        for column in self._columns.values():
            column.back(batches)

    def table(self, part: int, types: pa.Schema, *, since: int) -> pa.Table:
        """Return a part of what was written since so many batches; labels of many values are plain text."""
        read = [self.column(field.name).read(part, field.type, self.starts, since=since) for field in types]
        arrays = [
            to_arrow(v, field.type) if not isinstance(v, pa.Array) else v for v, field in zip(read, types, strict=True)
        ]
        return pa.table(arrays, names=types.names)

    def finished(self, types: pa.Schema) -> Parts:
        """Return the parts, with these columns; nothing can be written any more."""
        with said_of_disk():
            columns = {
                field.name: self.column(field.name).finished(field.type, self.starts, self.parts) for field in types
            }
        rows = np.sum([np.zeros(self.parts, np.int64), *(np.diff(starts) for starts in self.starts)], axis=0)
        return Parts(self.path, types, columns, tuple(rows.tolist()), scratch=self._scratch)

    def remove(self) -> None:
        """Remove everything that was written."""
        for column in self._columns.values():
            column.drop()
        self._scratch.remove()


class Divided:
    """The events of one source, divided into parts together with those of the others.

    Parameters
    ----------
    folder : Folder
        Where they go.
    types : pyarrow.Schema
        The canonical columns of the source.
    clock : Zone
        Whose days count in `arrivals`.

    Attributes
    ----------
    arrivals : Counter
        The events by kind and day.
    """

    def __init__(self, folder: Folder, types: pa.Schema, *, clock: Zone) -> None:
        self._folder = folder
        self._types = types
        self._clock = clock
        self.arrivals: Counts = Counter()
        self._mark = len(folder.starts)

    def begin(self, rows: int) -> None:
        """Forget what is there of this source."""
        self._folder.back(self._mark)
        self.arrivals = Counter()

    def unit(self, at: int, *, table: int = 0) -> _Unit:
        """Return what takes in a unit of events."""
        return _Unit(self._folder.parts, self._clock)

    def take(self, finished: _Unit) -> None:
        """Write a unit that is finished."""
        self.arrivals.update(finished.arrivals)
        with said_of_disk():
            for batch in finished.splits:
                self._folder.write(batch)

    def may_repeat(self) -> bool:
        """Whether one row may be a copy of another; False is a proof."""
        return any(in_turn(self._part_may_repeat, range(self._folder.parts)))

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once, part by part."""
        types = pa.schema([self._types.field("customer_id")])
        for part in range(self._folder.parts):
            ids = self._folder.table(part, types, since=self._mark)["customer_id"].combine_chunks().unique()
            yield ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids

    def _part_may_repeat(self, part: int) -> bool:
        def read(names: list[str] | None) -> pa.Table:
            kept = [field for field in self._types if names is None or field.name in names]
            return self._folder.table(part, pa.schema(kept), since=self._mark)

        return may_repeat(read)


class _Unit:
    def __init__(self, parts: int, clock: Zone) -> None:
        self._parts = parts
        self._clock = clock
        self.splits: list[Split] = []
        self.arrivals: Counts = Counter()

    def add(self, batches: Sequence[Batch]) -> None:
        """Add the next batches of all tables."""
        for batch in batches:
            if len(batch["timestamp"]):
                self.arrivals.update(count_batch(batch, self._clock))
                self.splits.append(split(batch, self._parts))

    def finished(self) -> _Unit:
        """Return the unit: its batches are in the order of the parts."""
        return self


@contextmanager
def said_of_disk() -> Iterator[None]:
    """Turn an error of the disk into one that says what the disk was needed for."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"the parts of the log cannot be kept in {tempfile.gettempdir()}: {error.strerror or error}.",
            hint="make room there, or name another folder for such files in the environment variable TMPDIR.",
        ) from error
