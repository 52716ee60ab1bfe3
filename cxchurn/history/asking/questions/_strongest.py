"""The value that stands out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history.asking.window._rows import What, rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._columns import Numbers
from cxchurn.history.data._run import run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _kernels


class Strongest(NamedTuple):
    """The value that stands out, and how long ago it was; each an array with one float a row, missing over nothing.

    Attributes
    ----------
    value : ndarray
        The value farthest from zero, with its sign.
    age : ndarray
        Days from its event to the cut-off.
    """

    value: np.ndarray
    age: np.ndarray


def strongest(window: Window, column: What, where: Where | None = None) -> Strongest:
    """Return the value farthest from zero, and its age; of equally strong ones the last.

    Parameters
    ----------
    window : Window
    column : str or Measure
        Numbers around zero, such as a `Valence`, or one part of it.
    where : Where, optional
        Which events count.
    """
    rows = rows_of(window)
    events = rows.select(where, column, kind=Numbers)
    lo, hi = rows.range(events)
    return Strongest(*run_all(_kernels.strongest, lo.size, 2, events.values, events.times, lo, hi, rows.cutoffs))
