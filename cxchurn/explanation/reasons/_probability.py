"""From contributions in log-odds to contributions in probability that still add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.reasons import _telling_kernels as _kernels

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def on_probability(contributions: pd.DataFrame, base: float, *, away: np.ndarray | None = None) -> pd.DataFrame:
    """Return contributions that sum to the row's probability less the base probability; see `path_factor`.

    Parameters
    ----------
    contributions : DataFrame
        In log-odds.
    base : float
        The log-odds they are counted from.
    away : ndarray of float64, shape (n,), optional
        How far each row's log-odds are from the base. Default: the sum of its contributions.
    """
    away = contributions.to_numpy().sum(axis=1) if away is None else away
    return contributions.mul(path_factor(away, base), axis=0)


def path_factor(away: np.ndarray, base: float | np.ndarray) -> np.ndarray:
    """Return by what contributions in log-odds have to be multiplied, to sum to the change in probability.

    With ``x`` the row's log-odds and ``s`` the logistic function that is ``(s(x) - s(base)) / (x - base)``, or the slope
    ``s'(base)`` where the two meet: the mean slope on the straight way from base to row. It is never negative, so what raises
    the log-odds raises the probability.

    Parameters
    ----------
    away : ndarray of float64, shape (n,)
        ``x - base``.
    base : float, or ndarray of float64, shape (n,)
        Of all rows, or of each.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    factors, bases = np.empty(len(away)), np.empty(len(away))
    bases[:] = base
    _kernels.path_factors(np.ascontiguousarray(away, dtype=np.float64), bases, factors)
    return factors
