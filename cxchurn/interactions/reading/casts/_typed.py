"""Typed data as it stands, Parquet files or a table in memory: some columns of it, batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import DataError
from cxchurn.interactions.reading._engine import first_line
from cxchurn.interactions.reading.sources._tables import without_views

# A batch is small enough to stay near the processor; a unit, some batches in a row, is what a thread takes on at a time.
BATCH = 1 << 17
# rows of a piece of work: enough that threads hardly wait for each other, and tens of megabytes at the most
UNIT = 1 << 20
# bytes of each column that are read from a file at a time, where a group of rows is tens of megabytes
_BUFFER = 1 << 18
# a larger dictionary in a file is often not the whole of it: its column is read faster as plain text
_SMALL_DICTIONARY = 1 << 16

# where a unit's first row stands among all rows, and what reads its batches, in any thread
Unit = tuple[int, Callable[[], Iterable[pa.Table]]]
# the file a row is from, and its place there
Place = tuple[str | None, int]


def units_of(batches: Iterator[pa.Table], at: int = 0) -> Iterator[Unit]:
    """Yield batches that come one after the other in units."""
    while some := list(islice(batches, UNIT // BATCH)):
        yield at, partial(iter, some)
        at += sum(batch.num_rows for batch in some)


@dataclass(frozen=True)
class TypedTable:
    """A table in memory.

    Parameters
    ----------
    table : pyarrow.Table
        The table.
    """

    table: pa.Table

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.table.num_rows)

    @property
    def types(self) -> pa.Schema:
        """The columns and their types."""
        return self.table.schema

    def units(self, columns: Sequence[str]) -> Iterator[Unit]:
        """Yield units of some columns, in the order of the rows."""
        return units_of(self._batches(columns))

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        chosen = self.table.select(columns)
        return (chosen.slice(start, BATCH) for start in range(0, self.rows, BATCH))

    def take(self, rows: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Return some rows, by their numbers in order."""
        return taken(self._batches(columns), rows)

    def places(self, rows: np.ndarray) -> list[Place]:
        """Return where rows are from."""
        return [(None, int(row)) for row in rows]


@dataclass(frozen=True)
class TypedFiles:
    """Parquet files of one form.

    Parameters
    ----------
    files : tuple of str
        The files, in the order of their rows.
    metadata : tuple of pyarrow.parquet.FileMetaData
        What each of them says of itself.
    types : pyarrow.Schema
        The columns and their types.
    """

    files: tuple[str, ...]
    metadata: tuple[pq.FileMetaData, ...]
    types: pa.Schema

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(found.num_rows for found in self.metadata)

    def units(self, columns: Sequence[str]) -> Iterator[Unit]:
        """Yield units of some columns, in the order of the rows."""
        narrow = [column for column in columns if self._is_narrow(column)]
        at, waiting = 0, 0
        few: list[tuple[int, int]] = []
        for place, found in enumerate(self.metadata):
            for group in range(found.num_row_groups):
                size = found.row_group(group).num_rows
                if few and waiting + size > UNIT:
                    yield at, partial(self._read, few, columns, narrow)
                    at, waiting, few = at + waiting, 0, []
                if size > 2 * UNIT:
                    yield from units_of(self._read([(place, group)], columns, narrow, threads=True), at)
                    at += size
                else:
                    few, waiting = [*few, (place, group)], waiting + size
        if few:
            yield at, partial(self._read, few, columns, narrow)

    def take(self, rows: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Return some rows, by their numbers in order."""
        first, found = 0, []
        for place, one in enumerate(self.metadata):
            for group in range(one.num_row_groups):
                stop = first + one.row_group(group).num_rows
                own = among(rows, first, stop)
                if own.size:
                    found.append(taken(self._read([(place, group)], columns, []), own, first))
                first = stop
        return pa.concat_tables(found) if found else self.types.empty_table().select(columns)

    def places(self, rows: np.ndarray) -> list[Place]:
        """Return where rows are from."""
        starts = np.cumsum([0, *(found.num_rows for found in self.metadata)])
        which = np.searchsorted(starts, rows, side="right") - 1
        return [(self.files[file], int(row - starts[file])) for file, row in zip(which, rows, strict=True)]

    def _is_narrow(self, column: str) -> bool:
        first = self.metadata[0]
        if not first.num_row_groups:
            return False
        group = first.row_group(0)
        for place in range(group.num_columns):
            chunk = group.column(place)
            if chunk.path_in_schema == column:
                has = chunk.physical_type == "BYTE_ARRAY" and chunk.has_dictionary_page
                return has and chunk.data_page_offset - chunk.dictionary_page_offset < _SMALL_DICTIONARY
        return False

    def _read(
        self, groups: list[tuple[int, int]], columns: Sequence[str], narrow: list[str], threads: bool = False
    ) -> Iterator[pa.Table]:
        for place in dict.fromkeys(place for place, _ in groups):
            own = [group for other, group in groups if other == place]
            file = pq.ParquetFile(
                self.files[place],
                metadata=self.metadata[place],
                read_dictionary=narrow,
                coerce_int96_timestamp_unit="us",
                buffer_size=_BUFFER,
                pre_buffer=False,
            )
            with file, _said_plainly(self.files[place]):
                for batch in file.iter_batches(BATCH, row_groups=own, columns=list(columns), use_threads=threads):
                    # texts that are none are found nowhere else
                    batch.validate(full=True)
                    yield pa.Table.from_batches([batch])


@contextmanager
def _said_plainly(file: str) -> Iterator[None]:
    """Turn an error of the library into one that names the file that could not be read."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{Path(file).name} cannot be read: {first_line(error)}",
            hint="check that the file is whole and of the type its name says.",
        ) from error


