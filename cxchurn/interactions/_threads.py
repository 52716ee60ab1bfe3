"""Work in threads, a little at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = max(2, min(4, os.cpu_count() or 2))

Item = TypeVar("Item")
Done = TypeVar("Done")


def in_turn(work: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
    """Do work on items in threads, few at a time, and yield what comes of it in the order of the items."""
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
