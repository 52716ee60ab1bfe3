"""The order of events: by customer, then time; ties by content, so that the order of rows in a file never matters.

Customers are numbered first; then a counting sort groups the events, and each customer's few are looked at by themselves.
Logs come nearly in time order, so most customers' events are in order once they are together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, in_threads, processors
from cxchurn.history.data._columns import EventColumn, flat, single
from cxchurn.history.kernels import _sorting

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

pc = Deferred("pyarrow.compute")

# how many times more numbers than events a table may hold: ids that are numbers are mostly dense, and hashing costs more than a
# table of zeros
_SPARSE = 4
# events that one thread sorts sooner than several are begun
_FEW = 1 << 12


def customer_codes(ids: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct ids, and for each event the position of its customer among them; int32."""
    data = single(ids)
    if pa.types.is_integer(data.type):
        return _numbered(flat(data))
    coded = data if pa.types.is_dictionary(data.type) else data.dictionary_encode()
    used, codes = _numbered(flat(coded.indices))
    names = coded.dictionary.take(pa.array(used))
    by_text = flat(pc.array_sort_indices(names)).astype(np.int64)
    labels = np.array(names.take(pa.array(by_text)).to_pylist(), dtype=object)
    if (by_text[1:] > by_text[:-1]).all():
        return labels, codes
    rank = np.empty(by_text.size, dtype=np.int32)
    rank[by_text] = np.arange(by_text.size, dtype=np.int32)
    return labels, rank[codes]


def _numbered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct numbers and each one's position among them, by a table of all that are possible."""
    if not values.size:
        return values[:0].astype(np.int64), np.empty(0, dtype=np.int32)
    least, most = int(values.min()), int(values.max())
    if most - least > max(_SPARSE * values.size, 1 << 16):
        codes, distinct = pd.factorize(values)
        order = np.argsort(distinct, kind="stable")
        rank = np.empty(order.size, dtype=np.int32)
        rank[order] = np.arange(order.size, dtype=np.int32)
        return distinct[order], rank[codes]
    counts = np.zeros(most - least + 1, dtype=np.int64)
    _sorting.count(values, least, counts)
    there = counts > 0
    if there.all() and least == 0 and values.dtype == np.int32:
        return np.arange(most + 1), values
    codes = np.empty(values.size, dtype=np.int32)
    _sorting.number(values, least, np.cumsum(there, dtype=np.int32) - np.int32(1), codes)
    return np.flatnonzero(there) + least, codes


def event_order(
    codes: np.ndarray, customers: int, place: np.ndarray, content: Callable[[np.ndarray], Iterable[EventColumn]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of events by (customer, place in time, content), and where each customer's begin.

    Events of one customer at one instant are ordered by their columns, one after the other in the order given; events
    alike in all of them are interchangeable. So the order depends on what the events say, never on how they were stored.

    Parameters
    ----------
    codes, place : ndarray, shape (n,)
        The customer, from 0 on, and the instant of each event.
    customers : int
        How many there are.
    content : callable
        Gives the columns that break ties, at some events, most important first.

    Returns
    -------
    order : ndarray of int32 (int64 for huge logs), shape (n,)
    offsets : ndarray of int64, shape (customers + 1,)
    """
    offsets = np.zeros(customers + 1, dtype=np.int64)
    _sorting.count(codes, 0, offsets[1:])
    np.cumsum(offsets, out=offsets)
    # half the memory of the largest array there is while sorting
    order = np.empty(codes.size, dtype=np.int32 if codes.size < np.iinfo(np.int32).max else np.int64)
    pieces = processors() if codes.size > _FEW else 1
    # threads divide customers, not events, so that none waits for another and the order is the same for any number of them
    cuts = np.searchsorted(offsets, np.linspace(0, codes.size, pieces + 1)[1:-1])
    edges = [0, *map(int, cuts), customers]
    cursor = offsets[:-1].copy()

    hard = np.zeros(customers, dtype=bool)

    def group(part: int) -> bool:
        first, stop = edges[part], edges[part + 1]
        _sorting.group(codes, first, stop, cursor, order)
        return _sorting.settle(order, offsets, place, first, stop, hard)

    tied = any(list(in_threads(group, range(len(edges) - 1))))
    if hard.any():
        # a log that stands backwards would cost the square of a customer's events: those few are sorted anew
        _sort_whole(order, np.repeat(hard, np.diff(offsets)), codes, place)
        tied = True
    if tied:
        _break_ties(order, codes, place, content)
    return order, offsets


def _sort_whole(order: np.ndarray, which: np.ndarray, codes: np.ndarray, place: np.ndarray) -> None:
    events = order[which]
    order[which] = events[np.lexsort((place[events], codes[events]))]


def _break_ties(
    order: np.ndarray, codes: np.ndarray, place: np.ndarray, content: Callable[[np.ndarray], Iterable[EventColumn]]
) -> None:
    who, when = codes[order], place[order]
    same = (who[1:] == who[:-1]) & (when[1:] == when[:-1])
    tied = np.zeros(order.size, dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    group = np.cumsum(np.concatenate([[True], ~same]))[tied]
    events = order[tied]
    keys = [column.values for column in content(events)]
    order[tied] = events[np.lexsort((*reversed(keys), group))]
