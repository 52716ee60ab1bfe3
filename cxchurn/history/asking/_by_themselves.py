"""Rows over a history of their customers alone."""

from __future__ import annotations

import numpy as np

from cxchurn.history.asking._depth import ranges
from cxchurn.history.asking._seen import Seen, _view


def by_themselves(seen: Seen) -> Seen:
    """Return the view of the same rows over a history of their customers alone.

    What is worked out once a history is worked out for few of them then, where few rows of a long log are asked about.
    """
    whole = seen.all
    history, cutoffs = whole._rows.history, whole._rows.cutoffs
    first, end = ranges(history, whole._position)
    there = end > first
    begins, which = np.unique(first[there], return_inverse=True)
    stops = np.zeros_like(begins)
    np.maximum.at(stops, which, end[there])
    local = np.full(first.size, -1)
    local[there] = which
    return _view(history.pieces(begins, stops), local, whole._customers, cutoffs, whole._about)
