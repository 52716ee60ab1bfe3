"""Runs a kernel over rows, and tasks beside each other: in threads, so that results cannot differ."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

Item = TypeVar("Item")
Answer = TypeVar("Answer")
_thread = threading.local()


def run(kernel: Callable[..., None], rows: int, *arguments: Any, dtype: Any = np.float64) -> np.ndarray:
    """Call ``kernel(*arguments, out)`` and return what it wrote, one number a row."""
    out: np.ndarray = np.empty(rows, dtype)
    kernel(*arguments, out)
    return out


def run_all(kernel: Callable[..., None], rows: int, outputs: int, *arguments: Any) -> list[np.ndarray]:
    """Call a kernel that gives several numbers a row."""
    outs = [np.empty(rows) for _ in range(outputs)]
    kernel(*arguments, *outs)
    return outs


def in_threads(task: Callable[[Item], Answer], items: Collection[Item]) -> Iterator[Answer]:
    """Yield ``task(item)`` in the order of the items, as many at a time as there are processors.

    Answers wait for their turn only a few at a time, so memory does not grow with the items. Tasks inside a task stay in
    its thread.
    """
    if len(items) == 1 or _inside() or processors() == 1:
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


def keep_freed_memory() -> None:
    """Let the allocator keep the memory of freed answers for the next ones, instead of handing it back and forth.

    glibc gives back what is freed beyond a size that follows the largest array freed so far, up to 32 MB: so one of that
    size, of which nothing is ever touched, is made and freed. Other allocators do not care.
    """
    np.empty(31 << 20, dtype=np.uint8)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _inside() -> bool:
    return getattr(_thread, "inside", False)
