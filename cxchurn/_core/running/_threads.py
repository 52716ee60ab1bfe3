"""Work on many things beside each other, a few at a time, in their order."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
_thread = threading.local()
_limits: list[int] = []


def in_threads(task: Callable[[Item], Answer], items: Iterable[Item], *, most: int | None = None) -> Iterator[Answer]:
    """Yield ``task(item)`` in the order of the items, as many at a time as there are processors.

    Answers wait for their turn only a few at a time, so memory does not grow with the items. Tasks inside a task stay in
    its thread.

    Parameters
    ----------
    task : callable
    items : iterable
    most : int, optional
        How many at a time at most, for tasks that take much memory each.
    """
    workers = min(processors(), most or processors())
    if workers == 1 or getattr(_thread, "inside", False) or (isinstance(items, Collection) and len(items) <= 1):
        yield from map(task, items)
        return

    def alone(item: Item) -> Answer:
        _thread.inside = True
        return task(item)

    waiting: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(alone, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def processors() -> int:
    """How many processors this process may use."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([there, *_limits])


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Use at most so many processors while the block lasts: for a process that is one of many on its machine."""
    _limits.append(threads)
    try:
        yield
    finally:
        _limits.remove(threads)
