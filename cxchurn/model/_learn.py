"""Learning from a panel's features: the trees, the linear parts, their weights, and the correction."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from cxchurn.features import CORE
from cxchurn.model._blend import TREES, Blend, choose_weights
from cxchurn.model._boosting import Folds, usable
from cxchurn.model._calibration import Affine, choose_affine
from cxchurn.model._classifier import ChurnClassifier
from cxchurn.model._linear import Linear, fit_linear
from cxchurn.panel import Panel, PanelSplit

RIDGE, CORE_PART = "ridge", "core"
_PENALTIES = {RIDGE: 1000.0, CORE_PART: 1.0}
_GROUPS = 4


@dataclass(frozen=True, eq=False)
class Learned:
    """What came out of learning.

    Attributes
    ----------
    classifier : ChurnClassifier
    blend : Blend
    calibration : Affine
    notes : tuple of str
        What was decided, in words.
    """

    classifier: ChurnClassifier
    blend: Blend
    calibration: Affine
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Data:
    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    categories: tuple[int, ...]
    core: tuple[int, ...]

    def fit(self, name: str, rows: np.ndarray | slice = slice(None)) -> Linear:
        """Fit one of the linear parts on some of the rows."""
        chosen = self.core if name == CORE_PART else None
        return fit_linear(
            self.X[rows],
            self.y[rows],
            self.weight[rows],
            categories=self.categories,
            chosen=chosen,
            penalty=_PENALTIES[name],
        )


def learn(
    features: pd.DataFrame, panel: Panel, classifier: ChurnClassifier, *, folds: int, half_life: float | None
) -> Learned:
    """Fit every part on the whole panel, after the folds have decided rounds, weights and correction.

    Parameters
    ----------
    features : DataFrame
        The panel's features.
    panel : Panel
    classifier : ChurnClassifier
        Not fitted yet.
    folds : int
        How many forward folds at most.
    half_life : float or None
        In how many days an older cut-off counts half.
    """
    weight = cutoff_weights(panel.cutoffs, half_life)
    found, sort = find_folds(panel, folds)
    classifier.fit(features, panel.y, sample_weight=weight, folds=found)
    names = list(features.columns)
    codes = tuple(names.index(str(name)) for name in classifier.categorical_features or ())
    core = tuple(names.index(name) for name in CORE if name in names)
    data = _Data(features.to_numpy(), panel.y.astype(np.float64), weight, codes, core)
    linear = [RIDGE, *([CORE_PART] if core else [])]
    weights, raw, outcomes = _weigh(data, classifier, found, linear)
    calibration, calibrated = _correct(panel, classifier, raw, outcomes, sort)
    blend = Blend(weights, {name: data.fit(name) for name in linear if weights[name] > 0})
    how = f"by {len(raw)} {sort} folds" if raw else "as given, no fold is possible"
    mixed = ", ".join(f"{name} {weight:.2f}" for name, weight in weights.items())
    notes = (f"{classifier.n_rounds_} trees, {how}", f"parts weighted {mixed}, {how}", f"probabilities {calibrated}")
    return Learned(classifier, blend, calibration, notes)


def cutoff_weights(cutoffs: np.ndarray, half_life: float | None) -> np.ndarray:
    """Return row weights such that each cut-off counts the same, older ones less with a half-life in days; mean 1."""
    times, group, size = np.unique(cutoffs, return_inverse=True, return_counts=True)
    share = np.ones(times.size)
    if half_life is not None:
        share = 0.5 ** ((times[-1] - times) / np.timedelta64(1, "D") / half_life)
    weight = (share / size)[group] if times.size <= cutoffs.size / 20 else share[group]
    return weight / weight.mean()


def find_folds(panel: Panel, most: int) -> tuple[Folds, str]:
    """Return forward folds of a panel; where none is possible, folds of customers; and what they are called."""
    definition = panel.definition
    splitter = PanelSplit(most, horizon=definition.horizon, gap=definition.gap)
    forward = list(splitter.split(panel.frame)) if splitter.get_n_splits(panel.frame) else []
    good = usable(forward, panel.y)
    if good:
        return good, "forward"
    group = np.array([zlib.crc32(str(one).encode()) % _GROUPS for one in panel.frame["customer_id"]])
    return usable(
        [(np.flatnonzero(group != k), np.flatnonzero(group == k)) for k in range(_GROUPS)], panel.y
    ), "customer"


def _weigh(
    data: _Data, classifier: ChurnClassifier, folds: Folds, linear: list[str]
) -> tuple[dict[str, float], list[np.ndarray], list[np.ndarray]]:
    scores = classifier.fold_scores_
    if scores is None:
        return choose_weights([TREES, *linear], [], []), [], []

    def side_by_side(past: np.ndarray, future: np.ndarray, trees: np.ndarray) -> np.ndarray:
        return np.column_stack([trees, *(data.fit(name, past).raw_score(data.X[future]) for name in linear)])

    jobs = [(past, future, trees) for (past, future), trees in zip(folds, scores.raw, strict=True)]
    raw = Parallel(n_jobs=classifier.n_jobs or -1, prefer="threads")(delayed(side_by_side)(*job) for job in jobs)
    outcomes = [data.y[future] for _, future in folds]
    names = [TREES, *linear]
    weights = choose_weights(names, raw, outcomes)
    blended = [part @ np.array([weights[name] for name in names]) for part in raw]
    return weights, blended, outcomes


def _correct(
    panel: Panel, classifier: ChurnClassifier, raw: list[np.ndarray], outcomes: list[np.ndarray], sort: str
) -> tuple[Affine, str]:
    if classifier.fold_scores_ is None or sort != "forward":
        return Affine(), "not corrected: no forward fold is possible"
    customers = panel.frame["customer_id"].to_numpy()
    return choose_affine(raw, outcomes, [customers[rows] for rows in classifier.fold_scores_.rows])
