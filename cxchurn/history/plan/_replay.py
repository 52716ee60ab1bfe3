"""Running a program for rows of a view."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from cxchurn.history._columns import Labels
from cxchurn.history._compared import compared
from cxchurn.history._history import History
from cxchurn.history._seen import Seen
from cxchurn.history.plan._arithmetic_kernel import run_arithmetic
from cxchurn.history.plan._program import Outside, Program, Read
from cxchurn.history.plan._row_machine import run_customers

_space = threading.local()


def replay(program: Program, seen: Seen) -> np.ndarray:
    """Return the columns of the rows of a view of all events; float64, shape ``(columns, n)``.

    The rows are few at a time (`blocks`): everything about them is in memory at once.

    Parameters
    ----------
    program : Program
    seen : Seen
    """
    order = np.argsort(seen._position, kind="stable")
    view = seen if order.size == 1 else seen.only(order)
    answers = _registers(program, view)
    _run(program, view, answers)
    for stage in program.stages:
        flat = answers.reshape(-1)
        run_arithmetic(stage.code, flat, flat.view(np.int64), answers.shape[1])
        for outside in stage.outside:
            _outside(outside, view, answers)
    out = np.empty((program.out.size, order.size))
    out[:, order] = answers[program.out]
    return out


def _registers(program: Program, seen: Seen) -> np.ndarray:
    """Return the registers of the rows with constants and what is read of rows in them."""
    answers = np.zeros((program.registers, seen.cutoffs.size))
    whole = answers.view(np.int64)
    for register, value, is_float in program.constants:
        (answers if is_float else whole)[register] = value
    for read in program.given:
        if read.how == "attribute":
            answers[read.into] = seen.attribute(*read.name)
        elif read.how == "cutoffs":
            whole[read.into] = seen.cutoffs
        else:
            whole[read.into] = getattr(seen._history.zone, read.how)(seen.cutoffs + read.name[0])
    return answers


def _run(program: Program, seen: Seen, answers: np.ndarray) -> None:
    """Ask the questions of each row."""
    history, position = seen._history, seen._position
    rows = np.concatenate([[0], np.flatnonzero(position[1:] != position[:-1]) + 1, [position.size]])
    customers = position[rows[:-1]]
    begins, stops = (np.where(customers >= 0, history.offsets[customers + more], 0) for more in (0, 1))
    starts = np.concatenate([[0], np.cumsum(stops - begins)])
    which = _which(begins, stops, starts)
    numbers = _read(program, program.numbers, history, which, int(starts[-1]), np.float64)
    whole = _read(program, program.whole, history, which, int(starts[-1]), np.int64)
    cap = int((stops - begins).max()) + 1
    floats = _arena("floats", program.places * cap)
    for place, value, is_float in program.filled:
        (floats if is_float else floats.view(np.int64))[place * cap : (place + 1) * cap] = value
    labels = max((len(history.columns[name].names) for name in program.counted), default=0) + 1  # type: ignore[union-attr]
    hashed = 4
    while hashed < 2 * cap:
        hashed *= 2
    run_customers(
        program.events,
        program.rows,
        floats,
        floats.view(np.int64),
        cap,
        np.zeros(program.sizes, dtype=np.int64),
        numbers,
        whole,
        program.tables,
        program.tables_whole,
        np.empty((3, cap), dtype=np.int64),
        np.empty(hashed, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        answers,
        answers.view(np.int64),
        np.zeros((2, labels), dtype=np.int64),
        starts,
        rows,
    )


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
    with np.errstate(all="ignore"):
        if outside.table:
            assert not isinstance(outside.look, str)
            registers = zip(outside.of[:, 0], outside.whole, strict=True)
            values = ((answers.view(np.int64) if whole else answers)[register] for register, whole in registers)
            answers[outside.out[0]] = compared(seen, outside.table, outside.look, *values)
        else:
            function = getattr(np, str(outside.look))
            answers[outside.out] = function(*(answers[of] for of in outside.of))


def _arena(name: str, size: int) -> np.ndarray:
    """Return memory that a thread keeps for the next rows."""
    found: np.ndarray | None = getattr(_space, name, None)
    if found is None or found.size < size:
        found = np.empty(size)
        setattr(_space, name, found)
    return found
