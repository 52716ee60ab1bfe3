"""From a table of any kind to the float matrix that LightGBM is given, in a fixed column order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, MismatchError, UsageError, did_you_mean, listed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


@dataclass(frozen=True)
class Encoding:
    """The columns of a training table, and the codes of their labels, fixed when fitted.

    Attributes
    ----------
    names : tuple of str
        The columns in order.
    levels : dict of str to tuple
        For columns of labels: the labels, whose positions are the codes. A label not among them becomes missing.
    """

    names: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]

    @classmethod
    def of(cls, X: pd.DataFrame) -> Encoding:
        """Learn the columns and labels of a training table."""
        repeated = X.columns[X.columns.duplicated()]
        if len(repeated):
            raise UsageError(f"the columns {listed(repeated)} occur more than once.", hint="rename them.")
        levels = {str(name): _levels(X[name]) for name in X.columns if not _is_number(X[name])}
        return cls(tuple(str(name) for name in X.columns), levels)

    def matrix(self, X: pd.DataFrame) -> np.ndarray:
        """Return the table as float64 in the order of training, shape ``(n, columns)``; columns are found by name."""
        if tuple(X.columns) != self.names:
            X = self._in_order(X)
        if not self.levels:
            return X.to_numpy(dtype=np.float64, na_value=np.nan)
        columns = [self._codes(name, X[name]) if name in self.levels else _floats(X[name]) for name in self.names]
        return np.column_stack(columns)

    def _in_order(self, X: pd.DataFrame) -> pd.DataFrame:
        X = X.rename(columns=str)
        missing = [name for name in self.names if name not in X.columns]
        if missing:
            raise MismatchError(
                f"the features lack {len(missing)} columns of the model: {listed(missing)}.",
                allowed=f"the {len(self.names)} columns it was trained on",
                hint=did_you_mean(missing[0], X.columns) or "make the features with the model's own FeatureSet.",
            )
        return X.loc[:, list(self.names)]

    def _codes(self, name: str, column: pd.Series) -> np.ndarray:
        codes = pd.Index(self.levels[name]).get_indexer(pd.Index(column.astype(object))).astype(np.float64)
        codes[codes < 0] = np.nan
        return codes


def _is_number(column: pd.Series) -> bool:
    return column.dtype.kind in "biuf"


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _levels(column: pd.Series) -> tuple[Any, ...]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(column.cat.categories)
    return tuple(sorted(column.dropna().unique(), key=str))
