"""Events of a log that come again: told by what they say, for a log does not keep the ids of its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from cxchurn.interactions.rows import Event
from cxchurn.scoring.online.store._shape import HAPPENED, KNOWN, ROW, Shape
from cxchurn.scoring.online.store._state import FROM_LOG, MISSING_TIME, State


def places_of(
    state: State, shape: Shape, events: Sequence[Event], *, taken: Collection[int] = (), when_known: bool = True
) -> list[int | None]:
    """Return where the events of a row stand among those that came with a log; None for each that does not.

    Parameters
    ----------
    state : State
        The customer's.
    shape : Shape
    events : sequence of Event
        What the row becomes. Of those that there is one a matter of, none is looked for: they are told by their matter.
    taken : collection of int
        Places that are other rows' already.
    when_known : bool
        Whether they have to be known since the same instant.
    """
    found: list[int | None] = []
    for event in (one for one in events if one.once is None):
        free = (place for place in _near(state, event) if place not in taken and place not in found)
        found.append(
            next(
                (one for one in free if _says(state, shape, one, event) and _known(state, one, event, when_known)), None
            )
        )
    return found


def _near(state: State, event: Event) -> list[int]:
    times = state.times[:, : state.size]
    return np.flatnonzero((times[HAPPENED] == event.values["timestamp"]) & (times[ROW] == FROM_LOG)).tolist()


def _known(state: State, place: int, event: Event, when_known: bool) -> bool:
    return not when_known or int(state.times[KNOWN, place]) == event.known


def _says(state: State, shape: Shape, place: int, event: Event) -> bool:
    values = event.values
    return (
        all(values.get(name, MISSING_TIME) == state.times[line, place] for name, line in shape.times.items())
        and all(_same(values.get(name), state.numbers[line, place]) for name, line in shape.numbers.items())
        and all(values.get(name) == _label(state, line, place) for name, line in shape.labels.items())
    )


def _same(value: float | None, held: float) -> bool:
    return bool(np.isnan(held)) if value is None else value == held


def _label(state: State, line: int, place: int) -> str | None:
    code = state.codes[line, place]
    return None if code < 0 else state.words[line][code]
