"""The order of events: by customer, then time; ties by content, so that the order of rows in a file never matters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.history._columns import EventColumn, to_column


def customer_codes(ids: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct ids, and for each event the position of its customer among them."""
    if pa.types.is_integer(ids.type):
        return np.unique(ids.to_numpy(), return_inverse=True)
    labels = to_column(pc.cast(ids, pa.string()) if not pa.types.is_dictionary(ids.type) else ids)
    used, codes = np.unique(labels.values, return_inverse=True)
    return np.array(labels.levels, dtype=object)[used], codes  # type: ignore[union-attr]


def event_order(codes: np.ndarray, place: np.ndarray, content: Iterable[EventColumn]) -> np.ndarray:
    """Return the order of events by (customer, place in time, content).

    Events of one customer at one instant are ordered by their columns, one after the other in the order given; events
    alike in all of them are interchangeable. So the order depends on what the events say, never on how they were stored.

    Parameters
    ----------
    codes, place : ndarray, shape (n,)
        The customer and the instant of each event.
    content : iterable of columns
        What breaks ties, most important first.
    """
    order = np.lexsort((place, codes))
    codes, place = codes[order], place[order]
    same = (codes[1:] == codes[:-1]) & (place[1:] == place[:-1])
    if not same.any():
        return order
    tied = np.zeros(order.size, dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    group = np.cumsum(np.concatenate([[True], ~same]))[tied]
    keys = [column.values[order[tied]] for column in content]
    order[tied] = order[tied][np.lexsort((*reversed(keys), group))]
    return order
