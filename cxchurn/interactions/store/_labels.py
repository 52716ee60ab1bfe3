"""Labels: each different text once, and a code for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred
from cxchurn.interactions.store._hashes import leading_bytes

pc = Deferred("pyarrow.compute")

LABEL = pa.dictionary(pa.int32(), pa.string())
# of fewer texts the order is found at once
_MANY = 1 << 12
# texts that are looked at at a time: few enough to stay near the processor
_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Labels:
    """A column of labels.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        For each row the position of its label among the levels; -1 where it is missing.
    levels : pyarrow.StringArray
        The labels.
    """

    codes: np.ndarray
    levels: pa.Array

    def __len__(self) -> int:
        return self.codes.size

    def take(self, rows: np.ndarray) -> Labels:
        """Return the labels of some rows."""
        return Labels(self.codes[rows], self.levels)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds text, plainly or in a dictionary."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def constant(label: str, rows: int) -> Labels:
    """Return one label for all rows."""
    return Labels(np.zeros(rows, dtype=np.int32), pa.array([label], pa.string()))


def coded(column: pa.ChunkedArray | pa.Array) -> Labels:
    """Return a column of text or of dictionaries as labels; the levels stand in the order of their coming.

    Parameters
    ----------
    column : pyarrow.ChunkedArray or pyarrow.Array
        Text, or dictionaries of text; or other values, whose labels are what they read as.
    """
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            return joined([_coded(chunk) for chunk in column.chunks])
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        return _coded(column)
    # text in views is made plain first: the library does not code it
    plain = column.cast(pa.string()) if pa.types.is_string_view(column.type) else column
    return _coded(plain.dictionary_encode(), all_used=True)


def _coded(chunk: pa.DictionaryArray, *, all_used: bool = False) -> Labels:
    codes, levels = _codes_of(chunk), chunk.dictionary.cast(pa.string())
    found = without(Labels(codes, levels), levels.is_null()) if levels.null_count else Labels(codes, levels)
    return found if all_used else used(found)


def _codes_of(chunk: pa.DictionaryArray) -> np.ndarray:
    indices = chunk.indices.cast(pa.int32())
    found: np.ndarray = (pc.fill_null(indices, -1) if indices.null_count else indices).to_numpy(zero_copy_only=False)
    return found


def without(labels: Labels, gone: pa.Array) -> Labels:
    """Return labels of which some levels count as missing; `gone` says which, bool, one a level."""
    lost = gone.to_numpy(zero_copy_only=False)
    places = np.append(np.cumsum(~lost) - 1, -1).astype(np.int32)
    places[:-1][lost] = -1
    return Labels(places[labels.codes], labels.levels.filter(pc.invert(gone)))


def distinct(column: pa.ChunkedArray) -> pa.Array:
    """Return the values of a column of events, each once; those of labels are their levels."""
    whole = column.combine_chunks()
    return whole.dictionary if pa.types.is_dictionary(whole.type) else whole.unique()


def joined(pieces: Sequence[Labels]) -> Labels:
    """Return labels below one another, with each different level once, in the order of the text."""
    if len(pieces) == 1:
        return by_text(pieces[0])
    codes = np.concatenate([np.empty(0, dtype=np.int32), *(piece.codes for piece in pieces)])
    return Labels(codes, recoded(codes, [(len(piece), piece.levels) for piece in pieces]))


def recoded(codes: np.ndarray, pieces: Sequence[tuple[int, pa.Array]]) -> pa.Array:
    """Make the codes of pieces of a column, each with levels of its own, codes of common levels, and return those.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        The codes of all pieces, changed in place.
    pieces : sequence of (int, pyarrow.StringArray)
        How many rows each piece has, and its levels, of which some may be missing or there twice.

    Returns
    -------
    pyarrow.StringArray
        Each different level once, in the order of the text.
    """
    found = pa.chunked_array([levels for _, levels in pieces], pa.string()).dictionary_encode()
    different = found.chunk(0).dictionary if found.num_chunks else pa.array([], pa.string())
    order = in_order(different)
    places = np.append(_ranks(order), np.int32(-1))
    row, chunks = 0, iter(found.chunks)
    for rows, levels in pieces:
        # a piece without levels has no chunk
        lookup = places[_codes_of(next(chunks))] if len(levels) else places[:0]
        if (lookup != np.arange(lookup.size)).any():
            # a missing label's code of -1 is the last place
            codes[row : row + rows] = np.append(lookup, np.int32(-1))[codes[row : row + rows]]
        row += rows
    return different.take(order)


def in_order(texts: pa.Array) -> pa.Array:
    """Return the places of different texts in the order of the text.

    Parameters
    ----------
    texts : pyarrow.StringArray
        Texts, none of them missing.
    """
    if len(texts) < _MANY:
        return pc.sort_indices(texts)
    # numbers sort many times faster than texts: most texts are told apart by eight bytes after what all begin with
    first, last = (end.as_py().encode() for end in pc.min_max(texts).values())
    shared = next((k for k, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    some = (texts.slice(start, _AT_ONCE) for start in range(0, len(texts), _AT_ONCE))
    keys = np.concatenate([leading_bytes(own, skip=shared) for own in some])
    order = np.argsort(keys)
    ordered = keys[order]
    beside = np.zeros(order.size, dtype=bool)
    beside[1:] = ordered[1:] == ordered[:-1]
    beside[:-1] |= beside[1:]
    alike = order[beside]
    order[beside] = alike[pc.sort_indices(texts.take(pa.array(alike))).to_numpy()]
    return pa.array(order)


def by_text(labels: Labels) -> Labels:
    """Return labels whose levels stand in the order of the text."""
    if len(labels.levels) < 2 or pc.all(pc.less(labels.levels[:-1], labels.levels[1:])).as_py():
        return labels
    codes = labels.codes.copy()
    return Labels(codes, recoded(codes, [(codes.size, labels.levels)]))


def _ranks(order: pa.Array) -> np.ndarray:
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return ranks


def used(labels: Labels) -> Labels:
    """Return labels without the levels that no row has."""
    codes, count = labels.codes, len(labels.levels)
    if codes.size < count:
        present = np.unique(codes[codes >= 0])
    else:
        seen = np.zeros(count + 1, dtype=bool)
        seen[codes] = True
        present = np.flatnonzero(seen[:-1])
    if present.size == count:
        return labels
    if codes.size < count:
        found = np.searchsorted(present, codes).astype(np.int32)
        found[codes < 0] = -1
        return Labels(found, labels.levels.take(pa.array(present)))
    place = np.full(count + 1, -1, dtype=np.int32)
    place[present] = np.arange(present.size, dtype=np.int32)
    return Labels(place[codes], labels.levels.take(pa.array(present)))
