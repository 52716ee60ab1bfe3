"""Steps: from each event of a customer to the next one, by their labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.history.asking.measures._measure import Events
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded


class Steps(NamedTuple):
    """The step that led to each event, beside the same customer's earlier ones; arrays of shape ``(events,)``.

    Attributes
    ----------
    taken : ndarray of bool
        Whether there is one: a customer's first event has no step before it.
    loop : ndarray of bool
        Whether it led to the label it came from.
    left : ndarray of int64
        How many earlier steps came from the same label.
    same : ndarray of int64
        How many of these led to the same label.
    """

    taken: np.ndarray
    loop: np.ndarray
    left: np.ndarray
    same: np.ndarray


def steps(events: Events, column: str) -> Steps:
    """Look at the steps between events, once a history; for measures. A missing label counts as a label of its own."""
    history = events._history
    key = ("steps", column)
    if key not in history.cache:
        history.cache[key] = _steps(history, history.columns[column].values)
    return history.cache[key]


def _steps(history: History, values: np.ndarray) -> Steps:
    if isinstance(values, Recorded):
        return Steps(*values.asked("steps"))
    codes = values.astype(np.int64) + 1
    owner = np.repeat(np.arange(history.ids.size), np.diff(history.offsets))
    before, size = np.roll(codes, 1), int(codes.max(initial=0)) + 1
    taken = np.zeros(codes.size, dtype=bool)
    taken[1:] = owner[1:] == owner[:-1]
    start = owner * size + before
    left, same = (_earlier(keys, taken) for keys in (start, start * size + codes))
    return Steps(taken, taken & (codes == before), left, same)


def _earlier(keys: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """How many events before each one have the same key; 0 for those that do not count."""
    places = np.flatnonzero(counted)
    order = places[np.argsort(keys[places], kind="stable")]
    number = np.arange(order.size)
    new = np.ones(order.size, dtype=bool)
    new[1:] = keys[order[1:]] != keys[order[:-1]]
    out = np.zeros(keys.size, dtype=np.int64)
    out[order] = number - np.maximum.accumulate(np.where(new, number, 0))
    return out
