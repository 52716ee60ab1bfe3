"""Cross-validation that only ever looks forward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, Statement, UsageError, instants, span

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


class PanelSplit(Statement):
    """Forward, purged cross-validation over cut-offs, in scikit-learn's manner.

    The cut-offs, in time order, are cut into ``n_splits + 1`` blocks. Each block but the first is tested once, by a model
    trained on the rows whose label window (`gap` and `horizon` after their cut-off) ends before the block's first cut-off.
    Blocks that nothing could be trained for are left out.

    Parameters
    ----------
    n_splits : int, default 4
        How many folds at most.
    horizon : str
        Length of the label window.
    gap : str, default "0D"
        Time between a cut-off and its label window.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> pipeline = make_pipeline(cx.FeatureSet([cx.Activity()], log=log), HistGradientBoostingClassifier())
    >>> len(cross_val_score(pipeline, panel.frame, panel.y, cv=cx.PanelSplit(2, horizon="60D")))
    2
    """

    def __init__(self, n_splits: int = 4, *, horizon: str, gap: str = "0D") -> None:
        self.n_splits = n_splits
        self.horizon = horizon
        self.gap = gap

    def split(self, X: pd.DataFrame, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the positions of the training and of the test rows of each fold.

        Parameters
        ----------
        X : DataFrame
            With a column ``cutoff``.
        """
        folds = self._folds(X)
        if not folds:
            raise UsageError(
                "no forward fold is possible: no label window ends before a later cut-off.",
                allowed=f"cut-offs that reach further than the gap ({self.gap}) and the horizon ({self.horizon})",
                hint="add earlier cut-offs, or shorten the horizon.",
            )
        yield from folds

    def get_n_splits(self, X: pd.DataFrame | None = None, y: Any = None, groups: Any = None) -> int:
        """Return how many folds there are for these rows (at most, without rows)."""
        return self.n_splits if X is None else len(self._folds(X))

    def _folds(self, X: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
        if self.n_splits < 1:
            raise UsageError(f"n_splits is {self.n_splits!r}.", allowed="1 or more")
        if "cutoff" not in getattr(X, "columns", ()):
            raise UsageError(
                "the rows to split have no column 'cutoff'.", hint="split panel.frame, or X = panel.frame."
            )
        cutoffs = instants(X["cutoff"], name="cutoff")
        ends = cutoffs + np.timedelta64(
            span(self.gap, name="gap", zero=True).microseconds + span(self.horizon, name="horizon").microseconds, "us"
        )
        # by cut-offs and not by rows: rows of one night are all past or all future
        blocks = [block for block in np.array_split(np.unique(cutoffs), self.n_splits + 1) if block.size]
        folds = []
        for block in blocks[1:]:
            # purged: an outcome that ends at the first test cut-off was known then, one that ends later was not
            train = np.flatnonzero(ends <= block[0])
            test = np.flatnonzero((cutoffs >= block[0]) & (cutoffs <= block[-1]))
            if train.size:
                folds.append((train, test))
        return folds
