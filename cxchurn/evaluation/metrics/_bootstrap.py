"""What the metrics would be had other customers come: a bootstrap that draws customers, not rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed

from cxchurn.evaluation.metrics._metrics import METRICS, measured
from cxchurn.evaluation.metrics._ranking import Ranking, Weighed


def bootstrap(
    rankings: Sequence[Ranking], codes: Sequence[np.ndarray], *, replicates: int, random_state: int | None
) -> np.ndarray:
    """Measure all rankings again on other draws of the same customers.

    A replicate draws as many customers as there are, with replacement; a customer drawn twice brings all rows
    twice [1]_. Every ranking is measured on the same draws, so differences between them are paired. Each replicate has
    its own stream of chance, so the answer does not depend on the number of threads.

    Parameters
    ----------
    rankings : sequence of r Rankings
        The sorted rows of each model, over all cut-offs and inside each.
    codes : sequence of r int arrays
        The customer of each row of each ranking, in its order, counted from 0.
    replicates : int
        Number of draws.
    random_state : int or None
        Seed of the draws; None for other draws each time.

    Returns
    -------
    float64 array of shape (replicates, r, len(METRICS))
        NaN where a draw leaves a metric undefined.

    References
    ----------
    .. [1] Field and Welsh (2007), Bootstrapping clustered data, Journal of the Royal Statistical Society B 69.
    """
    customers = 1 + max((int(code.max()) for code in codes if len(code)), default=-1)
    seeds = np.random.SeedSequence(random_state).spawn(replicates)
    drawn = Parallel(n_jobs=-1, prefer="threads")(
        delayed(_replicate)(rankings, codes, customers, seed) for seed in seeds
    )
    return np.stack(drawn) if drawn else np.empty((0, len(rankings), len(METRICS)))


def interval(draws: np.ndarray, value: float, *, centred: bool = False) -> tuple[float, float]:
    """Return the 95 % percentile interval of the draws of one metric.

    Parameters
    ----------
    draws : array of shape (replicates,)
        The metric on each draw; NaN where undefined.
    value : float
        The metric on the data itself.
    centred : bool, default False
        Whether to move the draws so that their mean is `value`: for a metric such as the calibration error, which every
        draw inflates.
    """
    draws = draws[np.isfinite(draws)]
    if not len(draws) or not np.isfinite(value):
        return float("nan"), float("nan")
    # an absolute distance grows with the noise that a draw adds: its own level would stand outside its interval
    shift = value - draws.mean() if centred else 0.0
    low, high = np.quantile(draws, (0.025, 0.975)) + shift
    return float(low), float(high)


def _replicate(
    rankings: Sequence[Ranking], codes: Sequence[np.ndarray], customers: int, seed: np.random.SeedSequence
) -> np.ndarray:
    # customers and not rows: rows of one customer at neighbouring cut-offs are hardly two trials
    drawn = np.random.default_rng(seed).integers(0, customers, customers)
    times = np.bincount(drawn, minlength=customers).astype(np.float64)
    return np.stack([measured(Weighed(ranking, times[code])) for ranking, code in zip(rankings, codes, strict=True)])
