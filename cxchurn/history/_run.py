"""Runs a kernel over rows, and tasks beside each other: in threads, so that results cannot differ."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

Item = TypeVar("Item")
Answer = TypeVar("Answer")
_CHUNK = 1 << 16
_thread = threading.local()


class Rows:
    """One value a row."""

    __slots__ = ("values",)

    def __init__(self, values: np.ndarray) -> None:
        self.values = values


def run(kernel: Callable[..., None], rows: int, *arguments: Any, outputs: int = 1, dtype: str = "float64") -> Any:
    """Call ``kernel(*arguments, *outs)`` over all rows and return the output array, or a tuple of them.

    Arguments of type `Rows` are one value a row, and cut into chunks where there are many rows; all others are passed whole.
    """
    outs = [np.empty(rows, dtype=dtype) for _ in range(outputs)]
    if rows <= _CHUNK or _inside():
        kernel(*[a.values if isinstance(a, Rows) else a for a in arguments], *outs)
    else:

        def chunk(start: int) -> None:
            part = slice(start, start + _CHUNK)
            kernel(*[a.values[part] if isinstance(a, Rows) else a for a in arguments], *(out[part] for out in outs))

        for _ in in_threads(chunk, range(0, rows, _CHUNK)):
            pass
    return outs[0] if outputs == 1 else tuple(outs)


def in_threads(task: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """Yield ``task(item)`` in the order of the items, as many at a time as there are processors.

    Answers wait for their turn only a few at a time, so memory does not grow with the items. Tasks inside a task stay in
    its thread.
    """
    if _inside() or processors() == 1:
        yield from map(task, items)
        return

    def alone(item: Item) -> Answer:
        _thread.inside = True
        return task(item)

    waiting: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(processors()) as pool:
        for item in items:
            waiting.append(pool.submit(alone, item))
            if len(waiting) > processors():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _inside() -> bool:
    return getattr(_thread, "inside", False)
