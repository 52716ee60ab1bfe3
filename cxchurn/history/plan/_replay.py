"""Running a program for rows of a view."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from cxchurn.history.asking._compared import compared
from cxchurn.history.asking._seen import Seen
from cxchurn.history.asking.window._rows import rows_of
from cxchurn.history.data._columns import Labels, numbered_once
from cxchurn.history.data._hashed import hashed
from cxchurn.history.data._history import History
from cxchurn.history.plan._blocks import Block, blocks_of
from cxchurn.history.plan._program import Outside, Program, Read
from cxchurn.history.plan._row_machine import run

_space = threading.local()
# numbers of an arena that a thread keeps: 64 MB
_KEPT = 1 << 23
_NOTHING = np.zeros((0, 2), dtype=np.int64)
_NO_LINES = np.zeros((0, 9), dtype=np.int64)
_NONE = np.zeros(0, dtype=np.int32)


def replay(program: Program, seen: Seen) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield which rows of a view of all events, and what a program holds of them; a few rows at a time.

    What it holds is float64, shape ``(registers, rows)``, its answers at ``program.out``. Left out are rows of customers with
    more events than a program can hold (`LONG`).

    Parameters
    ----------
    program : Program
    seen : Seen
    """
    # for all rows at once: it takes looking up customers by their ids, and days by the zone
    given = [_of_rows(read, seen) for read in program.given]
    labels = _labels(program, rows_of(seen).history)
    for block in blocks_of(seen):
        answers = np.empty((program.registers, block.rows.size))
        for read, values in zip(program.given, given, strict=True):
            (answers if values.dtype == np.float64 else answers.view(np.int64))[read.into] = values[block.rows]
        go_on = _run(program, rows_of(seen).history, block, answers, labels)
        if len(program.stages) > 1:
            _outside_and_on(program, seen, block.rows, answers, go_on)
        yield block.rows, answers


def _of_rows(read: Read, seen: Seen) -> np.ndarray:
    """Read something of rows; float64 or int64, shape ``(n,)``."""
    if read.how == "attribute":
        return seen.attribute(*read.name).astype(np.float64, copy=False)
    if read.how == "cutoffs":
        return seen.cutoffs
    shown: np.ndarray = getattr(rows_of(seen).history.zone, read.how)(seen.cutoffs + read.name[0])
    return shown


def _labels(program: Program, history: History) -> int:
    """Return how many labels the columns have whose codes are counted, and one."""
    return max((len(history.columns[name].names) for name in program.counted), default=0) + 1  # type: ignore[union-attr]


def _outside_and_on(
    program: Program, seen: Seen, rows: np.ndarray, answers: np.ndarray, go_on: Callable[[np.ndarray], None]
) -> None:
    """Work out what is outside after each stage, and run the next one."""
    some = None
    # as in the kernels: what divides by nothing is NaN, and no warning tells of it
    with np.errstate(all="ignore"):
        for stage, following in zip(program.stages, program.stages[1:], strict=False):
            for outside in stage.outside:
                if outside.table and some is None:
                    some = seen if rows.size == seen.cutoffs.size == 1 else seen.only(rows)
                _outside(outside, some or seen, answers)
            if following.code.size:
                go_on(following.code)


def _run(
    program: Program, history: History, block: Block, answers: np.ndarray, labels: int
) -> Callable[[np.ndarray], None]:
    """Run a program up to what is worked out outside, and return what runs the lines that follow."""
    bounds = np.zeros((program.sizes, block.bounds.size), dtype=np.int64)
    # the first set of events is all of them; selections follow
    bounds[0] = block.bounds
    size = int(block.bounds[-1])
    memory = _arena(program.places * (size + 1))
    _read(program, history, block.events, memory, size)
    tables = program.tables, program.tables_whole
    scratch = np.empty((3, size + 1), dtype=np.int64), np.empty(1 << max(2 * size - 1, 1).bit_length(), dtype=np.int64)
    counts = np.zeros((2, labels), dtype=np.int64)
    about = *tables, *scratch, block.owner, answers, counts

    def go_on(code: np.ndarray) -> None:
        run(_NO_LINES, code, memory, size + 1, bounds, _NOTHING, _NOTHING, *about)

    given = program.filled, program.constants
    run(program.events, program.stages[0].code, memory, size + 1, bounds, *given, *about)
    return go_on


def _read(program: Program, history: History, events: slice | np.ndarray, memory: np.ndarray, size: int) -> None:
    """Read columns of some events into their places in the arena."""
    for reads, shown in ((program.numbers, memory), (program.whole, memory.view(np.int64))):
        for read in reads:
            begin = read.into * (size + 1)
            shown[begin : begin + size] = _column(program, read, history, events)


def _column(program: Program, read: Read, history: History, events: slice | np.ndarray) -> np.ndarray:
    how, _, of = read.how.partition(" ")
    if how in ("local", "days"):
        times = history.place if of == "place" else history.columns[read.name].values
        shown: np.ndarray = getattr(history.zone, how)(times[events])
        return shown
    if how == "hashed":
        return hashed(history, read.name, of)[history.columns[read.name].values[events]]
    if how == "place":
        return history.place[events]
    column = history.columns[read.name]
    if how == "texts":
        assert isinstance(column, Labels)
        return _numbered(history, read.name, column, program.texts[read.name])[column.values[events]]
    return column.values[events]


def _numbered(history: History, name: str, labels: Labels, texts: tuple[str, ...]) -> np.ndarray:
    """Return for each label of a history its number among the texts of a program, -1 for all others, and for none."""
    if isinstance(labels.names, tuple):
        return numbered_once(_numbers, labels.names, texts)
    key = ("texts", name, texts)
    found: np.ndarray | None = history.cache.get(key)
    if found is None:
        found = history.cache[key] = _placed(labels, texts)
    return found


def _numbers(levels: tuple[str, ...], texts: tuple[str, ...]) -> np.ndarray:
    return _placed(Labels(_NONE, levels), texts)


def _placed(labels: Labels, texts: tuple[str, ...]) -> np.ndarray:
    found = np.full(len(labels.names) + 1, -1)
    for number, code in enumerate(labels.places(texts)):
        if code >= 0:
            found[code] = number
    return found


def _outside(outside: Outside, seen: Seen, answers: np.ndarray) -> None:
    if not outside.table:
        function = getattr(np, str(outside.look))
        answers[outside.out] = function(*(answers[of] for of in outside.of))
        return
    assert not isinstance(outside.look, str)
    values = [
        answers[register].view(np.int64) if whole else answers[register]
        for register, whole in zip(outside.of[:, 0].tolist(), outside.whole, strict=True)
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
