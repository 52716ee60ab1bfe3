"""Events and what is on file as text, and back: plain JSON, of which nothing is run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cxchurn.interactions.rows import Event
from cxchurn.scoring.online.store._on_file import OnFile
from cxchurn.scoring.online.store._shape import KNOWN, Shape
from cxchurn.scoring.online.store._state import FROM_LOG, MISSING_TIME, State


def written_events(events: Iterable[Event]) -> str:
    """Write events down."""
    return json.dumps(
        [
            [one.known, one.values] if one.once is None else [one.known, one.values, one.once, one.order]
            for one in events
        ],
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )


def read_events(text: str) -> list[Event]:
    """Read what `written_events` wrote."""
    return [Event(known, values, *map(_tuples, rest)) for known, values, *rest in json.loads(text)]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def written_on_file(rows: Sequence[OnFile]) -> str:
    """Write down what is on file. A number of it may be infinite, as in a table of customers."""
    return json.dumps([[row.since, row.until, dict(row.values)] for row in rows], ensure_ascii=False)


def read_on_file(text: str) -> tuple[OnFile, ...]:
    """Read what `written_on_file` wrote."""
    return tuple(OnFile(since, values, until) for since, until, values in json.loads(text))


def events_from_log(state: State, shape: Shape) -> list[Event]:
    """Return the events of a state that came with a log and are of no row that is known; and those of matters."""
    matters = {row: (once, order) for once, (order, row) in state.matters.items()}
    return [
        _event(state, shape, place, *matters.get(row, (None, ())))
        for place, row in enumerate(state.rows.tolist())
        if row == FROM_LOG or row in matters
    ]


def events_of_row(state: State, shape: Shape, row: int) -> list[Event]:
    """Return the events of a state that are of a row."""
    return [_event(state, shape, place) for place in np.flatnonzero(state.rows == row).tolist()]


def _event(state: State, shape: Shape, place: int, once: tuple[Any, ...] | None = None, order: Any = ()) -> Event:
    values: dict[str, Any] = {
        name: int(moment) for name, line in shape.times.items() if (moment := state.times[line, place]) != MISSING_TIME
    }
    values |= {
        name: float(number)
        for name, line in shape.numbers.items()
        if not np.isnan(number := state.numbers[line, place])
    }
    values |= {
        name: state.words[line][code] for name, line in shape.labels.items() if (code := state.codes[line, place]) >= 0
    }
    return Event(int(state.times[KNOWN, place]), values, once, order)
