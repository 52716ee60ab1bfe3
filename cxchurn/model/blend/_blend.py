"""Blending trees with linear models, by weights that forward folds decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import Deferred
from cxchurn.model.blend._linear import Linear

optimize, threadpoolctl = Deferred("scipy.optimize"), Deferred("threadpoolctl")

TREES = "trees"
# how many rows the pull towards equal weights counts for: thousands of rows decide for themselves. What folds of customers show
# is true of one time; whether it will be of the next they do not show, and they are believed less (docs/decisions/0035)
_ROWS, _ROWS_OF_ONE_TIME = 20.0, 200.0
# the rows that a fold's level counts for, so that one of churners alone has a level too; and until when it is looked for
_LEVEL, _STEPS, _NEAR = 0.1, 60, 1e-10


@dataclass(frozen=True, eq=False)
class Blend:
    """The weights of the parts of a model, and the linear parts.

    Attributes
    ----------
    weights : dict of str to float
        By part: ``trees``, ``ridge`` (all features), ``core`` (five numbers). They sum to 1.
    linear : dict of str to Linear
        The parts other than the trees; they are always added up in the order of their names.
    """

    weights: dict[str, float]
    linear: dict[str, Linear]

    def raw_score(self, trees: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Blend the trees' log-odds with those of the linear parts; float64, shape ``(n,)``."""
        score = self.weights[TREES] * trees
        # floating sums follow their order: by name it is the same for a model as trained and as loaded
        for name, part in sorted(self.linear.items()):
            score = score + self.weights[name] * part.raw_score(X)
        return score

    def contributions(self, trees: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Blend the contributions of the parts; shape ``(n, columns + 1)``. They sum to the raw score."""
        return self.explained(np.zeros(len(X)), trees, X)[1]

    def explained(self, trees: np.ndarray, contributions: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Blend the log-odds as `raw_score` does, to the bit, and the contributions of the parts; these sum to it.

        Parameters
        ----------
        trees : ndarray, shape (n,)
            The trees' log-odds.
        contributions : ndarray, shape (n, columns + 1)
            Those of the trees.
        X : ndarray, shape (n, columns)
        """
        score, parts = self.weights[TREES] * trees, self.weights[TREES] * contributions
        for name, part in sorted(self.linear.items()):
            raw, own = part.explained(X)
            score += self.weights[name] * raw
            # in place: these tables are as large as the features
            own *= self.weights[name]
            parts += own
        return score, parts


def choose_weights(
    names: list[str], raw: list[np.ndarray], y: list[np.ndarray], *, forward: bool = True
) -> dict[str, float]:
    """Return the weights of the parts that serve the folds best, drawn towards equal ones.

    Minimises the log loss of the weighted sum of log-odds over the folds (stacking [1]_), each fold shifted to the level that
    it turned out to have, plus a quadratic pull towards equal weights, which some thousand rows outweigh. What all customers
    of a time are off by together is the luck of that time: it says nothing of which part tells customers apart. No weight is
    below 0, and they sum to 1: whether the scale is right is asked of the correction.

    Parameters
    ----------
    names : list of str
        The parts.
    raw : list of ndarray, shape (rows, parts)
        Log-odds by each part for the test rows of each fold.
    y : list of ndarray
        Their outcomes.
    forward : bool, default True
        Whether folds look ahead, or divide customers of the same times.

    References
    ----------
    .. [1] Wolpert, "Stacked generalization", Neural Networks 5, 1992.
    """
    equal = np.full(len(names), 1.0 / len(names))
    if not raw:
        return dict(zip(names, equal.tolist(), strict=True))
    scores, churned = np.vstack(raw), np.concatenate(y).astype(np.float64)
    fold = np.repeat(np.arange(len(raw)), [len(one) for one in raw])
    # by the scores' own spread, so that the pull means the same whatever their scale; of fold by fold, as levels are
    rows = _ROWS if forward else _ROWS_OF_ONE_TIME
    pull = rows * float(np.average([one.var(axis=0).mean() for one in raw], weights=[len(one) for one in raw]))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = scores @ weights
        levels = own_levels(z, churned, fold)
        z, away = z + levels[fold], weights - equal
        value = float(
            (np.logaddexp(0.0, z) - churned * z).sum() + pull * (away @ away) + _LEVEL / 2 * (levels @ levels)
        )
        # the levels are where the loss is least: a step aside of theirs changes nothing
        slope = scores.T @ (1.0 / (1.0 + np.exp(-z)) - churned) + 2 * pull * away
        return value / churned.size, slope / churned.size

    # the last bits of a sum by BLAS follow the number of its threads, and a model must not follow the machine's
    with threadpoolctl.threadpool_limits(1):
        whole = {"type": "eq", "fun": lambda weights: weights.sum() - 1.0, "jac": np.ones_like}
        found = optimize.minimize(
            loss, equal, jac=True, bounds=[(0.0, 1.0)] * len(names), constraints=whole, method="SLSQP"
        )
    # six digits: where the optimiser stops beyond them is a matter of the library's version
    kept = np.round(np.clip(found.x, 0.0, 1.0), 6)
    return dict(zip(names, (kept / kept.sum()).tolist(), strict=True))


def own_levels(raw: np.ndarray, y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return by how much the log-odds of each fold are off together; float64, shape ``(folds,)``.

    Parameters
    ----------
    raw, y : ndarray, shape (n,)
        Log-odds, and what came.
    fold : ndarray of int, shape (n,)
        Counted from 0.
    """
    levels = np.zeros(int(fold.max()) + 1)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-(raw + levels[fold])))
        slope = np.bincount(fold, y - p) - _LEVEL * levels
        # the loss is convex in each level, so Newton's steps, kept short, arrive
        move = np.clip(slope / (np.bincount(fold, p * (1 - p)) + _LEVEL), -1.0, 1.0)
        levels = levels + move
        if np.abs(move).max() < _NEAR:
            break
    return levels


def blend_to_plain(blend: Blend) -> dict[str, Any]:
    """Return a blend as plain data."""
    linear = {
        name: {"terms": part.terms, "intercept": part.intercept, "columns": part.columns}
        for name, part in blend.linear.items()
    }
    return {"weights": blend.weights, "linear": linear}


def blend_from_plain(data: dict[str, Any], *, columns: int) -> Blend:
    """Make the blend of a model with so many columns again from `blend_to_plain`."""
    weights = {name: float(weight) for name, weight in data["weights"].items()}
    linear = {
        name: Linear(part["terms"], float(part["intercept"]), part["columns"]) for name, part in data["linear"].items()
    }
    for part in linear.values():
        # what runs compiled looks at no bounds
        wrong = [term["column"] for term in part.terms if term["column"] not in range(columns)]
        if wrong or part.columns != columns:
            raise ValueError(
                f"a linear part asks for the columns {wrong[:3]} of {part.columns}, and there are {columns}"
            )
    return Blend(weights, linear)
