"""Values of cells, how far they can be trusted, and what changed against the periods before; clustered by customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from cxchurn.explanation.periods._moments import Moments, back

NORMAL = 1.959963984540054
# the products of customers' parts of the i-th and the j-th period before each one (0 is itself), i no larger than j
Products = Callable[[int, int], np.ndarray]
# what stands above the line and below it
Sums = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Estimate:
    """Numbers of cells; every array has shape ``(groups, periods)``, NaN where there is nothing to tell.

    Parameters
    ----------
    value, low, high : ndarray
        The value and its 95 % interval.
    before : ndarray
        The value of the periods before, taken together.
    change, change_low, change_high : ndarray
        Value less before, and its interval.
    p : ndarray
        How likely so large a change would be, had nothing changed.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    before: np.ndarray
    change: np.ndarray
    change_low: np.ndarray
    change_high: np.ndarray
    p: np.ndarray


@dataclass(frozen=True)
class Linear:
    """Ratios and the variances of their linear terms; every array has shape ``(groups, periods)``."""

    value: np.ndarray
    variance: np.ndarray
    before: np.ndarray
    variance_before: np.ndarray
    variance_of_change: np.ndarray


@dataclass(frozen=True)
class Scope:
    """What can be told.

    Parameters
    ----------
    whole : ndarray of bool, shape (periods,)
        Which periods can be compared.
    before : int
        With how many periods before.
    fewest : int
        Of fewer customers there is no interval.
    """

    whole: np.ndarray
    before: int
    fewest: int

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the whole ones among the periods before each period."""
        return sum((back(values * self.whole, lag) for lag in range(1, self.before + 1)), np.zeros_like(values))

    def used(self, lag: int) -> np.ndarray:
        """Return whether the period so many before each one is there, and whole."""
        return back(self.whole.astype(np.float64), lag)


def linear(now: Sums, earlier: Sums, products: Products, scope: Scope) -> Linear:
    """Estimate ``X / W`` of cells, and of the periods before them taken together, from the sums of both.

    With a customer's parts ``x`` and ``w`` of a cell and its ratio ``r`` the variance is ``sum((x - r w) ** 2) / W ** 2``,
    and that of a change is the same of the difference of such terms: a customer who is in both cells counts in both
    (linearisation; Binder, "On the variances of asymptotically normal estimators from complex surveys", 1983).
    """
    value, before = _over(*now), _over(*earlier)
    lags = range(1, scope.before + 1)
    own = np.maximum(_over(_terms(value, value, products(0, 0)), now[1] ** 2), 0.0)
    of_before, common = np.zeros_like(value), np.zeros_like(value)
    for j in lags:
        common += scope.used(j) * _terms(value, before, products(0, j))
        for i in range(1, j + 1):
            twice = 1 if i == j else 2
            of_before += twice * scope.used(i) * scope.used(j) * _terms(before, before, products(i, j))
    of_before, common = np.maximum(_over(of_before, earlier[1] ** 2), 0.0), _over(common, now[1] * earlier[1])
    return Linear(value, own, before, of_before, np.maximum(own + of_before - 2 * common, 0.0))


def mean_of(moments: Moments, scope: Scope) -> Estimate:
    """Estimate a mean of rows, or a difference of shares such as a net promoter score."""
    found = _linear(moments, scope)
    error = np.sqrt(found.variance * _small(moments.customers))
    return _estimate(found, (found.value - NORMAL * error, found.value + NORMAL * error), moments.customers, scope)


def share_of(moments: Moments, scope: Scope) -> Estimate:
    """Estimate a share of rows.

    Its interval is Wilson's, for as many independent rows as the clustered error is worth; the error is never smaller than that
    of a share with one row more of each answer, so that none among few is not taken for never.
    """
    found = _linear(moments, scope)
    # one row more of each answer (Laplace): of ten who all said yes the variance is not nothing
    middle = _over(moments.x + 1, moments.w + 2)
    variance = np.maximum(found.variance * _small(moments.customers), _over(middle * (1 - middle), moments.w))
    x, w = scope.summed(moments.x), scope.summed(moments.w)
    earlier = _over(x + 1, w + 2)
    missing = variance - found.variance
    missing += np.maximum(_over(earlier * (1 - earlier), w) - found.variance_before, 0.0)
    found = replace(found, variance_of_change=found.variance_of_change + missing)
    return _estimate(found, wilson(found.value, middle * (1 - middle) / variance), moments.customers, scope)


def number_of(moments: Moments, days: np.ndarray, scope: Scope) -> Estimate:
    """Estimate how many there are in a period, compared by the day: months differ in length.

    The variance is the sum of customers' squared numbers: customers come independently of each other, each with all of theirs.
    """
    per_day = np.broadcast_to(days, moments.x.shape)

    def only_x(i: int, j: int) -> np.ndarray:
        products = moments.between(i, j).copy()
        products[1:] = 0.0
        return products

    found = linear((moments.x, per_day), (scope.summed(moments.x), scope.summed(per_day)), only_x, scope)
    error = np.sqrt(found.variance)
    between = np.maximum(found.value - NORMAL * error, 0.0), found.value + NORMAL * error
    daily = _estimate(found, between, moments.customers, scope)
    return Estimate(*(values if name == "p" else values * per_day for name, values in vars(daily).items()))


def wilson(share: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's 95 % interval of shares of so many independent rows."""
    square = NORMAL**2 / np.where(rows > 0, rows, np.nan)
    middle, half = share + square / 2, np.sqrt(square * share * (1 - share) + square**2 / 4)
    return (middle - half) / (1 + square), (middle + half) / (1 + square)


def told(customers: np.ndarray, scope: Scope) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells have customers enough for an interval, and which can be compared with those before."""
    enough = customers >= scope.fewest
    return enough, enough & (scope.summed(customers) >= scope.fewest) & scope.whole


def _linear(moments: Moments, scope: Scope) -> Linear:
    before = scope.summed(moments.x), scope.summed(moments.w)
    return linear((moments.x, moments.w), before, moments.between, scope)


def _estimate(found: Linear, between: tuple[np.ndarray, np.ndarray], customers: np.ndarray, scope: Scope) -> Estimate:
    enough, compared = told(customers, scope)
    change = np.where(compared, found.value - found.before, np.nan)
    error = np.sqrt(found.variance_of_change * _small(customers))
    return Estimate(
        value=found.value,
        low=np.where(enough, between[0], np.nan),
        high=np.where(enough, between[1], np.nan),
        before=np.where(compared, found.before, np.nan),
        change=change,
        change_low=change - NORMAL * error,
        change_high=change + NORMAL * error,
        p=two_sided(change, error),
    )


def two_sided(change: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return how likely a change of at least this size is by chance, for a normal one of that error; 1 for no change."""
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(change) / error
    return np.where(change == 0, 1.0, 2 * ndtr(-away))


def _terms(first: np.ndarray, second: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Return the sum over customers of ``(x - r w)`` of one cell times that of another, from the products."""
    return products[0] - second * products[1] - first * products[2] + first * second * products[3]


def _small(customers: np.ndarray) -> np.ndarray:
    return customers / np.maximum(customers - 1, 1)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
