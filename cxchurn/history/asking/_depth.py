"""How far back a view sees: the look-back, the log's start, and the history in which nothing earlier ever happened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history.data._history import History
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels


class Depth(NamedTuple):
    """How far back a view sees, and how near to its edge nobody can tell what was there before.

    Parameters
    ----------
    lookback : int, optional
        What is seen begins at ``T - lookback``; in microseconds. Default: with the log.
    start : int, optional
        Where the log begins, in microseconds since 1970. Default: not known, nothing is taken to lie near it.
    unsure : int, default 0
        Who is first seen within this time after the edge (the log's start or the look-back's) may have been there before;
        in microseconds.
    """

    lookback: int | None = None
    start: int | None = None
    unsure: int = 0

    def edge(self, cutoffs: np.ndarray) -> np.ndarray:
        """Return where what is seen begins for each cut-off, -inf for nowhere; float64, shape ``(n,)``."""
        start = np.full(cutoffs.size, -np.inf if self.start is None else float(self.start))
        return start if self.lookback is None else np.maximum(start, cutoffs - self.lookback)


def cut(
    history: History, position: np.ndarray, cutoffs: np.ndarray, lookback: int | None
) -> tuple[History, np.ndarray]:
    """Return a history in which nothing before ``T - lookback`` ever happened, and where each row's customer stands in it.

    What runs over the order of events (gaps, streaks, which matter a contact belongs to) can not be put right by asking for
    a shorter range of the same history: it would still know what came before. So a customer stands in the history once for
    each beginning that the rows' look-backs make, with the events from there on; rows with the same one share it.
    """
    if lookback is None:
        return history, position
    first, end = ranges(history, position)
    bounds = run(_kernels.search, cutoffs.size, history.place, first, end, cutoffs - lookback, dtype=np.int64)
    if (bounds == first).all():
        return history, position
    until = run(_kernels.search, cutoffs.size, history.place, bounds, end, cutoffs, dtype=np.int64)
    there = until > bounds
    # an event is one customer's: where a past begins says whose it is
    begins, which = np.unique(bounds[there], return_inverse=True)
    stops = np.zeros_like(begins)
    np.maximum.at(stops, which, until[there])
    local = np.full(position.size, -1)
    local[there] = which
    return history.pieces(begins, stops), local


def ranges(history: History, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of all events of each row's customer; both int64, shape ``(n,)``."""
    found = position >= 0
    return np.where(found, history.offsets[position], 0), np.where(found, history.offsets[position + 1], 0)
