"""Tuning: parameters tried one after the other on forward folds, with Optuna."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from cxchurn._core import UsageError, require
from cxchurn.model.blend._blend import TREES, choose_weights
from cxchurn.model.blend._parts import RIDGE, Parts
from cxchurn.model.boosting._classifier import ChurnClassifier
from cxchurn.model.boosting._lightgbm import FoldFit, Folds, Table, fit_folds, read_folds

PENALTY = "ridge_penalty"
# with one fold nobody knows whether a gain is more than its luck
_LEAST_FOLDS = 2
# narrow around what serves churn tables: few leaves, large ones, few columns a tree
_BOUNDS: dict[str, tuple[float, float]] = {
    "num_leaves": (4, 31),
    "min_child_samples": (5, 200),
    "colsample_bytree": (0.15, 0.6),
    "reg_lambda": (0.1, 100.0),
    "learning_rate": (0.015, 0.1),
    PENALTY: (30.0, 30_000.0),
}
_WHOLE = ("num_leaves", "min_child_samples")


@dataclass(frozen=True)
class Tuning:
    """How long to look for better parameters, and where to keep what was tried.

    Expect little: the default parameters are good, and most of what tuning finds is worth 0.001 to 0.002 of log loss.

    Parameters
    ----------
    trials : int, default 30
        How many sets of parameters are tried, the default ones first.
    storage : str, optional
        An Optuna storage such as ``"sqlite:///tune.db"``: a tuning that was stopped goes on there, if data and parameters are
        the same. Default: nothing is kept.
    timeout : float, optional
        Seconds after which no further trial begins; what is found then depends on the machine. Default: no limit.
    """

    trials: int = 30
    storage: str | None = None
    timeout: float | None = None


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning found.

    Attributes
    ----------
    parameters : dict
        Of the ChurnClassifier; empty where the default parameters are kept.
    penalty : float or None
        Of the ridge part; None where the default one is kept.
    trials : DataFrame
        ``number``, ``value`` (log loss on the folds; missing where pruned), ``state`` (complete, pruned), and a column for
        each parameter.
    note : str
        What was decided, in words.
    """

    parameters: dict[str, Any]
    penalty: float | None
    trials: pd.DataFrame
    note: str


def as_tuning(tune: int | Tuning | None) -> Tuning | None:
    """Return what ``ChurnModel(tune=...)`` asks for, after checking it and that Optuna is there."""
    if tune is None:
        return None
    tuning = tune if isinstance(tune, Tuning) else Tuning(tune)
    trials, timeout = tuning.trials, tuning.timeout
    known = isinstance(trials, Integral) and not isinstance(trials, bool) and trials >= 1
    if not known or not (timeout is None or (isinstance(timeout, Real) and timeout > 0)):
        raise UsageError(
            f"the model cannot be tuned with {tune!r}.",
            allowed="a number of trials, 1 or more; Tuning(trials, storage, timeout in seconds); or None",
            hint="tune=30",
        )
    require("optuna", extra="tune", purpose="tuning")
    return tuning


def tune_parameters(
    tuning: Tuning,
    features: pd.DataFrame,
    classifier: ChurnClassifier,
    parts: Parts,
    folds: Folds,
    random_state: int,
    *,
    forward: bool,
) -> Tuned:
    """Look for parameters that serve the folds better than the default ones.

    Parameters are judged by the log loss of the blend over the folds; a set that is worse than the median after a fold is
    given up. The best one is chosen if it beats the default parameters by more than the standard error of the difference
    over the folds; trials follow a tree-structured Parzen estimator [1]_, seeded for each trial, so that a tuning that was
    stopped ends where one in a single go does.

    References
    ----------
    .. [1] Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 24, 2011.
    """
    if len(folds) < _LEAST_FOLDS:
        columns = ["number", "value", "state", *_BOUNDS]
        note = f"not tuned: fewer than {_LEAST_FOLDS} folds to judge on"
        return Tuned({}, None, pd.DataFrame(columns=columns), note)
    judge = _Judge(features, classifier, parts, folds, forward=forward)
    optuna = require("optuna", extra="tune", purpose="tuning")
    with _quiet(optuna):
        study = _study(optuna, tuning.storage, f"cxchurn-{judge.fingerprint(random_state)}")
        _run(optuna, study, tuning, judge, random_state)
        tried = _finished(study)[: tuning.trials]
    return _read(tried, judge)


