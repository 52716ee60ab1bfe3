"""The parts of a log that is larger than memory: all events of a customer are in one of them, on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
import pyarrow as pa

from cxchurn._core import Scratch, UsageError, did_you_mean, listed
from cxchurn.interactions.store._batch import NUMBER, dtype_of, nothing_of, to_arrow
from cxchurn.interactions.store._labels import LABEL, Labels, by_text, used

# where a piece of a column begins in its file (-1: it has no values), and where each part begins within the piece, in rows
Piece = tuple[int, np.ndarray]


@dataclass(frozen=True)
class Levels:
    """The labels that one part's codes stand for, in a file.

    Parameters
    ----------
    file : Path
        For each part the places of the texts within their bytes, then the bytes.
    starts : list of int
        Where each part begins in the file.
    counts : list of int
        How many labels each part has.
    """

    file: Path
    starts: list[int]
    counts: list[int]

    def read(self, part: int) -> pa.Array:
        """Return the labels of a part."""
        count = self.counts[part]
        with FileIO(self.file) as file:
            file.seek(self.starts[part])
            offsets = fill(file, np.empty(count + 1, dtype=np.int32))
            texts = fill(file, np.empty(int(offsets[-1]), dtype=np.uint8))
        return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(texts))


@dataclass(frozen=True)
class Column:
    """One column in a file: piece after piece, and in each piece part after part.

    Parameters
    ----------
    file : Path
        Its values, as plain arrays hold them.
    kind : pyarrow.DataType
        Its canonical type.
    pieces : list of Piece
        In the order of the rows.
    levels : Levels or pyarrow.StringArray, optional
        What the codes of labels stand for, in each part or in all of them.
    """

    file: Path
    kind: pa.DataType
    pieces: list[Piece]
    levels: Levels | pa.Array | None = None

    def read(self, part: int) -> np.ndarray | Labels:
        """Return the values of a part."""
        values = read_pieces(self.file, self.pieces, part, dtype_of(self.kind), nothing_of(self.kind))
        if self.kind != LABEL:
            return values
        return Labels(values, self.levels.read(part) if isinstance(self.levels, Levels) else self.levels)

    def remove(self) -> None:
        """Remove the files."""
        self.file.unlink()
        if isinstance(self.levels, Levels):
            self.levels.file.unlink()


def read_pieces(file: Path, pieces: Sequence[Piece], part: int, dtype: np.dtype, missing: float) -> np.ndarray:
    """Return one part of a column: its share of each piece, in the order of the pieces."""
    values = np.empty(sum(int(starts[part + 1] - starts[part]) for _, starts in pieces), dtype=dtype)
    row = 0
    with FileIO(file) as source:
        for at, starts in pieces:
            first, stop = int(starts[part]), int(starts[part + 1])
            own = values[row : row + stop - first]
            row += stop - first
            if at < 0:
                own[:] = missing
            elif own.size:
                source.seek(at + first * dtype.itemsize)
                fill(source, own)
    return values


def fill(file: FileIO, values: np.ndarray) -> np.ndarray:
    """Fill an array with what comes next in a file, and return it."""
    # a read may return less than was asked for, from some drives and for more than two gigabytes always
    view = memoryview(values.view(np.uint8).data)
    while len(view):
        count = file.readinto(view)
        if not count:
            raise OSError(f"{file.name} is shorter than it was written.")
        view = view[count:]
    return values


class Parts:
    """The events of a log, divided by customer into parts on disk.

    Any number of threads may read them. The files are gone when the log is.

    Parameters
    ----------
    folder : Path
        Where the files are.
    types : pyarrow.Schema
        The canonical columns.
    columns : dict of Column
        Where their values are.
    rows : tuple of int
        How many events are written of each part.
    left_out : sequence of ndarray of int64, optional
        The places, in each part, of events that are left out as they are read.
    scratch : Scratch, optional
        What keeps the folder; held, so that the files stay as long as anybody holds the parts.
    """

    def __init__(
        self,
        folder: Path,
        types: pa.Schema,
        columns: dict[str, Column],
        rows: tuple[int, ...],
        *,
        left_out: Sequence[np.ndarray] = (),
        scratch: Scratch | None = None,
    ) -> None:
        self.folder = folder
        self.types = types
        self._written = rows
        self._left_out = left_out or [np.empty(0, dtype=np.int64)] * len(rows)
        self.rows = tuple(count - gone.size for count, gone in zip(rows, self._left_out, strict=True))
        self._columns = columns
        self._scratch = scratch
        self._until: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Parts: {sum(self.rows):,} events in {len(self)} parts"

    def read(self, part: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the events of a part in canonical form: labels are dictionaries in the order of the text.

        Parameters
        ----------
        part : int
            The part's number, from 0 on.
        columns : sequence of str, optional
            The columns to read; by default all of them.

        Returns
        -------
        pyarrow.Table
            The columns asked for, in that order.
        """
        names = self.types.names if columns is None else list(columns)
        unknown = [name for name in names if name not in self._columns]
        if unknown:
            raise UsageError(
                f"the log has no column {listed(map(repr, unknown))}.",
                allowed=listed(self.types.names, most=40),
                hint=did_you_mean(unknown[0], self.types.names),
            )
        kept = self._kept(part)
        return pa.table([self._read(name, part, kept) for name in names], names=names)

    def _kept(self, part: int) -> np.ndarray | None:
        """Return which of the events written are read; None for all."""
        gone = self._left_out[part]
        if self._until is None and not gone.size:
            return None
        known = self._columns["known_at"].read(part)
        kept = np.ones(len(known), dtype=bool) if self._until is None else np.less(known, self._until)  # type: ignore[arg-type]
        kept[gone] = False
        return kept

    def _read(self, name: str, part: int, kept: np.ndarray | None) -> pa.Array:
        values = self._columns[name].read(part)
        if kept is not None:
            values = values.take(np.flatnonzero(kept)) if isinstance(values, Labels) else values[kept]
        kind = self.types.field(name).type
        return to_arrow(by_text(used(values)) if isinstance(values, Labels) else values, kind)

    def before(self, moment: int) -> Parts:
        """Return the events known before an instant, in microseconds since 1970; they are left out as they are read."""
        found = self._with(self.types, self._columns)
        found._until = moment if self._until is None else min(moment, self._until)
        found.rows = tuple(int(np.count_nonzero(found._kept(part))) for part in range(len(self)))  # type: ignore[arg-type]
        return found

    def _with(self, types: pa.Schema, columns: dict[str, Column]) -> Parts:
        return Parts(self.folder, types, columns, self._written, left_out=self._left_out, scratch=self._scratch)

    def narrowed(self, names: Sequence[str], extra: str, places: Callable[[pa.Table], np.ndarray]) -> Parts:
        """Return the parts with some columns alone, and an `extra` one of numbers where it tells any events apart.

        Parameters
        ----------
        names : sequence of str
            The columns that stay; the files of the others are removed.
        extra : str
            The name of the further column.
        places : callable
            Gives its values for a part, from all of its columns.
        """
        columns = {name: self._columns[name] for name in names}
        types = pa.schema([self.types.field(name) for name in names])
        if len(names) < len(self.types):
            file, telling = self.folder / "extra", False
            with open(file, "wb") as out:
                for part in range(len(self)):
                    values = places(self.read(part))
                    telling |= bool(values.any())
                    written = np.zeros(self._written[part])
                    written[slice(None) if (kept := self._kept(part)) is None else kept] = values
                    out.write(written.tobytes())
            if telling:
                starts = np.concatenate([[0], np.cumsum(self._written)])
                columns[extra] = Column(file, NUMBER, [(0, starts)])
                types = types.append(pa.field(extra, NUMBER))
            for name in set(self.types.names) - set(names):
                self._columns[name].remove()
        return self._with(types, columns)
