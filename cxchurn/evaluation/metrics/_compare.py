"""Every metric of every model, over all cut-offs and inside each, with intervals and paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxchurn.evaluation.metrics._bootstrap import bootstrap, interval
from cxchurn.evaluation.metrics._metrics import LOWER_IS_BETTER, METRICS, measured
from cxchurn.evaluation.metrics._ranking import Ranking

POOLED = "pooled"
MEAN = "mean over cut-offs"
MOST_CUTOFFS = 100  # more are not judged one by one: the table would be noise, and slow
_AUC = METRICS.index("roc_auc")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models measured on the same rows and on the same draws of customers.

    Parameters
    ----------
    models : list of m str
        The first is the model, the others its baselines.
    cutoffs : list of s str
        "pooled", the label of each cut-off, "mean over cut-offs" (of the area under the curve alone).
    rows, churned : int64 arrays of shape (s,)
        How many rows there are, and how many of them churned.
    values : float64 array of shape (m, s, len(METRICS))
        Every metric on the data itself.
    draws : float64 array of shape (replicates, m, s, len(METRICS))
        Every metric on draws of customers.
    """

    models: list[str]
    cutoffs: list[str]
    rows: np.ndarray
    churned: np.ndarray
    values: np.ndarray
    draws: np.ndarray

    def metrics(self) -> pd.DataFrame:
        """Return model, cutoff, metric, value, low, high, rows, churned."""
        lines = [
            (model, cutoff, METRICS[k], *self._value(m, s, k), self.rows[s], self.churned[s])
            for m, model in enumerate(self.models)
            for s, cutoff in enumerate(self.cutoffs)
            for k in ([_AUC] if cutoff == MEAN else range(len(METRICS)))
        ]
        return pd.DataFrame(lines, columns=["model", "cutoff", "metric", "value", "low", "high", "rows", "churned"])

    def differences(self) -> pd.DataFrame:
        """Return baseline, cutoff, metric, difference (first model minus baseline), low, high, better."""
        wanted = [(0, k) for k in range(len(METRICS))]
        wanted.insert(1 + _AUC, (len(self.cutoffs) - 1, _AUC))
        lines = [
            (baseline, self.cutoffs[s], METRICS[k], *self._difference(m, s, k))
            for m, baseline in enumerate(self.models[1:], start=1)
            for s, k in wanted
        ]
        return pd.DataFrame(lines, columns=["baseline", "cutoff", "metric", "difference", "low", "high", "better"])

    def _value(self, m: int, s: int, k: int) -> tuple[float, float, float]:
        value = float(self.values[m, s, k])
        return value, *_interval(self.draws[:, m, s, k], value, METRICS[k])

    def _difference(self, m: int, s: int, k: int) -> tuple[float, float, float, str]:
        value = float(self.values[0, s, k] - self.values[m, s, k])
        draws = self.draws[:, 0, s, k] - self.draws[:, m, s, k]
        low, high = _interval(draws, value, METRICS[k])
        if not (low > 0 or high < 0):
            return value, low, high, "too close to tell"
        return value, low, high, "model" if (high < 0) == (METRICS[k] in LOWER_IS_BETTER) else "baseline"


def compare(
    predictions: pd.DataFrame, models: Sequence[str], *, replicates: int, random_state: int | None
) -> Comparison:
    """Measure every model over all cut-offs and inside each, on the data and on draws of its customers.

    Parameters
    ----------
    predictions : DataFrame
        customer_id, group, churned and one column a model.
    models : sequence of str
        The columns of probabilities.
    replicates : int
        Number of draws.
    random_state : int or None
        Seed of the draws.
    """
    y = predictions["churned"].to_numpy()
    group, labels = pd.factorize(predictions["group"], sort=True)
    labels = labels if len(labels) <= MOST_CUTOFFS else labels[:0]
    members = [np.arange(len(y)), *(np.flatnonzero(group == label) for label in range(len(labels)))]
    rankings = [Ranking(y[rows], predictions[name].to_numpy()[rows]) for name in models for rows in members]
    customer, _ = pd.factorize(predictions["customer_id"], sort=True)
    codes = [customer[rows][one.order] for one, rows in zip(rankings, members * len(models), strict=True)]
    values = np.stack([measured(ranking.weighed()) for ranking in rankings])
    draws = bootstrap(rankings, codes, replicates=replicates, random_state=random_state)

    shape = (len(models), len(members), len(METRICS))
    rows, churned = np.array([len(one) for one in members]), np.array([int(y[one].sum()) for one in members])
    both = (churned > 0) & (churned < rows)
    both[0] = False
    return Comparison(
        models=list(models),
        cutoffs=[POOLED, *labels, MEAN],
        rows=np.append(rows, rows[both].sum()),
        churned=np.append(churned, churned[both].sum()),
        values=_with_mean(values.reshape(shape), both),
        draws=_with_mean(draws.reshape(-1, *shape), both),
    )


def _interval(draws: np.ndarray, value: float, metric: str) -> tuple[float, float]:
    return interval(draws, value, centred=metric == "calibration_error")


def _with_mean(values: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Append, along the cut-offs, the mean area under the curve over the cut-offs that have churners and stayers."""
    inside = values[..., both, _AUC]
    known = np.isfinite(inside)
    count = known.sum(axis=-1)
    sums = np.where(known, inside, 0.0).sum(axis=-1)
    mean = np.full((*values.shape[:-2], 1, values.shape[-1]), np.nan)
    mean[..., 0, _AUC] = np.divide(sums, count, out=np.full(count.shape, np.nan), where=count > 0)
    return np.concatenate([values, mean], axis=-2)
