"""Tables behind the plots: promised against observed churn rates, and churners found against customers contacted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxchurn.evaluation.metrics._metrics import BINS
from cxchurn.evaluation.metrics._ranking import Ranking

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


def reliability(y: Any, p: Any, *, bins: int = BINS) -> pd.DataFrame:
    """Return, for groups of similar probability, the churn rate promised beside the one observed.

    Parameters
    ----------
    y : array of shape (n,)
        1 where the customer churned, else 0.
    p : array of shape (n,)
        Probability of churning, 0 to 1.
    bins : int, default 10
        Number of groups of equal size, the same as in `calibration_error`; groups left empty by ties are left out.

    Returns
    -------
    DataFrame
        bin (1 is the lowest probability), rows, mean_probability, observed_rate, low, high (95 % Wilson interval).
    """
    seen = Ranking(y, p).weighed()
    edges = seen.bin_edges(bins)
    bins_of = (np.diff(seen.rows[edges]), np.diff(seen.churned[edges]), seen.surplus(edges))
    held = np.flatnonzero(bins_of[0][::-1])
    rows, churned, surplus = (sums[::-1][held] for sums in bins_of)
    low, high = wilson(churned, rows)
    return pd.DataFrame(
        {
            "bin": held + 1,
            "rows": rows.astype(np.int64),
            "mean_probability": (churned - surplus) / rows,
            "observed_rate": churned / rows,
            "low": low,
            "high": high,
        }
    )


def lift_curve(y: Any, p: Any) -> pd.DataFrame:
    """Return the share of churners found, and the lift, for every share of customers one could contact.

    Parameters
    ----------
    y, p
        As in `reliability`.

    Returns
    -------
    DataFrame
        share_contacted (0.01 to 1), gain, lift; 100 rows, NaN where all churned or all stayed.
    """
    seen = Ranking(y, p).weighed()
    share = np.arange(1, 101) / 100
    found = np.interp(share * seen.total, seen.rows, seen.churned)
    gains = found / seen.total_churned if seen.has_both else np.full(100, np.nan)
    return pd.DataFrame({"share_contacted": share, "gain": gains, "lift": gains / share})


def wilson(churned: Any, rows: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % Wilson score interval of a rate.

    ``(k + z^2 / 2 -+ z sqrt(k (n - k) / n + z^2 / 4)) / (n + z^2)``, after Wilson (1927), Probable inference, the law
    of succession, and statistical inference. It takes rows as independent; where customers are seen at several
    cut-offs it is too narrow.

    Parameters
    ----------
    churned : array of shape (m,)
        Number of churners, ``k``.
    rows : array of shape (m,)
        Number of rows, ``n``, above 0.

    Returns
    -------
    low, high : float64 arrays of shape (m,)
    """
    k, n = np.asarray(churned, dtype=np.float64), np.asarray(rows, dtype=np.float64)
    middle = k + _Z**2 / 2
    reach = _Z * np.sqrt(k * (n - k) / n + _Z**2 / 4)
    low, high = (middle - reach) / (n + _Z**2), (middle + reach) / (n + _Z**2)
    # at k = 0 and k = n rounding leaves a hair on the wrong side of the rate
    return np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)
