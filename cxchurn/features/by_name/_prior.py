"""What became of customers like this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxchurn.features._column import Column
from cxchurn.features.shared._alike import KINDS, alike
from cxchurn.features.shared._comparing import Comparing, Crowd
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.history import Seen, compared

_ALIKE = "is like customers who were here as lately and as often"


class Prior(Comparing):
    """What became of customers like this one, as far as it was known.

    Customers alike are those in the same cell: of recency and depth (how long ago, how much), or with the same label of an
    attribute. Their churn rate, from label windows that had closed, is drawn towards everybody's by `shrink` customers.
    Columns: ``prior_recency_depth`` and for each attribute ``prior_<attribute>``: the log-odds of that rate less those of
    everybody's (0: as everybody, and where fewer than ten customers were alike); missing before any outcome is known.

    Parameters
    ----------
    window : str, default "90D"
        The window that recency and depth are measured by: cells are steps of doubling from an eighth of it.
    attributes : tuple of str
        Attributes of the customers table with few labels.
    moments : int, default 4
        How many earlier moments, four weeks apart, the outcomes are taken from.
    shrink : float, default 20.0
        Above 0.
    """

    driver = "prior"
    sees = "own"
    theme = "compared"

    def __init__(
        self, *, window: str = "90D", attributes: tuple[str, ...] = (), moments: int = 4, shrink: float = 20.0
    ) -> None:
        self.window = window
        self.attributes = attributes
        self.moments = moments
        self.shrink = shrink

    def reference(self, crowd: Crowd) -> Table:
        """Return the log-odds of each cell less those of everybody, by the outcomes known."""
        sums: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        total = np.zeros(2)
        sizes = {name: len(crowd.known.get(f"customers.{name}", ())) for name in self.attributes}
        for found, churned in crowd.closed(self.moments, self._cells):
            total += (churned.sum(), churned.size)
            for name, cells in found.items():
                size = sizes.get(name, KINDS)
                lost, all_ = sums.get(name, (np.zeros(size), np.zeros(size)))
                inside = cells >= 0
                lost = lost + np.bincount(cells[inside], weights=churned[inside], minlength=size)
                sums[name] = lost, all_ + np.bincount(cells[inside], minlength=size)
        if not 0 < total[0] < total[1] or total[1] < FEWEST:
            return {}
        rate = total[0] / total[1]
        return {name: shortened(self._drawn(lost, all_, rate)) for name, (lost, all_) in sums.items()}

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for name, cells in self._cells(seen).items():
            odds = compared(seen, self.table_name, Odds(name), cells)
            like = _ALIKE if name == "recency_depth" else "is like customers with the same {label}"
            yield Column(
                f"prior_{name}",
                odds,
                says=f"{like}, who left {{value:degree}} more often than all",
                zero=f"{like}, who left as often as all",
                below=f"{like}, who left {{value:degree}} less often than all",
                missing="is like no customers whose outcome is known yet",
                unit="log-odds",
                expects=1,
                neutral=0.0,
                label=None if name == "recency_depth" else name,
                role="customers",
            )

    def _drawn(self, lost: np.ndarray, all_: np.ndarray, rate: float) -> np.ndarray:
        rates = (lost + self.shrink * rate) / (all_ + self.shrink)
        return np.where(all_ >= FEWEST, _odds(rates) - _odds(rate), 0.0)

    def _cells(self, seen: Seen) -> dict[str, np.ndarray]:
        seen = seen.own
        cells = {"recency_depth": alike(seen, self.window)}
        for name in self.attributes:
            if seen.known(f"customers.{name}"):
                cells[name] = np.nan_to_num(seen.attribute(name), nan=-1.0).astype(np.int64)
        return cells


@dataclass(frozen=True)
class Odds:
    """The odds of the customers in the same cell.

    Parameters
    ----------
    name : str
        What the cells are of.
    """

    name: str

    def __call__(self, table: Table, cells: np.ndarray) -> np.ndarray | float:
        """Return the odds for each cell, NaN for none (-1), and where the table lacks the name."""
        if self.name not in table:
            return np.nan
        return np.append(table[self.name], np.nan)[cells]


def _odds(rate: np.ndarray | float) -> np.ndarray:
    return np.log(np.asarray(rate) / (1 - np.asarray(rate)))
