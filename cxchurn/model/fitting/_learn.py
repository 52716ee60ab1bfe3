"""Learning from a panel's features: the trees, the linear parts, their weights, and the correction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from cxchurn._core import UsageError, listed
from cxchurn.features import CORE
from cxchurn.model.blend._blend import TREES, Blend, choose_weights
from cxchurn.model.blend._parts import RIDGE, Parts
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import Folds, Table
from cxchurn.model.boosting._merged import merged
from cxchurn.model.boosting._ranked import RANKS, RankedTrees, grow_ranked
from cxchurn.model.calibration._affine import Affine, choose_affine
from cxchurn.model.calibration._level import Level, level_of
from cxchurn.model.calibration._ranking import Ranking, ranking_of
from cxchurn.model.calibration._stretch import stretch
from cxchurn.model.calibration._venn_abers import VennAbers
from cxchurn.model.fitting._cutoff_weights import cutoff_weights
from cxchurn.model.fitting._folds import find_folds, horizons_spanned
from cxchurn.model.fitting._narrowly import narrowly, of_outcomes
from cxchurn.model.fitting._tuning import Tuned, Tuning, tune_parameters
from cxchurn.panel import Panel

_CORRECTIONS = ("affine", None)


@dataclass(frozen=True, eq=False)
class Learned:
    """What came out of learning.

    Attributes
    ----------
    classifier : ChurnClassifier
    blend : Blend
    calibration : Affine
    intervals : VennAbers
    level : Level or None
        How far whole cut-offs were off; None without folds.
    ranking : Ranking or None
        How well the folds rank; None without folds.
    tuned : Tuned or None
    notes : tuple of str
        What was decided, in words.
    out_of_sample : ndarray of float64, shape (n,)
        The corrected log-odds that the folds' models said of rows they had not learned from; empty without folds.
    """

    classifier: ChurnClassifier
    blend: Blend
    calibration: Affine
    intervals: VennAbers
    level: Level | None
    ranking: Ranking | None
    tuned: Tuned | None
    notes: tuple[str, ...]
    out_of_sample: np.ndarray


# the last bits of a product follow how many threads share it: one for all, whatever threads run beside each other here
@threadpool_limits.wrap(limits=1, user_api="blas")
def learn(
    features: pd.DataFrame,
    panel: Panel,
    classifier: ChurnClassifier,
    *,
    folds: int,
    half_life: float | None,
    calibrate: str | None = "affine",
    tuning: Tuning | None = None,
    ranks: bool = True,
    random_state: int = 0,
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
    calibrate : {"affine", None}
        Which correction may be applied, if the folds show that it helps.
    tuning : Tuning, optional
        How to look for better parameters before. Default: not at all.
    ranks : bool, default True
        Whether half of the trees learn from where customers stand among others at the same time.
    random_state : int, default 0
        For the tuning.
    """
    if calibrate not in _CORRECTIONS:
        raise UsageError(f"calibration is {calibrate!r}.", allowed=listed(map(repr, _CORRECTIONS)))
    weight = cutoff_weights(panel.cutoffs, half_life)
    found, sort, too_few = find_folds(panel, folds)
    ahead = sort == "forward"
    parts = _parts(features, panel, classifier, weight)
    tuned = None
    if tuning is not None:
        tuned = tune_parameters(tuning, features, classifier, parts, found, random_state, forward=ahead)
        classifier.set_params(**tuned.parameters)
        if tuned.penalty is not None:
            parts = replace(parts, penalties={**parts.penalties, RIDGE: tuned.penalty})
    classifier.fit(features, panel.y, sample_weight=weight, folds=found)
    ranked = _ranked(parts, classifier, panel, found) if ranks else None
    weights, raw, outcomes = _weigh(parts, classifier, found, ranked, forward=ahead)
    forward = _customers(panel, classifier) if ahead else []
    spanned = horizons_spanned(panel, found)
    calibration, calibrated = _correct(calibrate, raw, outcomes, forward, spanned)
    corrected = [calibration(one) for one in raw]
    level = level_of(corrected, outcomes, [panel.cutoffs[future] for _, future in found], spanned)
    how = f"by {len(raw)} {sort} fold{'s' * (len(raw) > 1)}" if raw else "as given, no fold is possible"
    weighted = f"parts weighted {', '.join(f'{name} {one:.2f}' for name, one in weights.items())}, {how}"
    on_ranks = 0 if ranked is None or weights[RANKS] == 0 else ranked.rounds
    weights = _together(classifier, ranked, weights)
    narrow = " and on how narrowly customers stayed" if on_ranks and ranked is not None and ranked.soft else ""
    rounds = f"{classifier.n_rounds_} trees, {how}" + (f", {on_ranks} of them grown on ranks{narrow}" if ranks else "")
    blend = Blend(weights, {name: parts.fit(name) for name in parts.names if weights[name] > 0})
    tried = tuned.note if tuned else ""
    notes = [tried, rounds, weighted, f"probabilities {calibrated}", too_few, *_shift(panel, level)]
    intervals = _intervals(corrected, outcomes, forward)
    ranking = ranking_of(corrected, outcomes, _customers(panel, classifier))
    unseen = np.concatenate([*corrected, []])
    return Learned(classifier, blend, calibration, intervals, level, ranking, tuned, tuple(filter(None, notes)), unseen)


