"""The customer's own usual: the same numbers one window earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred, Span, instants, span, span_said
from cxchurn.features import FeatureSet, Says, only_columns
from cxchurn.history import histories_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def earlier_by(says: Says, horizon: str) -> Span:
    """Return how long ago a column's own usual is of: one window; of what has none one horizon."""
    return span(horizon) if says.window is None else span_said(says.window)


def usual_own(features: FeatureSet | None, says: list[Says], rows: pd.DataFrame, wanted: pd.DataFrame) -> np.ndarray:
    """Return what customers' numbers were one window earlier, worked out for the wanted columns alone.

    Parameters
    ----------
    features : FeatureSet or None
        Over the log; without one nothing is known.
    says : list of Says
    rows : DataFrame
        ``customer_id`` and ``cutoff``.
    wanted : DataFrame
        ``row`` (a position in `rows`) and ``column`` (one in `says`).

    Returns
    -------
    ndarray of float64, shape (len(wanted),)
        Missing where the customer had no interaction before that earlier cut-off.
    """
    found = np.full(len(wanted), np.nan)
    if features is None or features.log is None:
        return found
    horizon = features.horizon
    back = np.array([earlier_by(says[column], horizon).microseconds for column in wanted["column"]], dtype=np.int64)
    for length in np.unique(back).tolist():
        some = np.flatnonzero(back == length)
        found[some] = _then(features, says, rows, wanted.iloc[some], length)
    return found


def _then(features: FeatureSet, says: list[Says], rows: pd.DataFrame, wanted: pd.DataFrame, length: int) -> np.ndarray:
    asked, place = np.unique(wanted["row"].to_numpy(), return_inverse=True)
    earlier = rows[["customer_id", "cutoff"]].iloc[asked].reset_index(drop=True)
    cutoffs = instants(earlier["cutoff"], name="cutoff") - np.timedelta64(length, "us")
    earlier["cutoff"] = cutoffs
    columns = sorted(set(wanted["column"]))
    numbers = only_columns(features, [says[column].name for column in columns]).transform(earlier)
    values = numbers.to_numpy()[place, np.searchsorted(columns, wanted["column"].to_numpy())]
    assert features.log is not None
    histories = histories_of(features.log)
    position = histories.positions(earlier["customer_id"].to_numpy())
    there = (position >= 0) & (histories.began[position] < cutoffs.astype(np.int64))
    return np.where(there[place], values, np.nan)
