"""How sure a mean is where rows come in clusters: several of one customer tell less than as many of different ones."""

from __future__ import annotations

from typing import Any

import numpy as np

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


def clustered_mean(values: Any, clusters: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean over rows and its 95 % interval, where the rows of a cluster may be alike.

    With ``S_c`` the sum and ``n_c`` the number of the rows of cluster ``c``, ``G`` clusters and ``n`` rows, the standard error
    of the mean ``m`` is ``sqrt(G / (G - 1) * sum_c (S_c - m n_c)^2) / n``: the mean is a ratio of two sums over clusters,
    linearised [1]_.

    Parameters
    ----------
    values : array of shape (n,) or (n, k)
        Numbers, a column each.
    clusters : array of shape (n,)
        Whose row each is, such as customers' ids.

    Returns
    -------
    mean, low, high : float64 arrays of shape () or (k,)
        NaN without rows; the interval is NaN with fewer than two clusters.

    References
    ----------
    .. [1] Cochran (1977), Sampling techniques, 3rd edition, section 9A: single-stage cluster sampling.
    """
    numbers = np.asarray(values, dtype=np.float64)
    columns = numbers[:, None] if numbers.ndim == 1 else numbers
    names, whose = np.unique(np.asarray(clusters), return_inverse=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = columns.sum(axis=0) / len(columns)
        sums = np.stack([np.bincount(whose, weights=one, minlength=names.size) for one in columns.T], axis=1)
        apart = sums - mean * np.bincount(whose, minlength=names.size)[:, None]
        error = np.sqrt(np.float64(names.size) / (names.size - 1) * (apart**2).sum(axis=0)) / len(columns)
    reach = _Z * (error if names.size > 1 else np.full(mean.shape, np.nan))
    found = (mean, mean - reach, mean + reach)
    return tuple(one[0] for one in found) if numbers.ndim == 1 else found  # type: ignore[return-value]
