"""Running a program for rows of a view."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cxchurn.history.asking._compared import compared
from cxchurn.history.asking._seen import Seen
from cxchurn.history.data._columns import Labels
from cxchurn.history.data._history import History
from cxchurn.history.plan._program import Outside, Program, Read
from cxchurn.history.plan._row_machine import run

_space = threading.local()
# numbers of an arena that a thread keeps: 64 MB
_KEPT = 1 << 23


# events and rows at a time: what is worked out for them stays near the processor
_EVENTS, _ROWS = 1 << 13, 1 << 9
# events of one customer beyond which the arrays of a program would take too much memory
LONG = 1 << 16


def replay_blocks(program: Program, seen: Seen) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield which rows of a view of all events, and their columns, float64, shape ``(columns, rows)``; a few rows at a time.

    Left out are rows of customers with more events than a program can hold (`LONG`).

    Parameters
    ----------
    program : Program
    seen : Seen
    """
    position, offsets = seen._position, seen._history.offsets
    if position.size == 1 and len(seen._history) <= LONG:
        yield np.zeros(1, dtype=np.int64), replay(program, seen)
        return
    if seen._history.attributes is not None and any(read.how == "attribute" for read in program.given):
        # for all rows at once: it takes looking up customers by their ids
        seen.look_up(seen._history.attributes)
    order = np.argsort(position, kind="stable")
    placed = position[order]
    events = np.where(placed >= 0, offsets[placed + 1] - offsets[placed], 0)
    order, placed, events = (values[events <= LONG] for values in (order, placed, events))
    first = np.ones(order.size, dtype=bool)
    first[1:] = placed[1:] != placed[:-1]
    block = np.maximum(np.cumsum(np.where(first, events, 0)) // _EVENTS, np.arange(order.size) // _ROWS)
    for rows in np.split(order, np.flatnonzero(np.diff(block)) + 1):
        if rows.size:
            yield rows, replay(program, seen.only(rows))


def replay(program: Program, view: Seen) -> np.ndarray:
    """Return the columns of the rows of a view of all events, customer by customer; float64, shape ``(columns, n)``.

    Parameters
    ----------
    program : Program
    view : Seen
        Of a few rows, in the order of their customers: everything about them is in memory at once.
    """
    answers = _registers(program, view)
    go_on = _run(program, view, answers)
    with np.errstate(all="ignore"):
        for stage, following in zip(program.stages, program.stages[1:], strict=False):
            for outside in stage.outside:
                _outside(outside, view, answers)
            if following.code.size:
                go_on(following.code)
    found: np.ndarray = answers[program.out]
    return found


def _registers(program: Program, seen: Seen) -> np.ndarray:
    """Return the registers of the rows with constants and what is read of rows in them."""
    answers = np.empty((program.constants.size, seen.cutoffs.size))
    answers[:] = program.constants[:, None]
    whole = answers.view(np.int64)
    for read in program.given:
        if read.how == "attribute":
            answers[read.into] = seen.attribute(*read.name)
        elif read.how == "cutoffs":
            whole[read.into] = seen.cutoffs
        else:
            whole[read.into] = getattr(seen._history.zone, read.how)(seen.cutoffs + read.name[0])
    return answers


def _run(program: Program, seen: Seen, answers: np.ndarray) -> Callable[[np.ndarray], None]:
    """Run the program up to what is worked out outside, and return what runs the lines that follow."""
    history, position = seen._history, seen._position
    new = np.ones(position.size, dtype=bool)
    new[1:] = position[1:] != position[:-1]
    customers = position[new]
    begins, stops = (np.where(customers >= 0, history.offsets[customers + more], 0) for more in (0, 1))
    bounds = np.zeros((program.sizes, customers.size + 1), dtype=np.int64)
    np.cumsum(stops - begins, out=bounds[0, 1:])
    size = int(bounds[0, -1])
    which = _which(begins, stops, bounds[0])
    labels = max((len(history.columns[name].names) for name in program.counted), default=0) + 1  # type: ignore[union-attr]
    given = (
        _read(program, program.numbers, history, which, size, np.float64),
        _read(program, program.whole, history, which, size, np.int64),
    )
    tables = program.tables, program.tables_whole
    scratch = np.empty((3, size + 1), dtype=np.int64), np.empty(1 << max(2 * size - 1, 1).bit_length(), dtype=np.int64)
    rest = np.cumsum(new) - 1, answers, np.zeros((2, labels), dtype=np.int64)
    memory = _arena(program.places * (size + 1)), size + 1, bounds

    def go_on(
        code: np.ndarray, events: np.ndarray = program.events[:0], filled: np.ndarray = program.filled[:0]
    ) -> None:
        run(events, code, *memory, filled, *given, *tables, *scratch, *rest)

    go_on(program.stages[0].code, program.events, program.filled)
    return go_on


def _which(begins: np.ndarray, stops: np.ndarray, starts: np.ndarray) -> slice | np.ndarray:
    """Return where the events of some customers stand in the history, one customer's after the other's."""
    there = stops > begins
    if not there.any():
        return slice(0, 0)
    first, last = int(begins[there][0]), int(stops[there][-1])
    if last - first == starts[-1]:
        return slice(first, last)
    return np.arange(starts[-1]) + np.repeat(begins - starts[:-1], stops - begins)


def _read(
    program: Program, reads: tuple[Read, ...], history: History, which: slice | np.ndarray, size: int, dtype: Any
) -> np.ndarray:
    """Read columns of some events; shape ``(columns, events)``."""
    out: np.ndarray = np.empty((max(len(reads), 1), size), dtype=dtype)
    for read in reads:
        out[read.into] = _column(program, read, history, which)
    return out


def _column(program: Program, read: Read, history: History, which: slice | np.ndarray) -> np.ndarray:
    how, _, of = read.how.partition(" ")
    if how in ("local", "days"):
        times = history.place if of == "place" else history.columns[read.name].values
        shown: np.ndarray = getattr(history.zone, how)(times[which])
        return shown
    if how == "place":
        return history.place[which]
    column = history.columns[read.name]
    if how == "texts":
        assert isinstance(column, Labels)
        return _numbered(history, read.name, column, program.texts[read.name])[column.values[which]]
    return column.values[which]


def _numbered(history: History, name: str, labels: Labels, texts: tuple[str, ...]) -> np.ndarray:
    """Return for each label of a history its number among the texts of a program, -1 for all others, and for none."""
    key = ("texts", name, texts)
    found: np.ndarray | None = history.cache.get(key)
    if found is None:
        found = np.full(len(labels.names) + 1, -1)
        for number, code in enumerate(labels.places(texts)):
            if code >= 0:
                found[code] = number
        history.cache[key] = found
    return found


def _outside(outside: Outside, seen: Seen, answers: np.ndarray) -> None:
    if not outside.table:
        function = getattr(np, str(outside.look))
        answers[outside.out] = function(*(answers[of] for of in outside.of))
        return
    assert not isinstance(outside.look, str)
    values = [
        (answers.view(np.int64) if whole else answers)[register]
        for register, whole in zip(outside.of[:, 0], outside.whole, strict=True)
    ]
    answers[outside.out[0]] = compared(seen, outside.table, outside.look, *values)


def _arena(size: int) -> np.ndarray:
    """Return memory that a thread keeps for the next rows, where it is not too much."""
    if size > _KEPT:
        return np.empty(size)
    found: np.ndarray | None = getattr(_space, "arena", None)
    if found is None or found.size < size:
        found = _space.arena = np.empty(size)
    return found