class _Judge:
    """Tells how well parameters do, fold by fold."""

    def __init__(
        self, features: pd.DataFrame, classifier: ChurnClassifier, parts: Parts, folds: Folds, *, forward: bool
    ) -> None:
        self.classifier, self.parts, self.folds, self.forward = clone(classifier), parts, folds, forward
        self.table: Table = self.classifier.table(features, parts.y, parts.weight)
        self.share = np.array([future.size for _, future in folds]) / sum(future.size for _, future in folds)
        self.core = [
            [parts.forward(name, *fold) for name in parts.names if name != RIDGE] for fold in folds
        ]  # the same in every trial
        leaf = self.classifier.lightgbm_params(self.table)["min_data_in_leaf"]
        given = {**self.classifier.get_params(), "min_child_samples": leaf, PENALTY: parts.penalties[RIDGE]}
        self.default = {name: (int if name in _WHOLE else float)(given[name]) for name in _BOUNDS}
        # the scale is logarithmic, and 0 is not on it
        self.default["reg_lambda"] = max(self.default["reg_lambda"], 1e-3)

    def space(self, optuna: Any) -> dict[str, Any]:
        """Return the bounds of each parameter, widened where the default lies outside."""
        make = optuna.distributions
        space = {}
        for name, (low, high) in _BOUNDS.items():
            low, high = min(low, self.default[name]), max(high, self.default[name])
            kind = make.IntDistribution if name in _WHOLE else make.FloatDistribution
            space[name] = kind(low, high, log=True)
        return space

    def fingerprint(self, random_state: int) -> str:
        """Return a text that is another where data, folds or parameters are."""
        others = {name: value for name, value in self.classifier.get_params().items() if name != "n_jobs"}
        digest = hashlib.sha256(repr((_BOUNDS, self.default, others, self.parts.penalties, random_state)).encode())
        rows = [rows for fold in self.folds for rows in fold]
        for array in (self.table.X, self.table.y, self.parts.weight, *rows):
            digest.update(repr(array.shape).encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]

    def losses(self, given: dict[str, Any]) -> Iterator[np.ndarray]:
        """Yield the log loss of the blend on each fold so far, one fold more each time."""
        trees = clone(self.classifier).set_params(**{name: given[name] for name in _BOUNDS if name != PENALTY})
        params = trees.lightgbm_params(self.table)
        parts = replace(self.parts, penalties={**self.parts.penalties, RIDGE: given[PENALTY]})
        fits: list[FoldFit] = []
        ridge: list[np.ndarray] = []
        for count, fold in enumerate(self.folds, start=1):
            fits += fit_folds(params, self.table, [fold], trees.n_estimators, trees.n_jobs, trees.n_seeds)
            ridge.append(parts.forward(RIDGE, *fold))
            yield self._blended(read_folds(fits, self.table, self.folds[:count]).raw, ridge)

    def mean(self, losses: np.ndarray) -> float:
        """Return the mean over the rows of the folds so far."""
        return float(np.average(losses, weights=self.share[: len(losses)]))

    def gain(self, losses: np.ndarray, default: np.ndarray) -> tuple[float, float]:
        """Return by how much the log loss is below that of the default parameters, and the standard error over folds."""
        gains = default - losses
        mean, count = self.mean(gains), len(gains)
        spread = float((self.share**2 * (gains - mean) ** 2).sum())
        return mean, math.sqrt(spread * count / (count - 1))

    def _blended(self, trees: list[np.ndarray], ridge: list[np.ndarray]) -> np.ndarray:
        raw = [np.column_stack(columns) for columns in zip(trees, ridge, *self._core(len(trees)), strict=True)]
        outcomes = [self.parts.y[future] for _, future in self.folds[: len(raw)]]
        names = [TREES, *self.parts.names]
        weights = choose_weights(names, raw, outcomes, forward=self.forward)
        mixed = [part @ np.array([weights[name] for name in names]) for part in raw]
        return np.array([np.mean(np.logaddexp(0.0, z) - y * z) for z, y in zip(mixed, outcomes, strict=True)])

    def _core(self, count: int) -> list[tuple[np.ndarray, ...]]:
        return list(zip(*self.core[:count], strict=True))


