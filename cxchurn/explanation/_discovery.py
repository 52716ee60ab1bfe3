"""What moved beyond noise, where many numbers are looked at."""

from __future__ import annotations

import numpy as np

# one in twenty of what is said to have moved may be chance: a rate of false discoveries, not an error of each of hundreds of
# tests
LEVEL = 0.05


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Return, for each of many tests, the smallest share of false finds at which it is one; NaN stays.

    Benjamini and Hochberg, "Controlling the false discovery rate", 1995: with ``m`` tests, the one that is ``k``-th by its p
    has the smallest ``p m / k`` of its own and of all later places.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    found = np.full(p.size, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * known.size / np.arange(1, known.size + 1)
    # from the largest on, so that a smaller p never has a larger q
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def moved(change: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return "up", "down" or "none", and None where nothing was compared; object, shape ``(n,)``."""
    words = np.where(q > LEVEL, "none", np.where(change > 0, "up", "down")).astype(object)
    words[np.isnan(q)] = None
    return words
