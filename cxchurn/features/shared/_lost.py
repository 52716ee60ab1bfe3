"""Whose customers leave: what became of those who had to do with each label, as far as it is over."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.features.shared._references import FEWEST


class Outcomes(NamedTuple):
    """Customers at earlier moments, what they had had to do with, and what became of them; one place for each, ``(n,)``.

    Attributes
    ----------
    labels : ndarray of float64, shape (k, n)
        Hashes of the labels; NaN for none.
    customers : ndarray
        Who it was.
    lost : ndarray of 0 and 1
    """

    labels: np.ndarray
    customers: np.ndarray
    lost: np.ndarray


def beyond_others(met: Outcomes, *, alike: np.ndarray | None = None, shrink: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the hashes of labels that enough customers met, and by how much more often these were lost than others.

    With :math:`n` customers who met a label at a moment, of whom :math:`l` were lost where :math:`e` would have been if they
    left like those they are compared with: :math:`(l - e) / (n + s)`, :math:`s` being `shrink`.

    Parameters
    ----------
    met : Outcomes
    alike : ndarray of int64, shape (n,), optional
        With whom each is compared: those with the same number. Default: with all who met any label.
    shrink : float
        By how many customers a label's own are steadied.
    """
    there = ~np.isnan(met.labels)
    labels, which = np.unique(met.labels[there], return_inverse=True)
    place = np.broadcast_to(np.arange(met.lost.size), met.labels.shape)[there]
    # who met a label twice before a moment met it
    which, place = np.unique(np.stack([which, place]), axis=1)
    who = np.unique(met.customers, return_inverse=True)[1][place]
    # a customer may be asked about at several moments, and counts as one
    customers = np.bincount(np.unique(np.stack([which, who]), axis=1)[0], minlength=labels.size)
    less = met.lost - _expected(met, there.any(axis=0), alike, shrink)
    times = np.bincount(which, minlength=labels.size)
    beyond = np.bincount(which, weights=less[place], minlength=labels.size) / (times + shrink)
    enough = customers > FEWEST
    return labels[enough], beyond[enough]


def _expected(met: Outcomes, anything: np.ndarray, alike: np.ndarray | None, shrink: float) -> np.ndarray:
    """Return how often those were lost with whom each is compared."""
    mean = met.lost[anything].sum() / max(1, np.count_nonzero(anything))
    if alike is None:
        return np.full(met.lost.size, mean)
    lost, size = np.bincount(alike, weights=met.lost), np.bincount(alike)
    return ((lost + shrink * mean) / (size + shrink))[alike]
