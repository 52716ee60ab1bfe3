"""Ways to say what a prediction is due to; each gives log-odds by subject: the causes, then the other themes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import pandas as pd
from joblib import Parallel, delayed

import cxchurn as cx
from cxchurn.explanation import as_usual
from truth.causes import OTHERS, subjects, summed
from truth.edits import AS_USUAL, LEFT_OUT, Edit
from truth.worlds import World

# what learns from the truth itself, where a ceiling is measured
_LEARNER = {
    "objective": "l2", "num_leaves": 31, "learning_rate": 0.1, "feature_fraction": 0.3, "verbosity": -1, "num_threads": 1
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Case:
    """A model, and the rows that it is asked about.

    Attributes
    ----------
    world : World
    train, test : Panel
    model : ChurnModel
    features : DataFrame
        Of the test rows.
    told : list of str
        The subject of each feature.
    """

    world: World
    train: cx.Panel
    test: cx.Panel
    model: cx.ChurnModel
    features: pd.DataFrame
    told: list[str]

    @property
    def causes(self) -> list[str]:
        """The causes of this world."""
        return list(self.world.causes)

    @property
    def X(self) -> np.ndarray:
        """The features as the model takes them."""
        return self.model.classifier_.encoding_.matrix(self.features)


def case_of(world: World, train: cx.Panel, test: cx.Panel, model: cx.ChurnModel) -> Case:
    """Return the case of a fitted model."""
    features = model.features_of(test)
    return Case(world, train, test, model, features, subjects(model.features_.says_, world.causes))


def path(case: Case) -> pd.DataFrame:
    """SHAP as the package has it: path-dependent for the trees, exact for the linear parts."""
    return summed(case.model.contributions(case.features)[:, :-1], case.told, case.causes)


def interventional(case: Case, *, pairs: int = 16, random_state: int = 0) -> pd.DataFrame:
    """Shapley values of subjects against single training rows: drawn orders, each forwards and backwards.

    The subjects of a training row are replaced one by one by those of the customer; what each replacement moves is its own.
    """
    rng = np.random.default_rng(random_state)
    X, names = case.X, [*case.causes, *OTHERS]
    background = case.model.classifier_.encoding_.matrix(
        case.model.features_of(case.train.take(_some(rng, case.train)))
    )
    places = [np.flatnonzero(np.array(case.told) == name) for name in names]
    total = np.zeros((len(X), len(names)))
    for _ in range(pairs):
        base = background[rng.integers(0, len(background), len(X))]
        order = rng.permutation(len(names))
        for way in (order, order[::-1]):
            now, before = base.copy(), case.model.raw_score_of_matrix(base)
            for one in way:
                now[:, places[one]] = X[:, places[one]]
                after = case.model.raw_score_of_matrix(now)
                total[:, one] += after - before
                before = after
    return pd.DataFrame(total / (2 * pairs), columns=names)


def edited(case: Case, edits: Mapping[str, Edit]) -> pd.DataFrame:
    """What the log-odds lose when the log is edited and the features are made again; other themes as by path."""
    found, lost = path(case), as_usual(case.model, case.test, experiences=edits)
    for cause in edits:
        found[cause] = lost[cause].to_numpy()
    return found


def ceiling(case: Case, truth_of_train: pd.DataFrame) -> pd.DataFrame:
    """What the log can show: every true part learned from the features, told the truth in training."""
    X = case.model.classifier_.encoding_.matrix(case.model.features_of(case.train))
    names = [name for name in [*case.causes, *OTHERS] if name in truth_of_train]

    def learned(name: str) -> np.ndarray:
        data = lgb.Dataset(X, truth_of_train[name].to_numpy(), params={"verbosity": -1})
        return lgb.train({**_LEARNER, "seed": 0}, data, 120).predict(case.X, num_threads=1)

    found = Parallel(n_jobs=2, prefer="threads")(delayed(learned)(name) for name in names)
    return pd.DataFrame(dict(zip(names, found, strict=True))).reindex(columns=[*case.causes, *OTHERS], fill_value=0.0)


def told_the_sum(case: Case, truth_of_train: pd.DataFrame) -> pd.DataFrame:
    """SHAP of a model that learned the true log-hazard itself, without the chance of outcomes, but none of its parts.

    What the ceiling has and this has not is which part was whose: no way that learns from who leaves can know more.
    """
    X = case.model.classifier_.encoding_.matrix(case.model.features_of(case.train))
    # experience is the sum of the causes; the other columns stand beside it
    causes = [cause for cause in case.causes if cause in truth_of_train]
    total = truth_of_train.drop(columns=causes).sum(axis=1).to_numpy()
    learned = lgb.train({**_LEARNER, "seed": 0}, lgb.Dataset(X, total, params={"verbosity": -1}), 120)
    return summed(learned.predict(case.X, pred_contrib=True, num_threads=1)[:, :-1], case.told, case.causes)


def _some(rng: np.random.Generator, panel: cx.Panel, most: int = 500) -> np.ndarray:
    return np.sort(rng.choice(len(panel), min(most, len(panel)), replace=False))


def _as_usual(case: Case) -> pd.DataFrame:
    return edited(case, AS_USUAL[case.world.company])


def _left_out(case: Case) -> pd.DataFrame:
    return edited(case, LEFT_OUT[case.world.company])


def _together(case: Case) -> pd.DataFrame:
    """SHAP and as usual, each from its means, in equal parts."""
    both = [found - found.mean() for found in (path(case), _as_usual(case))]
    return (both[0] + both[1]) / 2


WAYS: dict[str, Callable[[Case], pd.DataFrame]] = {
    "path-dependent SHAP": path,
    "interventional": interventional,
    "left out": _left_out,
    "as usual": _as_usual,
    "SHAP and as usual": _together,
}
