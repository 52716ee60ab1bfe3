"""A stepwise correction of the raw score, on request and with thousands of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DataError, Deferred

isotonic = Deferred("sklearn.isotonic")

_ENOUGH = 2000
_NEAR = 1e-9


@dataclass(frozen=True)
class Isotonic:
    """A corrected log-odds that rises with the raw one, by straight lines between points; made by `fit_isotonic`.

    It never turns the order of customers round, but may tie them. Contributions are shared anew in proportion, so that they
    still sum to the corrected score.

    Parameters
    ----------
    raw, odds : tuple of float
        The points: log-odds before, and after.
    """

    raw: tuple[float, ...]
    odds: tuple[float, ...]

    def __call__(self, raw: np.ndarray) -> np.ndarray:
        return np.interp(raw, self.raw, self.odds)

    def contributions(self, parts: np.ndarray) -> np.ndarray:
        """Return contributions that sum to the corrected log-odds, the base corrected and last; shape ``(n, columns + 1)``.

        With ``g`` the correction, ``x`` a row's log-odds and ``b`` the base, each is multiplied by ``(g(x) - g(b)) / (x - b)``,
        which is never negative.
        """
        base, away = parts[:, -1], parts[:, :-1].sum(axis=1)
        near = np.abs(away) < _NEAR
        factor = np.where(near, 0.0, (self(base + away) - self(base)) / np.where(near, 1.0, away))
        return np.column_stack([parts[:, :-1] * factor[:, None], self(base)])


def fit_isotonic(raw: np.ndarray, y: np.ndarray) -> Isotonic:
    """Fit the correction on forward predictions: the pooled outcomes that never fall as the score rises [1]_.

    Probabilities are kept half a row away from 0 and 1.

    Raises
    ------
    DataError
        For fewer than 2,000 forward predictions: fewer steps than that correct noise.

    References
    ----------
    .. [1] Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002.
    """
    if raw.size < _ENOUGH:
        raise DataError(
            f"there are {raw.size:,} forward predictions to calibrate by steps on.",
            allowed=f"at least {_ENOUGH:,}",
            hint="take calibration='affine', or make a panel with more customers or cut-offs.",
        )
    steps = isotonic.IsotonicRegression(out_of_bounds="clip").fit(raw, y)
    edge = 0.5 / raw.size
    rate = np.clip(steps.y_thresholds_, edge, 1 - edge)
    odds = np.maximum.accumulate(np.round(np.log(rate / (1 - rate)), 6))
    return Isotonic(tuple(steps.X_thresholds_.tolist()), tuple(odds.tolist()))
