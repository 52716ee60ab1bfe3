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

# what is counted in these over the whole life only grows
_GROWING = ("count", "weeks", "money")
_OVER_LIFE = ("_life", "_first")


def earlier_by(says: Says, horizon: str) -> Span:
    """Return how long ago a column's own usual is of: one window; of what has none one horizon."""
    return span(horizon) if says.window is None else span_said(says.window)


def has_own_usual(says: Says) -> bool:
    """Return whether a column's number one window earlier is what is usual for the customer.

    It is where the column has a window. What has none mostly runs over the whole life and grows with it, and what it was
    earlier is less and no usual: counts, sums, ages. Times since something that starts anew each time are compared, and what
    is no amount at all: labels, moods, ratios, shares.

    Examples
    --------
    >>> has_own_usual(Says("n", "d", "came {value:#time} in all")), has_own_usual(Says("n", "d", "came", window="30 days"))
    (False, True)
    >>> has_own_usual(Says("n", "d", "was last active {value:when}", unit="days", expects=1))
    True
    """
    if says.window is not None or says.levels is not None:
        return True
    if says.unit == "days":
        return "{value:when}" in says.one and says.expects > 0
    return says.unit not in _GROWING and not says.name.endswith(_OVER_LIFE)


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
        Missing where the customer had no interaction before that earlier cut-off, and of columns that have no own usual.
    """
    found = np.full(len(wanted), np.nan)
    if features is None or features.log is None:
        return found
    horizon = features.horizon
    back = np.array([earlier_by(says[column], horizon).microseconds for column in wanted["column"]], dtype=np.int64)
    has = np.array([has_own_usual(says[column]) for column in wanted["column"]], dtype=bool)
    for length in np.unique(back[has]).tolist():
        some = np.flatnonzero(has & (back == length))
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
