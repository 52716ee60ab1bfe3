"""What is usual: everybody's value of each feature, for reasons to be set beside."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def usual_of(features: pd.DataFrame, labels: Container[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Return each feature's usual value among the rows that have one, and the share of rows that do.

    Parameters
    ----------
    features : DataFrame
    labels : container of str
        The features that are positions in a list of labels: of these the most frequent one is usual, of equally frequent ones
        the first. Of all others the median.
    """
    columns = {str(name): values for name, values in features.items()}
    typical = {
        name: _most_frequent(values) if name in labels else float(values.median()) for name, values in columns.items()
    }
    return typical, {name: float(values.notna().mean()) for name, values in columns.items()}


def _most_frequent(codes: pd.Series) -> float:
    found, counts = np.unique(codes.dropna().to_numpy(), return_counts=True)
    return float(found[counts.argmax()]) if found.size else np.nan
