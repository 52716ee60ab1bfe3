"""What customers had to do with each label, customer by customer: for tables about labels that rest on many of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cxchurn._core import DAY
from cxchurn.history.asking.measures._measure import Measure
from cxchurn.history.asking.measures._segments import segments
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.asking.window._window import Window
from cxchurn.history.data._columns import Labels
from cxchurn.history.data._hashed import hashed
from cxchurn.history.data._history import History

# sums of whole numbers are the same in whatever order they are made
_UNIT = 1 << 20


class Pairs(NamedTuple):
    """A customer and a label each; arrays of shape ``(pairs,)``, in no order.

    Attributes
    ----------
    label : ndarray of float64
        The label's hash, see `Events.hashed`.
    events : ndarray of int64
        How many events with a value.
    total : ndarray of int64
        The sum of their values, in units of 2**-20.
    first, last : ndarray of float64
        When the first and the last of them became known, days since 1970.
    """

    label: np.ndarray
    events: np.ndarray
    total: np.ndarray
    first: np.ndarray
    last: np.ndarray


def pairs(window: Window, column: str, measure: Measure, *, key: str) -> Pairs:
    """Bring together the events of each row's customer and each label; rows are different customers.

    Parameters
    ----------
    window : Window
    column : str
        A column of labels.
    measure : Measure
        A number for each event, up to some thousands; events where it is missing are left out.
    key : str
        What the labels are hashed with.
    """
    history, order, new = _events(window, column)
    labels, values = history.columns[column], measure.column(history).values
    assert isinstance(labels, Labels)
    valued = ~np.isnan(values[order])
    group, order = np.cumsum(new)[valued], order[valued]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    stops = np.append(starts[1:], order.size)[: starts.size]
    known, units = history.place[order] / DAY, np.rint(values[order] * _UNIT).astype(np.int64)
    total = np.add.reduceat(units, starts) if starts.size else units
    who = hashed(history, column, key)[labels.values[order[starts]]]
    return Pairs(who, stops - starts, total, known[starts], known[stops - 1])


def _events(window: Window, column: str) -> tuple[History, np.ndarray, np.ndarray]:
    """Return the labelled events of a window, by customer and label in the order of time, and where another pair begins."""
    rows = rows_of(window)
    history, lo, hi = rows.history, rows.lo, rows.hi
    codes, grouped = history.columns[column].values, segments(history, column)
    if not lo.size:
        return history, grouped.order[:0], grouped.starts[:0]
    # rows are a block of customers: only their events are looked at
    first = history.offsets[np.searchsorted(history.offsets, lo.min(), side="right") - 1]
    stop = history.offsets[np.searchsorted(history.offsets, hi.max())]
    begin = np.count_nonzero(codes[:first] >= 0)
    block = slice(begin, begin + np.count_nonzero(codes[first:stop] >= 0))
    edges = np.zeros(stop - first + 1, dtype=np.int64)
    np.add.at(edges, lo - first, 1)
    np.add.at(edges, hi - first, -1)
    inside = np.cumsum(edges)[grouped.order[block] - first] > 0
    number = np.cumsum(grouped.starts[block])[inside]
    return history, grouped.order[block][inside], np.diff(number, prepend=0) != 0


def pairs_together(parts: Iterable[Pairs]) -> Pairs:
    """Return the pairs of several parts of a log, each with customers of its own."""
    found = [*parts, Pairs(*[np.empty(0)] * 5)]
    return Pairs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


class ByLabels(NamedTuple):
    """What there is of each label over all customers; arrays of shape ``(labels,)``, in the order of their hashes.

    Attributes
    ----------
    label : ndarray of float64
    customers, events : ndarray of int64
        How many customers, and events of theirs.
    total : ndarray of float64
        The sum of the values.
    met, left : ndarray of float64
        When as many customers as are asked for had had to do with it, and since when fewer than that have; days since 1970,
        NaN where there never were as many.
    """

    label: np.ndarray
    customers: np.ndarray
    events: np.ndarray
    total: np.ndarray
    met: np.ndarray
    left: np.ndarray


def over_customers(found: Pairs, fewest: int) -> ByLabels:
    """Bring together the pairs of each label.

    Parameters
    ----------
    found : Pairs
    fewest : int
        On how many customers an instant is to rest.
    """
    label, which, customers = np.unique(found.label, return_inverse=True, return_counts=True)
    starts = np.cumsum(customers) - customers
    enough = customers >= fewest
    nth = np.where(enough, starts + fewest - 1, 0)

    def instant(values: np.ndarray, sign: float) -> np.ndarray:
        if not values.size:
            return values
        ordered = values[np.lexsort((sign * values, which))]
        return np.where(enough, ordered[nth], np.nan)

    events, total = (np.zeros(label.size, dtype=np.int64) for _ in range(2))
    np.add.at(events, which, found.events.astype(np.int64))
    np.add.at(total, which, found.total.astype(np.int64))
    return ByLabels(label, customers, events, total / _UNIT, instant(found.first, 1.0), instant(found.last, -1.0))
