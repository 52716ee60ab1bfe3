"""Where numbers stand among those of everybody at the same time, and trees grown on that, told of the numbers themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._references import FEWEST, shortened
from cxchurn.model.boosting._merged import trees_of, with_trees

Rows = np.ndarray | slice
ALL = slice(None)
# the times of a panel are put together until so many rows say what is usual of each
_ENOUGH = 500
# hundredths: of the smallest time (500 rows) five lie between two of them
_POINTS = 100
# the bit of LightGBM's decision_type that says that labels are asked about
_LABELS = 1
# as LightGBM writes what no number is beyond
_FAR = 1e300
_NODES = re.compile(r"^(split_feature|threshold|decision_type)=(.*)$", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Ranks:
    """What is usual of each column at one time: a hundred points that divide its numbers into equal shares.

    Attributes
    ----------
    points : tuple of ndarray of float64
        By column, rising, to six digits; the outer ones have ten customers beyond them. Empty for columns of labels, and for
        those with fewer than twenty numbers.
    """

    points: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, X: np.ndarray, labels: Iterable[int], rows: Rows = ALL, otherwise: Rows = ALL) -> Ranks:
        """Look at some rows, and at others for columns of which these have too few numbers.

        Parameters
        ----------
        X : ndarray of float64, shape (n, columns)
        labels : iterable of int
            The columns that hold codes of labels.
        rows : ndarray or slice
            Those of one time. Default: all.
        otherwise : ndarray or slice
            Those looked at where these have too few. Default: all.
        """
        codes = set(labels)

        def points(k: int) -> np.ndarray:
            found = _points(X[rows, k])
            return found if found.size else _points(X[otherwise, k])

        return cls(tuple(np.empty(0) if k in codes else points(k) for k in range(X.shape[1])))

    @classmethod
    def latest(cls, X: np.ndarray, cutoffs: np.ndarray, labels: Iterable[int], rows: np.ndarray) -> Ranks:
        """Return what is usual at the last time of some rows; of a column without numbers then, what is usual in them all."""
        moment = moments(cutoffs[rows])
        return cls.of(X, labels, rows[moment == moment.max()], rows)

    def standing(self, X: np.ndarray, rows: Rows = ALL, columns: slice = ALL) -> np.ndarray:
        """Return how many points each number has below it, missing as missing; columns without points as they are.

        float32, of some rows and columns: the ranks are whole numbers up to 100.
        """
        asked = range(X.shape[1])[columns]
        out = np.empty((len(X[rows, :1]), len(asked)), dtype=np.float32, order="F")
        for place, k in enumerate(asked):
            values, points = X[rows, k], self.points[k]
            out[:, place] = (
                np.where(np.isnan(values), np.nan, np.searchsorted(points, values)) if points.size else values
            )
        return out

    def of_numbers(self, text: str) -> str:
        """Return LightGBM's text of trees that were grown on ranks as one that asks for the numbers: the same trees.

        A number has at most ``k`` points below it just where it is at most the point with the place ``k``, so every answer
        is the same, to the bit; and with it every sum, every count, and every contribution.
        """
        return with_trees(text, map(self._tree, trees_of(text)))

    def _tree(self, tree: str) -> str:
        nodes = dict(_NODES.findall(tree))
        if not nodes.get("split_feature"):
            return tree
        columns, kinds = (map(int, nodes[name].split()) for name in ("split_feature", "decision_type"))
        asked = zip(columns, kinds, nodes["threshold"].split(), strict=True)
        return tree.replace(f"threshold={nodes['threshold']}\n", f"threshold={' '.join(self._thresholds(asked))}\n", 1)

    def _thresholds(self, asked: Iterable[tuple[int, int, str]]) -> Iterator[str]:
        for column, kind, threshold in asked:
            points = self.points[column]
            if kind & _LABELS or not points.size:
                yield threshold
                continue
            # LightGBM sets thresholds half-way between two ranks
            place = np.floor(float(threshold))
            # beyond all points: every number goes one way, and what is missing may go the other
            inside = 0 <= place < points.size
            yield repr(float(points[int(place)] if inside else np.copysign(_FAR, place)))


@dataclass(frozen=True, eq=False)
class RanksByTime:
    """What is usual of each column at each time of a panel.

    Attributes
    ----------
    moment : ndarray of int64, shape (n,)
        The number of each row's time, from 0 for the earliest.
    ranks : tuple of Ranks
        By time; where a time does not tell what is usual of a column, what is usual at all times.
    """

    moment: np.ndarray
    ranks: tuple[Ranks, ...]

    @classmethod
    def of(cls, X: np.ndarray, cutoffs: np.ndarray, labels: Iterable[int]) -> RanksByTime:
        """Look at the rows of a panel; `labels` are the columns that hold codes of labels."""
        codes, moment = tuple(labels), moments(cutoffs)
        times = range(int(moment.max()) + 1)
        return cls(moment, tuple(Ranks.of(X, codes, np.flatnonzero(moment == one)) for one in times))

    @property
    def last(self) -> Ranks:
        """What is usual at the last time."""
        return self.ranks[-1]

    def standing(self, X: np.ndarray, rows: np.ndarray, columns: slice = ALL) -> np.ndarray:
        """Return the standing of some rows of the panel among all rows of their own time; see `Ranks.standing`."""
        out = np.empty((rows.size, len(range(X.shape[1])[columns])), dtype=np.float32, order="F")
        for one, ranks in enumerate(self.ranks):
            here = np.flatnonzero(self.moment[rows] == one)
            out[here] = ranks.standing(X, rows[here], columns)
        return out


def moments(cutoffs: np.ndarray) -> np.ndarray:
    """Return a number for each row's time, from 0 for the earliest; neighbouring times are put together until 500 rows are.

    What is left at the end belongs to the last one.
    """
    _, at, sizes = np.unique(cutoffs, return_inverse=True, return_counts=True)
    group, number, rows = np.empty(sizes.size, dtype=np.int64), 0, 0
    left = int(sizes.sum())
    for k, size in enumerate(sizes.tolist()):
        group[k] = number
        rows, left = rows + size, left - size
        if rows >= _ENOUGH and left >= _ENOUGH:
            number, rows = number + 1, 0
    return group[at]


def _points(values: np.ndarray) -> np.ndarray:
    present = values[~np.isnan(values)]
    if present.size < 2 * FEWEST:
        return np.empty(0)
    # the outermost points have ten customers beyond them, so that no customer's own number is in a model's thresholds
    end = FEWEST / present.size
    return np.array(shortened(np.quantile(present, np.linspace(end, 1 - end, _POINTS)).tolist()))
