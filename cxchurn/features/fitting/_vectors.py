"""The features of a few customers from their history alone, without a log."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import instant
from cxchurn.features.fitting._fitted import FittedFeatures
from cxchurn.features.fitting._plan import plan_of
from cxchurn.history import History, as_of


def vectors_of(features: FittedFeatures, history: History, at: Any) -> np.ndarray:
    """Return the features of all customers of a history, by the plan that a service asks too.

    Parameters
    ----------
    features : FeatureSet
        Fitted, or what one learned.
    history : History
    at : instant
        The cut-off.

    Returns
    -------
    ndarray of float64, shape (customers, columns)
        In the order of the history's customers and of ``features.says_``.
    """
    cutoffs = np.full(history.ids.size, instant(at, name="at", timezone=features.timezone_))
    plan = plan_of(features)
    out = np.empty((len(plan.names), history.ids.size))
    plan.fill(as_of(history, history.ids, cutoffs, **plan.about), out, slice(0, history.ids.size), more=True)
    return out.T.copy()
