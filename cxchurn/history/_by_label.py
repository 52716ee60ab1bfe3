"""Labels beside each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history import _kernels
from cxchurn.history._columns import Labels, Numbers
from cxchurn.history._folding import going_on
from cxchurn.history._history import History
from cxchurn.history._selection import Selection, select
from cxchurn.history._window import What, Window


class ByLabel(NamedTuple):
    """What each label has; arrays of shape ``(labels, n)``.

    Attributes
    ----------
    events : ndarray
        How many events (with a value).
    total : ndarray
        The sum of their values, 0 over nothing; without a column, how many.
    """

    events: np.ndarray
    total: np.ndarray

    def mean(self, *, least: int = 1) -> np.ndarray:
        """The means, missing where there are fewer than `least` values; shape ``(labels, n)``."""
        return np.divide(self.total, self.events, out=np.full(self.events.shape, np.nan), where=self.events >= least)


def by_label(window: Window, label: str, labels: tuple[str, ...], column: What | None = None) -> ByLabel:
    """Count events and sum up a column label by label, in one pass for all of them.

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
    codes, values = history.cache[key], events.values

    def nothing() -> np.ndarray:
        return np.zeros((len(labels), window._lo.size))

    def add_one(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        count = np.empty_like(start)
        _kernels.count_by_label(codes, lo, hi, start, count)
        return count

    def add_value(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        total = np.empty_like(start)
        _kernels.by_label(values, codes, lo, hi, start, total)
        return total

    count = going_on(window, key, events, nothing, add_one)
    return ByLabel(count, count if values is None else going_on(window, ("sum", *key), events, nothing, add_value))


def _positions(history: History, label: str, labels: tuple[str, ...], events: Selection) -> np.ndarray:
    """Give each selected event's label as its position in `labels`, -1 for all others."""
    data = history.columns.get(label)
    if not isinstance(data, Labels):
        return np.full(events.times.size, -1)
    wanted = np.full(len(data.names) + 1, -1)
    places = data.places(labels)
    wanted[places[places >= 0]] = np.flatnonzero(places >= 0)
    codes = wanted[data.values]
    return codes if events.chosen is None else codes[events.chosen]
