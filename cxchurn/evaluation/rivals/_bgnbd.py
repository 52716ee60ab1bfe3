"""How likely a buyer is to stay silent, from how often and how lately they bought."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, expit, gammaln

# Gauss-Legendre of a smooth function over the gap: exact to the last digits that a probability shows
_NODES = 32
_BOUND = 8.0  # of the logarithms of the parameters: beyond it the likelihood is flat


class BgNbd:
    """The BG/NBD model of buyers: they buy at a steady rate until, after some purchase, they stop for good.

    A customer buys at rate ``lambda``, and leaves after each repeat purchase with probability ``p``; ``lambda`` is gamma with
    shape ``r`` and rate ``alpha`` over customers, ``p`` is beta with ``a`` and ``b`` [1]_. Fitted by maximum likelihood.

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        The parameters; `alpha_` in days.
    log_likelihood_ : float
        Mean over customers, time counted in `scale_` days.
    scale_ : float
        The mean age of the customers, in days.

    References
    ----------
    .. [1] Fader, Hardie and Lee (2005), "Counting your customers" the easy way: an alternative to the Pareto/NBD model,
       Marketing Science 24.
    """

    def fit(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> Self:
        """Find the parameters that make what customers did most likely.

        Parameters
        ----------
        frequency : float64 array of shape (n,)
            Repeat purchases, ``x``: the first does not count.
        recency : float64 array of shape (n,)
            Days from the first to the last purchase, ``t_x``; 0 without a repeat purchase.
        age : float64 array of shape (n,)
            Days from the first purchase to now, ``T``.
        """
        # in units of the mean age all four parameters are near 1, where the search begins
        self.scale_ = float(np.mean(age)) or 1.0
        # customers with the same three numbers weigh together: whole days, few purchases
        same, number = np.unique(np.stack([frequency, recency, age]), axis=1, return_counts=True)
        x, t_x, t = same[0], same[1] / self.scale_, same[2] / self.scale_

        def surprise(logs: np.ndarray) -> float:
            return -float(np.einsum("i,i->", number, _log_likelihood(np.exp(logs), x, t_x, t)) / number.sum())

        found = minimize(surprise, np.zeros(4), method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 4)
        self.r_, alpha, self.a_, self.b_ = np.exp(found.x).tolist()
        self.alpha_ = alpha * self.scale_
        self.log_likelihood_ = -float(found.fun)
        return self

    def alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Return the probability that each customer has not yet left for good; float64, shape ``(n,)``.

        ``1 / (1 + a / (b + x - 1) * ((alpha + T) / (alpha + t_x))^(r + x))``, and 1 without a repeat purchase.
        """
        again = np.maximum(frequency, 1.0)
        odds = np.log(self.a_ / (self.b_ + again - 1)) + (self.r_ + again) * np.log(
            (self.alpha_ + age) / (self.alpha_ + recency)
        )
        # in this model one leaves right after a repeat purchase: without one nobody has left
        return np.where(frequency > 0, expit(-odds), 1.0)

    def silent(
        self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, *, horizon: float, gap: float = 0.0
    ) -> np.ndarray:
        """Return the probability of no purchase in the days ``[T + gap, T + gap + horizon)``; float64, shape ``(n,)``.

        Who is alive at ``T`` has ``lambda`` gamma with ``r + x`` and ``alpha + T``, and ``p`` beta with ``a`` and ``b + x``,
        independent of each other. They are still alive after the gap with probability ``exp(-lambda p gap)``, and then buy
        within the horizon with ``1 - exp(-lambda horizon)``. So, with ``g(s) = ((alpha + T) / (alpha + T + s))^(r + x)``,

        ``P = 1 - P(alive) * E_p[g(p gap) - g(p gap + horizon)]``,

        which without a gap is ``1 - P(alive) * (1 - g(horizon))``. With a gap the expectation is taken numerically.

        Parameters
        ----------
        frequency, recency, age
            As in `fit`.
        horizon, gap : float
            Days.
        """
        alive = self.alive(frequency, recency, age)
        if gap == 0:
            return 1.0 - alive * -np.expm1(self._log_none(frequency, age, horizon))
        points, weights = np.polynomial.legendre.leggauss(_NODES)
        buys = np.zeros_like(alive)
        for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
            waited = gap * betaincinv(self.a_, self.b_ + frequency, point)
            buys += weight * np.exp(self._log_none(frequency, age, waited))
            buys -= weight * np.exp(self._log_none(frequency, age, waited + horizon))
        return np.clip(1.0 - alive * buys, 0.0, 1.0)

    def _log_none(self, frequency: np.ndarray, age: np.ndarray, days: np.ndarray | float) -> np.ndarray:
        """Return the logarithm of the chance that who is alive, and stays so, buys nothing for some days."""
        # log1p: for a day ahead of years the ratio is nearly 1, and its logarithm would lose its digits
        return -(self.r_ + frequency) * np.log1p(days / (self.alpha_ + age))


def _log_likelihood(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, t: np.ndarray) -> np.ndarray:
    r, alpha, a, b = parameters
    again = np.maximum(x, 1.0)
    stayed = -(r + x) * np.log(alpha + t)
    left = np.where(x > 0, np.log(a / (b + again - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
    buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    return buying + betaln(a, b + x) - betaln(a, b) + np.logaddexp(stayed, left)
