"""A forest: the sum of its trees for many rows, and each column's exact part in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import in_threads
from cxchurn.model.trees import _kernels
from cxchurn.model.trees._pack import pack
from cxchurn.model.trees._packed import Flat, flatten
from cxchurn.model.trees._text import read_trees

# rows answered at once: their columns and parts stay near the processor
_BLOCK = 512
# up to so many rows are answered one by one
_FEW = 16
# rows that one thread takes
_SHARE = 1 << 13
# bytes of tables; trees beyond are worked out leaf by leaf, to the same numbers
_MOST = 300_000_000


@dataclass(frozen=True, eq=False)
class Forest:
    """Boosted trees, ready to be asked; made by `read_forest`.

    Small trees decide everything by their few answers: seven yes-or-no answers pick one of 128 lines of a table that holds
    the tree's value and each column's part in it. Larger trees have such a table for each leaf, over which of the columns on
    the way lead there. The parts are the path-dependent SHAP values [1]_ that LightGBM gives, worked out beforehand instead
    of for every row.

    Attributes
    ----------
    columns : int
        How many columns rows have.
    base : float
        What the parts are counted from: the mean of the trees over the training rows.
    flat : Flat
        The trees and their tables.

    References
    ----------
    .. [1] Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
       Intelligence 2, 2020.
    """

    columns: int
    base: float
    flat: Flat

    def raw_score(self, X: np.ndarray) -> np.ndarray:
        """Return the sum of the trees for each row; float64, shape ``(n,)``."""
        if len(X) <= _FEW:
            return np.array([_kernels.score_one(*self.flat, row) for row in np.ascontiguousarray(X)])
        out = np.zeros(len(X))

        def work(rows: slice) -> None:
            _kernels.scores(*self.flat, _block(X, rows), out[rows])

        _each(len(X), work)
        return out

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return each column's part in the sum, and last the base; float64, shape ``(n, columns + 1)``.

        A row adds up to its `raw_score`.
        """
        return self.explained(X)[1]

    def explained(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `raw_score` and `contributions`, to the bit, from one pass over the trees."""
        total = np.zeros(len(X))
        if len(X) <= _FEW:
            out = np.zeros((len(X), self.columns + 1))
            out[:, -1] = self.base
            for k, (row, line) in enumerate(zip(np.ascontiguousarray(X), out, strict=True)):
                total[k] = _kernels.parts_one(*self.flat, row, line[:-1])
            return total, out
        # a line a column, as features come and reasons are found
        lines = np.empty((self.columns + 1, len(X)))
        lines[-1] = self.base

        def work(rows: slice) -> None:
            found = np.zeros((self.columns, rows.stop - rows.start))
            _kernels.parts(*self.flat, _block(X, rows), found, total[rows])
            lines[:-1, rows] = found

        _each(len(X), work)
        return total, lines.T


def read_forest(text: str, *, columns: int | None = None, most: int = _MOST) -> Forest:
    """Make a forest of the text of a LightGBM model.

    Parameters
    ----------
    text : str
        As `lightgbm.Booster.model_to_string` gives it.
    columns : int, optional
        How many columns rows have; default: as the text says.
    most : int
        The bytes that tables may take. Leaves without one are worked out row by row, which gives the same and takes longer.

    Raises
    ------
    DataError
        For text that holds no trees of a binary model.
    """
    trees = read_trees(text, columns=columns)
    base = 0.0
    for tree in trees:
        base += float(tree.value @ tree.count / tree.count.sum())
    width = columns if columns is not None else int(text.partition("max_feature_idx=")[2].split()[0]) + 1
    return Forest(width, base, flatten(pack(trees, most=most)))


def forests_of(texts: Sequence[str], *, columns: int | None = None) -> list[Forest]:
    """Make a forest of each text; together their tables take no more than one forest's may."""
    return [read_forest(text, columns=columns, most=_MOST // len(texts)) for text in texts]


def mean_of(answers: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean of what several forests answer, added up one by one, so that a row alone gets the same to the bit."""
    total = answers[0].copy()
    for answer in answers[1:]:
        total += answer
    return total / len(answers)


def _block(X: np.ndarray, rows: slice) -> np.ndarray:
    # a copy in any case: kernels are compiled for arrays that may be written to
    return np.array(X[rows].T, order="C")


def _each(rows: int, work: Callable[[slice], None]) -> None:
    def share(first: int) -> None:
        stop = min(first + _SHARE, rows)
        for begin in range(first, stop, _BLOCK):
            work(slice(begin, min(begin + _BLOCK, stop)))

    for _ in in_threads(share, range(0, rows, _SHARE)):
        pass
