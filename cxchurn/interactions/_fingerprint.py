"""A log's fingerprint: the same for the same content in any order of rows."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import iso
from cxchurn.interactions._log import InteractionLog

_MISSING = np.uint64(0x9E3779B97F4A7C15)


def fingerprint(log: InteractionLog) -> dict[str, Any]:
    """Return what tells one log from another: its size, its span and a checksum of its content.

    Parameters
    ----------
    log : InteractionLog
        The log.

    Returns
    -------
    dict
        ``rows``, ``customers``, ``first`` and ``last`` (ISO 8601, by when it happened; None without events) and
        ``sha256``: a checksum of the names and values of the events and of the customers' attributes, whatever the
        order of rows or columns.
    """
    spans = pc.min_max(log.events["timestamp"])
    tables = [log.events] + ([log.customers.table] if log.customers is not None else [])
    return {
        "rows": len(log),
        "customers": pc.count_distinct(log.events["customer_id"]).as_py(),
        "first": _iso(spans["min"]),
        "last": _iso(spans["max"]),
        "sha256": hashlib.sha256(b"".join(map(_digest, tables))).hexdigest(),
    }


def _iso(moment: pa.Scalar) -> str | None:
    return iso(np.datetime64(moment.value, "us")) if moment.is_valid else None


def _digest(table: pa.Table) -> bytes:
    """Hash every cell with its column's name, add up each row, and hash the rows in the order of their hashes."""
    total = np.zeros(table.num_rows, dtype=np.uint64)
    names = sorted(table.column_names)
    for name in names:
        total += _mixed(_cells(table.column(name)) ^ _hash_text(name))
    rows = np.sort(_mixed(total))
    return hashlib.sha256("\x00".join(names).encode() + rows.astype("<u8").tobytes()).digest()


def _cells(column: pa.ChunkedArray) -> np.ndarray:
    """Return 64 bits for each value of a column; shape ``(n,)``."""
    missing = column.is_null().to_numpy()
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        coded = column.combine_chunks()
        coded = coded if pa.types.is_dictionary(kind) else coded.dictionary_encode()
        words = np.array([*map(_hash_text, coded.dictionary.to_pylist()), _MISSING], dtype=np.uint64)
        bits = words[coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]
    elif pa.types.is_floating(kind):
        # adding zero makes one zero of the two
        bits = (column.fill_null(0.0).to_numpy() + 0.0).view(np.uint64)
    else:
        whole = column.cast(pa.int8()) if pa.types.is_boolean(kind) else column
        bits = whole.cast(pa.int64()).fill_null(0).to_numpy().view(np.uint64)
    return np.where(missing, _MISSING, _mixed(bits))


def _hash_text(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def _mixed(bits: np.ndarray) -> np.ndarray:
    """Scatter 64 bits over 64 bits, one to one (the finalizer of splitmix64: Steele, Lea and Flood, 2014)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
