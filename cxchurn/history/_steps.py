"""Steps: from each interaction to the next one, by their labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn._core import Span
from cxchurn.history import _kernels
from cxchurn.history._run import Rows, run
from cxchurn.history._selection import select
from cxchurn.history._where import Where
from cxchurn.history._window import Window


class LastStep(NamedTuple):
    """The last step of a window beside the earlier ones; each an array with one float a row.

    Attributes
    ----------
    run : ndarray
        How many events in a row, up to the last, bear the last label.
    left : ndarray
        How often the label that the last step started from had been left before.
    same : ndarray
        How often of these for the last label.
    """

    run: np.ndarray
    left: np.ndarray
    same: np.ndarray


class Steps(NamedTuple):
    """The steps that arrived in the last part of a window; each an array with one float a row.

    Attributes
    ----------
    taken : ndarray
        How many.
    loops : ndarray
        How many of them to the same label.
    fresh : ndarray
        How many of them for the first time in the window.
    """

    taken: np.ndarray
    loops: np.ndarray
    fresh: np.ndarray


def last_step(window: Window, column: str, where: Where | None = None) -> LastStep:
    """Look at a window's last step from label to label, of the events that count and have one."""
    events = select(window._history, where, column)
    lo, hi = window._range(events)
    return LastStep(*run(_kernels.last_step, lo.size, events.values, Rows(lo), Rows(hi), outputs=3))


def steps(window: Window, column: str, recent: str | Span, where: Where | None = None) -> Steps:
    """Look at the steps that arrived in the last part of a window, beside all before them.

    Parameters
    ----------
    window : Window
    column : str
        A label of the events.
    recent : str
        How long before the cut-off the last part begins.
    where : Where, optional
        Which events count.
    """
    events = select(window._history, where, column)
    (lo, hi), (middle, _) = window._range(events), window.last(recent)._range(events)
    return Steps(*run(_kernels.steps, lo.size, events.values, Rows(lo), Rows(middle), Rows(hi), outputs=3))
