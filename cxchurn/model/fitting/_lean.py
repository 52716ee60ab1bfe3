"""The lean set: those columns of the standard set that the trees gain most by."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import clone

from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import gains

# on every log tried 100 are as good as all and 30 are not: docs/decisions/0030-a-lean-set.md
LEAN = 100
# enough for the order of the columns to settle; how many trees serve best is asked of the lean columns, later
_ROUNDS = 75


def lean_columns(
    features: pd.DataFrame, y: np.ndarray, weight: np.ndarray, classifier: ChurnClassifier, *, most: int = LEAN
) -> list[str]:
    """Return the columns by which trees on all of them lower the training loss most, in the order of the features.

    Parameters
    ----------
    features : DataFrame
        Of the training rows.
    y : ndarray of 0/1, shape (n,)
    weight : ndarray of float64, shape (n,)
        Of the rows.
    classifier : ChurnClassifier
        Not fitted; its settings are those of the trial.
    most : int, default 100
        How many to keep.
    """
    if features.shape[1] <= most:
        return [str(name) for name in features]
    trial = clone(classifier).set_params(n_estimators=_ROUNDS, n_seeds=1)
    gained = gains(trial.fit(features, y, sample_weight=weight).trees_[0])
    # of columns that gain alike the earlier one is kept
    kept = set(np.argsort(-gained, kind="stable")[:most].tolist())
    return [str(name) for place, name in enumerate(features) if place in kept]
