"""How far the rate of a time that was not learned from may be from what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import Deferred

if TYPE_CHECKING:
    from collections.abc import Sequence

optimize, special = Deferred("scipy.optimize"), Deferred("scipy.special")

# log-odds beyond which a probability is 0 or 1
_FARTHEST = 50.0
# with fewer of either outcome a cut-off's own rate says little of its level
_FEWEST = 5


@dataclass(frozen=True)
class Level:
    """How much whole cut-offs differed from what the folds said of them.

    In a good month fewer leave than a model says, and in a bad one more, of all customers alike: their order stays. How
    much it was is known of the cut-offs that folds were judged on.

    Attributes
    ----------
    spread : float
        The root mean square of what the log-odds of a cut-off's customers were off by together, chance included: it is in the
        rate to come, too.
    trials : float
        How many horizons these cut-offs span: so many times has this been seen.
    """

    spread: float
    trials: float

    def ends(self, raw: np.ndarray, *, level: float = 0.9) -> tuple[float, float]:
        """Return between which mean probabilities the rate of customers with these log-odds will lie.

        Student's t with as many degrees of freedom as there were trials: what was seen once says little.

        Parameters
        ----------
        raw : ndarray
            Log-odds, as corrected.
        level : float, default 0.9
            The share of such intervals that are to hold the rate.
        """
        # at least one degree of freedom: folds that span less than a horizon have seen one time, not none
        off = self.spread * float(special.stdtrit(max(1.0, self.trials), (1 + level) / 2))
        low, high = (mean_probability(raw + way) for way in (-off, off))
        return low, high


def level_of(
    raw: Sequence[np.ndarray], y: Sequence[np.ndarray], cutoffs: Sequence[np.ndarray], horizons: float
) -> Level | None:
    """Return how far folds were off cut-off by cut-off; None where no cut-off has enough of both outcomes.

    Parameters
    ----------
    raw, y, cutoffs : sequence of ndarray
        Corrected log-odds, outcomes and cut-offs of each fold's test rows.
    horizons : float
        How many horizons all of them span.
    """
    squares = []
    for scores, churned, at in zip(raw, y, cutoffs, strict=True):
        for moment in np.unique(at):
            rows = at == moment
            if min(churned[rows].sum(), (1 - churned[rows]).sum()) >= _FEWEST:
                squares.append(shift_to(scores[rows], float(churned[rows].mean())) ** 2)
    if not squares:
        return None
    return Level(float(np.mean(squares)) ** 0.5, float(horizons))


def shift_to(raw: np.ndarray, level: float) -> float:
    """Return what to add to log-odds so that their mean probability is `level`, between 0 and 1."""
    lowest, highest = -float(raw.max()) - _FARTHEST, _FARTHEST - float(raw.min())
    return float(optimize.brentq(lambda x: mean_probability(raw + x) - level, lowest, highest))


def mean_probability(raw: np.ndarray) -> float:
    """Return the mean probability of log-odds."""
    return float((1.0 / (1.0 + np.exp(-raw))).mean())
