"""Asking the same question about many rows: part by part of the log, several parts at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from cxchurn._core import in_threads
from cxchurn.history.asking._seen import Seen, as_of, seen_at
from cxchurn.history.data._histories import Histories, InMemory, histories_of
from cxchurn.history.data._history import History
from cxchurn.history.data._run import keep_freed_memory
from cxchurn.history.kernels import _kernels
from cxchurn.interactions import InteractionLog

Answer = TypeVar("Answer")
Which = np.ndarray | slice
# rows at a time: answers of this many stay near the processor
_BLOCK = 1 << 15


def each_part(
    log: InteractionLog,
    customers: np.ndarray,
    cutoffs: np.ndarray,
    task: Callable[[Which, Seen], Answer],
    **about: Any,
) -> Iterator[Answer]:
    """Divide rows by the part of the log that holds their customers, and yield what a task makes of each part.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    customers : ndarray, shape (n,)
    cutoffs : ndarray of datetime64[us], shape (n,)
        One customer and cut-off a row.
    task : callable
        Gets which rows they are (a slice or positions, ascending) and the as-of view of these rows. Several run at a time.
    **about
        ``known``, ``references``, ``populations``, ``depth``: as in `as_of`; and ``clock``, for labels alone: "happened",
        where what had happened by a cut-off is asked about, and not what was known.
    """
    customers, clock = np.asarray(customers), about.pop("clock", "known")

    def ask(rows: Which, history: History, local: np.ndarray) -> Answer:
        return task(rows, seen_at(history, local, customers[rows], cutoffs[rows], **about))

    yield from each_history(log, customers, ask, clock=clock)


def ask_as_of(
    log: InteractionLog,
    customers: np.ndarray,
    cutoffs: np.ndarray,
    question: Callable[[Seen], np.ndarray],
    **about: Any,
) -> np.ndarray:
    """Return the answer to a question about each row; its type, shape ``(n,)``. For arguments see `each_part`."""
    found = [
        (rows, answer) for rows, answer in each_part(log, customers, cutoffs, lambda r, s: (r, question(s)), **about)
    ]
    out = np.empty(len(customers), dtype=found[0][1].dtype)
    for rows, answer in found:
        out[rows] = answer
    return out


def each_history(
    log: InteractionLog,
    customers: np.ndarray,
    task: Callable[[Which, History, np.ndarray], Answer],
    *,
    clock: str = "known",
) -> Iterator[Answer]:
    """Divide rows as `each_part` does; a task gets which rows, the history, and where their customers stand in it."""
    histories = histories_of(log, clock=clock)
    position = histories.positions(customers)
    keep_freed_memory()
    if len(histories) == 1 and isinstance(histories, InMemory):
        history = histories.history(0)
        yield from in_threads(lambda rows: task(rows, history, position[rows]), _blocks(position.size))
        return

    def work(item: tuple[int, Which]) -> list[Answer]:
        part, rows = item
        return list(_inside(histories, part, rows, position, task))

    for answers in in_threads(work, _divided(histories, position), most=histories.at_once):
        yield from answers


def _inside(
    histories: Histories,
    part: int,
    rows: Which,
    position: np.ndarray,
    task: Callable[[Which, History, np.ndarray], Answer],
) -> Iterator[Answer]:
    opened, place = histories.open(part), _local(histories, position[rows])
    inner: list[tuple[int, Which]] = [(part, slice(0, place.size))]
    if opened is not histories:
        inner, place = _divided(opened, place), _local(opened, place)
    for k, which in inner:
        history = opened.history(k)
        these, own = _of(rows, which), place[which]
        for block in _blocks(own.size):
            yield task(_of(these, block), history, own[block])


def _divided(histories: Histories, position: np.ndarray) -> list[tuple[int, Which]]:
    """List the parts that hold the customers, each with its rows; those without events have an empty past in any part."""
    if not position.size:
        return [(0, slice(0, 0))]
    part = np.where(position >= 0, histories.part[position], 0)
    order = np.argsort(part, kind="stable")
    numbers, starts = np.unique(part[order], return_index=True)
    rows = np.split(order, starts[1:])
    return [(int(number), _run(own)) for number, own in zip(numbers, rows, strict=True)]


def _local(histories: Histories, position: np.ndarray) -> np.ndarray:
    return np.where(position >= 0, histories.local[position], -1)


def _blocks(size: int) -> list[slice]:
    return [slice(start, min(start + _BLOCK, size)) for start in range(0, size, _BLOCK)] or [slice(0, 0)]


def _of(rows: Which, inner: Which) -> Which:
    """Some of some rows."""
    if isinstance(rows, slice):
        if isinstance(inner, slice):
            return slice(rows.start + inner.start, rows.start + inner.stop)
        return inner + rows.start
    return _run(rows[inner])


def _run(rows: np.ndarray) -> Which:
    """Rows that stand beside each other as a slice."""
    if rows.size and rows[-1] - rows[0] == rows.size - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def scatter(answer: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Write the answers of some rows where they belong: ``out[rows] = answer``, beside other threads that do the same."""
    _kernels.scatter(np.asarray(answer, dtype=np.float64), rows, out)


def no_rows(log: InteractionLog, **about: Any) -> Seen:
    """Return the as-of view of no rows: enough to learn which columns builders make, and which of the log's they ask for.

    For arguments see `as_of`.
    """
    histories = histories_of(log)
    history = histories.fresh(0)
    return as_of(history, histories.ids[:0], np.empty(0, dtype="datetime64[us]"), **about)
