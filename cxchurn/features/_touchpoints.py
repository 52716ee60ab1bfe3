"""Touchpoints beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxchurn.history import Measure, Window, label_is


def touchpoint_means(
    window: Window, column: str | Measure, touchpoints: Sequence[str], *, least: int = 1
) -> np.ndarray:
    """Return the mean of a column at each touchpoint.

    Parameters
    ----------
    window : Window
    column : str or Measure
    touchpoints : sequence of str
        Labels of ``touchpoint``.
    least : int, default 1
        A touchpoint with fewer values has no mean.

    Returns
    -------
    ndarray, shape (touchpoints, n)
        Missing (NaN) where there are too few values.
    """
    means = np.full((len(touchpoints), window.count().size), np.nan)
    for mean, touchpoint in zip(means, touchpoints, strict=True):
        here = label_is("touchpoint", touchpoint)
        enough = window.count_of(column, here) >= least
        mean[enough] = window.mean(column, here)[enough]
    return means
