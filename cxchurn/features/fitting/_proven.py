"""Whether what a plan replays is what the builders make: found out in training, on some rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn.features.fitting._plan import plan_of
from cxchurn.history import Seen, Which, by_themselves, each_part
from cxchurn.interactions import InteractionLog

_ROWS = 64


def called_for(features: Any, log: InteractionLog, customers: np.ndarray, cutoffs: np.ndarray) -> tuple[str, ...]:
    """Return the drivers of builders that have to be called, because their columns come out otherwise when replayed.

    Parameters
    ----------
    features : FeatureSet
        Fitted, but for this.
    log : InteractionLog
    customers : ndarray, shape (n,)
    cutoffs : ndarray of datetime64[us], shape (n,)
        The rows of the training: some of them, evenly spread, are tried.
    """
    features.called_, features._plan = (), None
    plan = plan_of(features)
    some = np.unique(np.linspace(0, len(cutoffs) - 1, min(_ROWS, len(cutoffs))).astype(np.int64))

    def differing(_: Which, seen: Seen) -> frozenset[str]:
        return plan.without(by_themselves(seen))

    about = {**features.about_, "references": features.references_.tables}
    found = list(each_part(log, np.asarray(customers)[some], cutoffs[some], differing, **about))
    if any(found):
        features._plan = None
    return tuple(sorted(frozenset().union(*found)))
