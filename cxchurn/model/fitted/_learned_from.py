"""What a model remembers of the rows it learned from: enough to recognise them, too little to tell who they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cxchurn._core import instant, iso
from cxchurn.panel import Panel

_MOST = 100  # cut-offs; panels with more have a cut-off for each customer
_LEAST = 10  # rows; the checksum of fewer could be that of somebody


@dataclass(frozen=True)
class LearnedFrom:
    """The training rows, by cut-off.

    Attributes
    ----------
    rows : int
    first, last : str
        The first and the last cut-off.
    until : str
        When the last label window ended.
    checksums : dict of str to str
        For each cut-off a checksum over all of its rows together, whatever their order; none of a cut-off of fewer than 10
        rows, and none at all where there are more than 100 cut-offs.
    """

    rows: int
    first: str
    last: str
    until: str
    checksums: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """Remember a training panel."""
        cutoffs = panel.cutoffs
        last = cutoffs.max()
        return cls(
            len(panel), iso(cutoffs.min()), iso(last), iso(last + panel.definition.reach), dict(_checksums(panel))
        )

    def same(self, panel: Panel) -> np.ndarray:
        """Return which rows of a panel are those of a training cut-off, all of them and no others; bool, shape ``(n,)``."""
        known = [at for at, checksum in _checksums(panel) if self.checksums.get(at) == checksum]
        return np.isin(panel.cutoffs, np.array([instant(at) for at in known], dtype="datetime64[us]"))

    @property
    def until_(self) -> np.datetime64:
        """When the last label window ended, as an instant."""
        return instant(self.until)


def _checksums(panel: Panel) -> Iterator[tuple[str, str]]:
    times, group = np.unique(panel.cutoffs, return_inverse=True)
    if times.size > _MOST:
        return
    customers = panel.frame["customer_id"].to_numpy()
    for place, at in enumerate(times):
        rows = customers[group == place]
        if rows.size >= _LEAST:
            text = "\n".join(sorted(map(str, rows)))
            yield iso(at), hashlib.sha256(f"{iso(at)}\n{text}".encode()).hexdigest()[:16]
