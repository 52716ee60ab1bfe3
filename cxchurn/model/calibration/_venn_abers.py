"""An interval for each probability, from what came of the customers that forward folds had scored alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import beta

from cxchurn._core import DataError, UsageError

# ten bins of fifty
LEAST_ROWS = 500
# no customer can be found in a count of fifty, and a block's limits hardly change by finer bins
_ROWS_A_BIN = 50
# each bin costs two regressions whenever an interval is asked for
_MOST_BINS = 100


@dataclass(frozen=True)
class VennAbers:
    """How many churned among the forward predictions, by bins of the raw score.

    No customer can be found in it: it holds counts of some fifty rows and more.

    Attributes
    ----------
    edges : list of float
        The raw scores where one bin ends and the next begins.
    rows, churned : list of int
        The forward predictions in each bin, and how many of them churned.
    design : float
        How many times more the outcomes vary than those of as many customers would, because the same customers were asked
        about at several cut-offs; 1 or more.
    """

    edges: list[float] = field(repr=False)
    rows: list[int] = field(repr=False)
    churned: list[int] = field(repr=False)
    design: float

    @classmethod
    def of(cls, raw: np.ndarray, y: np.ndarray, customers: np.ndarray) -> VennAbers:
        """Count the forward predictions by bins with about the same number of rows.

        Parameters
        ----------
        raw, y, customers : ndarray, shape (n,)
            Raw scores, outcomes and customers of the forward predictions.
        """
        if not raw.size:
            return cls([], [0], [0], 1.0)
        bins = min(_MOST_BINS, max(1, raw.size // _ROWS_A_BIN))
        # edges that are scores: none lies between two neighbours, and so no bin is empty
        edges = np.unique(np.quantile(raw, np.arange(1, bins) / bins, method="higher"))
        edges = edges[edges > raw.min()]
        place = np.searchsorted(edges, raw, side="right")
        rows = np.bincount(place, minlength=edges.size + 1)
        churned = np.bincount(place, weights=y, minlength=edges.size + 1)
        expected = isotonic_regression(churned / rows, weights=rows).x[place]
        design = _design(y - expected, customers)
        return cls(edges.tolist(), rows.tolist(), churned.astype(int).tolist(), design)

    def interval(self, raw: np.ndarray, level: float) -> np.ndarray:
        """Return the lower and the upper end for each raw score; float64, shape ``(n, 2)``.

        The Venn-Abers pair [1]_ is the isotonic regression of outcomes on raw scores at the score asked about, once with the
        customer counted among those who stayed and once among those who churned. Each is the churn rate of a block of rows;
        the interval goes from the lower Clopper-Pearson limit of the first block to the upper limit of the second, with as
        many rows as are worth as much as independent ones. An end falls nowhere where the raw score rises.

        References
        ----------
        .. [1] Vovk and Petej, "Venn-Abers predictors", Uncertainty in Artificial Intelligence, 2014.
        """
        if not 0 < level < 1:
            raise UsageError(f"the level is {level!r}.", allowed="a number between 0 and 1", hint="level=0.9")
        if sum(self.rows) < LEAST_ROWS:
            raise DataError(
                f"an interval cannot be stated from {sum(self.rows)} forward predictions.",
                allowed=f"{LEAST_ROWS} or more",
                hint="train on more cut-offs or customers; forward folds need cut-offs more than gap and horizon apart.",
            )
        tail = (1 - level) / 2
        stayed, rows = self._with_one_more(0)
        lower = np.where(stayed > 0, beta.ppf(tail, np.maximum(stayed, 1e-9), rows - stayed + 1), 0.0)
        churned, rows = self._with_one_more(1)
        left = rows - churned
        upper = np.where(left > 0, beta.ppf(1 - tail, churned + 1, np.maximum(left, 1e-9)), 1.0)
        # limits of a small block beside a large one may fall where the score rises: an end is drawn out, never in
        ends = np.column_stack([np.minimum.accumulate(lower[::-1])[::-1], np.maximum.accumulate(upper)])
        return ends[np.searchsorted(self.edges, raw, side="right")]

    def _with_one_more(self, outcome: int) -> tuple[np.ndarray, np.ndarray]:
        """Return how many churned in each bin's block of equal rates, and its rows, with one more row in the bin."""
        found = np.empty((len(self.rows), 2))
        for at in range(len(self.rows)):
            rows, churned = np.array(self.rows, dtype=np.float64), np.array(self.churned, dtype=np.float64)
            rows[at] += 1
            churned[at] += outcome
            fit = isotonic_regression(churned / rows, weights=rows)
            block = int(np.searchsorted(fit.blocks, at, side="right")) - 1
            members = slice(fit.blocks[block], fit.blocks[block + 1])
            found[at] = churned[members].sum(), rows[members].sum()
        return found[:, 0] / self.design, found[:, 1] / self.design


def _design(residuals: np.ndarray, customers: np.ndarray) -> float:
    """Return the variance of the sum with rows of a customer going together over that with all rows on their own."""
    alone = float((residuals**2).sum())
    if alone == 0:
        return 1.0
    _, codes = np.unique(customers.astype(str), return_inverse=True)
    return max(1.0, float((np.bincount(codes, weights=residuals) ** 2).sum()) / alone)
