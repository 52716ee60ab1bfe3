"""Segments: runs of events that belong together (a customer's, a matter's), and what had come before inside them.

Everything here looks backwards within a segment, so it can be worked out for all events at once and still hold at any
cut-off: an event's answer never changes when later events are added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.history import _sequences
from cxchurn.history._columns import Labels
from cxchurn.history._history import History


@dataclass(frozen=True, eq=False)
class Segments:
    """Events grouped by customer, or by customer and label; in time order within each group.

    Attributes
    ----------
    order : ndarray of int64, shape (members,)
        The positions of the events that belong to a segment, segment by segment.
    starts : ndarray of bool, shape (members,)
        Whether an event begins its segment.
    size : int
        How many events the history has.
    """

    order: np.ndarray
    starts: np.ndarray
    size: int

    def previous(self, values: np.ndarray) -> np.ndarray:
        """The value of the event before, in the same segment; NaN (None for labels) for the first."""
        inside = values[self.order]
        before = np.roll(inside, 1)
        before[self.starts] = np.nan if inside.dtype.kind == "f" else None
        return self._back(before)

    def first(self, values: np.ndarray) -> np.ndarray:
        """The value of the segment's first event."""
        inside = values[self.order]
        return self._back(inside[np.maximum.accumulate(np.where(self.starts, np.arange(inside.size), 0))])

    def latest(self, values: np.ndarray) -> np.ndarray:
        """The last value that was not missing up to and including each event; NaN before any."""
        inside = values[self.order].astype(np.float64)
        here = np.where(np.isnan(inside) & ~self.starts, -1, np.arange(inside.size))
        return self._back(inside[np.maximum.accumulate(here)]) if inside.size else self._back(inside)

    def running(self, values: np.ndarray) -> np.ndarray:
        """The sum from the segment's first event up to and including each event; missing values count as 0."""
        inside = np.nan_to_num(values[self.order].astype(np.float64))
        total = _restarted(inside, self.starts)
        return self._back(total)

    def streak(self, holds: np.ndarray) -> np.ndarray:
        """How many events in a row, up to and including each event, the condition has held."""
        inside = holds[self.order].astype(bool)
        broken = self.starts | ~inside
        return self._back(np.where(inside, _restarted(inside.astype(np.float64), broken), 0.0))

    def next_position(self) -> np.ndarray:
        """Where the segment goes on: the position of the next event, beyond all for the last, -1 for events of none; int64.

        Only to be compared with the end of a range: "is this the segment's last event as of T?"
        """
        out = np.full(self.size, -1)
        if self.order.size:
            following = np.roll(self.order, -1)
            last = np.roll(self.starts, -1)
            out[self.order] = np.where(last, np.iinfo(np.int64).max, following)
        return out

    def _back(self, inside: np.ndarray) -> np.ndarray:
        labels = inside.dtype == object
        out = np.full(self.size, None if labels else np.nan, dtype=object if labels else np.float64)
        out[self.order] = inside
        return out


def segments(history: History, by: str | None = None) -> Segments:
    """Group the events by customer, or by customer and the label in column `by`, once a history."""
    key = ("segments", by)
    if key not in history.cache:
        history.cache[key] = _segments(history, by)
    return history.cache[key]


def _segments(history: History, by: str | None) -> Segments:
    owner = np.repeat(np.arange(history.ids.size), np.diff(history.offsets))
    if by is None:
        order, group = np.arange(owner.size), owner
    else:
        labels = history.columns.get(by)
        codes = labels.values if isinstance(labels, Labels) else np.full(owner.size, -1)
        member = np.flatnonzero(codes >= 0)
        order = member[np.lexsort((member, codes[member], owner[member]))]
        group = owner[order] * (int(codes.max(initial=0)) + 1) + codes[order]
    starts = np.ones(order.size, dtype=bool)
    starts[1:] = group[1:] != group[:-1]
    return Segments(order, starts, owner.size)


def _restarted(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Running sums that begin anew at each start."""
    out = np.empty(values.size)
    _sequences.restarted(values, starts, out)
    return out
