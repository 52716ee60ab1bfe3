"""The wait that one in ten exceeds, with an interval clustered by customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cxchurn.explanation.periods._estimate import NORMAL, Estimate, Scope, linear, told, two_sided
from cxchurn.explanation.periods._moments import CustomerCells, Moments, Shape, back

# who waited longest decides what is told of a service, and a maximum is one customer
SHARE = 0.9


@dataclass(frozen=True)
class Values:
    """Rows of a part of the log that have a number; every array has shape ``(n,)``."""

    customer: np.ndarray
    group: np.ndarray
    period: np.ndarray
    number: np.ndarray


class Ordered:
    """All numbers, cell by cell in their order.

    Parameters
    ----------
    parts : list of Values
    shape : Shape
    """

    def __init__(self, parts: list[Values], shape: Shape) -> None:
        self._shape = shape
        cells = shape.groups * shape.periods
        # numbers of cells are sorted by counting where they are short
        short = np.uint16 if cells < np.iinfo(np.uint16).max else np.int64
        cell = _joined([part.group * shape.periods + part.period for part in parts]).astype(short)
        self._starts = np.append(0, np.cumsum(np.bincount(cell, minlength=cells)))
        self._number = _joined([part.number for part in parts])[np.argsort(cell, kind="stable")]
        for first, stop in pairwise(self._starts.tolist()):
            self._number[first:stop].sort()

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """Return, for each cell, the smallest of its numbers with at least this share of them up to it, NaN for an empty cell.

        Parameters
        ----------
        share : ndarray of float64, shape (groups, periods)
        """
        sizes = np.diff(self._starts)
        place = self._starts[:-1] + _rank(np.clip(share, 0.0, 1.0).ravel(), np.maximum(sizes, 1))
        found = np.append(self._number, np.nan)[np.minimum(place, self._number.size)]
        return np.where(sizes > 0, found, np.nan).reshape(self._shape.groups, self._shape.periods)

    def before(self, share: float, scope: Scope) -> np.ndarray:
        """Return the same of the numbers of the whole periods before each one; float64, shape ``(groups, periods)``."""
        found = np.full((self._shape.groups, self._shape.periods), np.nan)
        for group, period in np.ndindex(found.shape):
            earlier = [at for at in range(max(period - scope.before, 0), period) if scope.whole[at]]
            cells = [group * self._shape.periods + at for at in earlier]
            together = _joined([self._number[self._starts[cell] : self._starts[cell + 1]] for cell in cells])
            if together.size:
                rank = int(_rank(np.array(share), np.array(together.size)))
                found[group, period] = np.partition(together, rank)[rank]
        return found


def _rank(share: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the place, from 0 on, of the smallest of so many numbers with at least a share of them up to it."""
    return np.clip(np.ceil(share * sizes - 1e-9).astype(np.int64) - 1, 0, sizes - 1)


def quantile_of(parts: list[Values], shape: Shape, scope: Scope, *, share: float = SHARE) -> Estimate:
    """Estimate a quantile of the numbers of each cell.

    Its interval is read off the same numbers at ``share`` plus and minus the error of the share that lies below it (Woodruff,
    "Confidence intervals for medians and other position measures", 1952). Whether it moved is decided by the change in the
    share above what was the quantile before; the interval of the change is read off at ``share`` plus and minus its error.

    Parameters
    ----------
    parts : list of Values
        The rows, part by part of the log: no customer is in two.
    shape : Shape
    scope : Scope
    share : float
    """
    size = (shape.groups, shape.periods)
    now = Ordered(parts, shape)
    value, before = now.quantile(np.full(size, share)), now.before(share, scope)
    exceeding, own = Exceeding(shape), Moments(shape._replace(before=0))
    for part in parts:
        cells = CustomerCells(part.customer, part.group, part.period, shape)
        own.add(cells, np.arange(part.number.size), part.number > value[part.group, part.period])
        exceeding.add(cells, part, before)
    found = linear(exceeding.sums(0), exceeding.earlier(scope), exceeding.between, scope)
    error = np.sqrt(linear((own.x, own.w), (own.x, own.w), own.between, replace(scope, before=0)).variance)
    of_change = np.sqrt(found.variance_of_change)
    enough, compared = told(own.customers, scope)
    low, high, least, most = (
        now.quantile(share + sign * NORMAL * np.nan_to_num(one)) for one in (error, of_change) for sign in (-1, 1)
    )
    return Estimate(
        value=value,
        low=np.where(enough, low, np.nan),
        high=np.where(enough, high, np.nan),
        before=np.where(compared, before, np.nan),
        change=np.where(compared, value - before, np.nan),
        change_low=np.where(compared, least - before, np.nan),
        change_high=np.where(compared, most - before, np.nan),
        p=two_sided(np.where(compared, found.value - found.before, np.nan), of_change),
    )


class Exceeding:
    """The share of rows above what was the quantile before each period, in that period and in those before it.

    Parameters
    ----------
    shape : Shape
    """

    def __init__(self, shape: Shape) -> None:
        self._lags = range(shape.before + 1)
        size = (shape.groups, shape.periods)
        self._x = np.zeros((shape.before + 1, *size))
        self._w = np.zeros(size)
        self._products = {(i, j): np.zeros((4, *size)) for j in self._lags for i in range(j + 1)}

    def add(self, cells: CustomerCells, part: Values, before: np.ndarray) -> None:
        """Add a part of the log; `before` is the quantile before each period, shape ``(groups, periods)``."""
        rows = np.arange(part.number.size)
        w = cells.sums(rows)
        bounds = np.pad(before, ((0, 0), (0, len(self._lags))), constant_values=np.nan)
        above = [cells.sums(rows, part.number > bounds[part.group, part.period + lag]) for lag in self._lags]
        self._w += cells.total(w)
        self._x += [cells.total(x) for x in above]
        for (i, j), products in self._products.items():
            pairings = (above[i], above[j]), (above[i], w), (w, above[j]), (w, w)
            products += [cells.crossed(*two, j - i) for two in pairings]

    def sums(self, lag: int) -> tuple[np.ndarray, np.ndarray]:
        """Return how many rows of so many periods before each one are above, and how many there are."""
        return back(self._x[lag], lag), back(self._w, lag)

    def earlier(self, scope: Scope) -> tuple[np.ndarray, np.ndarray]:
        """Return the same of the periods before each one that can be compared, taken together."""
        both = [[scope.used(lag) * sums for sums in self.sums(lag)] for lag in self._lags[1:]]
        nothing = np.zeros_like(self._w)
        return sum((x for x, _ in both), nothing), sum((w for _, w in both), nothing)

    def between(self, i: int, j: int) -> np.ndarray:
        """Return the products of the i-th and the j-th period before each one, i no larger than j."""
        return back(self._products[i, j], i)


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)
