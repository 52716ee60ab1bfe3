"""Counts between two instants, for labels alone: the only place that looks at or after a cut-off."""

from __future__ import annotations

import numpy as np

from cxchurn.history import _kernels
from cxchurn.history._history import History
from cxchurn.history._run import Rows, run
from cxchurn.history._selection import select
from cxchurn.history._where import Where


def count_between(
    history: History, customers: np.ndarray, start: np.ndarray, stop: np.ndarray, where: Where | None = None
) -> np.ndarray:
    """Return how many events of each row's customer lie in ``[start, stop)``; int64, shape ``(n,)``.

    Parameters
    ----------
    customers : ndarray, shape (n,)
    start, stop : ndarray of datetime64[us], shape (n,)
    where : Where, optional
        Which events count.
    """
    position = history.positions(customers)
    found = position >= 0
    first = np.where(found, history.offsets[position], 0)
    end = np.where(found, history.offsets[position + 1], 0)
    lo, hi = (
        run(
            _kernels.search, found.size, history.place, Rows(first), Rows(end), Rows(at.astype(np.int64)), dtype="int64"
        )
        for at in (start.astype("datetime64[us]"), stop.astype("datetime64[us]"))
    )
    low, high = select(history, where, None).range(lo, np.maximum(lo, hi))
    return high - low
