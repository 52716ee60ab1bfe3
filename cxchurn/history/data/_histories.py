"""A log's histories: its customers divided into parts, so that each part's work stays near the processor.

Everything about a customer comes from that customer's events alone, so parts are asked beside each other, in any order, and
the answers are the same bits. A log in memory is sorted once, and a part takes its share of it; a log on disk is in parts
already, and a part is read and sorted when it is its turn.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, cached_property, in_threads, zone
from cxchurn.history.data._attributes import attribute_history
from cxchurn.history.data._columns import flat, single
from cxchurn.history.data._history import CLOCKS, History, Read, names_of, sort_events
from cxchurn.history.data._ids import Few, index_of, positions_in
from cxchurn.history.data._order import customer_codes
from cxchurn.interactions import CustomerTable, InteractionLog

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.interactions import Parts

# events in a part: few enough to stay near the processor, enough that work on them outweighs going from part to part
PART = 1 << 17


class Histories:
    """The histories of all customers of a log, part by part.

    Attributes
    ----------
    ids : ndarray, shape (customers,)
        All customers, sorted.
    began : ndarray of int64, shape (customers,)
        Each customer's first place in time, in microseconds since 1970.
    part : ndarray of int32, shape (customers,)
        The part each customer is in.
    local : ndarray of int64, shape (customers,)
        Where each customer stands among the customers of the part.
    cache : dict
        What was worked out about all of them.
    """

    ids: np.ndarray
    began: np.ndarray
    part: np.ndarray
    local: np.ndarray

    def __init__(self) -> None:
        self.cache: dict[Any, Any] = {}
        self._asked: tuple[ref[np.ndarray], np.ndarray] | None = None

    # how many parts may be worked on at a time; None for as many as there are processors
    at_once: int | None = None

    @abstractmethod
    def __len__(self) -> int:
        """How many parts there are."""

    @abstractmethod
    def fresh(self, part: int) -> History:
        """Return the history of a part (of some of it, where it is large), of which nothing has been asked yet."""

    @abstractmethod
    def open(self, part: int) -> InMemory:
        """Return what holds a part in memory: parts on disk are read and sorted now, and are in parts again."""

    @cached_property
    def _index(self) -> pd.Index | Few:
        return index_of(self.ids)

    def positions(self, customers: np.ndarray) -> np.ndarray:
        """Return where each customer stands in `ids`, -1 for customers without an event; int64, shape ``(n,)``.

        The same array that nobody can write to (`customers_asked` gives such) is looked up once, however often.
        """
        asked = self._asked
        if asked is not None and asked[0]() is customers:
            return asked[1]
        found = positions_in(self._index, customers)
        if isinstance(customers, np.ndarray) and not customers.flags.writeable and customers.flags.owndata:
            found.setflags(write=False)
            self._asked = ref(customers), found
        return found


class InMemory(Histories):
    """The histories of events that are in memory.

    Parameters
    ----------
    names : list of str
        The columns.
    read : callable
        Gives a column by its name.
    customers : CustomerTable, optional
    clock : {"known", "happened"}
    timezone : str
        The zone whose days and hours count.
    """

    def __init__(
        self, names: list[str], read: Read, customers: CustomerTable | None, clock: str, timezone: str
    ) -> None:
        super().__init__()
        self._names = names
        self._read = read
        self._clock = clock
        self._zone = zone(timezone)
        self._attributes = attribute_history(customers)
        self._only: History | None = None
        self.ids, self._offsets, self._order = sort_events(names, read, clock)
        first = pa.array(self._order[self._offsets[:-1]])
        self.began = flat(single(read(CLOCKS[clock][0])).take(first).cast(pa.int64()))
        bounds = np.searchsorted(self._offsets, np.arange(0, self._order.size, PART))
        self._bounds = np.unique(np.append(bounds, [0, self.ids.size]))
        sizes = np.diff(self._bounds)
        self.part = np.repeat(np.arange(sizes.size, dtype=np.int32), sizes)
        self.local = np.arange(self.ids.size) - np.repeat(self._bounds[:-1], sizes)

    def __len__(self) -> int:
        return max(1, self._bounds.size - 1)

    def open(self, part: int) -> InMemory:
        """Return itself."""
        return self

    def history(self, part: int) -> History:
        """Return the history of a part: made anew each time, but where there is only one."""
        if len(self) > 1:
            return self.fresh(part)
        if self._only is None:
            self._only = self.fresh(0)
        return self._only

    def fresh(self, part: int) -> History:
        """Return the history of a part, of which nothing has been asked yet."""
        first, stop = (0, 0) if not self.ids.size else self._bounds[part : part + 2]
        offsets = self._offsets[first : stop + 1]
        order = self._order[offsets[0] : offsets[-1]]
        about = self._names, self._read
        ids, offsets = self.ids[first:stop], offsets - offsets[0]
        clock, attributes = self._clock, self._attributes
        return History.of_part(ids, offsets, order, *about, clock=clock, attributes=attributes, zone=self._zone)


class _OnDisk(Histories):
    # a part is a thirty-second of the memory limit, and work on it takes some times as much
    at_once = 4

    def __init__(self, parts: Parts, customers: CustomerTable | None, clock: str, timezone: str) -> None:
        super().__init__()
        self._parts = parts
        self._table = customers
        self._clock = clock
        self._timezone = timezone
        place = CLOCKS[clock][0]
        found = list(in_threads(lambda k: _customers(parts.read(k, ["customer_id", place]), place), range(len(parts))))
        ids = np.concatenate([part for part, _ in found])
        order = np.argsort(ids, kind="stable")
        sizes = [part.size for part, _ in found]
        self.ids = ids[order]
        self.began = np.concatenate([began for _, began in found])[order]
        self.part = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
        self.local = np.concatenate([np.arange(size) for size in sizes])[order]

    def __len__(self) -> int:
        return len(self._parts)

    def open(self, part: int) -> InMemory:
        """Read and sort a part."""
        read: dict[str, pa.ChunkedArray] = {}

        def column(name: str) -> pa.ChunkedArray:
            if name not in read:
                read[name] = self._parts.read(part, [name]).column(0)
            return read[name]

        return InMemory(names_of(self._parts.types), column, self._table, self._clock, self._timezone)

    def fresh(self, part: int) -> History:
        """Return the history of some of a part, of which nothing has been asked yet."""
        return self.open(part).fresh(0)


def _customers(events: pa.Table, place: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the customers of a part, and when each one's history begins."""
    ids, codes = customer_codes(events["customer_id"])
    began = np.full(ids.size, np.iinfo(np.int64).max)
    np.minimum.at(began, codes, flat(single(events[place]).cast(pa.int64())))
    return ids, began


