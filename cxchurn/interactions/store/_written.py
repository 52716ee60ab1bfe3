"""A column of a divided log while it is written.

Labels of which nearly every row has its own are written as text, and coded part by part in the end: so no list of all of
them is ever in memory.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pyarrow as pa

from cxchurn.interactions.store._batch import Values, dtype_of, nothing_of, to_arrow
from cxchurn.interactions.store._hashes import text_offsets
from cxchurn.interactions.store._labels import LABEL, Labels, by_text, coded, used
from cxchurn.interactions.store._parts import Column, Levels, Piece, read_pieces
from cxchurn.interactions.store._threads import in_turn

_NOT_THERE = -1
_LENGTH = np.dtype(np.int32)


class Written:
    """The files of one column: its values, and the bytes of its texts.

    Parameters
    ----------
    file : Path
        Where its values go.

    Attributes
    ----------
    pieces : list of int
        Where each batch begins in the file; -1 for a batch without values.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values = open(file, "w+b")  # noqa: SIM115
        self._texts_file = file.with_suffix(".text")
        self._texts = open(self._texts_file, "w+b")  # noqa: SIM115
        self._levels: dict[str, int] = {}
        # for a batch of text where its bytes begin, and where those of each part do
        self._bytes: dict[int, Piece] = {}
        self.pieces: list[int] = []

    def write(self, values: Values, starts: np.ndarray) -> None:
        """Write the next batch; the parts begin at `starts`."""
        piece = len(self.pieces)
        if isinstance(values, pa.Array):
            offsets = text_offsets(values)
            self._bytes[piece] = self._texts.tell(), (offsets - offsets[0])[starts]
            self._texts.write(memoryview(values.buffers()[2] or b"")[offsets[0] : offsets[-1]])
            values = np.where(values.is_null().to_numpy(zero_copy_only=False), -1, np.diff(offsets)).astype(_LENGTH)
        elif isinstance(values, Labels):
            codes = [self._levels.setdefault(level, len(self._levels)) for level in values.levels.to_pylist()]
            values = np.array([*codes, -1], dtype=np.int32)[values.codes]
        self.pieces.append(self._values.tell())
        self._values.write(values.tobytes())

    def skip(self, batches: int) -> None:
        """Note batches without values."""
        self.pieces += [_NOT_THERE] * batches

    def back(self, batches: int) -> None:
        """Forget all batches but the first ones."""
        for file, pieces in ((self._values, self.pieces[batches:]), (self._texts, self._bytes_from(batches))):
            first = min((at for at in pieces if at != _NOT_THERE), default=None)
            if first is not None:
                file.seek(first)
                file.truncate()
        del self.pieces[batches:]
        self._bytes = {piece: place for piece, place in self._bytes.items() if piece < batches}

    def _bytes_from(self, batches: int) -> list[int]:
        return [at for piece, (at, _) in self._bytes.items() if piece >= batches]

    def read(self, part: int, kind: pa.DataType, starts: list[np.ndarray], *, since: int = 0) -> Values:
        """Return a part of the batches from the one numbered `since` on.

        Parameters
        ----------
        part : int
            The part's number.
        kind : pyarrow.DataType
            The column's canonical type.
        starts : list of ndarray
            Where the parts begin in every batch.
        since : int, default 0
            The first batch.
        """
        self._values.flush()
        pieces = list(zip(self.pieces, starts, strict=True))[since:]
        values = read_pieces(self._file, pieces, part, dtype_of(kind), nothing_of(kind))
        if kind != LABEL:
            return values
        levels = pa.array(list(self._levels), pa.string())
        if not any(piece >= since for piece in self._bytes):
            return Labels(values, levels)
        self._texts.flush()
        row, found = 0, []
        for piece, (_, begins) in enumerate(pieces, start=since):
            own = values[row : row + int(begins[part + 1] - begins[part])]
            row += own.size
            is_text = piece in self._bytes
            found.append(self._text(piece, part, own) if is_text else _as_text(Labels(own, levels)))
        return pa.concat_arrays(found)

    def _text(self, piece: int, part: int, lengths: np.ndarray) -> pa.Array:
        texts = read_pieces(self._texts_file, [self._bytes[piece]], part, np.dtype(np.uint8), 0)
        offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))]).astype(np.int32)
        there = pa.array(lengths >= 0).buffers()[1] if (lengths < 0).any() else None
        return pa.Array.from_buffers(pa.string(), lengths.size, [there, pa.py_buffer(offsets), pa.py_buffer(texts)])

    def finished(self, kind: pa.DataType, starts: list[np.ndarray], parts: int) -> Column:
        """Return the column as it is to be read; nothing can be written any more."""
        if self._bytes:
            found = self._coded(kind, starts, parts)
        else:
            pieces = list(zip(self.pieces, starts, strict=True))
            found = Column(
                self._file, kind, pieces, pa.array(list(self._levels), pa.string()) if kind == LABEL else None
            )
        self.close()
        return found

    def _coded(self, kind: pa.DataType, starts: list[np.ndarray], parts: int) -> Column:
        """Write codes and labels part by part, in place of the text."""

        def work(part: int) -> Labels:
            values = self.read(part, kind, starts)
            return by_text(used(values) if isinstance(values, Labels) else coded(pa.array(values)))

        codes, labels = self._file.with_suffix(".codes"), self._file.with_suffix(".labels")
        rows, places, counts = [0], [], []
        with open(codes, "wb") as code_file, open(labels, "wb") as label_file:
            for found in in_turn(work, range(parts)):
                offsets = text_offsets(found.levels)
                places.append(label_file.tell())
                label_file.write((offsets - offsets[0]).astype(_LENGTH).tobytes())
                label_file.write(memoryview(found.levels.buffers()[2] or b"")[offsets[0] : offsets[-1]])
                code_file.write(found.codes.tobytes())
                rows.append(rows[-1] + len(found))
                counts.append(len(found.levels))
        self.close()
        self._file.unlink()
        self._texts_file.unlink()
        return Column(codes, kind, [(0, np.array(rows))], Levels(labels, places, counts))

    def drop(self) -> None:
        """Close the files, whatever becomes of what was still to be written: nobody wants it."""
        for file in (self._values, self._texts):
            with contextlib.suppress(OSError):
                file.close()

    def close(self) -> None:
        """Close the files."""
        self._values.close()
        self._texts.close()


def _as_text(labels: Labels) -> pa.Array:
    return to_arrow(labels, LABEL).cast(pa.string())
