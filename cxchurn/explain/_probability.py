"""From contributions in log-odds to contributions in probability that still add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def on_probability(contributions: pd.DataFrame, base: float) -> pd.DataFrame:
    """Return contributions that sum to the row's probability less the base probability.

    With ``x`` the row's log-odds and ``s`` the logistic function every contribution is multiplied by
    ``(s(x) - s(base)) / (x - base)``, or by the slope ``s'(base)`` where the two meet. The factor is never negative, so what
    raises the log-odds raises the probability.

    Parameters
    ----------
    contributions : DataFrame
        In log-odds.
    base : float
        The log-odds they are counted from.
    """
    away = contributions.to_numpy().sum(axis=1)
    start = _logistic(np.array(base))
    near = np.abs(away) < 1e-6
    safe = np.where(near, 1.0, away)
    factor = np.where(near, start * (1 - start), (_logistic(base + away) - start) / safe)
    return contributions.mul(factor, axis=0)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))
