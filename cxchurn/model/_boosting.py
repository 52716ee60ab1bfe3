"""Training and choosing with LightGBM: the only place that starts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from joblib import Parallel, delayed

Folds = Sequence[tuple[np.ndarray, np.ndarray]]
_PATIENCE = 60
_MOST_LONGER = 1.5


@dataclass(frozen=True, eq=False)
class Table:
    """What LightGBM is trained on.

    Attributes
    ----------
    X : ndarray of float64, shape (n, columns)
    y : ndarray of 0/1, shape (n,)
    weight : ndarray of float64, shape (n,), or None
    categories : tuple of int
        The columns that hold codes of labels.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    categories: tuple[int, ...]

    def dataset(self, rows: np.ndarray | slice, reference: lgb.Dataset | None = None) -> lgb.Dataset:
        """Return some of the rows as LightGBM's own dataset."""
        weight = None if self.weight is None else self.weight[rows]
        categories = list(self.categories)
        return lgb.Dataset(
            self.X[rows],
            self.y[rows],
            weight=weight,
            categorical_feature=categories,
            reference=reference,
            free_raw_data=True,
        )


@dataclass(frozen=True, eq=False)
class FoldScores:
    """What forward folds say.

    Attributes
    ----------
    rounds : int
        The number of trees with the least log loss over the folds.
    rows : list of ndarray
        The test rows of each fold.
    raw : list of ndarray
        Their raw scores (log-odds) by a model trained on that fold's past.
    trained : float
        The mean number of training rows.
    """

    rounds: int
    rows: list[np.ndarray]
    raw: list[np.ndarray]
    trained: float


def train(params: dict, table: Table, rounds: int) -> lgb.Booster:
    """Train on all rows for a number of rounds."""
    return lgb.train(params, table.dataset(slice(None)), num_boost_round=rounds)


def usable(folds: Folds, y: np.ndarray, *, least: int = 20) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the folds with at least `least` of each class to train on and both classes to test on."""

    def enough(rows: np.ndarray, count: int) -> bool:
        churned = int(y[rows].sum())
        return min(churned, rows.size - churned) >= count

    return [(train, test) for train, test in folds if enough(train, least) and enough(test, 1)]


def score_folds(params: dict, table: Table, folds: Folds, most: int, jobs: int | None) -> FoldScores:
    """Train on each fold's past and find the number of rounds that serves its future best; folds run side by side."""
    alone = {**params, "num_threads": 1}
    fits = Parallel(n_jobs=jobs or -1, prefer="threads")(delayed(_fit_fold)(alone, table, fold, most) for fold in folds)
    rounds = _best_rounds([curve for _, curve in fits], [future.size for _, future in folds])
    raw = [
        booster.predict(table.X[future], raw_score=True, num_iteration=rounds)
        for (booster, _), (_, future) in zip(fits, folds, strict=True)
    ]
    return FoldScores(rounds, [future for _, future in folds], raw, float(np.mean([past.size for past, _ in folds])))


def _fit_fold(
    params: dict, table: Table, fold: tuple[np.ndarray, np.ndarray], most: int
) -> tuple[lgb.Booster, list[float]]:
    past, future = fold
    trained = table.dataset(past)
    curve: dict[str, dict[str, list[float]]] = {}
    booster = lgb.train(
        params,
        trained,
        most,
        valid_sets=[table.dataset(future, trained)],
        valid_names=["future"],
        callbacks=[lgb.record_evaluation(curve), lgb.early_stopping(_PATIENCE, verbose=False)],
    )
    return booster, curve["future"]["binary_logloss"]


def scaled_rounds(scores: FoldScores, rows: int) -> int:
    """Return the rounds for the final fit: more data carries more trees, by the fourth root, at most half as many again."""
    return round(scores.rounds * min(_MOST_LONGER, max(1.0, (rows / scores.trained) ** 0.25)))


def _best_rounds(curves: list[list[float]], sizes: list[int]) -> int:
    longest = max(len(curve) for curve in curves)
    padded = np.array([curve + curve[-1:] * (longest - len(curve)) for curve in curves])
    return int(np.argmin(np.average(padded, axis=0, weights=sizes))) + 1