_known: WeakKeyDictionary[InteractionLog, dict[str, Histories]] = WeakKeyDictionary()


def histories_of(log: InteractionLog, *, clock: str = "known") -> Histories:
    """Return the log's histories on a clock, sorted once and shared by everybody who asks.

    Raises
    ------
    UsageError
        For anything else than a log, such as the path of one.
    """
    if not isinstance(log, InteractionLog):
        raise UsageError(
            f"the log is a {type(log).__name__}.",
            allowed="an InteractionLog",
            hint="log = cx.read_interactions(...), of a file, a frame or a query.",
        )
    clocks = _known.setdefault(log, {})
    if clock not in clocks:
        clocks[clock] = _shared(log, clocks) or _made(log, clock)
    return clocks[clock]


def _made(log: InteractionLog, clock: str) -> Histories:
    if log.parts is not None:
        return _OnDisk(log.parts, log.customers, clock, log.timezone)
    return InMemory(names_of(log.types), log.events.column, log.customers, clock, log.timezone)


def _shared(log: InteractionLog, clocks: dict[str, Histories]) -> Histories | None:
    # where everything is known at once, both clocks are one
    if not clocks or log.parts is not None or not log.events["known_at"].equals(log.events["timestamp"]):
        return None
    return next(iter(clocks.values()))


_whole: WeakKeyDictionary[InteractionLog, dict[str, History]] = WeakKeyDictionary()


def history_of(log: InteractionLog, *, clock: str = "known") -> History:
    """Return the history of all customers of a log in memory, as one; for logs that one part holds, and for checks."""
    histories = histories_of(log, clock=clock)
    if isinstance(histories, InMemory) and len(histories) == 1:
        return histories.history(0)
    clocks = _whole.setdefault(log, {})
    if clock not in clocks:
        clocks[clock] = History(log, clock=clock)
    return clocks[clock]
