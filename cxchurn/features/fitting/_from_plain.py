"""A feature set of what was written down of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cxchurn._core import frame_from_plain
from cxchurn.features._feature_set import FeatureSet
from cxchurn.features.fitting._plain import fitted_from_plain
from cxchurn.features.fitting._rows import ROWS


def features_from_plain(data: dict[str, Any], *, builders: Iterable[type] = ()) -> FeatureSet:
    """Make the fitted feature set again; it has no log until `FeatureSet.with_log`.

    Parameters
    ----------
    data : dict
        From `features_to_plain`.
    builders : iterable of classes
        Your own builders, measures and churn definitions, if the feature set used any.
    """
    fitted = fitted_from_plain(data, builders=builders)
    features = FeatureSet(list(fitted.builders_))
    features.__dict__.update(vars(fitted))
    features.churn, features.references = None, fitted.references_
    features.families_ = frame_from_plain(data["families"])
    features.n_features_in_, features.feature_names_in_ = len(ROWS), np.array(ROWS, dtype=object)
    return features
