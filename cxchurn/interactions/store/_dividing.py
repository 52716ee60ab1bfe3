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
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from cxchurn._core import Scratch, UsageError, Zone
from cxchurn.interactions.store._arrivals import Counts, count_batch
from cxchurn.interactions.store._batch import AT, EVENT, ID, KNOWN, NO_TIME, Batch, Values, batch_of, taken, to_arrow
from cxchurn.interactions.store._gathered import Gathered
from cxchurn.interactions.store._hashes import mixed, text_hashes
from cxchurn.interactions.store._labels import LABEL, Labels
from cxchurn.interactions.store._parts import Parts
from cxchurn.interactions.store._repeats import repeated
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
        # the places, in each part, of events that are left out
        self._left_out = _nothing(parts)
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
        self._left_out = [some[some < count] for some, count in zip(self._left_out, self._counts(), strict=True)]
        for column in self._columns.values():
            column.back(batches)

    def _counts(self) -> list[int]:
        """Return how many events are written in each part."""
        counts: list[int] = np.sum([np.zeros(self.parts, np.int64), *map(np.diff, self.starts)], axis=0).tolist()
        return counts

    def leave_out(self, part: int, places: np.ndarray, *, since: int) -> None:
        """Leave out events of a part, by their places among those written since so many batches, left out or not."""
        before = sum(int(starts[part + 1] - starts[part]) for starts in self.starts[:since])
        self._left_out[part] = np.union1d(self._left_out[part], places + before)

    def table(self, part: int, types: pa.Schema, *, since: int, whole: bool = False) -> pa.Table:
        """Return a part of what was written since so many batches; labels of many values are plain text.

        Events that are left out are there only in a `whole` table.
        """
        read = [self.column(field.name).read(part, field.type, self.starts, since=since) for field in types]
        arrays = [
            to_arrow(v, field.type) if not isinstance(v, pa.Array) else v for v, field in zip(read, types, strict=True)
        ]
        found = pa.table(arrays, names=types.names)
        before = sum(int(starts[part + 1] - starts[part]) for starts in self.starts[:since])
        gone = self._left_out[part][np.searchsorted(self._left_out[part], before) :] - before
        return found if whole or not gone.size else found.take(pa.array(np.delete(np.arange(len(found)), gone)))

    def finished(self, types: pa.Schema) -> Parts:
        """Return the parts, with these columns; nothing can be written any more."""
        with said_of_disk():
            columns = {
                field.name: self.column(field.name).finished(field.type, self.starts, self.parts) for field in types
            }
        for name in set(self._columns) - set(types.names):
            self._columns[name].remove()
        return Parts(self.path, types, columns, tuple(self._counts()), left_out=self._left_out, scratch=self._scratch)

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

    def begin(self, rows: int, tables: int = 1) -> None:
        """Forget what is there of this source."""
        self._folder.back(self._mark)
        self.arrivals = Counter()

    def unit(self, at: int) -> _Unit:
        """Return what takes in a unit of events."""
        return _Unit(self._folder.parts, self._clock)

    def take(self, finished: _Unit) -> None:
        """Write a unit that is finished."""
        self.arrivals.update(finished.arrivals)
        with said_of_disk():
            for batch in finished.splits:
                self._folder.write(batch)

    def suspects(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of events that may be copies of others, and hashes that copies have in common."""
        found = list(in_turn(self._repeated, range(self._folder.parts)))
        return np.concatenate([events for events, _ in found]), np.concatenate([hashes for _, hashes in found])

    def _repeated(self, part: int) -> tuple[np.ndarray, np.ndarray]:
        def read(names: list[str] | None) -> pa.Table:
            kept = [field for field in self._types if names is None or field.name in names]
            return self._folder.table(part, pa.schema(kept), since=self._mark)

        places, hashes = repeated(read)
        numbers = self._numbers(part)[EVENT].to_numpy()[places] if places.size else places
        return numbers, hashes

    def _numbers(self, part: int, *others: str, whole: bool = False) -> pa.Table:
        types = [
            self._types.field(name) if name in self._types.names else pa.field(name, ID) for name in (EVENT, *others)
        ]
        return self._folder.table(part, pa.schema(types), since=self._mark, whole=whole)

    def chosen(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Yield columns of the events of which one stands for a matter, with what it is chosen by."""
        for part in range(self._folder.parts):
            found = self._numbers(part, *names, AT, KNOWN)
            yield found.filter(pa.array(found[AT].to_numpy() != NO_TIME))

    def drop(self, events: np.ndarray) -> np.ndarray:
        """Leave out events, by their numbers, and return the numbers of those that were there."""
        dropped = [np.empty(0, dtype=np.int64)]
        for part in range(self._folder.parts):
            found = self._numbers(part, "kind", "timestamp", "later", whole=True)
            places = np.flatnonzero(np.isin(found[EVENT].to_numpy(), events))
            if places.size:
                dropped.append(found[EVENT].to_numpy()[places])
                lost = batch_of(found.take(pa.array(places)).drop_columns([EVENT]))
                self.arrivals -= count_batch(lost, self._clock)
                self._folder.leave_out(part, places, since=self._mark)
        return np.concatenate(dropped)

    def customers(self) -> Iterator[pa.Array]:
        """Yield the ids of the customers, each once, part by part."""
        types = pa.schema([self._types.field("customer_id")])
        for part in range(self._folder.parts):
            ids = self._folder.table(part, types, since=self._mark)["customer_id"].combine_chunks().unique()
            yield ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids


# where the events of a source go
Store: TypeAlias = Gathered | Divided


class _Unit:
    def __init__(self, parts: int, clock: Zone) -> None:
        self._parts = parts
        self._clock = clock
        self.splits: list[Split] = []
        self.arrivals: Counts = Counter()

    def add(self, batches: Sequence[Batch], kept: np.ndarray | None = None) -> None:
        """Add the next batches: one of the rows, of which those in `kept` count (by default all), and those made of them."""
        for table, batch in enumerate(batches):
            if kept is not None and table == 0:
                batch = _some(batch, np.flatnonzero(kept))
            if len(batch["timestamp"]):
                self.arrivals.update(count_batch(batch, self._clock))
                self.splits.append(split(batch, self._parts))


def _some(batch: Batch, rows: np.ndarray) -> Batch:
    found = {name: taken(values, rows) for name, values in batch.items()}
    return found | {"known_at": found["timestamp"]} if batch["known_at"] is batch["timestamp"] else found


def _nothing(parts: int) -> list[np.ndarray]:
    return [np.empty(0, dtype=np.int64) for _ in range(parts)]


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
