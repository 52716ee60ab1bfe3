"""Folding events into answers: each question once, and wider windows going on where narrower ones stopped.

Windows that end at the same instant are folded newest first. So the wider one starts with the narrower one's answer and adds
its own older events: the same operations in the same order as alone, hence the same bits, and ten windows cost little more
than the widest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn.history.asking._selection import Selection
from cxchurn.history.data._history import History
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels

if TYPE_CHECKING:
    from cxchurn.history.asking._window import Window

# with the answer over nothing
_FOLDS: dict[str, tuple[Callable[..., None], float]] = {
    "min": (_kernels.smallest, np.nan),
    "max": (_kernels.largest, np.nan),
    "sum": (_kernels.total, 0.0),
}
STATISTICS = ("mean", "std", *_FOLDS)


def once(window: Window, what: Any, events: Selection, answer: Callable[[], np.ndarray]) -> np.ndarray:
    """Answer a question about a window once, however many builders ask."""
    key = (what, events)
    found = window._answers.get(key)
    if found is None:
        found = window._answers[key] = answer()
    return found


def going_on(
    window: Window,
    what: Any,
    events: Selection,
    start: Callable[[], np.ndarray],
    fold_in: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Answer a question by folding events into an array, from the widest window inside that has answered it already.

    Parameters
    ----------
    start : callable
        Gives the answer over nothing.
    fold_in : callable
        Folds each row's events, from ``lo`` to ``hi``, into the answer so far, and returns a new one.
    """
    key = (what, events)
    asked = window._family.get(key)
    if asked is None:
        asked = window._family[key] = {}
    known = asked.get(window._length)
    if known is None:
        lo, hi = window._range(events)
        inside = [length for length in asked if length < window._length] if asked else None
        middle, answer = asked[max(inside)] if inside else (hi, start())
        known = asked[window._length] = lo, fold_in(lo, middle, answer)
    return known[1]


def fold(window: Window, name: str, events: Selection) -> np.ndarray:
    """Return the sum, the minimum or the maximum of the selected events' values."""
    kernel, nothing = _FOLDS[name]

    def fold_in(lo: np.ndarray, hi: np.ndarray, start: np.ndarray) -> np.ndarray:
        return run(kernel, lo.size, events.values, lo, hi, start)

    return going_on(window, name, events, lambda: np.full(window._lo.size, nothing), fold_in)


def folded(name: str, values: np.ndarray, lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """Return the sum, the minimum or the maximum of ranges of values."""
    kernel, nothing = _FOLDS[name]
    return run(kernel, lo.size, values, lo, hi, np.full(lo.size, nothing))


def mean_of(totals: np.ndarray, lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """Return sums over how many there are, missing over nothing."""
    return run(_kernels.mean, lo.size, totals, lo, hi)


def grown(history: History, events: Selection, half_life: int) -> np.ndarray:
    """Return how much each selected event outweighs its customer's first, for sums that fade by half each half-life."""
    key = ("grown", half_life)
    if key not in history.cache:
        history.cache[key] = _grown(history, float(half_life))
    return history.cache[key] if events.chosen is None else history.cache[key][events.chosen]


def _grown(history: History, half_life: float) -> np.ndarray:
    if isinstance(history.place, Recorded):
        return history.place.asked("grown", half_life)
    growth = np.empty(len(history))
    _kernels.grown(history.place, history.offsets, half_life, growth)
    return growth
