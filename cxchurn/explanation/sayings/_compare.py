"""Exposed customers beside like ones: the difference, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

_NORMAL = 1.959963984540054
# rows of a cut-off that one class of likeness shall hold, and how many classes there are at most
_ROWS, _MOST = 100, 10
_NOTHING = (float("nan"),) * 6


class Compared(NamedTuple):
    """Exposed rows beside like ones.

    Attributes
    ----------
    share, like : float
        The share with the outcome among the exposed, and what it would be if they had done as the like ones did.
    difference, low, high, p : float
        Of the two: with the 95 % interval by customer, and how likely it would be were there none.
    exposed, compared : int
        Customers of either side that have a counterpart.
    outcomes : int
        Rows of both sides with the outcome.
    alone : int
        Exposed rows that have none like them.
    """

    share: float
    like: float
    difference: float
    low: float
    high: float
    p: float
    exposed: int
    compared: int
    outcomes: int
    alone: int


def compare(
    outcome: np.ndarray,
    expected: np.ndarray,
    exposed: np.ndarray,
    beside: np.ndarray,
    contacts: np.ndarray,
    group: np.ndarray,
    whose: np.ndarray,
) -> Compared:
    """Compare exposed rows with those of the same cut-off, as likely to have the outcome, and as often in touch.

    In each class ``k`` of likeness with ``n_k`` exposed rows the means of what came less what was expected are compared; the
    difference is the mean of these over the exposed, ``sum(n_k (mean_exposed_k - mean_beside_k)) / n``: what was expected takes
    care of what is left of unlikeness within a class. Its error is that of the sum of each customer's terms (linearisation).

    Parameters
    ----------
    outcome, expected : ndarray of float64, shape (n,)
        0 or 1; and how likely it was by rhythm and profile.
    exposed, beside : ndarray of bool, shape (n,)
        The two sides; rows may be on neither.
    contacts : ndarray of int64, shape (n,)
        How often the customer was in touch so that an exposure could have come of it; 3 and more are alike.
    group, whose : ndarray of int64, shape (n,)
        The row's cut-off and customer.
    """
    rows = np.flatnonzero(exposed | beside)
    place = _classes(expected[rows], contacts[rows], group[rows])
    is_exposed, left = exposed[rows], (outcome - expected)[rows]
    size = int(place.max(initial=-1)) + 1
    ours, theirs = (np.bincount(place[side], minlength=size).astype(float) for side in (is_exposed, ~is_exposed))
    # a class with one side alone compares nothing; how many exposed rows that leaves out is said
    both = (ours > 0) & (theirs > 0)
    kept = both[place]
    alone = int((is_exposed & ~kept).sum())
    rows, place, is_exposed, left = rows[kept], place[kept], is_exposed[kept], left[kept]
    n = float(is_exposed.sum())
    if n == 0:
        return Compared(*_NOTHING, 0, 0, 0, alone)
    base = np.bincount(place[~is_exposed], weights=left[~is_exposed], minlength=size) / np.maximum(theirs, 1)
    over = left - base[place]
    difference = float(over[is_exposed].sum() / n)
    terms = np.where(is_exposed, over - difference, -(ours / np.maximum(theirs, 1))[place] * over) / n
    error = _error(terms, whose[rows])
    share = float(outcome[rows][is_exposed].mean())
    return Compared(
        share=share,
        like=share - difference,
        difference=difference,
        low=difference - _NORMAL * error,
        high=difference + _NORMAL * error,
        p=float(2 * ndtr(-abs(difference) / error)) if error > 0 else 1.0,
        exposed=_different(whose[rows][is_exposed]),
        compared=_different(whose[rows][~is_exposed]),
        outcomes=int(outcome[rows].sum()),
        alone=alone,
    )


def _classes(expected: np.ndarray, contacts: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return which class of likeness each row is in: by cut-off, by how likely the outcome was, by how often in touch."""
    found = np.zeros(group.size, dtype=np.int64)
    for number in np.unique(group).tolist():
        own = np.flatnonzero(group == number)
        bins = int(np.clip(own.size // _ROWS, 1, _MOST))
        # by the cut-off's own rows: what is as likely differs from season to season
        edges = np.quantile(expected[own], np.arange(1, bins) / bins)
        found[own] = np.searchsorted(edges, expected[own], side="right")
    key = (group * _MOST + found) * 3 + np.clip(contacts, 1, 3) - 1
    return np.unique(key, return_inverse=True)[1]


def _different(whose: np.ndarray) -> int:
    return int(np.unique(whose).size)


def _error(terms: np.ndarray, whose: np.ndarray) -> float:
    _, place = np.unique(whose, return_inverse=True)
    own = np.bincount(place, weights=terms)
    return float(np.sqrt((own**2).sum() * own.size / max(own.size - 1, 1)))
