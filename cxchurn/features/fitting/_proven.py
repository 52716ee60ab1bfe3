"""Whether what a plan replays is what the builders make: found out in training, on some rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn.features.fitting._plan import plan_of
from cxchurn.history import Seen, Which, by_themselves, each_part, histories_of
from cxchurn.interactions import InteractionLog

# rows that are tried, and parts of the log that they are of: each part is brought into memory, and sorted where it is on disk
_ROWS, _PARTS = 64, 2


def called_for(features: Any, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> tuple[str, ...]:
    """Return the drivers of builders that have to be called, because their columns come out otherwise when replayed.

    Parameters
    ----------
    features : FeatureSet
        Fitted, but for this.
    log : InteractionLog
    customers : ndarray, shape (n,)
    cutoffs : ndarray of datetime64[us], shape (n,)
        The rows of the training: some of them are tried, evenly spread over those of some parts of the log.
    """
    features.called_, features._plan = (), None
    plan = plan_of(features)
    some = _some(log, customers)

    def differing(_: Which, seen: Seen) -> frozenset[str]:
        return plan.without(by_themselves(seen))

    about = {**features.about_, "references": features.references_.tables}
    found = list(each_part(log, np.asarray(customers)[some], cutoffs[some], differing, **about))
    if any(found):
        features._plan = None
    return tuple(sorted(frozenset().union(*found)))


def _some(log: InteractionLog, customers: np.ndarray) -> np.ndarray:
    """Return which rows are tried."""
    histories = histories_of(log)
    position = histories.positions(np.asarray(customers))
    # who has no event stands in any part
    part = np.where(position >= 0, histories.part[position], 0) if histories.ids.size else np.zeros_like(position)
    parts = np.flatnonzero(np.bincount(part))
    tried = np.flatnonzero(np.isin(part, parts[_spread(parts.size, _PARTS)]))
    return tried[_spread(tried.size, _ROWS)]


def _spread(size: int, most: int) -> np.ndarray:
    """Return so many places at most, evenly spread."""
    return np.unique(np.linspace(0, size - 1, min(most, size)).astype(np.int64))