def _study(optuna: Any, storage: str | None, name: str) -> Any:
    from sqlalchemy.exc import SQLAlchemyError

    pruner = optuna.pruners.MedianPruner(n_startup_trials=5)
    try:
        return optuna.create_study(storage=storage, study_name=name, pruner=pruner, load_if_exists=True)
    except (SQLAlchemyError, optuna.exceptions.OptunaError, ImportError, ValueError, OSError) as error:
        raise UsageError(
            f"the storage {storage!r} cannot be used: {str(error).strip().splitlines()[0]}",
            allowed="an Optuna storage such as 'sqlite:///tune.db'",
            hint="check the address and that you may write there.",
        ) from error


def _run(optuna: Any, study: Any, tuning: Tuning, judge: _Judge, random_state: int) -> None:
    began = time.monotonic()
    space = judge.space(optuna)
    while (done := len(_finished(study))) < tuning.trials:
        if done and tuning.timeout is not None and time.monotonic() - began > tuning.timeout:
            break
        seed = (random_state + done) % 2**32
        study.sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=False)
        if not done:
            study.enqueue_trial(judge.default)
        _try(optuna, study, study.ask(space), judge)


def _try(optuna: Any, study: Any, trial: Any, judge: _Judge) -> None:
    state = optuna.trial.TrialState
    try:
        for losses in judge.losses(trial.params):
            trial.report(judge.mean(losses), len(losses))
            if trial.should_prune() and len(losses) < len(judge.folds):
                study.tell(trial, state=state.PRUNED)
                return
        trial.set_user_attr("losses", losses.tolist())
        study.tell(trial, judge.mean(losses))
    except BaseException:
        study.tell(trial, state=state.FAIL, skip_if_finished=True)
        raise


def _finished(study: Any) -> list[Any]:
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.name in ("COMPLETE", "PRUNED")]


def _read(tried: list[Any], judge: _Judge) -> Tuned:
    rows, better = [], []
    default = np.array(tried[0].user_attrs["losses"])
    for number, trial in enumerate(tried):
        complete = trial.state.name == "COMPLETE"
        value = trial.value if complete else np.nan
        rows.append({"number": number, "value": value, "state": trial.state.name.lower(), **trial.params})
        gain, error = judge.gain(np.array(trial.user_attrs["losses"]), default) if complete else (0.0, 0.0)
        if gain > error:
            better.append((value, number, error))
    table = pd.DataFrame(rows)[["number", "value", "state", *_BOUNDS]]
    pruned = int((table["state"] == "pruned").sum())
    head = f"tuned in {len(tried)} trials, {pruned} pruned:"
    if not better:
        return Tuned({}, None, table, f"{head} default parameters kept, none is better by more than its standard error")
    value, number, error = min(better)
    chosen = dict(tried[number].params)
    said = ", ".join(f"{name} {chosen[name]:.3g}" for name in _BOUNDS)
    note = (
        f"{head} trial {number} chosen ({said}), it changes the log loss on the folds by {value - tried[0].value:+.4f}"
    )
    penalty = chosen.pop(PENALTY)
    return Tuned(chosen, penalty, table, f"{note} (standard error {error:.4f})")


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Keep Optuna from telling of each trial, and leave its settings as they were."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
