"""Changes of risk summed by what the interactions have in common, with intervals by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred
from cxchurn.explanation.ledger._contact import NOTHING

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# 19 of 20 intervals hold the value; written out, for scipy is loaded for nothing else here
_NORMAL = 1.959963984540054


class Grouped:
    """Interactions by group, whose sums are known customer by customer.

    Parameters
    ----------
    keys : DataFrame
        What is grouped by, one row an interaction.
    customer : ndarray of int64, shape (n,)
        Whose interaction it is, from 0 on.
    customers : int
        How many were looked at, those without an interaction too: the draw that an interval is about.
    """

    def __init__(self, keys: pd.DataFrame, customer: np.ndarray, customers: int) -> None:
        plain = keys.fillna(NOTHING)
        self.group, self.labels = _numbered(plain)
        self._customers = customers
        # every pair of group and customer that there is, and which one each interaction belongs to
        self._pairs, self._pair = np.unique(self.group * max(customers, 1) + customer, return_inverse=True)
        self._owner = self._pairs // max(customers, 1)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def customers(self) -> np.ndarray:
        """How many customers have an interaction of each group."""
        return np.bincount(self._owner, minlength=len(self))

    def count(self, which: np.ndarray | None = None) -> np.ndarray:
        """Count interactions by group."""
        rows = self.group if which is None else self.group[which]
        return np.bincount(rows, minlength=len(self))

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum values by group."""
        return np.bincount(self.group, weights=values, minlength=len(self))

    def error_of_total(self, values: np.ndarray) -> np.ndarray:
        """Return the standard error of each group's sum, had other customers come in as many.

        With ``s`` a customer's sum, 0 where there is none, ``sqrt(n / (n - 1) * sum((s - mean(s)) ** 2))`` over the ``n``
        customers.
        """
        own = np.bincount(self._pair, weights=values, minlength=self._pairs.size)
        squares = np.bincount(self._owner, weights=own**2, minlength=len(self))
        whole = np.bincount(self._owner, weights=own, minlength=len(self))
        n = self._customers
        if n < 2:
            return np.full(len(self), np.nan)
        # never below nothing: of equal sums the difference is a rounding, on either side
        return np.sqrt(np.maximum(squares - whole**2 / n, 0.0) * n / (n - 1))

    def error_of_mean(self, values: np.ndarray) -> np.ndarray:
        """Return the standard error of each group's mean: that of the sum of what a mean leaves over, by the linear term."""
        count = np.maximum(self.count(), 1)
        left = values - (self.total(values) / count)[self.group]
        return self.error_of_total(left) / count


def interval(value: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % interval about values."""
    return value - _NORMAL * error, value + _NORMAL * error


def _numbered(keys: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    groups = keys.groupby(list(keys.columns), sort=True)
    return groups.ngroup().to_numpy(), groups.size().index.to_frame(index=False)


def mean_by(group: np.ndarray, values: np.ndarray, which: np.ndarray, size: int) -> np.ndarray:
    """Return the mean of some values by group, NaN for a group without any; float64, shape ``(size,)``."""
    count = np.bincount(group[which], minlength=size)
    total = np.bincount(group[which], weights=values[which], minlength=size)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
