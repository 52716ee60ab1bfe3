"""How good probabilities are among customers of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxchurn.evaluation.metrics._curves import wilson
from cxchurn.evaluation.metrics._metrics import roc_auc

_FEWEST = 20  # of either outcome, for a ranking to say anything
# of rarer values the intervals would say nothing
_MOST = 12


def by_segment(y: Any, p: Any, segments: Mapping[str, Any]) -> pd.DataFrame:
    """Return, for each value of each segment, the churn rate promised, the one observed, and the ranking inside it.

    Parameters
    ----------
    y : array of shape (n,)
        1 where the customer churned, else 0.
    p : array of shape (n,)
        Probability of churning.
    segments : mapping of str to sequence of n values
        Such as ``{"plan": [...]}``; of values beyond the 12 most frequent, and of missing ones, nothing is said.

    Returns
    -------
    DataFrame
        segment, value, rows, churned, mean_probability, observed_rate, low, high (95 % Wilson interval), roc_auc (NaN with
        fewer than 20 rows of either outcome).
    """
    y, p = np.asarray(y), np.asarray(p, dtype=np.float64)
    lines = []
    for name, values in segments.items():
        labels = pd.Series(np.asarray(values, dtype=object))
        for value in labels.value_counts().head(_MOST).index.sort_values():
            rows = (labels == value).to_numpy()
            lines.append((name, str(value), *_judged(y[rows], p[rows])))
    names = ["segment", "value", "rows", "churned", "mean_probability", "observed_rate", "low", "high", "roc_auc"]
    return pd.DataFrame(lines, columns=names)


def _judged(y: np.ndarray, p: np.ndarray) -> tuple[Any, ...]:
    churned = int(y.sum())
    low, high = wilson(np.array([churned]), np.array([y.size]))
    enough = min(churned, y.size - churned) >= _FEWEST
    area = roc_auc(y, p) if enough else float("nan")
    return y.size, churned, float(p.mean()), churned / y.size, float(low[0]), float(high[0]), area