class Rows(Protocol):
    """The rows of a source, which can be read any number of times."""

    @property
    def rows(self) -> int:
        """How many rows there are."""

    @property
    def types(self) -> pa.Schema:
        """The columns and their types."""

    def units(self, columns: Sequence[str]) -> Iterator[Unit]:
        """Yield units of some columns, in the order of the rows."""

    def take(self, rows: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Return some rows, by their numbers in order."""

    def places(self, rows: np.ndarray) -> list[Place]:
        """Return where rows are from."""


def among(rows: np.ndarray, first: int, stop: int) -> np.ndarray:
    """Return those of some numbers, in order, that lie from `first` to before `stop`."""
    return rows[slice(*np.searchsorted(rows, (first, stop)))]


def taken(batches: Iterable[pa.Table], rows: np.ndarray, at: int = 0) -> pa.Table:
    """Return some rows, by their numbers in order, of batches of which the first begins with row `at`."""
    found: list[pa.Table] = []
    for batch in batches:
        own = among(rows, at, at + batch.num_rows)
        if own.size or not found:
            found.append(without_views(batch).take(pa.array(own - at)))
        at += batch.num_rows
        if not rows.size or rows[-1] < at:
            break
    return pa.concat_tables(found)


def typed_rows(given: pa.Table | Sequence[str] | None) -> TypedTable | TypedFiles | None:
    """Return a table or Parquet files as typed data.

    None for files that differ in form, cannot be read, may be encrypted, or whose folders' names hold values.
    """
    try:
        return TypedTable(given) if isinstance(given, pa.Table) else _typed_files(given) if given else None
    except (pa.ArrowException, OSError):
        return None


def _typed_files(files: Sequence[str]) -> TypedFiles | None:
    if any("=" in part for file in files for part in Path(file).parent.parts):
        return None
    metadata = tuple(pq.read_metadata(file) for file in files)
    if any(_is_signed(file, found) for file, found in zip(files, metadata, strict=True)):
        return None
    types = [_types_of(file, found) for file, found in zip(files, metadata, strict=True)]
    if any(other != types[0] for other in types):
        return None
    return TypedFiles(tuple(files), metadata, types[0])


def _is_signed(file: str, metadata: pq.FileMetaData) -> bool:
    """Whether a signature follows what a file says of itself: asking for a column that is encrypted then ends the process."""
    with open(file, "rb") as opened:
        opened.seek(-8, os.SEEK_END)
        return int.from_bytes(opened.read(4), "little") != metadata.serialized_size


def _types_of(file: str, metadata: pq.FileMetaData) -> pa.Schema:
    with pq.ParquetFile(file, metadata=metadata, coerce_int96_timestamp_unit="us") as opened:
        return opened.schema_arrow.remove_metadata()
