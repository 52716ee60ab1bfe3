"""Trees that learn from where customers stand among others at the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import Folds, Table, fit_folds, read_folds, scaled_rounds, train
from cxchurn.model.boosting._ranks import latest, within

RANKS = "ranks"


@dataclass(frozen=True, eq=False)
class RankedTrees:
    """Trees grown on ranks inside each time, told of numbers by what was usual at the last.

    Attributes
    ----------
    trees : list of str
        The trees of each seed as LightGBM writes them. They ask for the numbers themselves.
    rounds : int
        The number of trees.
    raw : list of ndarray
        What the trees of each fold's past say of its future in log-odds, by what was usual at the last time of that past.
    soft : bool
        Whether they learned from outcomes between 0 and 1.
    """

    trees: list[str]
    rounds: int
    raw: list[np.ndarray]
    soft: bool


def grow_ranked(classifier: ChurnClassifier, table: Table, cutoffs: np.ndarray, folds: Folds) -> RankedTrees:
    """Grow trees on ranks, as many as serve the folds best.

    Parameters
    ----------
    classifier : ChurnClassifier
        Whose settings the trees have.
    table : Table
        The numbers; outcomes may lie between 0 and 1.
    cutoffs : ndarray of datetime64
        Of the rows.
    folds : sequence of (train rows, test rows)
        Those that are used.
    """
    labels, X = table.categories, table.X
    ranked = Table(within(X, cutoffs, labels), table.y, table.weight, labels)
    params, jobs, seeds = classifier.lightgbm_params(ranked), classifier.n_jobs, classifier.n_seeds
    soft = not bool(np.isin(table.y, (0, 1)).all())
    if soft:
        # the same loss, where LightGBM takes outcomes between 0 and 1
        params["objective"] = "cross_entropy"
    rounds, raw = classifier.n_estimators, []
    if folds:
        fits = fit_folds(params, ranked, folds, rounds, jobs, seeds)
        futures = [_as_scored(ranked.X, X, cutoffs, labels, *fold) for fold in folds]
        scores = read_folds(fits, ranked, folds, futures)
        rounds, raw = scaled_rounds(scores, len(X)), scores.raw
    last = latest(X, cutoffs, labels)
    return RankedTrees([last.of_numbers(text) for text in train(params, ranked, rounds, seeds)], rounds, raw, soft)


def _as_scored(
    ranked: np.ndarray,
    X: np.ndarray,
    cutoffs: np.ndarray,
    labels: tuple[int, ...],
    past: np.ndarray,
    future: np.ndarray,
) -> np.ndarray:
    """Return the ranks of a fold's later rows by what was usual last in its past; of other customers' rows their own."""
    # a fold of customers: its future lies at the same times, where the row's own time says what is usual
    if cutoffs[past].max() > cutoffs[future].min():
        return ranked[future]
    return latest(X[past], cutoffs[past], labels).standing(X[future])
