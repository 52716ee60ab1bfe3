"""The state that matters are in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history.asking.measures._ratio import ratio
from cxchurn.history.asking.measures._segments import segments
from cxchurn.history.asking.window._rows import What, rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._columns import Numbers
from cxchurn.history.data._run import run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _sequences


class Matters(NamedTuple):
    """The state that matters are in; each an array with one float a row.

    Attributes
    ----------
    matters : ndarray
        How many matters have a value.
    total : ndarray
        The sum of their values, 0 over nothing.
    largest, smallest : ndarray
        The greatest and the least value; missing where there is none.
    """

    matters: np.ndarray
    total: np.ndarray
    largest: np.ndarray
    smallest: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean of the values; missing where there is none."""
        return ratio(self.total, self.matters)


def matters(window: Window, column: What, *, by: str = "case_id", where: Where | None = None) -> Matters:
    """Sum up a column over the last event of each matter before the cut-off: the state the matters are in.

    Parameters
    ----------
    window : Window
        Only matters whose last event lies in it are looked at.
    column : str or Measure
        The state after each event, such as a measure made with `Events.of_matter`.
    by : str, default "case_id"
        The label that ties the events of one matter; or an instant that they name, such as ``"promised_at"``.
    where : Where, optional
        Which last events count.
    """
    rows = rows_of(window)
    chosen = rows.select(where, column, kind=Numbers)
    lo, hi = rows.range(chosen)
    following = segments(rows.history, by).following[chosen.places]
    return Matters(*run_all(_sequences.ends, lo.size, 4, chosen.values, following, lo, hi, rows.whole.end))
