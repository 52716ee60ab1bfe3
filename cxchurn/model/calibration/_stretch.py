"""By how much log-odds are to be stretched, whatever their level."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxchurn.model.calibration._affine import Affine, fit_affine
from cxchurn.model.calibration._level import mean_probability, shift_to

# with fewer of either outcome a fold says little of a slope (of one score for everybody nothing), and one fold nothing of how
# folds differ
_FEWEST, _FOLDS = 20, 2
# the standard deviations of a slope from fold to fold of one log beyond chance, and of logs from 1 (docs/decisions/0035)
_BY_FOLD, _BY_LOG = 0.08, 0.1


def stretch(raw: Sequence[np.ndarray], y: Sequence[np.ndarray], horizons: float = np.inf) -> Affine:
    """Return by how much log-odds are to be stretched, as the folds tell, each at the level that it turned out to have.

    A mean of log-odds of parts that err apart is too timid: each part has held back for its own errors, and the mean errs less
    [1]_. That is a matter of the parts and holds from one time to the next, where the level does not. Each fold tells a slope
    with its standard error; slopes differ between folds beyond chance; their mean is drawn towards 1 by what is usual. The
    mean probability of the folds' rows stays as it is.

    Parameters
    ----------
    raw, y : sequence of ndarray
        Log-odds and outcomes of each forward fold's later rows.
    horizons : float
        How many horizons these outcomes span together: overlapping folds are not as many trials. Default: they do not overlap.

    References
    ----------
    .. [1] Satopaa et al., "Combining multiple probability predictions using a simple logit model", International Journal of
       Forecasting 30, 2014.
    """
    told = [_slope(one, came) for one, came in zip(raw, y, strict=True) if _tells(one, came)]
    if len(told) < _FOLDS:
        return Affine()
    slopes, variances = np.array(told).T
    weights = 1.0 / (variances + _BY_FOLD**2)
    variance = max(1.0, len(told) / horizons) / weights.sum()
    drawn = _BY_LOG**2 / (_BY_LOG**2 + variance)
    # six digits: where an optimiser stops beyond them is a matter of the library's version
    slope = round(float(1.0 + drawn * np.average(slopes - 1.0, weights=weights)), 6)
    scores = np.concatenate(raw)
    return Affine(slope, round(shift_to(slope * scores, mean_probability(scores)), 6))


def _tells(raw: np.ndarray, y: np.ndarray) -> bool:
    return bool(min(y.sum(), (1 - y).sum()) >= _FEWEST and raw.min() < raw.max())


def _slope(raw: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the slope that serves a fold best at a level of its own, and its variance."""
    found = fit_affine(raw, y)
    p = 1.0 / (1.0 + np.exp(-found(raw)))
    spread = p * (1 - p)
    inside = raw - np.average(raw, weights=spread)
    return found.slope, 1.0 / float(spread @ inside**2)
