"""Who is like whom: customers who were here as lately and as often."""

from __future__ import annotations

import numpy as np

from cxchurn._core import span
from cxchurn.history import Seen

# each step doubles: an eighth of the window to eight times of it, one interaction to thirty and more; finer cells would hold
# nobody
_RECENCIES, _DEPTHS = 7, 6
KINDS = _RECENCIES * _DEPTHS


def alike(seen: Seen, window: str) -> np.ndarray:
    """Return a number below `KINDS` for each row: of those with the same one, recency and depth are about the same; int64.

    Parameters
    ----------
    seen : Seen
        Of the customers' own acts.
    window : str
        The window that recency and depth are measured by: cells are steps of doubling from an eighth of it.
    """
    unit = span(window, name="window").days / 8
    recency = np.clip(np.floor(np.log2(1 + np.nan_to_num(seen.age()) / unit)), 0, _RECENCIES - 1)
    depth = np.clip(np.floor(np.log2(1 + seen.count())), 0, _DEPTHS - 1)
    return (recency * _DEPTHS + depth).astype(np.int64)
