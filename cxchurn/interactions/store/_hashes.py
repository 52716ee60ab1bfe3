"""Hashes of values: 64 bits for every number, instant or text, the same on every machine and in every run."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

# the bits of the golden ratio, which no text's hash is likelier to have than any other
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_WORD = 8


def mixed(bits: np.ndarray) -> np.ndarray:
    """Scatter 64 bits over 64 bits, one to one (the finalizer of splitmix64: Steele, Lea and Flood, 2014)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


def name_hash(text: str) -> np.uint64:
    """Return the hash of one name."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def text_hashes(texts: pa.Array) -> np.ndarray:
    """Return the hash of every text, eight bytes of all texts at a time; uint64, shape ``(n,)``.

    Parameters
    ----------
    texts : pyarrow.StringArray
        Texts; missing ones count as empty.
    """
    offsets = text_offsets(texts)
    lengths = np.diff(offsets)
    words = _words(texts, offsets, "<u8")
    hashes = mixed(lengths.astype(np.uint64))
    rest = np.arange(len(texts))
    for place in range(0, int(lengths.max(initial=0)), _WORD):
        rest = rest[lengths[rest] > place]
        beyond = np.maximum(_WORD - (lengths[rest] - place), 0).astype(np.uint64) * np.uint64(8)
        word = words[offsets[rest] - offsets[0] + place] << beyond
        hashes[rest] = mixed(hashes[rest] ^ word)
    return hashes


def _words(texts: pa.Array, offsets: np.ndarray, order: str) -> np.ndarray:
    """Return the word of eight bytes from every position of an array of texts, and of zeros after them."""
    size = int(offsets[-1] - offsets[0])
    padded = np.zeros(size + _WORD, dtype=np.uint8)
    if (data := texts.buffers()[2]) is not None:
        padded[:size] = np.frombuffer(data, np.uint8, count=size, offset=offsets[0])
    return np.ndarray(shape=size + 1, dtype=order, buffer=padded, strides=(1,))


def leading_bytes(texts: pa.Array, *, skip: int = 0) -> np.ndarray:
    """Return eight bytes of every text as a number, in the order of the text: those after the first `skip`; uint64."""
    offsets = text_offsets(texts)
    starts, stops = np.minimum(offsets[:-1] + skip, offsets[1:]), offsets[1:]
    beyond = np.maximum(_WORD - (stops - starts), 0).astype(np.uint64) * np.uint64(8)
    found = _words(texts, offsets, ">u8")[starts - offsets[0]].astype(np.uint64)
    # all bits at once cannot be moved out of a word
    return np.where(starts == stops, np.uint64(0), found >> beyond << beyond)


def text_offsets(texts: pa.Array) -> np.ndarray:
    """Return where each text begins in the bytes of an array of texts, and where the last one ends; shape ``(n + 1,)``."""
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)


def cell_hashes(column: pa.ChunkedArray) -> np.ndarray:
    """Return the hash of every value of a column by what it says; uint64, shape ``(n,)``."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        coded = column.combine_chunks()
        coded = coded if pa.types.is_dictionary(kind) else coded.dictionary_encode()
        words = np.append(text_hashes(coded.dictionary), _MISSING)
        return words[coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]
    if pa.types.is_floating(kind):
        # adding zero makes one zero of the two
        bits = (column.fill_null(0.0).to_numpy() + 0.0).view(np.uint64)
    else:
        whole = column.cast(pa.int8()) if pa.types.is_boolean(kind) else column
        bits = whole.cast(pa.int64()).fill_null(0).to_numpy().view(np.uint64)
    hashes = mixed(bits)
    if column.null_count:
        hashes[column.is_null().to_numpy()] = _MISSING
    return hashes


def row_hashes(table: pa.Table) -> np.ndarray:
    """Return the hash of every row: of the names and values of its columns, in whatever order; uint64, shape ``(n,)``."""
    total = np.zeros(table.num_rows, dtype=np.uint64)
    for name in table.column_names:
        total += mixed(cell_hashes(table.column(name)) ^ name_hash(name))
    return mixed(total)
