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

Drivers = tuple[np.ndarray, np.ndarray]


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
    columns = telling_columns(contributions, says, top)
    reasons = {f"reason_{k + 1}": sentences(columns[k], features, says, typical) for k in range(top)}
    return pd.DataFrame(reasons)


def telling_columns(
    contributions: np.ndarray, says: list[Says], top: int, *, drivers: Drivers | None = None
) -> np.ndarray:
    """Return which column tells each of the top reasons of each row, -1 for none; int64, shape ``(top, n)``."""
    found = np.full((top, len(contributions)), -1)
    if not says:
        return found
    columns, starts = by_driver(says) if drivers is None else drivers
    stops = np.append(starts[1:], columns.size)
    # a line a column: rows are looked at side by side
    lines = contributions.T if (columns[1:] > columns[:-1]).all() else contributions.T[columns]
    sums = np.add.reduceat(lines, starts, axis=0)
    rows = np.arange(len(contributions))
    for k in range(min(top, starts.size)):
        best = sums.argmax(axis=0)
        raises = sums[best, rows] > 0
        for driver in np.unique(best[raises]).tolist():
            own = np.flatnonzero(raises & (best == driver))
            first = starts[driver]
            found[k, own] = columns[first + lines[first : stops[driver], own].argmax(axis=0)]
        sums[best, rows] = -np.inf
    return found


def by_driver(says: list[Says]) -> Drivers:
    """Return the columns driver by driver, in the order in which drivers come, and where each driver begins."""
    drivers = {one.driver: None for one in says}
    place = {driver: number for number, driver in enumerate(drivers)}
    owner = np.array([place[one.driver] for one in says])
    columns = np.argsort(owner, kind="stable")
    return columns, np.searchsorted(owner[columns], np.arange(len(drivers)))


def sentences(columns: np.ndarray, features: np.ndarray, says: list[Says], typical: dict[str, float]) -> np.ndarray:
    """Return the sentence of each row's column, "" for -1; the same number is put into words once.

    Parameters
    ----------
    columns : ndarray of int64, shape (n,)
        From `telling_columns`.
    features, says, typical
        As for `reason_table`.
    """
    found = np.full(columns.size, "", dtype=object)
    for column in np.unique(columns[columns >= 0]).tolist():
        rows = np.flatnonzero(columns == column)
        values, place = np.unique(features[rows, column], return_inverse=True)
        usual = _usual(says[column], typical)
        said = [_reason(says[column], value, usual) for value in values.tolist()]
        found[rows] = np.array(said, dtype=object)[place]
    return found


def reason(says: Says, value: float, typical: dict[str, float]) -> str:
    """Return one reason: the sentence for the customer's value and, where it differs, what is usual."""
    return _reason(says, value, _usual(says, typical))


def _usual(says: Says, typical: dict[str, float]) -> str | None:
    return says.amount(typical.get(says.name, math.nan))


def _reason(says: Says, value: float, usual: str | None) -> str:
    sentence = says.sentence(value)
    own = None if usual is None else says.amount(value)
    if own is not None and usual != own:
        sentence += f" (usual: {usual})"
    return sentence[:1].upper() + sentence[1:]
