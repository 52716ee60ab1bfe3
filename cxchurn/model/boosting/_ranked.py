"""Trees that learn from where customers stand among others at the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import Folds, Table, fit_folds, read_folds, scaled_rounds, train
from cxchurn.model.boosting._ranks import Ranks, RanksByTime

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


@dataclass(frozen=True, eq=False)
class Ranked(Table):
    """A table of which trees learn where each number stands among those of its time. The ranks of all are never made at once.

    Attributes
    ----------
    cutoffs : ndarray of datetime64, shape (n,)
    by_time : RanksByTime
    """

    cutoffs: np.ndarray
    by_time: RanksByTime

    @classmethod
    def of(cls, table: Table, cutoffs: np.ndarray) -> Ranked:
        """Rank the numbers of a table."""
        by_time = RanksByTime.of(table.X, cutoffs, table.categories)
        return cls(table.X, table.y, table.weight, table.categories, cutoffs, by_time)

    def columns(self, which: slice) -> np.ndarray:
        """Return some of the columns as ranks; float32, shape ``(n, columns)``."""
        return self.by_time.standing(self.X, np.arange(len(self.X)), which)

    def as_scored(self, past: np.ndarray, future: np.ndarray) -> np.ndarray:
        """Return the ranks of a fold's later rows by what was usual last in its past; of other customers' rows their own."""
        # a fold of customers: its future lies at the same times, where the row's own time says what is usual
        if self.cutoffs[past].max() > self.cutoffs[future].min():
            return self.by_time.standing(self.X, future)
        return Ranks.latest(self.X, self.cutoffs, self.categories, past).standing(self.X, future)


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
    ranked = Ranked.of(table, cutoffs)
    params, jobs, seeds = classifier.lightgbm_params(ranked), classifier.n_jobs, classifier.n_seeds
    soft = not bool(np.isin(table.y, (0, 1)).all())
    if soft:
        # the same loss, where LightGBM takes outcomes between 0 and 1
        params["objective"] = "cross_entropy"
    rounds, raw = classifier.n_estimators, []
    if folds:
        scores = read_folds(fit_folds(params, ranked, folds, rounds, jobs, seeds), ranked, folds)
        rounds, raw = scaled_rounds(scores, len(table.X)), scores.raw
    last = ranked.by_time.last
    return RankedTrees([last.of_numbers(text) for text in train(params, ranked, rounds, seeds)], rounds, raw, soft)
