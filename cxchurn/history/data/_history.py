"""The history: customers' interactions in time order, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Zone, zone
from cxchurn.history.data._attributes import AttributeHistory, attribute_history
from cxchurn.history.data._columns import EventColumn, flat, single, to_column
from cxchurn.history.data._ids import index_of, positions_in
from cxchurn.history.data._order import customer_codes, event_order
from cxchurn.history.data._where import Where
from cxchurn.interactions import InteractionLog

Read = Callable[[str], pa.ChunkedArray]
# what an event's place in time is, on each clock: the first of these, ties by the second
CLOCKS = {"known": ("known_at", "timestamp"), "happened": ("timestamp", "known_at")}


class Columns(Mapping[str, EventColumn]):
    """The events' columns by name, each made when it is first asked for.

    Parameters
    ----------
    names : list of str
    make : callable
        Makes a column by its name.
    """

    def __init__(self, names: list[str], make: Callable[[str], EventColumn]) -> None:
        self._names = names
        self._make = make
        self.made: dict[str, EventColumn] = {}

    def __getitem__(self, name: str) -> EventColumn:
        if name not in self.made:
            if name not in self._names:
                raise KeyError(name)
            self.made[name] = self._make(name)
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


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
    columns : mapping of str to column
        Made when they are asked for, in the order of the events.
    zone : Zone
        Whose days and hours count.
    """

    ids: np.ndarray
    offsets: np.ndarray
    place: np.ndarray
    columns: Columns
    attributes: AttributeHistory | None
    zone: Zone
    cache: dict[Any, Any]

    def __init__(self, log: InteractionLog, *, clock: str = "known") -> None:
        names = names_of(log.events.schema)
        self._hold(*sort_events(names, log.events.column, clock), names, log.events.column, clock)
        self.attributes, self.zone = attribute_history(log.customers), zone(log.timezone)

    @classmethod
    def of_part(
        cls,
        ids: np.ndarray,
        offsets: np.ndarray,
        order: np.ndarray,
        names: list[str],
        read: Read,
        *,
        clock: str,
        attributes: AttributeHistory | None,
        zone: Zone,
    ) -> History:
        """Return the history of some customers, whose events stand in `order` in the columns that `read` gives."""
        history = cls.__new__(cls)
        history._hold(ids, offsets, order, names, read, clock)
        history.attributes, history.zone = attributes, zone
        return history

    @classmethod
    def of_columns(
        cls,
        ids: np.ndarray,
        offsets: np.ndarray,
        place: np.ndarray,
        names: list[str],
        make: Callable[[str], EventColumn],
        *,
        attributes: AttributeHistory | None = None,
        clock: str = "UTC",
    ) -> History:
        """Return the history of some customers, whose events stand in their order already.

        Parameters
        ----------
        ids, offsets, place
            As the attributes of a history.
        names : list of str
            The columns.
        make : callable
            Gives a column by its name.
        attributes : AttributeHistory, optional
            What is on file about the customers.
        clock : str, default "UTC"
            The zone whose days and hours count.
        """
        history = cls.__new__(cls)
        history.ids, history.offsets, history.place, history.cache = ids, offsets, place, {}
        history.columns = Columns(names, make)
        history.attributes, history.zone = attributes, zone(clock)
        return history

    def _hold(
        self,
        ids: np.ndarray,
        offsets: np.ndarray,
        order: np.ndarray,
        names: list[str],
        read: Read,
        clock: str,
    ) -> None:
        rising = bool((order[1:] > order[:-1]).all())

        def make(name: str) -> EventColumn:
            data = single(read(name))
            if len(data) > order.size:
                return to_column(data.take(pa.array(order)), ordered=True)
            column = to_column(data, ordered=True)
            return column if rising else column.take(order)

        self.ids = ids
        self.offsets = offsets
        self.columns = Columns(names, make)
        self.place = make(CLOCKS[clock][0]).values
        self.cache = {}

    def __len__(self) -> int:
        return self.place.size

    def __repr__(self) -> str:
        return f"History({len(self):,} events of {self.ids.size:,} customers)"

    def only(self, where: Where | None) -> History:
        """Return the history of the same customers in which nothing but the events of a condition ever happened."""
        masks = [] if where is None else where.masks(self)
        if not masks:
            return self
        key = ("only", where)
        found: History | None = self.cache.get(key)
        if found is None:
            # two threads may both have made it: all go on with the same one
            found = self.cache.setdefault(key, self._part(reduce(np.logical_and, masks)))
        return found

    def _part(self, mask: np.ndarray) -> History:
        if mask.all():
            return self
        chosen = np.flatnonzero(mask)
        return self._of(self.ids, np.searchsorted(chosen, self.offsets), chosen)

    def pieces(self, begins: np.ndarray, stops: np.ndarray) -> History:
        """Return the history of pieces of customers' events, each as if nothing before or after had ever happened.

        Parameters
        ----------
        begins, stops : ndarray of int64, shape (pieces,)
            Which events; those of one piece are one customer's, who stands in the new history once for each piece.
        """
        offsets = np.append(0, np.cumsum(stops - begins))
        chosen = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], stops - begins)
        owner = np.searchsorted(self.offsets, begins, side="right") - 1
        return self._of(self.ids[owner], offsets, chosen)

    def _of(self, ids: np.ndarray, offsets: np.ndarray, chosen: np.ndarray) -> History:
        # the columns alone, not the history: one that holds the part would stand in a circle with it
        columns = self.columns
        part = object.__new__(History)
        part.ids, part.attributes, part.zone, part.cache = ids, self.attributes, self.zone, {}
        part.offsets, part.place = offsets, self.place[chosen]
        part.columns = Columns(list(columns), lambda name: columns[name].take(chosen))
        return part

    def positions(self, customers: np.ndarray) -> np.ndarray:
        """Return where each customer stands in `ids`, -1 for customers without an event; int64, shape ``(n,)``."""
        if "index" not in self.cache:
            self.cache["index"] = index_of(self.ids)
        return positions_in(self.cache["index"], customers)


def names_of(types: pa.Schema) -> list[str]:
    """Return the columns that may be asked for: all but who and when known, which are the order itself."""
    return [name for name in sorted(types.names) if name not in ("customer_id", "known_at")]


def sort_events(names: list[str], read: Read, clock: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the customers of events, where each one's begin, and the order of the events by customer and time.

    Other columns than who and when are read only where events are tied.
    """
    ids, codes = customer_codes(read("customer_id"))
    return ids, *ordered(codes, ids.size, names, read, clock)


def ordered(
    codes: np.ndarray, customers: int, names: list[str], read: Read, clock: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return where each customer's events begin, and the order of the events, by the customers' numbers."""
    first, second = CLOCKS[clock]
    content = [second, *(name for name in names if name != "timestamp")]

    def at(places: np.ndarray) -> Iterator[EventColumn]:
        return (to_column(single(read(name)).take(pa.array(places)), ordered=True) for name in content)

    order, offsets = event_order(codes, customers, flat(single(read(first)).view(pa.int64())), at)
    return offsets, order
