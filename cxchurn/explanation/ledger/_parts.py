"""The parts in which a ledger keeps a change of risk: presence, experience, and the rest."""

from __future__ import annotations

import numpy as np

from cxchurn.features import Says

# a theme is how one can tell (rhythm), what it was like (experience), or anything else
PARTS = ("presence", "experience", "other")
_OF_THEME = {"rhythm": "presence", "experience": "experience"}


class PartSums:
    """Which columns of the features belong to which part; made once, and asked for many rows.

    Parameters
    ----------
    says : list of Says
        What the columns say, in their order.
    """

    def __init__(self, says: list[Says]) -> None:
        part = np.array([PARTS.index(_OF_THEME.get(one.theme, "other")) for one in says], dtype=np.int64)
        self._columns = np.argsort(part, kind="stable")
        self._edges = np.searchsorted(part[self._columns], np.arange(len(PARTS) + 1))

    def sums(self, contributions: np.ndarray) -> np.ndarray:
        """Return contributions summed by part; float64, shape ``(n, 3)``."""
        ordered = contributions[:, self._columns]
        return np.column_stack(
            [ordered[:, first:stop].sum(axis=1) for first, stop in zip(self._edges, self._edges[1:], strict=False)]
        )
