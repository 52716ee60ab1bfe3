"""A log's fingerprint: the same for the same content in any order of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, in_threads, iso
from cxchurn.interactions.log._log import InteractionLog, customers_of, tables
from cxchurn.interactions.store._hashes import mixed, row_hashes

pc = Deferred("pyarrow.compute")

# rows at a time: hashes of this many take little memory beside the log
_ROWS = 1 << 20


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
    spans = [pc.min_max(part["timestamp"]) for part in tables(log, ["timestamp"]) if part.num_rows]
    digest = _digest(tables(log), log.types.names)
    if log.customers is not None:
        digest += _digest([log.customers.table], log.customers.table.column_names)
    return {
        "rows": len(log),
        "customers": sum(map(len, customers_of(log))),
        "first": _iso(min(span["min"].value for span in spans)) if spans else None,
        "last": _iso(max(span["max"].value for span in spans)) if spans else None,
        "sha256": hashlib.sha256(digest).hexdigest(),
    }


def _iso(moment: int) -> str:
    return iso(np.datetime64(moment, "us"))


def _slices(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    for part in parts:
        yield from (part.slice(first, _ROWS) for first in range(0, part.num_rows, _ROWS))


def _sums(rows: pa.Table) -> np.ndarray:
    hashes = row_hashes(rows)
    return np.array([hashes.size, hashes.sum(), mixed(~hashes).sum()], dtype="<u8")


def _digest(parts: Iterable[pa.Table], names: list[str]) -> bytes:
    """Hash the names of the columns, the number of rows, and two sums over the hashes of all rows."""
    sums = np.zeros(3, dtype="<u8")
    for found in in_threads(_sums, _slices(parts)):
        sums += found
    return hashlib.sha256("\x00".join(sorted(names)).encode() + sums.tobytes()).digest()