def _ranked(parts: Parts, classifier: ChurnClassifier, panel: Panel, folds: Folds) -> RankedTrees:
    scores = classifier.fold_scores_
    # what narrowly is in terms of yes and no only folds tell
    soft = None if scores is None else narrowly(panel)
    table = Table(parts.X, parts.y if soft is None else soft, parts.weight, parts.categories)
    ranked = grow_ranked(classifier, table, panel.cutoffs, folds)
    if soft is None or scores is None:
        return ranked
    return of_outcomes(ranked, scores.raw, [parts.y[rows] for rows in scores.rows])


def _together(classifier: ChurnClassifier, ranked: RankedTrees | None, weights: dict[str, float]) -> dict[str, float]:
    """Make the trees and those grown on ranks one sum, as they weigh, and return the weights of what there is then."""
    if ranked is None:
        return weights
    trees, ranks = weights[TREES], weights[RANKS]
    whole = trees + ranks
    others = {name: weight for name, weight in weights.items() if name not in (TREES, RANKS)}
    if ranks > 0:
        shares = (trees / whole, ranks / whole)
        pairs = zip(classifier.trees_, ranked.trees, strict=True)
        classifier.with_trees([merged(pair, shares) for pair in pairs])
        classifier.n_rounds_ = ranked.rounds + (classifier.n_rounds_ if trees > 0 else 0)
    return {TREES: whole, **others}


def _parts(features: pd.DataFrame, panel: Panel, classifier: ChurnClassifier, weight: np.ndarray) -> Parts:
    names = list(features.columns)
    codes = tuple(names.index(str(name)) for name in classifier.categorical_features or ())
    core = tuple(names.index(name) for name in CORE if name in names)
    return Parts(features.to_numpy(), panel.y.astype(np.float64), weight, codes, core)


def _weigh(
    parts: Parts, classifier: ChurnClassifier, folds: Folds, ranked: RankedTrees | None, *, forward: bool
) -> tuple[dict[str, float], list[np.ndarray], list[np.ndarray]]:
    scores = classifier.fold_scores_
    names = [TREES, *([] if ranked is None else [RANKS]), *parts.names]
    if scores is None:
        return choose_weights(names, [], []), [], []

    def side_by_side(past: np.ndarray, future: np.ndarray, *own: np.ndarray) -> np.ndarray:
        return np.column_stack([*own, *(parts.forward(name, past, future) for name in parts.names)])

    trees = [scores.raw] if ranked is None else [scores.raw, ranked.raw]
    jobs = [(*fold, *own) for fold, *own in zip(folds, *trees, strict=True)]
    raw = Parallel(n_jobs=classifier.n_jobs or -1, prefer="threads")(delayed(side_by_side)(*job) for job in jobs)
    outcomes = [parts.y[future] for _, future in folds]
    weights = choose_weights(names, raw, outcomes, forward=forward)
    blended = [part @ np.array([weights[name] for name in names]) for part in raw]
    return weights, blended, outcomes


def _customers(panel: Panel, classifier: ChurnClassifier) -> list[np.ndarray]:
    scores, customers = classifier.fold_scores_, panel.frame["customer_id"].to_numpy()
    return [] if scores is None else [customers[rows] for rows in scores.rows]


def _correct(
    how: str | None, raw: list[np.ndarray], outcomes: list[np.ndarray], forward: list[np.ndarray], horizons: float
) -> tuple[Affine, str]:
    if how is None:
        return Affine(), "not corrected, as asked"
    if not forward:
        return Affine(), "not corrected: no forward fold is possible"
    affine, why = choose_affine(raw, outcomes, forward, horizons)
    if affine != Affine():
        return affine, why
    # what a line would do to the level did not earn its place; the slope alone holds from one time to the next
    stretched = stretch(raw, outcomes, horizons)
    slope = f"{stretched.slope:.2f}"
    # by 1.00 is by nothing, as it is said
    if slope == "1.00":
        return stretched, why
    by = f"{len(raw)} forward fold{'s' * (len(raw) > 1)}"
    return stretched, f"stretched by {slope} in log-odds, by {by}; their level {why}"


def _shift(panel: Panel, level: Level | None) -> list[str]:
    rates = panel.frame.groupby("cutoff")["churned"].mean()
    if len(rates) < 2:
        return [f"churn rate {rates.iloc[0]:.1%} at the one cut-off: how it shifts cannot be told"]
    said = f"churn rate between {rates.min():.1%} and {rates.max():.1%} by cut-off, {rates.iloc[-1]:.1%} at the last"
    if level is None:
        return [said]
    odds = np.log(panel.y.mean() / (1 - panel.y.mean()))
    low, high = level.ends(np.array([odds]))
    seen = f"{level.trials:.1f} horizon{'s' if round(level.trials, 1) != 1.0 else ''}"
    off = f"at a cut-off to come a mean of {panel.y.mean():.0%} may turn out as {low:.0%} to {high:.0%}"
    return [said, f"{off}, by how far folds were off over {seen}"]


def _intervals(corrected: list[np.ndarray], outcomes: list[np.ndarray], forward: list[np.ndarray]) -> VennAbers:
    if not forward:
        return VennAbers.of(np.empty(0), np.empty(0), np.empty(0))
    return VennAbers.of(np.concatenate(corrected), np.concatenate(outcomes), np.concatenate(forward))
