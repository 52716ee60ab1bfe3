"""Training and choosing with LightGBM: the only place that starts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import lightgbm as lgb
import numpy as np
from joblib import Parallel, delayed
from lightgbm.basic import _LIB, _safe_call

Folds = Sequence[tuple[np.ndarray, np.ndarray]]
_PATIENCE = 40
_INFOS = re.compile("^(feature_infos=.*)$", re.MULTILINE)
_RANGE = re.compile(r"\[[^\] ]*\]")
_THREADS = re.compile(r"^\[num_threads: \d+\]$", re.MULTILINE)
# the fourth root of five: a fold that learned from less than a fifth of the rows decides nothing (docs/decisions/0019)
_MOST_LONGER = 1.5
# numbers that are made into steps at once, by columns: to find these LightGBM copies what it is given, and more than once
_AT_ONCE = 1_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """What LightGBM is trained on.

    Attributes
    ----------
    X : ndarray of float64 or float32, shape (n, columns)
    y : ndarray, shape (n,)
        Outcomes, 0 or 1, or what is expected of them, between.
    weight : ndarray of float64, shape (n,), or None
    categories : tuple of int
        The columns that hold codes of labels.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    categories: tuple[int, ...]
    _made: dict[str, lgb.Dataset] = field(default_factory=dict, init=False, repr=False)

    def columns(self, which: slice) -> np.ndarray:
        """Return some of the columns as trees learn from them; shape ``(n, columns)``."""
        return self.X[:, which]

    def as_scored(self, past: np.ndarray, future: np.ndarray) -> np.ndarray:
        """Return a fold's later rows as a model of its past would be given them; shape ``(rows, columns)``."""
        return self.X[future]

    def binned(self, params: dict) -> lgb.Dataset:
        """Return the rows as LightGBM trains on them: every number as one of 255 steps, worked out once for all fits.

        The steps follow the numbers of all rows, outcomes play no part in them; on a fold's own past alone they would be
        others by a few rows, for a quarter of the time of all folds.
        """
        if "whole" not in self._made:
            width, columns = max(1, _AT_ONCE // len(self.y)), self.X.shape[1]
            blocks = (slice(first, min(first + width, columns)) for first in range(0, columns, width))
            whole = reduce(_side_by_side, (self._steps(params, block) for block in blocks))
            if self.categories:
                # what LightGBM notes down of columns that it is given at once
                whole.params["categorical_column"] = list(self.categories)
            self._made["whole"] = whole
        return self._made["whole"]

    def _steps(self, params: dict, block: slice) -> lgb.Dataset:
        places = range(block.start, block.stop)
        return lgb.Dataset(
            self.columns(block),
            self.y,
            weight=self.weight,
            feature_name=[f"Column_{place}" for place in places],
            categorical_feature=[k for k, place in enumerate(places) if place in self.categories],
            params=params,
            # the numbers are many times the steps in size, and nothing looks at them again
            free_raw_data=True,
        ).construct()

    def some(self, params: dict, rows: np.ndarray) -> lgb.Dataset:
        """Return some of the rows as `binned` has them."""
        return self.binned(params).subset(np.sort(rows).tolist())


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


@dataclass(frozen=True, eq=False)
class FoldFit:
    """The models of one fold's past, one for each seed, and the mean of their log losses on its future by rounds."""

    boosters: list[lgb.Booster]
    curve: np.ndarray


def _side_by_side(one: lgb.Dataset, other: lgb.Dataset) -> lgb.Dataset:
    """Add the columns of another to a data set."""
    # LightGBM's own method warns each time that numbers and labels are gone; filters of warnings are shared by all threads
    _safe_call(_LIB.LGBM_DatasetAddFeaturesFrom(one._handle, other._handle))
    one.feature_name = one.get_feature_name()
    return one


def train(params: dict, table: Table, rounds: int, seeds: int = 1) -> list[str]:
    """Train on all rows for a number of rounds, once for each seed, and return LightGBM's text of each."""
    trained = (lgb.train(one, table.binned(params), num_boost_round=rounds) for one in _seeded(params, seeds))
    return [read(_anywhere(_without_extremes(one.model_to_string()))).model_to_string() for one in trained]


def read(text: str) -> lgb.Booster:
    """Return the trees of LightGBM's text as LightGBM's own."""
    return lgb.Booster(model_str=text)


def gains(text: str) -> np.ndarray:
    """Return by how much each column lowered the training loss, in all trees of LightGBM's text; shape ``(columns,)``."""
    return read(text).feature_importance("gain")


def _without_extremes(text: str) -> str:
    """Return a model's text without the smallest and the largest number of each feature: these are single customers'.

    Prediction does not look at them.
    """
    head, infos, rest = _INFOS.split(text, maxsplit=1)
    return head + _RANGE.sub("[-inf:inf]", infos) + rest


def _anywhere(text: str) -> str:
    """Return a model's text without the number of threads that grew it: it is the same model on every machine."""
    return _THREADS.sub("[num_threads: 0]", text)


def raw_score(boosters: list[lgb.Booster], X: np.ndarray, rounds: int | None = None) -> np.ndarray:
    """Return the mean of the models' log-odds; added up one by one, so that a row alone gets the same to the bit."""
    return sum(one.predict(X, raw_score=True, num_iteration=rounds) for one in boosters) / len(boosters)


def usable(folds: Folds, y: np.ndarray, *, least: int = 20) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the folds with at least `least` of each class to train on and both classes to test on."""

    def enough(rows: np.ndarray, count: int) -> bool:
        churned = int(y[rows].sum())
        return min(churned, rows.size - churned) >= count

    return [(train, test) for train, test in folds if enough(train, least) and enough(test, 1)]


def fit_folds(params: dict, table: Table, folds: Folds, most: int, jobs: int | None, seeds: int = 1) -> list[FoldFit]:
    """Train on each fold's past until its future is served no better; folds and seeds run side by side."""
    ways = _seeded({**params, "num_threads": 1}, seeds)
    table.binned(ways[0])
    work = [delayed(_fit_fold)(one, table, fold, most) for fold in folds for one in ways]
    fits = Parallel(n_jobs=jobs or -1, prefer="threads")(work)
    return [_together(fits[k : k + seeds]) for k in range(0, len(fits), seeds)]


def read_folds(fits: list[FoldFit], table: Table, folds: Folds) -> FoldScores:
    """Find the number of rounds that serves the folds' futures best, and score them with it."""
    rounds = _best_rounds([fit.curve for fit in fits], [future.size for _, future in folds])
    raw = [raw_score(fit.boosters, table.as_scored(*fold), rounds) for fit, fold in zip(fits, folds, strict=True)]
    return FoldScores(rounds, [future for _, future in folds], raw, float(np.mean([past.size for past, _ in folds])))


def _seeded(params: dict, seeds: int) -> list[dict]:
    return [{**params, "seed": (params["seed"] + k) % 2**31 if k else params["seed"]} for k in range(seeds)]


def _together(fits: list[tuple[lgb.Booster, list[float]]]) -> FoldFit:
    return FoldFit([booster for booster, _ in fits], _padded([curve for _, curve in fits]).mean(axis=0))


def _fit_fold(
    params: dict, table: Table, fold: tuple[np.ndarray, np.ndarray], most: int
) -> tuple[lgb.Booster, list[float]]:
    past, future = fold
    curve: dict[str, dict[str, list[float]]] = {}
    booster = lgb.train(
        params,
        table.some(params, past),
        most,
        valid_sets=[table.some(params, future)],
        valid_names=["future"],
        callbacks=[lgb.record_evaluation(curve), lgb.early_stopping(_PATIENCE, verbose=False)],
    )
    (losses,) = curve["future"].values()
    return booster, losses


def scaled_rounds(scores: FoldScores, rows: int) -> int:
    """Return the rounds for the final fit: more data carries more trees, by the fourth root, at most half as many again."""
    return round(scores.rounds * min(_MOST_LONGER, max(1.0, (rows / scores.trained) ** 0.25)))


def _best_rounds(curves: Sequence[Sequence[float] | np.ndarray], sizes: list[int]) -> int:
    return int(np.argmin(np.average(_padded(curves), axis=0, weights=sizes))) + 1


def _padded(curves: Sequence[Sequence[float] | np.ndarray]) -> np.ndarray:
    """Stack curves of different lengths, each going on as it ended."""
    longest = max(len(curve) for curve in curves)
    return np.array([np.pad(np.asarray(curve), (0, longest - len(curve)), mode="edge") for curve in curves])
