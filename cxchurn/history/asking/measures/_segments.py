"""Segments: runs of events that belong together (a customer's, a matter's), and what had come before inside them.

Everything here looks backwards within a segment, so it can be worked out for all events at once and still hold at any
cut-off: an event's answer never changes when later events are added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import cached_property
from cxchurn.history.data._columns import Labels, Times
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _sequences


@dataclass(frozen=True, eq=False)
class Segments:
    """Events grouped by customer, or by customer and label or instant; in time order within each group.

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
        return _at(self._before, values)

    def first(self, values: np.ndarray) -> np.ndarray:
        """The value of the segment's first event."""
        return _at(self._begin, values)

    def latest(self, values: np.ndarray) -> np.ndarray:
        """The last value that was not missing up to and including each event; NaN before any."""
        return self._walk(_sequences.latest, values)

    def running(self, values: np.ndarray) -> np.ndarray:
        """The sum from the segment's first event up to and including each event; missing values count as 0."""
        return self._walk(_sequences.running, values)

    def streak(self, holds: np.ndarray) -> np.ndarray:
        """How many events in a row, up to and including each event, the condition has held."""
        return self._walk(_sequences.streak, holds)

    def new(self, values: np.ndarray) -> np.ndarray:
        """1 for a value that the segment has not had before, else 0; NaN where there is no value."""
        places = self.order[~np.isnan(values[self.order])]
        segment = self._begin[places]
        by_value = np.lexsort((values[places], segment))
        same = (np.diff(segment[by_value]) == 0) & (np.diff(values[places][by_value]) == 0)
        out = np.full(self.size, np.nan)
        out[places[by_value]] = 1.0
        out[places[by_value][1:][same]] = 0.0
        return out

    @cached_property
    def following(self) -> np.ndarray:
        """Where the segment goes on: the position of the next event, beyond all for the last, -1 for events of none; int64.

        Only to be compared with the end of a range: "is this the segment's last event as of T?"
        """
        out = np.full(self.size, -1)
        out[self.order] = np.iinfo(np.int64).max
        out[self.order[:-1][~self.starts[1:]]] = self.order[1:][~self.starts[1:]]
        return out

    @cached_property
    def _before(self) -> np.ndarray:
        out = np.full(self.size, -1)
        out[self.order[1:]] = np.where(self.starts[1:], -1, self.order[:-1])
        return out

    @cached_property
    def _begin(self) -> np.ndarray:
        out = np.full(self.size, -1)
        starts = np.where(self.starts, np.arange(self.order.size), 0)
        out[self.order] = self.order[np.maximum.accumulate(starts)]
        return out

    def _walk(self, kernel: Callable[..., None], values: np.ndarray) -> np.ndarray:
        # a copy of the values, because kernels are compiled once more for arrays that may not be written
        return run(kernel, self.size, values.astype(np.float64), self.order, self.starts)


def _at(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values at some places, missing where there is none."""
    missing: Any = None if values.dtype == object else np.nan
    return np.where(places >= 0, values[places], missing)


def segments(history: History, by: str | None = None) -> Segments:
    """Group the events by customer, or by customer and the label (or the instant since 1970) in column `by`, once a history."""
    key = ("segments", by)
    if key not in history.cache:
        planned = isinstance(history.place, Recorded)
        history.cache[key] = history.place.asked("segments", history, by) if planned else _segments(history, by)  # type: ignore[attr-defined]
    return history.cache[key]


def _segments(history: History, by: str | None) -> Segments:
    owner = np.repeat(np.arange(history.ids.size), np.diff(history.offsets))
    if by is None:
        order, group = np.arange(owner.size), owner
    else:
        column = history.columns.get(by)
        codes = column.values if isinstance(column, (Labels, Times)) else np.full(owner.size, -1)
        member = np.flatnonzero(codes >= 0)
        codes = codes[member]
        if isinstance(column, Times):
            # instants are large numbers, and few are alike
            codes = np.unique(codes, return_inverse=True)[1]
        group = owner[member] * (int(codes.max(initial=0)) + 1) + codes
        by_group = np.argsort(group, kind="stable")
        order, group = member[by_group], group[by_group]
    starts = np.ones(order.size, dtype=bool)
    starts[1:] = group[1:] != group[:-1]
    return Segments(order, starts, owner.size)
