"""What the linear parts of a model are fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cxchurn.model.blend._linear import Linear, fit_linear

RIDGE, CORE_PART = "ridge", "core"
# a ridge on hundreds of columns that say the same many times over needs a strong pull; five numbers hardly any
PENALTIES = {RIDGE: 1000.0, CORE_PART: 1.0}
# rows that are answered at once: they are copied, and a fold's are a large part of all
_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Parts:
    """A panel's features as the linear parts take them.

    Attributes
    ----------
    X : ndarray of float64, shape (n, columns)
    y : ndarray of 0/1, shape (n,)
    weight : ndarray of float64, shape (n,)
    categories : tuple of int
        The columns that hold codes of labels.
    core : tuple of int
        The columns of the core part; none, and there is no such part.
    penalties : dict of str to float
        The ridge penalty of each part.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    categories: tuple[int, ...]
    core: tuple[int, ...]
    penalties: Mapping[str, float] = field(default_factory=lambda: dict(PENALTIES))

    @property
    def names(self) -> list[str]:
        """The linear parts there are."""
        return [RIDGE, *([CORE_PART] if self.core else [])]

    def fit(self, name: str, rows: np.ndarray | slice = slice(None), *, roughly: bool = False) -> Linear:
        """Fit one of the linear parts on some of the rows."""
        return fit_linear(
            self.X,
            self.y,
            self.weight,
            rows=rows,
            categories=self.categories,
            chosen=self.core if name == CORE_PART else None,
            penalty=self.penalties[name],
            roughly=roughly,
        )

    def forward(self, name: str, past: np.ndarray, future: np.ndarray) -> np.ndarray:
        """Return a part's log-odds for some rows, fitted on others; roughly, of the ridge."""
        fitted = self.fit(name, past, roughly=name == RIDGE)
        some = np.array_split(future, 1 + future.size // _AT_ONCE)
        return np.concatenate([fitted.raw_score(self.X[rows]) for rows in some])
