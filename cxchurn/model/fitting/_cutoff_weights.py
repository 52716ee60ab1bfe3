"""How much each row weighs in training."""

from __future__ import annotations

import numpy as np


def cutoff_weights(cutoffs: np.ndarray, half_life: float | None) -> np.ndarray:
    """Return row weights such that each cut-off counts the same, older ones less with a half-life in days; mean 1."""
    times, group, size = np.unique(cutoffs, return_inverse=True, return_counts=True)
    share = np.ones(times.size)
    if half_life is not None:
        share = 0.5 ** ((times[-1] - times) / np.timedelta64(1, "D") / half_life)
    # twenty rows to a cut-off: below that cut-offs are customers' own days, and a lone row would have the voice of many
    # (docs/decisions/0022)
    weight = (share / size)[group] if times.size <= cutoffs.size / 20 else share[group]
    return weight / weight.mean()
