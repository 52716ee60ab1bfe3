"""Rows that may be copies of others, and events of one customer at one instant.

Copies share the customer and the time, so few rows have to be compared in full; in a log that is in order, only
neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from cxchurn.interactions.store._batch import flat
from cxchurn.interactions.store._hashes import row_hashes, text_hashes
from cxchurn.interactions.store._labels import LABEL
from cxchurn.interactions.store._threads import WORKERS

# odd numbers without a pattern in their bits: multiplying by one loses nothing, and sums of three hardly meet
_ODD = (np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB))
# sorting two halves one after the other takes half the memory
_MANY = 1 << 22
# one megabyte stays near the processor
_TABLE = 1 << 20


def repeated(read: Callable[[list[str] | None], pa.Table]) -> tuple[np.ndarray, np.ndarray]:
    """Return the events, by their places in order, that may equal another one in every column, and hashes of what they say.

    Parameters
    ----------
    read : callable
        Returns some columns of the events, or all of them. Events made of later-known columns are no rows.
    """
    few = read(["customer_id", "timestamp", "later"])
    rows = np.flatnonzero(~flat(few["later"].cast(pa.uint8()), 0).astype(bool))
    if rows.size < few.num_rows:
        few = few.take(pa.array(rows))
    near = rows[shared(few, "timestamp")]
    if not near.size:
        return near, np.empty(0, dtype=np.uint64)
    hashes = row_hashes(_plain(read(None).take(pa.array(near))))
    alike = np.isin(hashes, twice(hashes))
    return near[alike], hashes[alike]


def _plain(events: pa.Table) -> pa.Table:
    # codes of one table tell labels apart as well as the labels do
    columns = [
        column.combine_chunks().indices if column.type == LABEL and column.num_chunks else column
        for column in events.columns
    ]
    return pa.table(columns, names=events.column_names)


def shared(events: pa.Table, *times: str) -> np.ndarray:
    """Return the rows that share their customer and some of their times with another row; int64, in order.

    Parameters
    ----------
    events : pyarrow.Table
        Canonical events; the customers may also be plain text.
    times : str
        The names of the columns of times that are to be equal.
    """
    return _sharing(_numbers(events["customer_id"]), *(_numbers(events[name]) for name in times))


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    if column.type == LABEL:
        return flat(column.combine_chunks().indices, -1) if column.num_chunks else np.empty(0, np.int32)
    if pa.types.is_string(column.type):
        return text_hashes(pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0))
    return flat(column.cast(pa.int64()), 0)


def _sharing(who: np.ndarray, *when: np.ndarray) -> np.ndarray:
    first = when[0]
    same, rising = first[1:] == first[:-1], first[1:] >= first[:-1]
    if not rising.all():
        alike = who[1:] == who[:-1]
        if not ((who[1:] > who[:-1]) | (alike & rising)).all():
            return _by_key(who, *when)
        same &= alike
    beside = np.zeros(who.size, dtype=bool)
    beside[1:] = same
    beside[:-1] |= same
    rows = np.flatnonzero(beside)
    return rows[_by_key(who[rows], *(times[rows] for times in when))]


def _by_key(who: np.ndarray, *when: np.ndarray) -> np.ndarray:
    keys = who.astype(np.uint64) * _ODD[0]
    for odd, times in zip(_ODD[1:], when, strict=False):
        keys += times.view(np.uint64) * odd
    several = twice(keys)
    if not several.size:
        return np.empty(0, dtype=np.int64)
    # most keys are told from those sought by their last bits alone
    near = np.zeros(_TABLE, dtype=bool)
    near[several % _TABLE] = True
    rows = np.flatnonzero(near[keys % _TABLE])
    return rows[np.isin(keys[rows], several)]


def twice(keys: np.ndarray) -> np.ndarray:
    """Return the keys that are there more than once."""
    half = np.uint64(1 << 63)
    parts = [keys] if keys.size < _MANY else [keys[keys < half], keys[keys >= half]]

    def repeated(part: np.ndarray) -> np.ndarray:
        part = np.sort(part)
        return np.unique(part[1:][part[1:] == part[:-1]])

    with ThreadPoolExecutor(WORKERS) as pool:
        return np.concatenate(list(pool.map(repeated, parts)))
