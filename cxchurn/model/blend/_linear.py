"""A ridge logistic regression on features, with contributions in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cxchurn._core import Deferred, cached_property
from cxchurn.model.blend import _linear_kernels as _kernels

linear_model, threadpoolctl = Deferred("sklearn.linear_model"), Deferred("threadpoolctl")

# rows answered at once: their columns stay near the processor
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Linear:
    """A fitted logistic regression on a few or all of the features; made by `fit_linear`.

    Every number enters as ``sign(v) log(1 + |v|)``, standardised and kept within five deviations, a missing one as the median
    with a term of its own; every label as a term of its own. So each feature's contribution is known exactly, and the score
    is their sum, term by term in one order, for one row as for many.

    Attributes
    ----------
    terms : list of dict
        ``column`` (position among the features), ``label`` (a code, -1 for missing, None for the number itself), ``fill``,
        ``mean``, ``scale``, ``weight`` and ``usual`` (the term's mean in training).
    intercept : float
    columns : int
        How many features there are.
    """

    terms: list[dict[str, Any]] = field(repr=False)
    intercept: float
    columns: int

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return each feature's part in the log-odds, counted from the mean over training, and last the base value."""
        return self.explained(X)[1]

    def raw_score(self, X: np.ndarray) -> np.ndarray:
        """Return the log-odds; float64, shape ``(n,)``."""
        score = np.full(len(X), self.intercept)
        for rows, block, logged in self._blocks(X):
            _kernels.scores(*self._packed, block, logged, score[rows])
        return score

    def explained(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `raw_score` and `contributions`, to the bit, from one pass over the terms."""
        score, lines = np.full(len(X), self.intercept), np.empty((self.columns + 1, len(X)))
        for rows, block, logged in self._blocks(X):
            found = np.zeros((self.columns, rows.stop - rows.start))
            _kernels.parts(*self._packed, block, logged, found, score[rows])
            lines[:-1, rows] = found
        lines[-1] = self._base
        return score, lines.T

    @cached_property
    def _packed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The terms as the kernels take them: what each is made of, its column and the block's line, and its numbers."""
        kinds = [
            _kernels.NUMBER if term["label"] is None else _kernels.MISSING if term["label"] < 0 else _kernels.LABEL
            for term in self.terms
        ]
        line = {kind: {column: k for k, column in enumerate(used.tolist())} for kind, used in self._used.items()}
        places = [(term["column"], line[kind][term["column"]]) for kind, term in self._by_kind]
        numbers = [
            (
                np.nan if term["label"] is None else term["label"],
                *(term[name] for name in ("fill", "mean", "scale", "weight")),
                term["weight"] * term["usual"],
            )
            for term in self.terms
        ]
        whole = np.array(kinds, dtype=np.int64), np.array(places, dtype=np.int64).reshape(-1, 2)
        return *whole, np.array(numbers, dtype=np.float64).reshape(-1, 6)

    @property
    def _by_kind(self) -> list[tuple[bool, dict[str, Any]]]:
        return [(term["label"] is None, term) for term in self.terms]

    @cached_property
    def _used(self) -> dict[bool, np.ndarray]:
        """The columns asked for as numbers (True), and for what is missing or which label it is (False)."""
        return {
            number: np.array(
                [*dict.fromkeys(term["column"] for kind, term in self._by_kind if kind == number)], dtype=np.int64
            )
            for number in (True, False)
        }

    @cached_property
    def _base(self) -> float:
        base = self.intercept
        for term in self.terms:
            base += term["weight"] * term["usual"]
        return base

    def _blocks(self, X: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Yield rows a few hundred at a time, with the columns of both kinds as lines."""
        for begin in range(0, len(X), _BLOCK):
            rows = slice(begin, min(begin + _BLOCK, len(X)))
            lines = X[rows].T
            yield rows, lines[self._used[False]], _log(lines[self._used[True]])


def fit_linear(
    X: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    *,
    rows: np.ndarray | slice = slice(None),
    categories: tuple[int, ...] = (),
    chosen: tuple[int, ...] | None = None,
    penalty: float,
    roughly: bool = False,
) -> Linear:
    """Fit a ridge logistic regression.

    Parameters
    ----------
    X : ndarray of float64, shape (n, columns)
    y : ndarray of 0/1, shape (n,)
    weight : ndarray, shape (n,)
    rows : ndarray or slice
        Which rows to learn from. They are taken column by column: a copy of all of them would be as large as the terms.
    categories : tuple of int
        The columns that hold codes of labels.
    chosen : tuple of int, optional
        The columns to use. Default: all.
    penalty : float
        The weight of the squared coefficients (half of it) against the summed log loss.
    roughly : bool, default False
        To some hundredths of log-odds, in a third of the time and half of the memory: enough to find out what such a model
        is worth.
    """
    columns = range(X.shape[1]) if chosen is None else chosen
    terms = [term for column in columns for term in _terms(X[rows, column], column, column in categories)]
    y, weight = y[rows], weight[rows]
    if not terms:
        return Linear([], _log_odds(y, weight), X.shape[1])
    design = np.empty((len(y), len(terms)), dtype=np.float32 if roughly else np.float64)
    for k, term in enumerate(terms):
        design[:, k] = _term(X[rows, term["column"]], term)
    # of the terms there are hundreds and their penalty is strong: a few dozen steps, and no square of the terms
    regression = linear_model.LogisticRegression(
        C=1.0 / penalty, solver="lbfgs", tol=1e-4 if roughly else 1e-6, max_iter=10_000
    )
    with threadpoolctl.threadpool_limits(1):
        regression.fit(design, y, sample_weight=weight)
    usual = design.mean(axis=0, dtype=np.float64)
    for term, coefficient, mean in zip(terms, regression.coef_[0], usual, strict=True):
        term["weight"], term["usual"] = float(coefficient), float(mean)
    return Linear(terms, float(regression.intercept_[0]), X.shape[1])


def _log_odds(y: np.ndarray, weight: np.ndarray) -> float:
    rate = float(np.average(y, weights=weight))
    return float(np.log(rate / (1 - rate)))


def _terms(values: np.ndarray, column: int, category: bool) -> list[dict[str, Any]]:
    missing = np.isnan(values)
    present = values[~missing]
    found = [-1.0] if missing.any() and present.size else []
    if category:
        found += np.unique(present).tolist()
    terms = [_scaled(np.isnan(values) if code < 0 else values == code, column, code) for code in found]
    if not category and present.size and present.min() < present.max():
        logged = _log(values)
        fill = float(np.median(logged[~missing]))
        terms.append(_scaled(np.where(missing, fill, logged), column, None, fill))
    return terms


def _scaled(values: np.ndarray, column: int, label: float | None, fill: float = 0.0) -> dict[str, Any]:
    mean, scale = float(values.mean()), float(values.std())
    return {"column": column, "label": label, "fill": fill, "mean": mean, "scale": scale or 1.0}


def _term(values: np.ndarray, term: dict[str, Any]) -> np.ndarray:
    values = np.ascontiguousarray(values)
    if term["label"] is None:
        logged = _log(values)
        values = np.where(np.isnan(values), term["fill"], logged)
    else:
        values = (np.isnan(values) if term["label"] < 0 else values == term["label"]).astype(np.float64)
    return np.clip((values - term["mean"]) / term["scale"], -_kernels.CLIP, _kernels.CLIP)


def _log(values: np.ndarray) -> np.ndarray:
    # in one piece: what is worked out of pieces here and there may differ in the last bit
    values = np.ascontiguousarray(values)
    return np.sign(values) * np.log1p(np.abs(values))
