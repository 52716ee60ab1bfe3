"""Several customers' events as one history, so that they are asked about in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from cxchurn.history import History, Labels, Numbers, Times
from cxchurn.scoring.online.store._shape import KNOWN, Shape
from cxchurn.scoring.online.store._state import Levels, State

EventColumn = Times | Numbers | Labels


def history_of(shape: Shape, keys: Sequence[str], states: Sequence[State]) -> History:
    """Return the history of some customers, each at the place of its key; without attributes, in UTC."""
    ids = np.array(keys, dtype=object)
    offsets = np.cumsum([0, *(state.size for state in states)])
    if len(states) == 1:
        make = _of_one(shape, states[0])
        place = states[0].times[KNOWN, : states[0].size]
    else:
        make = _of_several(shape, states)
        place = np.concatenate([state.times[KNOWN, : state.size] for state in states])
    return History.of_columns(ids, offsets, place, shape.names, make)


def _of_one(shape: Shape, state: State) -> Callable[[str], EventColumn]:
    n = state.size

    def make(name: str) -> EventColumn:
        if name in shape.labels:
            line = shape.labels[name]
            return Labels(state.codes[line, :n], state.words[line])
        if name in shape.numbers:
            return Numbers(state.numbers[shape.numbers[name], :n])
        return Times(state.times[shape.times[name], :n])

    return make


def _of_several(shape: Shape, states: Sequence[State]) -> Callable[[str], EventColumn]:
    @cache
    def joined(what: str) -> np.ndarray:
        return np.concatenate([getattr(state, what)[:, : state.size] for state in states], axis=1)

    def make(name: str) -> EventColumn:
        if name in shape.labels:
            line = shape.labels[name]
            return _labels(joined("codes")[line], states, [state.words[line] for state in states])
        if name in shape.numbers:
            return Numbers(joined("numbers")[shape.numbers[name]])
        return Times(joined("times")[shape.times[name]])

    return make


def _labels(codes: np.ndarray, states: Sequence[State], words: Sequence[Levels]) -> Labels:
    """Return the labels of several customers, by codes of common ones in the order of the text."""
    distinct = set(words)
    if len(distinct) == 1:
        return Labels(codes, words[0])
    levels = tuple(sorted({label for one in distinct for label in one}))
    place = {label: code for code, label in enumerate(levels)}
    # a line of places for each customer, one after the other; a missing label's code of -1 is the last place of a line
    starts = np.cumsum([0, *(len(one) + 1 for one in words)])
    places = np.array([code for one in words for code in (*(place[label] for label in one), -1)], dtype=np.int32)
    sizes = [state.size for state in states]
    own = np.where(codes < 0, np.repeat(starts[1:] - 1, sizes), codes + np.repeat(starts[:-1], sizes))
    return Labels(places[own], levels)
