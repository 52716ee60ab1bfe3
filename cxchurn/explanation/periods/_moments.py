"""What each customer adds to each cell, and how the cells of one group hang together over time.

A cell is a group in a period. Numbers of two cells are not independent where the same customers are in both; so beside the
sums of a cell, the products of customers' parts are summed, within a cell and between it and the cells a few periods earlier.
These sums add up over customers, and so over the parts of a log: that is all that intervals clustered by customer need.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import cached_property


class Shape(NamedTuple):
    """How many groups, periods, and periods before to compare with."""

    groups: int
    periods: int
    before: int


class CustomerCells:
    """The pairs of a customer and a cell that have any row.

    Parameters
    ----------
    customer, group, period : ndarray of int64, shape (rows,)
        Of each row, all from 0 on.
    shape : Shape
    """

    def __init__(self, customer: np.ndarray, group: np.ndarray, period: np.ndarray, shape: Shape) -> None:
        self.shape = shape
        key = (customer * shape.groups + group) * shape.periods + period
        self._keys, self.place = np.unique(key, return_inverse=True)
        self._cell = self._keys % (shape.groups * shape.periods)

    def sums(self, rows: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
        """Return the sum of some rows' values (their number, without values) for each pair; float64."""
        return np.bincount(self.place[rows], weights=values, minlength=self._keys.size).astype(np.float64)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return the sum over customers of each pair's values; shape ``(groups, periods)``."""
        return self._in_cells(self._cell, values)

    def crossed(self, later: np.ndarray, earlier: np.ndarray, lag: int) -> np.ndarray:
        """Sum, over customers, a cell's part times that of the cell `lag` periods before; shape ``(groups, periods)``."""
        now, before = self._lags[lag]
        return self._in_cells(self._cell[now], later[now] * earlier[before])

    @cached_property
    def _lags(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each lag, which pairs have one of the same customer and group so many periods before, and which it is."""
        everything = np.arange(self._keys.size)
        found = [(everything, everything)]
        for lag in range(1, self.shape.before + 1):
            place = np.minimum(np.searchsorted(self._keys, self._keys - lag), max(self._keys.size - 1, 0))
            same = (self._keys[place] == self._keys - lag) & (self._keys % self.shape.periods >= lag)
            found.append((np.flatnonzero(same), place[same]))
        return found

    def _in_cells(self, cell: np.ndarray, values: np.ndarray) -> np.ndarray:
        size = self.shape.groups * self.shape.periods
        return np.bincount(cell, weights=values, minlength=size).reshape(self.shape.groups, self.shape.periods)


class Moments:
    """The sums and the sums of products of ratios ``X / W``, one a cell; they add up over the parts of a log.

    Parameters
    ----------
    shape : Shape

    Attributes
    ----------
    x, w : ndarray, shape (groups, periods)
        The sums above and below the line.
    rows, customers : ndarray, shape (groups, periods)
        How many rows there are, and of how many customers.
    products : ndarray, shape (before + 1, 4, groups, periods)
        By lag: the products of ``X`` and ``X``, ``X`` and ``W``, ``W`` and ``X``, ``W`` and ``W``, the first of a cell, the
        second of the one `lag` periods before.
    """

    def __init__(self, shape: Shape) -> None:
        size = (shape.groups, shape.periods)
        self.x, self.w, self.rows, self.customers = (np.zeros(size) for _ in range(4))
        self.products = np.zeros((shape.before + 1, 4, *size))

    def add(
        self, cells: CustomerCells, rows: np.ndarray, above: np.ndarray | None, below: np.ndarray | None = None
    ) -> None:
        """Add rows of a part of the log: what each gives above the line and below it, 1 for None."""
        count = cells.sums(rows)
        x = count if above is None else cells.sums(rows, above)
        w = count if below is None else cells.sums(rows, below)
        self.add_sums(cells, x, w, count)

    def add_sums(self, cells: CustomerCells, x: np.ndarray, w: np.ndarray, count: np.ndarray) -> None:
        """Add what was summed for each pair already."""
        self.x += cells.total(x)
        self.w += cells.total(w)
        self.rows += cells.total(count)
        self.customers += cells.total((count > 0).astype(np.float64))
        for lag in range(len(self.products)):
            self.products[lag] += [cells.crossed(*two, lag) for two in ((x, x), (x, w), (w, x), (w, w))]

    def join(self, other: Moments) -> None:
        """Add what was summed over other customers."""
        for name, sums in vars(other).items():
            vars(self)[name] += sums

    def between(self, i: int, j: int) -> np.ndarray:
        """Return the products of the i-th and the j-th period before each one, i no larger than j."""
        return back(self.products[j - i], i)


def back(values: np.ndarray, lag: int) -> np.ndarray:
    """Return the values of so many periods before, 0 where there is none; periods are the last axis."""
    kept = values[..., : max(values.shape[-1] - lag, 0)]
    return np.concatenate([np.zeros_like(values[..., :lag]), kept], axis=-1)
