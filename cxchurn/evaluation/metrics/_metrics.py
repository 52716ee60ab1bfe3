"""How good probabilities are: ranking, likelihood, calibration, and what one finds among the customers one can call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn._core import UsageError
from cxchurn.evaluation.metrics._ranking import Ranking, Weighed

NAN = float("nan")
# tenths by rank, not by probability: in a bin of equal width there may be nobody, or everybody
BINS = 10


def roc_auc(y: Any, p: Any, weight: Any = None) -> float:
    """Return the chance that a customer who left was rated above one who stayed; a tie counts one half.

    The area under the receiver operating characteristic [1]_,
    ``P(p_churned > p_stayed) + P(p_churned = p_stayed) / 2``.

    Parameters
    ----------
    y : array of shape (n,)
        1 where the customer churned, else 0.
    p : array of shape (n,)
        Probability of churning, 0 to 1.
    weight : array of shape (n,), optional
        Weight of each row, 0 or more. Default: 1 each.

    Returns
    -------
    float
        0.5 is chance, 1 is perfect; NaN where all churned or all stayed.

    References
    ----------
    .. [1] Hanley and McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143.

    Examples
    --------
    >>> roc_auc([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4])
    0.75
    """
    return _roc_auc(Ranking(y, p).weighed(weight))


def average_precision(y: Any, p: Any, weight: Any = None) -> float:
    """Return how pure the top of the list is: the mean share of churners down to each churner.

    ``sum over places k of (recall_k - recall_(k-1)) * precision_k``, ties sharing one place.

    Parameters
    ----------
    y, p, weight
        As in `roc_auc`.

    Returns
    -------
    float
        The churn rate is chance, 1 is perfect; NaN where all churned or all stayed.
    """
    return _average_precision(Ranking(y, p).weighed(weight))


def log_loss(y: Any, p: Any, weight: Any = None) -> float:
    """Return how surprised the probabilities were by what happened; lower is better, and false certainty costs most.

    ``-mean(y log p + (1 - y) log(1 - p))``, with `p` kept 2.2e-16 away from 0 and 1.

    Parameters
    ----------
    y, p, weight
        As in `roc_auc`.

    Returns
    -------
    float
        In natural units; 0 is perfect; NaN without rows.
    """
    return _log_loss(Ranking(y, p).weighed(weight))


def brier(y: Any, p: Any, weight: Any = None) -> float:
    """Return the mean squared distance between the probability and what happened; lower is better.

    ``mean((p - y)^2)``, after Brier (1950), Verification of forecasts expressed in terms of probability.

    Parameters
    ----------
    y, p, weight
        As in `roc_auc`.

    Returns
    -------
    float
        0 is perfect; NaN without rows.
    """
    return _brier(Ranking(y, p).weighed(weight))


def calibration_error(y: Any, p: Any, weight: Any = None, *, bins: int = BINS) -> float:
    """Return how far, on average, the probabilities are from the churn rates they promise; lower is better.

    The expected calibration error [1]_ over bins of equal weight [2]_,
    ``sum over bins b of (W_b / W) |rate_b - mean p_b|``. Rows of equal probability stay in one bin.

    Parameters
    ----------
    y, p, weight
        As in `roc_auc`.
    bins : int, default 10
        Number of bins.

    Returns
    -------
    float
        0 is perfect; NaN without rows.

    Notes
    -----
    It is never below 0, so few rows push it up: probabilities that are exactly right show about
    ``sqrt(2 / pi * p (1 - p) * bins / n)``, which is 0.02 for 1,500 rows at a churn rate of 10 %.

    References
    ----------
    .. [1] Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI.
    .. [2] Nguyen and O'Connor (2015), Posterior calibration and exploratory analysis for NLP models, EMNLP:
       bins of equal count.
    """
    if bins < 1:
        raise UsageError(f"bins is {bins!r}.", allowed="1 or more")
    return _calibration_error(Ranking(y, p).weighed(weight), bins)


def gain(y: Any, p: Any, weight: Any = None, *, share: float) -> float:
    """Return the share of all churners found among the `share` of customers with the highest probabilities.

    Where the share ends inside a group of equal probabilities, that part of the group is counted by expectation, so the
    answer does not depend on the order of rows.

    Parameters
    ----------
    y, p, weight
        As in `roc_auc`.
    share : float
        Share of the rows contacted, 0 to 1.

    Returns
    -------
    float
        `share` is chance; NaN where all churned or all stayed.
    """
    if not 0 < share <= 1:
        raise UsageError(f"share is {share!r}.", allowed="above 0, at most 1", hint="write 0.1 for 10 %.")
    return _gain(Ranking(y, p).weighed(weight), share)


def lift(y: Any, p: Any, weight: Any = None, *, share: float) -> float:
    """Return how many times more churners the top `share` of the list holds than a random choice would.

    ``gain(share) / share``.

    Parameters
    ----------
    y, p, weight, share
        As in `gain`.

    Returns
    -------
    float
        1 is chance; NaN where all churned or all stayed.
    """
    return gain(y, p, weight, share=share) / share


def _roc_auc(seen: Weighed) -> float:
    if not seen.has_both:
        return NAN
    stayed = seen.rows - seen.churned
    area = (np.diff(stayed) * (seen.churned[1:] + seen.churned[:-1])).sum() / 2
    return float(area / (seen.total_churned * stayed[-1]))


def _average_precision(seen: Weighed) -> float:
    if not seen.has_both:
        return NAN
    rows, churned = seen.rows[1:], seen.churned[1:]
    precision = np.divide(churned, rows, out=np.zeros(len(rows)), where=rows > 0)
    return float((np.diff(seen.churned) * precision).sum() / seen.total_churned)


def _log_loss(seen: Weighed) -> float:
    return seen.sum(seen.ranking.surprise) / seen.total if seen.total else NAN


def _brier(seen: Weighed) -> float:
    return seen.sum(seen.ranking.squared_error) / seen.total if seen.total else NAN


def _calibration_error(seen: Weighed, bins: int = BINS) -> float:
    if not seen.total:
        return NAN
    return float(np.abs(seen.surplus(seen.bin_edges(bins))).sum() / seen.total)


def _gain(seen: Weighed, share: float) -> float:
    if not seen.has_both:
        return NAN
    return float(np.interp(share * seen.total, seen.rows, seen.churned) / seen.total_churned)


def _gain_at(share: float) -> Callable[[Weighed], float]:
    return lambda seen: _gain(seen, share)


def _lift_at(share: float) -> Callable[[Weighed], float]:
    return lambda seen: _gain(seen, share) / share


_MEASURES: dict[str, Callable[[Weighed], float]] = {
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
    "log_loss": _log_loss,
    "brier": _brier,
    "calibration_error": _calibration_error,
    "lift_5": _lift_at(0.05),
    "lift_10": _lift_at(0.10),
    "lift_20": _lift_at(0.20),
    "gain_5": _gain_at(0.05),
    "gain_10": _gain_at(0.10),
    "gain_20": _gain_at(0.20),
}
METRICS = tuple(_MEASURES)
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "calibration_error"})


def measured(seen: Weighed) -> np.ndarray:
    """Return every metric of `METRICS`, in its order, for one weighed ranking; shape ``(len(METRICS),)``."""
    return np.array([measure(seen) for measure in _MEASURES.values()])
