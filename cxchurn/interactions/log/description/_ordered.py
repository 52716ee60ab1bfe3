"""The events of a part by customer, then time, as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from cxchurn._core import Zone
from cxchurn.interactions.store._batch import flat
from cxchurn.interactions.store._labels import Labels, coded

NO_KIND = ""
# a few columns of half a million rows stay near the processor
_ROWS = 1 << 19


@dataclass(frozen=True)
class Ordered:
    """Events in some order.

    Parameters
    ----------
    who, kind : ndarray of int32, shape (n,)
        Each event's customer and kind, as places among those of the part.
    times : ndarray of int64, shape (n,)
        When they happened, in microseconds since 1970.
    month : ndarray of int64, shape (n,)
        In which month that was, counted from January 1970 on.
    later : ndarray of bool, shape (n,)
        Whether each only says that something became known.
    """

    who: np.ndarray
    kind: np.ndarray
    times: np.ndarray
    month: np.ndarray
    later: np.ndarray

    def take(self, rows: np.ndarray) -> Ordered:
        """Return some events, or all in another order."""
        return Ordered(self.who[rows], self.kind[rows], self.times[rows], self.month[rows], self.later[rows])

    def by_customer(self) -> Ordered:
        """Return them by customer, then time."""
        risen = self if _rises(self.times) else self.take(np.argsort(self.times, kind="stable"))
        return risen if _rises(risen.who) else risen.take(_by_code(risen.who))

    def by_kind(self) -> Ordered:
        """Return them by kind, in the order they have within each."""
        return self if _rises(self.kind) else self.take(_by_code(self.kind))

    def rows(self) -> Ordered:
        """Return those that stand for rows: no value that became known later."""
        return self.take(np.flatnonzero(~self.later)) if self.later.any() else self


def ordered(part: pa.Table, clock: Zone) -> tuple[Ordered, pa.Array, list[str]]:
    """Return a part's events as they stand, its customers, and its kinds.

    Parameters
    ----------
    part : pyarrow.Table
        ``customer_id``, ``kind``, ``timestamp`` and ``later`` of canonical events.
    clock : Zone
        Whose months count.
    """
    who, customers = _codes(part["customer_id"])
    kinds = coded(part["kind"]) if part.num_rows else Labels(np.empty(0, np.int32), pa.array([], pa.string()))
    names = [*kinds.levels.to_pylist(), NO_KIND]
    kind = np.where(kinds.codes < 0, len(names) - 1, kinds.codes).astype(np.int32)
    later = flat(part["later"].cast(pa.uint8()), 0) == 1
    times = flat(part["timestamp"].cast(pa.int64()), 0)
    return Ordered(who, kind, times, _months(times, clock), later), customers, names


def blocks_of(events: pa.Table) -> Iterator[pa.Table]:
    """Yield events in blocks that fit a processor's caches better than all of them: each has all events of its customers."""
    blocks = -(-events.num_rows // _ROWS)
    if blocks < 2:
        yield events
        return
    ids = events["customer_id"].combine_chunks()
    codes = ids.indices if pa.types.is_dictionary(ids.type) else ids.cast(pa.int64())
    which = (codes.to_numpy(zero_copy_only=False) % blocks).astype(np.uint16)
    order, ends = np.argsort(which, kind="stable"), np.cumsum(np.bincount(which, minlength=blocks))
    for first, end in pairwise([0, *ends.tolist()]):
        yield events.take(pa.array(order[first:end]))


def changes(*columns: np.ndarray) -> np.ndarray:
    """Return where a row differs from the one before it in any column, the first row too; bool, shape ``(n,)``."""
    found = np.ones(columns[0].size, dtype=bool)
    found[1:] = False
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return found


def _months(times: np.ndarray, clock: Zone) -> np.ndarray:
    days = clock.days(times)
    if not days.size:
        return days
    first = int(days.min())
    calendar = np.arange(first, int(days.max()) + 1).astype("datetime64[D]").astype("datetime64[M]")
    return calendar.astype(np.int64)[days - first]


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    whole = column.combine_chunks()
    found = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    return found.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), found.dictionary


def _rises(values: np.ndarray) -> bool:
    return bool((values[1:] >= values[:-1]).all())


def _by_code(codes: np.ndarray) -> np.ndarray:
    """Sort stably by codes: sixteen bits at a time, which are counted and not compared."""
    order = np.argsort((codes & 0xFFFF).astype(np.uint16), kind="stable")
    if codes.max(initial=0) > 0xFFFF:
        order = order[np.argsort((codes >> 16).astype(np.uint16)[order], kind="stable")]
    return order
