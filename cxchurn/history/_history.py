"""The history: every customer's interactions in time order, as columns."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from cxchurn.history._attributes import AttributeHistory, attribute_history
from cxchurn.history._columns import EventColumn, to_column
from cxchurn.history._order import customer_codes, event_order
from cxchurn.interactions import InteractionLog

_BEFORE_ALL = ("customer_id", "known_at", "timestamp")


class History:
    """Interactions sorted by customer, then time, with one offset a customer.

    The events of customer ``i`` are ``offsets[i]:offsets[i + 1]`` in every column.

    Parameters
    ----------
    log : InteractionLog
        The interactions.
    clock : {"known", "happened"}
        What an event's place in time is: when it became known (features, eligibility) or when it happened (labels).

    Attributes
    ----------
    ids : ndarray, shape (customers,)
        The customers, sorted.
    offsets : ndarray of int64, shape (customers + 1,)
    place : ndarray of int64, shape (events,)
        Each event's place in time, in microseconds since 1970, UTC.
    """

    def __init__(self, log: InteractionLog, *, clock: str = "known") -> None:
        events = log.events
        self.ids, codes = customer_codes(events["customer_id"])
        times = {name: to_column(events[name]) for name in ("known_at", "timestamp")}
        names = [name for name in sorted(events.column_names) if name not in _BEFORE_ALL]
        columns: dict[str, EventColumn] = {name: to_column(events[name]) for name in names}
        first, second = ("known_at", "timestamp") if clock == "known" else ("timestamp", "known_at")
        order = event_order(codes, times[first].values, [times[second], *columns.values()])
        self.offsets = np.searchsorted(codes[order], np.arange(self.ids.size + 1)).astype(np.int64)
        self.place = times[first].values[order]
        self.columns = {name: column.take(order) for name, column in columns.items()}
        self.columns["timestamp"] = times["timestamp"].take(order)
        self.attributes: AttributeHistory | None = attribute_history(log.customers)
        self.cache: dict[Any, Any] = {}

    def __len__(self) -> int:
        return self.place.size

    def __repr__(self) -> str:
        return f"History({len(self):,} events of {self.ids.size:,} customers)"

    def positions(self, customers: np.ndarray) -> np.ndarray:
        """Return where each customer stands in `ids`, -1 for customers without an event; int64, shape ``(n,)``."""
        if "index" not in self.cache:
            self.cache["index"] = pd.Index(self.ids)
        return self.cache["index"].get_indexer(pd.Index(np.asarray(customers))).astype(np.int64)


_known: WeakKeyDictionary[InteractionLog, dict[str, History]] = WeakKeyDictionary()


def history_of(log: InteractionLog, *, clock: str = "known") -> History:
    """Return the log's history, sorted once and shared by everyone who asks."""
    clocks = _known.setdefault(log, {})
    if clock not in clocks:
        clocks[clock] = History(log, clock=clock)
    return clocks[clock]
