"""Runs a kernel over rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


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


def keep_freed_memory() -> None:
    """Let the allocator keep the memory of freed answers for the next ones, instead of handing it back and forth.

    glibc gives back what is freed beyond a size that follows the largest array freed so far, up to 32 MB: so one of that
    size, of which nothing is ever touched, is made and freed. Other allocators do not care.
    """
    np.empty(31 << 20, dtype=np.uint8)
