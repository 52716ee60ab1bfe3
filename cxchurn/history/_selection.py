"""Selections: the events that count for a question, packed together, with the way from all events to them.

Leaving out what does not count (a condition that fails, a missing value) *before* the kernels keeps those to plain loops,
and one selection serves every window, cut-off and reduction that asks about the same events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY, MismatchError, did_you_mean, listed
from cxchurn.history._columns import EventColumn
from cxchurn.history._history import History
from cxchurn.history._measure import Measure
from cxchurn.history._where import Where


@dataclass(frozen=True, eq=False)
class Selection:
    """Some of a history's events, in order.

    Attributes
    ----------
    rank : ndarray of int64, shape (events + 1,), or None
        How many selected events stand before each event; None where all are selected.
    times : ndarray of int64, shape (selected,)
        Their places in time.
    values : ndarray, shape (selected,), or None
        The column asked for.
    fresh : ndarray of bool, shape (selected,)
        Whether an event is its customer's first in the selection.
    """

    rank: np.ndarray | None
    times: np.ndarray
    values: np.ndarray | None
    fresh: np.ndarray

    def range(self, lo: np.ndarray, hi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Translate ranges of all events into ranges of the selected ones."""
        if self.rank is None:
            return lo, hi
        return self.rank[lo], self.rank[hi]


def select(history: History, where: Where | None, column: str | Measure | None, *, daily: bool = False) -> Selection:
    """Return the events where the condition holds and the column has a value, computed once a history.

    `daily` keeps the first such event of each customer and day (UTC).
    """
    key = (where, column, daily)
    if key not in history.cache:
        history.cache[key] = _select(history, where, column, daily)
    return history.cache[key]


def _select(history: History, where: Where | None, column: str | Measure | None, daily: bool) -> Selection:
    data = _column(history, column)
    mask = np.ones(len(history), dtype=bool) if where is None else where.mask(history)
    if data is not None:
        mask &= data.present
    owner = np.repeat(np.arange(history.ids.size), np.diff(history.offsets))
    if daily:
        chosen = np.flatnonzero(mask)
        day = history.place[chosen] // DAY
        again = (day[1:] == day[:-1]) & (owner[chosen][1:] == owner[chosen][:-1])
        mask[chosen[1:][again]] = False
    everything = bool(mask.all())
    owner = owner if everything else owner[mask]
    values = None if data is None else data.values
    return Selection(
        None if everything else np.concatenate([[0], np.cumsum(mask)]),
        history.place if everything else history.place[mask],
        values if everything or values is None else values[mask],
        np.concatenate([[True], owner[1:] != owner[:-1]]) if owner.size else np.zeros(0, dtype=bool),
    )


def _column(history: History, column: str | Measure | None) -> EventColumn | None:
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
    return history.columns[column]
