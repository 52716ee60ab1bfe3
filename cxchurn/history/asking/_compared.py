"""What reference tables say of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn.history.asking._seen import Seen
from cxchurn.history.data._recorded import recorded


def compared(seen: Seen, name: str, look: Callable[..., Any], *values: np.ndarray) -> np.ndarray:
    """Return what the reference table that holds for each row says of it, missing where none does; float64, shape ``(n,)``.

    Parameters
    ----------
    seen : Seen
    name : str
        Of the tables, see `Seen.compared`.
    look : callable
        ``look(table, *values)`` for the rows of one table. A hashable statement, so that a plan may hold it: a frozen
        dataclass with ``__call__``, or a function.
    *values : ndarray, shape (n,)
        What is looked up.
    """
    planned = recorded((seen.cutoffs,))
    if planned is not None:
        answer: np.ndarray = planned.asked("compared", name, look, *values)
        return answer
    tables, out = seen.compared(name), np.empty(seen.cutoffs.size)
    if len(tables) == 1 and tables[0][0].size == out.size:
        out[:] = look(tables[0][1], *values)
        return out
    out.fill(np.nan)
    for rows, table in tables:
        out[rows] = look(table, *(value[rows] for value in values))
    return out
