"""Reasons: what raises a customer's risk most, said in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred
from cxchurn.features import Says

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def reason_table(
    contributions: np.ndarray, features: np.ndarray, says: list[Says], typical: dict[str, float], top: int
) -> pd.DataFrame:
    """Return the top reasons of each row.

    The drivers whose summed contribution raises the risk most, each told by its own most telling column.

    Parameters
    ----------
    contributions, features : ndarray, shape (n, columns)
    says : list of Says
        One a column.
    typical : dict of str to float
        The median of each feature in training.
    top : int
        How many reasons.

    Returns
    -------
    DataFrame of text
        ``reason_1`` to ``reason_<top>``; empty where nothing more raises the risk.
    """
    n = len(contributions)
    drivers = list(dict.fromkeys(one.driver for one in says))
    owner = np.array([drivers.index(one.driver) for one in says])
    sums = (
        np.column_stack([contributions[:, owner == d].sum(axis=1) for d in range(len(drivers))])
        if drivers
        else np.empty((n, 0))
    )
    best = (
        np.column_stack([_telling(contributions, owner == d) for d in range(len(drivers))])
        if drivers
        else np.empty((n, 0))
    )
    order = np.argsort(-sums, axis=1, kind="stable")[:, :top]
    reasons = {f"reason_{k + 1}": np.full(n, "", dtype=object) for k in range(top)}
    for k in range(order.shape[1]):
        for row in np.flatnonzero(sums[np.arange(n), order[:, k]] > 0):
            column = int(best[row, order[row, k]])
            reasons[f"reason_{k + 1}"][row] = reason(says[column], features[row, column], typical)
    return pd.DataFrame(reasons)


def reason(says: Says, value: float, typical: dict[str, float]) -> str:
    """Return one reason: the sentence for the customer's value and, where it differs, what is usual."""
    sentence = says.sentence(value)
    usual = says.amount(typical.get(says.name, math.nan))
    own = says.amount(value)
    if own is not None and usual is not None and usual != own:
        sentence += f" (usual: {usual})"
    return sentence[:1].upper() + sentence[1:]


def _telling(contributions: np.ndarray, columns: np.ndarray) -> np.ndarray:
    positions = np.flatnonzero(columns)
    return positions[np.argmax(contributions[:, positions], axis=1)]
