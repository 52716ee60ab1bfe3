"""An affine correction of the raw score, applied only where forward folds show that it helps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Newton's method arrives in far fewer; the bound is for data on which it never would
_STEPS = 50
_NEAR = 1e-10
# the rows that no correction counts for; a row of probability one half tells 1/4 about the log-odds, hence the quarter below
_PRIOR = 20.0
# the first fold only teaches, and of one trial no spread is known
_FOLDS = 3


@dataclass(frozen=True)
class Affine:
    """A corrected log-odds: ``slope * raw + shift``. It keeps the order of customers and the additivity of contributions.

    Parameters
    ----------
    slope : float, default 1.0
    shift : float, default 0.0
    """

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, raw: np.ndarray) -> np.ndarray:
        return self.slope * raw + self.shift

    def contributions(self, parts: np.ndarray) -> np.ndarray:
        """Return contributions that sum to the corrected log-odds, the base last; shape ``(n, columns + 1)``."""
        corrected = parts * self.slope
        corrected[:, -1] += self.shift
        return corrected


def fit_affine(raw: np.ndarray, y: np.ndarray) -> Affine:
    """Fit the correction by penalised maximum likelihood: Platt's scaling on the margin [1]_.

    Newton's method, with halved steps where a whole one overshoots. The slope is drawn towards 1 and the shift towards 0 with
    the weight of a few observations, so that little data corrects little.

    References
    ----------
    .. [1] Platt, "Probabilistic outputs for support vector machines", Advances in Large Margin Classifiers, 1999.
    """
    design = np.column_stack([raw, np.ones_like(raw)])
    prior = np.array([1.0, 0.0])
    scale = np.array([max(float(np.var(raw)), 1e-6), 1.0]) * _PRIOR / 4
    beta = prior.copy()

    def loss(at: np.ndarray) -> float:
        return float(_losses(design @ at, y).sum() + (scale * (at - prior) ** 2).sum() / 2)

    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-design @ beta))
        gradient = design.T @ (y - p) - scale * (beta - prior)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.diag(scale)
        move = np.linalg.solve(hessian, gradient)
        while loss(beta + move) > loss(beta) and np.abs(move).max() > _NEAR:
            move = move / 2
        beta = beta + move
        if np.abs(move).max() < _NEAR:
            break
    # a slope of 0 or less would tie or turn the order of customers, which a correction of probabilities has no say in
    return Affine(float(max(beta[0], 0.05)), float(beta[1]))


def choose_affine(
    raw: list[np.ndarray], y: list[np.ndarray], customers: list[np.ndarray], horizons: float = np.inf
) -> tuple[Affine, str]:
    """Return the correction to apply, and why in words.

    Each forward fold but the first is corrected by what the folds before it taught. The correction is kept only if that
    lowers the log loss by more than twice its standard error, clustered by customer, and by more than the folds differ:
    what is wrong at one time of the year may be right at the next, so folds, not rows, are the trials that count; and of
    folds whose outcomes overlap no more than the horizons that they span.

    Parameters
    ----------
    raw, y, customers : list of ndarray
        Raw scores, outcomes and customers of each fold's test rows, in time order.
    horizons : float
        How many horizons these outcomes span together. Default: the folds do not overlap.
    """
    if len(raw) < _FOLDS:
        return Affine(), f"not corrected: fewer than {_FOLDS} forward folds to judge it on"
    if horizons < _FOLDS:
        return (
            Affine(),
            f"not corrected: the outcomes of the forward folds span {horizons:.1f} horizons, fewer than {_FOLDS}",
        )
    gains = []
    for k in range(1, len(raw)):
        corrected = fit_affine(np.concatenate(raw[:k]), np.concatenate(y[:k]))
        gains.append(_losses(raw[k], y[k]) - _losses(corrected(raw[k]), y[k]))
    gain = np.concatenate(gains)
    by_fold = np.array([one.mean() for one in gains])
    # less the horizon that only teaches: folds a month apart that look two months ahead are not two trials
    trials = min(by_fold.size, horizons - 1)
    between = float(by_fold.std(ddof=1) / np.sqrt(trials))
    mean, error = float(gain.mean()), max(between, _clustered_error(gain, np.concatenate(customers[1:])))
    figures = f"on forward folds it changes the log loss by {-mean:+.4f} (standard error {error:.4f})"
    # two standard errors: a correction that helped by chance hurts in the next season (docs/decisions/0025)
    if mean <= 2 * error:
        return Affine(), f"not corrected: {figures}"
    return fit_affine(np.concatenate(raw), np.concatenate(y)), f"corrected: {figures}"


def _losses(raw: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, raw) - y * raw


def _clustered_error(values: np.ndarray, clusters: np.ndarray) -> float:
    _, codes = np.unique(clusters.astype(str), return_inverse=True)
    sums = np.bincount(codes, weights=values - values.mean())
    return float(np.sqrt((sums**2).sum()) / values.size)
