"""The features of a few customers from their history alone, without a log."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import instant
from cxchurn.features._compute import fill
from cxchurn.features._fitted import FittedFeatures
from cxchurn.history import History, as_of


def vectors_of(features: FittedFeatures, history: History, at: Any) -> np.ndarray:
    """Return the features of all customers of a history, by the same builders as in ``transform``.

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
    seen = as_of(history, history.ids, cutoffs, **features.about_, references=features.references_.tables)
    place = {says.name: k for k, says in enumerate(features.says_)}
    out = np.empty((len(place), history.ids.size))
    fill(features.builders_, seen, place, out, slice(0, history.ids.size), more=True)
    return out.T.copy()
