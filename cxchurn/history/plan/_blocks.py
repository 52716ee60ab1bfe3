"""Rows of a view divided into blocks of a few customers, whose events are in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cxchurn.history.asking._seen import Seen
from cxchurn.history.asking.window._rows import rows_of

# events and rows at a time: what is worked out for them stays near the processor. Arrays of rows whose length is a power of
# two would all stand in the same few lines of its cache
_EVENTS, _ROWS = 1 << 14, 4000
# events of one customer beyond which the arrays of a program would take too much memory
LONG = 1 << 16


class Block(NamedTuple):
    """Some rows of a view, by customer.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Which of the view's.
    owner : ndarray of int64, shape (n,)
        Whose each is, counted from the block's first customer.
    bounds : ndarray of int64, shape (customers + 1,)
        Where each customer's events begin among the block's.
    events : slice or ndarray
        Where the block's events stand in the history.
    """

    rows: np.ndarray
    owner: np.ndarray
    bounds: np.ndarray
    events: slice | np.ndarray


_FIRST = np.zeros(1, dtype=np.int64)


def blocks_of(seen: Seen) -> Iterator[Block]:
    """Yield the rows of a view of all events block by block; left out are customers with more than `LONG` events.

    Parameters
    ----------
    seen : Seen
    """
    position, offsets = seen._position, rows_of(seen).history.offsets
    if position.size == 1:
        at = int(position[0])
        begin, stop = (int(offsets[at]), int(offsets[at + 1])) if at >= 0 else (0, 0)
        # one customer, as a service asks: no sorting, no dividing
        if stop - begin <= LONG:
            yield Block(_FIRST, _FIRST, np.array([0, stop - begin]), slice(begin, stop))
        return
    order = np.argsort(position, kind="stable")
    placed = position[order]
    sizes = np.where(placed >= 0, offsets[placed + 1] - offsets[placed], 0)
    if sizes.size and sizes.max() > LONG:
        order, placed = (values[sizes <= LONG] for values in (order, placed))
    yield from _divided(order, placed, offsets)


def _divided(order: np.ndarray, placed: np.ndarray, offsets: np.ndarray) -> Iterator[Block]:
    """Divide rows in the order of their customers, who stand at some places."""
    new = np.ones(placed.size, dtype=bool)
    new[1:] = placed[1:] != placed[:-1]
    owner, customers = np.cumsum(new) - 1, placed[new]
    begins, stops = (np.where(customers >= 0, offsets[customers + more], 0) for more in (0, 1))
    bounds = np.zeros(customers.size + 1, dtype=np.int64)
    np.cumsum(stops - begins, out=bounds[1:])
    # whole customers: what runs over the order of events never sees half of one
    number = np.maximum(bounds[owner + 1] // _EVENTS, np.arange(order.size) // _ROWS)
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), order.size]
    for begin, stop in pairwise(edges):
        if stop == begin:
            continue
        first, last = int(owner[begin]), int(owner[stop - 1]) + 1
        own = bounds[first : last + 1] - bounds[first]
        events = _events(begins[first:last], stops[first:last], own)
        yield Block(order[begin:stop], owner[begin:stop] - first, own, events)


def _events(begins: np.ndarray, stops: np.ndarray, bounds: np.ndarray) -> slice | np.ndarray:
    """Return where the events of some customers stand in the history, one customer's after the other's."""
    there = np.flatnonzero(stops > begins)
    if not there.size:
        return slice(0, 0)
    first, last = int(begins[there[0]]), int(stops[there[-1]])
    # customers who lie side by side are read without a copy
    if last - first == bounds[-1]:
        return slice(first, last)
    return np.arange(bounds[-1]) + np.repeat(begins - bounds[:-1], stops - begins)
