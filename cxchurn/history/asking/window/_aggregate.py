"""Aggregating events: wider windows go on where narrower ones stopped.

Where windows end at the same instant, events are added newest first. So the wider one starts with the narrower one's answer
and adds its own older events: the same operations in the same order as alone, hence the same bits, and ten windows cost
little more than the widest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn.history.asking.measures._selection import Selection
from cxchurn.history.asking.window._rows import Rows
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels

# with the answer over nothing
_KERNELS: dict[str, tuple[Callable[..., None], float]] = {
    "min": (_kernels.smallest, np.nan),
    "max": (_kernels.largest, np.nan),
    "sum": (_kernels.total, 0.0),
}
STATISTICS = ("mean", "std", *_KERNELS)


def accumulated(
    rows: Rows,
    question: Any,
    events: Selection,
    start: Callable[[], np.ndarray],
    add: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Answer a question by adding events to an array, from the widest window inside that has answered it already.

    Parameters
    ----------
    start : callable
        Gives the answer over nothing.
    add : callable
        Adds each row's events, from ``lo`` to ``hi``, to the answer so far, and returns a new one.
    """
    key = (question, events)
    asked = rows.shared.get(key)
    if asked is None:
        asked = rows.shared[key] = {}
    known = asked.get(rows.length)
    if known is None:
        lo, hi = rows.range(events)
        inside = [length for length in asked if length < rows.length] if asked else None
        middle, answer = asked[max(inside)] if inside else (hi, start())
        known = asked[rows.length] = lo, add(lo, middle, answer)
    return known[1]


def aggregate(rows: Rows, name: str, events: Selection) -> np.ndarray:
    """Return the sum, the minimum or the maximum of the selected events' values."""
    kernel, nothing = _KERNELS[name]

    def add(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        return run(kernel, lo.size, events.values, lo, hi, start)

    return accumulated(rows, name, events, lambda: np.full(rows.lo.size, nothing), add)


def aggregate_ranges(name: str, values: np.ndarray, lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """Return the sum, the minimum or the maximum of ranges of values."""
    kernel, nothing = _KERNELS[name]
    return run(kernel, lo.size, values, lo, hi, np.full(lo.size, nothing))


def mean_of(totals: np.ndarray, lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """Return sums over how many there are, missing over nothing."""
    return run(_kernels.mean, lo.size, totals, lo, hi)


def growth_of(history: History, events: Selection, half_life: int) -> np.ndarray:
    """Return how much each selected event outweighs its customer's first, for sums that fade by half each half-life."""
    key = ("growth", half_life)
    if key not in history.cache:
        history.cache[key] = _growth(history, float(half_life))
    return history.cache[key] if events.chosen is None else history.cache[key][events.chosen]


def _growth(history: History, half_life: float) -> np.ndarray:
    if isinstance(history.place, Recorded):
        return history.place.asked("growth", half_life)
    growth = np.empty(len(history))
    _kernels.growth(history.place, history.offsets, half_life, growth)
    return growth
