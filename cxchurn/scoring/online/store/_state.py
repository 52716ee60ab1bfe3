"""What is known of one customer: the events in time order, as arrays that are never changed once they are seen.

A new event makes a new state. Where it comes last, as events mostly do, it is written behind those that are seen already, into
room that no older state looks at; so keeping a state up to date does not cost its length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from cxchurn.interactions.rows import Event
from cxchurn.scoring.online.store._fingerprint import fingerprint
from cxchurn.scoring.online.store._shape import HAPPENED, KNOWN, ROW, Shape

MISSING_TIME = np.iinfo(np.int64).min
# stands for the row of an event that came with a log, which does not say which row that was
FROM_LOG = 1
# room for eight events, then half as much again: an event at a time costs no copy of all at each
_LEAST = 8
Levels = tuple[str, ...]


class Entry(NamedTuple):
    """The events of one row, as a state takes them.

    Attributes
    ----------
    row : int
        What tells the row apart from others: 64 bits of its id or its content.
    events : sequence of Event
    """

    row: int
    events: Sequence[Event]


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """The events of one customer, sorted by when they became known, ties by content.

    Attributes
    ----------
    size : int
        How many events there are; arrays may have room for more.
    times : ndarray of int64, shape (lines, room)
    numbers : ndarray of float64, shape (lines, room)
    codes : ndarray of int32, shape (lines, room)
    words : tuple of tuple of str
        For each line of codes the labels that they stand for, in the order of the text.
    matters : mapping
        Of the events that there is one of a matter: what is earliest, and the row it is from.
    """

    size: int
    times: np.ndarray
    numbers: np.ndarray
    codes: np.ndarray
    words: tuple[Levels, ...]
    matters: Mapping[Any, tuple[Any, int]] = field(default_factory=dict)

    @classmethod
    def empty(cls, shape: Shape) -> State:
        """Return the state of a customer without events."""
        times, numbers = np.empty((shape.time_lines, 0), np.int64), np.empty((len(shape.numbers), 0), np.float64)
        return cls(0, times, numbers, np.empty((len(shape.labels), 0), np.int32), ((),) * len(shape.labels))

    def holds(self, row: int) -> bool:
        """Whether there is an event of a row."""
        return bool((self.times[ROW, : self.size] == row).any())

    @property
    def rows(self) -> np.ndarray:
        """Return the rows that the events are of; int64, shape ``(events,)``."""
        return self.times[ROW, : self.size]

    def marked(self, rows: Mapping[int, int]) -> State:
        """Return the state with the events at some places being of other rows."""
        times = self.times.copy()
        times[ROW, list(rows)] = list(rows.values())
        return replace(self, times=times)


def updated(state: State, shape: Shape, entries: Iterable[Entry], *, without: Iterable[int] = ()) -> State:
    """Return a state with the events of more rows, and without those of some.

    Parameters
    ----------
    state : State
        It stays as it is for whoever holds it.
    shape : Shape
    entries : iterable of Entry
        In any order: the order of the events is that of their content.
    without : iterable of int
        The rows whose events go, because the same event was known earlier by another.
    """
    gone, matters, new = set(without), dict(state.matters), []
    for row, events in entries:
        for event in events:
            if event.once is None:
                new.append((row, event))
                continue
            # where one event a matter is made of several rows, the earliest stands
            found = matters.get(event.once)
            if found is None or event.order < found[0]:
                # the event belongs to the matter, not to a row: whichever row comes first, the answer is the same
                own = row_of(event.once)
                new = [one for one in new if one[0] != own]
                gone |= {own} if found is not None else set()
                matters[event.once] = event.order, own
                new.append((own, event))
    if gone:
        state = _without(state, gone)
    longer = _appended(state, shape, new)
    order = _order(longer, shape, state.size)
    times, numbers, codes = (longer.times, longer.numbers, longer.codes) if order is None else _taken(longer, order)
    return State(longer.size, times, numbers, codes, longer.words, matters)


def row_of(matter: Any) -> int:
    """Return what stands for the row of a matter's event, whichever row it was made of."""
    return fingerprint(("matter", matter))


