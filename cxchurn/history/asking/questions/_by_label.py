"""Labels beside each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history.asking.measures._selection import Selection
from cxchurn.history.asking.window._aggregate import accumulated
from cxchurn.history.asking.window._rows import What, rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._columns import Labels, Numbers, read_only
from cxchurn.history.data._history import History
from cxchurn.history.data._run import run_by_label
from cxchurn.history.kernels import _label_kernels


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
    rows = rows_of(window)
    events = rows.select(None, column, kind=Numbers)
    codes, values = _codes(rows.history, label, labels, events), events.values

    def nothing() -> np.ndarray:
        return np.zeros((len(labels), rows.lo.size))

    def add_one(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        return run_by_label(_label_kernels.count_by_label, lo.size, len(labels), codes, lo, hi, start)

    def add_value(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        return run_by_label(_label_kernels.by_label, lo.size, len(labels), values, codes, lo, hi, start)

    key = (label, labels)
    # what others share may be read, not written
    count = read_only(accumulated(rows, ("count", *key), events, nothing, add_one))
    if values is None:
        return ByLabel(count, count)
    return ByLabel(count, read_only(accumulated(rows, ("sum", *key), events, nothing, add_value)))


def age_by_label(window: Window, label: str, labels: tuple[str, ...]) -> np.ndarray:
    """Return the days from each label's last event to the cut-off, in one pass for all of them; shape ``(labels, n)``.

    Parameters
    ----------
    window : Window
    label : str
        A column of labels, such as ``"kind"``.
    labels : tuple of str
        The labels to look at, such as ``seen.known("kind")``.
    """
    rows = rows_of(window)
    events = rows.select(None)
    codes = _codes(rows.history, label, labels, events)
    about = codes, events.times, *rows.range(events), rows.cutoffs
    return run_by_label(_label_kernels.age_by_label, rows.lo.size, len(labels), *about)


def _codes(history: History, label: str, labels: tuple[str, ...], events: Selection) -> np.ndarray:
    """Give each selected event's label as its position in `labels`, -1 for all others; once a history."""
    key = ("by label", label, labels, events)
    found = history.cache.get(key)
    if found is None:
        codes = _positions(history, label, labels)
        found = history.cache[key] = codes if events.chosen is None else codes[events.chosen]
    return found


def _positions(history: History, label: str, labels: tuple[str, ...]) -> np.ndarray:
    data = history.columns.get(label)
    return data.positions(labels) if isinstance(data, Labels) else np.full(len(history), -1)
