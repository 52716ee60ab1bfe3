"""Whether folds show that a model tells who is at greater risk at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# 19 of 20 intervals hold the area; Hanley and McNeil's standard error, from the area and the two counts alone
_SURE = 1.96


@dataclass(frozen=True)
class Ranking:
    """The area under the ROC curve on rows that folds had not learned from, with its 95 % interval.

    Attributes
    ----------
    area, low, high : float
    """

    area: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the interval leaves out what drawing lots would give."""
        return self.low > 0.5

    @property
    def says(self) -> str:
        """It in words."""
        return f"the area under the ROC curve on the folds is {self.area:.2f} ({self.low:.2f} to {self.high:.2f})"


def ranking_of(raw: Sequence[np.ndarray], y: Sequence[np.ndarray], customers: Sequence[np.ndarray]) -> Ranking | None:
    """Return how well folds rank, the mean over them by rows; None where none has both outcomes.

    The error is that of Hanley and McNeil [1]_, for as many customers as there are: one at several cut-offs counts once.

    Parameters
    ----------
    raw, y, customers : sequence of ndarray
        Log-odds, outcomes and customers of each fold's test rows.

    References
    ----------
    .. [1] Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", Radiology
       143, 1982.
    """
    both = [k for k, churned in enumerate(y) if 0 < churned.sum() < churned.size]
    if not both:
        return None
    area = float(np.average([area_under(raw[k], y[k]) for k in both], weights=[y[k].size for k in both]))
    who, churned = np.concatenate([customers[k] for k in both]), np.concatenate([y[k] for k in both]) == 1
    left, stayed = (np.unique(who[rows].astype(str)).size for rows in (churned, ~churned))
    one, other = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (left - 1) * (one - area**2) + (stayed - 1) * (other - area**2)
    off = _SURE * float(np.sqrt(max(0.0, spread) / (left * stayed)))
    return Ranking(area, area - off, area + off)


def area_under(raw: np.ndarray, y: np.ndarray) -> float:
    """Return the share of pairs of a leaver and a stayer in which the leaver has the greater number; equal ones count half."""
    left, stayed = raw[y == 1], np.sort(raw[y != 1])
    below, with_equal = (np.searchsorted(stayed, left, side).sum() for side in ("left", "right"))
    return float((below + with_equal) / 2 / (left.size * stayed.size))