class _Grown(NamedTuple):
    """The arrays of a state with new events behind the others, and what their labels' codes stand for."""

    size: int
    times: np.ndarray
    numbers: np.ndarray
    codes: np.ndarray
    words: tuple[Levels, ...]


def _without(state: State, rows: set[int]) -> State:
    kept = np.flatnonzero(~np.isin(state.rows, np.array(list(rows), dtype=np.int64)))
    return State(
        kept.size, state.times[:, kept], state.numbers[:, kept], state.codes[:, kept], state.words, state.matters
    )


def _appended(state: State, shape: Shape, new: list[tuple[int, Event]]) -> _Grown:
    start, stop = state.size, state.size + len(new)
    times, numbers, codes = (_with_room(one, start, stop) for one in (state.times, state.numbers, state.codes))
    times[:, start:stop], numbers[:, start:stop], codes[:, start:stop] = MISSING_TIME, np.nan, -1
    said: dict[int, list[tuple[int, str]]] = {}
    for place, (row, event) in enumerate(new, start=start):
        times[KNOWN, place], times[ROW, place] = event.known, row
        for name, value in event.values.items():
            if name in shape.numbers:
                # a negative zero is a zero
                numbers[shape.numbers[name], place] = value + 0.0
            elif name in shape.labels:
                said.setdefault(shape.labels[name], []).append((place, value))
            else:
                times[shape.times[name], place] = value
    words, owned = list(state.words), codes is not state.codes
    for line, labels in said.items():
        levels = _joined(words[line], (label for _, label in labels))
        if levels is not words[line] and start and not owned:
            codes, owned = codes.copy(), True
        if levels is not words[line] and start:
            place_of = np.array([*(bisect_left(levels, label) for label in words[line]), -1], dtype=np.int32)
            codes[line, :start] = place_of[codes[line, :start]]
        words[line] = levels
        for place, label in labels:
            codes[line, place] = bisect_left(levels, label)
    return _Grown(stop, times, numbers, codes, tuple(words))


def _with_room(array: np.ndarray, size: int, needed: int) -> np.ndarray:
    """Return an array with room: itself, where what is behind its events is free, else a larger copy."""
    if needed <= array.shape[1]:
        return array
    larger = np.empty((array.shape[0], max(_LEAST, needed, size + (size >> 1))), dtype=array.dtype)
    larger[:, :size] = array[:, :size]
    return larger


def _joined(levels: Levels, labels: Iterable[str]) -> Levels:
    more = {label for label in labels if label not in levels}
    return shared(tuple(sorted({*levels, *more}))) if more else levels


@lru_cache(maxsize=1 << 14)
def shared(levels: Levels) -> Levels:
    """Return some labels: the same object for the same ones, as far as customers have had them lately."""
    return levels


def _order(longer: _Grown, shape: Shape, old: int) -> np.ndarray | None:
    """Return the order of events by when they became known, ties by content; None where they are in it."""
    known = longer.times[KNOWN, : longer.size]
    tail = known[max(old - 1, 0) :]
    if (tail[1:] > tail[:-1]).all():
        return None
    keys = [known, longer.times[HAPPENED, : longer.size], *_content(longer, shape)]
    return np.lexsort(keys[::-1])


def _content(longer: _Grown, shape: Shape) -> Iterator[np.ndarray]:
    for name in shape.names:
        for lines, array in (
            (shape.times, longer.times),
            (shape.numbers, longer.numbers),
            (shape.labels, longer.codes),
        ):
            if name in lines:
                yield array[lines[name], : longer.size]


def _taken(longer: _Grown, order: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(array[:, order] for array in (longer.times, longer.numbers, longer.codes))
