"""Counts between two instants, for labels alone: the only place that looks at or after a cut-off."""

from __future__ import annotations

import numpy as np

from cxchurn.history import _kernels
from cxchurn.history._asking import Which, each_history
from cxchurn.history._history import History
from cxchurn.history._run import run
from cxchurn.history._seen import ranges
from cxchurn.history._selection import select
from cxchurn.history._where import Where
from cxchurn.interactions import InteractionLog


def count_between(
    log: InteractionLog,
    customers: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    where: Where | None = None,
    *,
    clock: str = "happened",
) -> np.ndarray:
    """Return how many events of each row's customer lie in ``[start, stop)``; int64, shape ``(n,)``.

    Parameters
    ----------
    log : InteractionLog
    customers : ndarray, shape (n,)
    start, stop : ndarray of datetime64[us], shape (n,)
    where : Where, optional
        Which events count.
    clock : {"happened", "known"}
        When an event took place: when it happened, or when it became known.
    """
    out = np.zeros(len(customers), dtype=np.int64)
    begin, end = (at.astype("datetime64[us]").astype(np.int64) for at in (start, stop))

    def count(rows: Which, history: History, position: np.ndarray) -> None:
        around = ranges(history, position)
        lo, hi = (
            run(_kernels.search, position.size, history.place, *around, at[rows], dtype=np.int64) for at in (begin, end)
        )
        low, high = select(history, where, None).range(lo, np.maximum(lo, hi))
        out[rows] = high - low

    for _ in each_history(log, customers, count, clock=clock):
        pass
    return out
