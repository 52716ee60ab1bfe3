"""How the labels of a customer's events are mixed, lately and before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import Span
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._run import run_all
from cxchurn.history.data._where import Where
from cxchurn.history.kernels import _label_kernels


class Mix(NamedTuple):
    """The mix of labels in the last part of a window; each an array with one float a row.

    Attributes
    ----------
    different : ndarray
        How many different labels.
    fresh : ndarray
        How many of these that were not there before.
    largest : ndarray
        The share of the most frequent label; missing without a label.
    drift : ndarray
        The share of the events that would have to bear another label for the mix to be that of before: the total variation
        distance, half the sum of ``|share - share before|``. Missing without a label in either part.
    """

    different: np.ndarray
    fresh: np.ndarray
    largest: np.ndarray
    drift: np.ndarray


def mix(window: Window, column: str, recent: str | Span | None = None, *, where: Where | None = None) -> Mix:
    """Compare the labels of the last part of a window with those before it.

    Parameters
    ----------
    window : Window
    column : str
        A label of the events.
    recent : str, optional
        How long before the cut-off the last part begins; default: it is the whole window.
    where : Where, optional
        Which events count.
    """
    rows = rows_of(window)
    events = rows.select(where, column)
    lo, hi = rows.range(events)
    middle = lo if recent is None else rows_of(window.last(recent)).range(events)[0]
    return Mix(*run_all(_label_kernels.mix, lo.size, 4, events.values, lo, middle, hi, events.codes))
