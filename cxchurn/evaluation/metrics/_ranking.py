"""Rows from the highest probability to the lowest: sorted once, measured under any number of weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn._core import DataError


class Ranking:
    """Rows in the order in which one would call the customers; rows of equal probability share their place.

    Parameters
    ----------
    y : array of shape (n,)
        1 where the customer churned, else 0.
    p : array of shape (n,)
        The probability of churning, between 0 and 1.

    Attributes
    ----------
    order : int64 array of shape (n,)
        The position in `y` of each row of the ranking.
    ends : int64 array of shape (g,)
        The last row of each group of equal probabilities.
    """

    def __init__(self, y: Any, p: Any) -> None:
        churned, probability = _checked(y, p)
        self.order = np.argsort(-probability, kind="stable")
        self.churned = churned[self.order]
        self.probability = probability[self.order]
        self.residual = self.churned - self.probability
        self.squared_error = self.residual**2
        self.surprise = _surprise(self.churned, self.probability)
        if len(probability):
            self.ends = np.append(np.flatnonzero(np.diff(self.probability)), len(probability) - 1)
        else:
            self.ends = np.empty(0, dtype=np.int64)

    def weighed(self, weight: Any = None) -> Weighed:
        """Count the ranking with one weight a row of `y`, None for one each."""
        if weight is None:
            return Weighed(self, np.ones(len(self.order)))
        weight = np.asarray(weight, dtype=np.float64)
        if weight.shape != self.order.shape:
            raise DataError(f"weight has the shape {weight.shape}, y has {len(self.order)} rows.")
        if not (np.isfinite(weight).all() and (weight >= 0).all()):
            raise DataError("weight holds negative, infinite or missing numbers.", allowed="0 or more, one a row")
        return Weighed(self, weight[self.order])


class Weighed:
    """A ranking counted under one weight a row: running sums from the highest probability down.

    Parameters
    ----------
    ranking : Ranking
        The sorted rows.
    weight : float64 array of shape (n,)
        One weight a row, in the order of the ranking.

    Attributes
    ----------
    rows, churned : float64 arrays of shape (g + 1,)
        Weight, and weight of churners, in the first groups of ties; both start at 0.
    """

    def __init__(self, ranking: Ranking, weight: np.ndarray) -> None:
        self.ranking = ranking
        self.weight = weight
        self.rows = _running(weight, ranking.ends)
        self.churned = _running(weight * ranking.churned, ranking.ends)

    @property
    def total(self) -> float:
        """The weight of all rows."""
        return float(self.rows[-1])

    @property
    def total_churned(self) -> float:
        """The weight of the rows that churned."""
        return float(self.churned[-1])

    @property
    def has_both(self) -> bool:
        """Whether there are rows that churned and rows that did not."""
        return 0 < self.total_churned < self.total

    def sum(self, values: np.ndarray) -> float:
        """Return the weighted sum of one value a row, in the order of the ranking."""
        # not a dot product, whose rounding may depend on the number of threads
        return float(np.einsum("i,i->", self.weight, values))

    def surplus(self, edges: np.ndarray) -> np.ndarray:
        """Return the weighted sum of (churned - probability) in each bin; float64, shape ``(bins,)``."""
        first = np.append(0, self.ranking.ends + 1)[edges]
        held = np.flatnonzero(np.diff(first))
        sums = np.zeros(len(edges) - 1)
        if len(held):
            sums[held] = np.add.reduceat(self.weight * self.ranking.residual, first[held])
        return sums

    def bin_edges(self, bins: int) -> np.ndarray:
        """Split the ranking into bins of equal weight, never inside a group of ties.

        A group falls into the bin that holds the middle of its weight, so the bins do not depend on the order of rows.

        Returns
        -------
        int64 array of shape (bins + 1,)
            Positions in the running sums; a bin is empty where two neighbours are equal.
        """
        # twice, so that whole weights stay whole numbers and ties at a bin's edge fall the same way everywhere
        twice_middle = self.rows[1:] + self.rows[:-1]
        inner = np.searchsorted(twice_middle * bins, 2 * self.total * np.arange(1, bins))
        return np.concatenate([[0], inner, [len(twice_middle)]])


def _checked(y: Any, p: Any) -> tuple[np.ndarray, np.ndarray]:
    churned, probability = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if churned.ndim != 1 or churned.shape != probability.shape:
        raise DataError(
            f"y has the shape {churned.shape}, p has {probability.shape}.", allowed="two columns of equal length"
        )
    if not np.isin(churned, (0.0, 1.0)).all():
        raise DataError("y holds other values than 0 and 1.", allowed="1 where the customer churned, else 0")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise DataError("p holds missing numbers, or numbers outside 0 to 1.", allowed="probabilities between 0 and 1")
    return churned, probability


def _surprise(churned: np.ndarray, probability: np.ndarray) -> np.ndarray:
    # as scikit-learn has it: a certainty that was wrong costs 36, and not infinity
    smallest = np.finfo(np.float64).eps
    p = np.clip(probability, smallest, 1 - smallest)
    return -np.where(churned == 1, np.log(p), np.log1p(-p))


def _running(values: np.ndarray, ends: np.ndarray) -> np.ndarray:
    sums = np.empty(len(ends) + 1)
    sums[0] = 0.0
    if len(ends) == len(values):
        np.cumsum(values, out=sums[1:])
    else:
        # the positions are known to be good: "clip" spares the copy that checking them would need
        np.take(np.cumsum(values), ends, out=sums[1:], mode="clip")
    return sums
