"""Labels beside each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history import _kernels
from cxchurn.history._columns import Labels, Numbers
from cxchurn.history._history import History
from cxchurn.history._run import Rows, run
from cxchurn.history._selection import Selection, select
from cxchurn.history._window import What, Window


class ByLabel(NamedTuple):
    """What each label has; arrays of shape ``(labels, n)``.

    Attributes
    ----------
    events : ndarray
        How many events (with a value).
    total : ndarray
        The sum of their values, 0 over nothing.
    """

    events: np.ndarray
    total: np.ndarray

    def mean(self, *, least: int = 1) -> np.ndarray:
        """The means, missing where there are fewer than `least` values; shape ``(labels, n)``."""
        return np.divide(self.total, self.events, out=np.full(self.events.shape, np.nan), where=self.events >= least)


def by_label(window: Window, label: str, labels: tuple[str, ...], column: What | None = None) -> ByLabel:
    """Count events and sum up a column label by label, in one pass.

    Parameters
    ----------
    window : Window
    label : str
        A column of labels, such as ``"touchpoint"``.
    labels : tuple of str
        The labels to look at, such as ``seen.known("touchpoint")``.
    column : str or Measure, optional
        Numbers; events where it is missing are left out. Without, events count 1 each.
    """
    history = window._history
    events = select(history, None, column, kind=Numbers)
    key = ("by label", label, labels, column)
    if key not in history.cache:
        history.cache[key] = _positions(history, label, labels, events)
    lo, hi = window._range(events)
    values = np.ones(events.times.size) if events.values is None else events.values
    count, total = np.zeros((2, lo.size, len(labels)))
    about = values, history.cache[key], Rows(lo), Rows(hi), Rows(count), Rows(total)
    run(_kernels.by_label, lo.size, *about, outputs=0)
    return ByLabel(count.T, total.T)


def _positions(history: History, label: str, labels: tuple[str, ...], events: Selection) -> np.ndarray:
    """Give each selected event's label as its position in `labels`, -1 for all others."""
    data = history.columns.get(label)
    if not isinstance(data, Labels):
        return np.full(events.times.size, -1)
    place = {name: position for position, name in enumerate(labels)}
    wanted = np.array([*(place.get(level, -1) for level in data.levels), -1])
    return wanted[data.values[events.places()]]
