"""Runs a kernel over rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn.history.data._recorded import recorded


def run(kernel: Callable[..., None], rows: int, *arguments: Any, dtype: Any = np.float64) -> np.ndarray:
    """Call ``kernel(*arguments, out)`` and return what it wrote, one number a row."""
    planned = recorded(arguments)
    if planned is not None:
        return planned.asked(kernel.__name__, *arguments)[0]
    out: np.ndarray = np.empty(rows, dtype)
    kernel(*arguments, out)
    return out


def run_all(kernel: Callable[..., None], rows: int, outputs: int, *arguments: Any) -> list[np.ndarray]:
    """Call a kernel that gives several numbers a row."""
    planned = recorded(arguments)
    if planned is not None:
        return list(planned.asked(kernel.__name__, *arguments))
    outs = [np.empty(rows) for _ in range(outputs)]
    kernel(*arguments, *outs)
    return outs


def run_by_label(kernel: Callable[..., None], rows: int, labels: int, *arguments: Any) -> np.ndarray:
    """Call a kernel that gives a number a label and row; shape ``(labels, rows)``."""
    planned = recorded(arguments)
    if planned is not None:
        return planned.asked(kernel.__name__, *arguments, labels=labels)
    out = np.empty((labels, rows))
    kernel(*arguments, out)
    return out


def at(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the values at some places; the nearest where a place is outside, 0 where there are no values."""
    planned = recorded((values, places))
    if planned is not None:
        return planned.asked("at", values, places)
    if not values.size:
        return np.zeros(places.shape, dtype=values.dtype)
    return values[np.minimum(np.maximum(places, 0), values.size - 1)]


def keep_freed_memory() -> None:
    """Let the allocator keep the memory of freed answers for the next ones, instead of handing it back and forth.

    glibc gives back what is freed beyond a size that follows the largest array freed so far, up to 32 MB: so one of that
    size, of which nothing is ever touched, is made and freed. Other allocators do not care.
    """
    np.empty(31 << 20, dtype=np.uint8)
