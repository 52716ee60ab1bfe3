"""Selections: the events that count for a question, packed together, with the way from all events to them.

Leaving out what does not count (a condition that fails, a missing value) *before* the kernels keeps those to plain loops,
and one selection serves every window, cut-off and reduction that asks about the same events.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from cxchurn._core import MismatchError, cached_property, did_you_mean, listed
from cxchurn.history.asking.measures._measure import Measure
from cxchurn.history.data._columns import EventColumn, Labels, Numbers, Times
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels

# where it is long enough for its bytes to matter; the few events of one customer keep to a single compiled form
_LONG, _HUGE = 1 << 14, np.iinfo(np.int32).max
_HOLDS: dict[type, str] = {Numbers: "numbers", Labels: "labels", Times: "instants"}


@dataclass(eq=False)
class Selection:
    """Some of a history's events, in order.

    Attributes
    ----------
    rank : ndarray of int64 (int32 for long histories), shape (events + 1,), or None
        How many selected events stand before each event; None where all are selected.
    chosen : ndarray of bool, shape (events,), or None
        Which events are selected; None for all.
    place : ndarray of int64, shape (events,)
        Where all events stand in time.
    column : ndarray, shape (events,), or None
        The column asked for, of all events.
    """

    rank: np.ndarray | None
    chosen: np.ndarray | None
    place: np.ndarray
    column: np.ndarray | None

    @cached_property
    def times(self) -> np.ndarray:
        """The selected events' places in time; int64, shape ``(selected,)``. Counting alone never asks for them."""
        return self.place if self.chosen is None else self.place[self.chosen]

    @cached_property
    def values(self) -> np.ndarray | None:
        """The selected events' values; shape ``(selected,)``, None without a column."""
        return self.column if self.column is None or self.chosen is None else self.column[self.chosen]

    @cached_property
    def codes(self) -> int:
        """How many codes the values, labels, may have."""
        if self.column is None or isinstance(self.column, Recorded):
            return 0
        return int(self.column.max(initial=-1)) + 1

    @cached_property
    def ones(self) -> np.ndarray:
        """A one for each selected event; float64, shape ``(selected,)``."""
        return np.ones_like(self.times, dtype=np.float64)

    @cached_property
    def places(self) -> np.ndarray:
        """Where the selected events stand among all; int64, shape ``(selected,)``."""
        return np.arange(self.place.size) if self.chosen is None else np.flatnonzero(self.chosen)

    def range(self, lo: np.ndarray, hi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Translate ranges of all events into ranges of the selected ones."""
        if self.rank is None:
            return lo, hi
        return self.rank[lo].astype(np.int64, copy=False), self.rank[hi].astype(np.int64, copy=False)


def select(
    history: History, where: Where | None, column: str | Measure | None, *, kind: type[EventColumn] | None = None
) -> Selection:
    """Return the events where the condition holds and the column has a value, computed once a history.

    `kind` is what the column must hold: the code of a label depends on labels that come later, so no number is made of it.
    """
    # with the type, because measures without parameters share one hash
    key = (where, type(column), column, kind)
    found: Selection | None = history.cache.get(key)
    if found is None:
        data = _column(history, column, kind)
        # the same events whatever the column must hold, once they are found
        shared = (where, type(column), column)
        found = history.cache.get(shared) or _select(history, where, data)
        history.cache[shared] = history.cache[key] = found
    return found


def _select(history: History, where: Where | None, data: EventColumn | None) -> Selection:
    values = None if data is None else data.values
    masks = [] if where is None else where.masks(history)
    masks += [] if data is None else [data.present]
    mask = reduce(np.logical_and, masks) if masks else None
    if isinstance(history.place, Recorded) and mask is not None:
        mask = history.place.asked("holds", mask)
        return Selection(mask.asked("ranks"), mask, history.place, values)
    ranks = None if mask is None else _ranks(mask)
    # where a condition holds everywhere it is no condition: its answers are then those that others share
    if ranks is None or ranks[-1] == len(history):
        return Selection(None, None, history.place, values)
    return Selection(ranks, mask, history.place, values)


def _ranks(mask: np.ndarray) -> np.ndarray:
    """How many selected events stand before each; there is one such array a selection, so in few bytes where it is long."""
    ranks = np.empty(mask.size + 1, dtype=np.int32 if _LONG < mask.size < _HUGE else np.int64)
    _kernels.ranks(mask, ranks)
    return ranks


def _column(history: History, column: str | Measure | None, kind: type[EventColumn] | None) -> EventColumn | None:
    if column is None:
        return None
    if isinstance(column, Measure):
        return column.column(history)
    if column not in history.columns:
        raise MismatchError(
            f"the log has no column {column!r}.",
            allowed=listed(sorted(history.columns)),
            hint=did_you_mean(column, history.columns),
        )
    data = history.columns[column]
    if kind is not None and not isinstance(data, kind):
        raise MismatchError(
            f"the column {column!r} holds {_HOLDS[type(data)]}.",
            allowed=f"a column of {_HOLDS[kind]}",
            hint="labels are counted: count, share, distinct, entropy; instants are asked with lag.",
        )
    return data
