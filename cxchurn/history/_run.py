"""Runs a kernel over rows, in threads where there are many: chunks of rows, so results cannot differ."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

_CHUNK = 1 << 16


def run(kernel: Callable[..., None], rows: int, *arguments: Any, outputs: int = 1, dtype: str = "float64") -> Any:
    """Call ``kernel(*arguments, *outs)`` over chunks of rows and return the output array, or a tuple of them.

    Arguments of type `Rows` are one value a row and are cut into chunks; all others are passed whole.
    """
    outs = tuple(np.empty(rows, dtype=dtype) for _ in range(outputs))

    def chunk(start: int) -> None:
        stop = min(start + _CHUNK, rows)
        cut = [a.values[start:stop] if isinstance(a, Rows) else a for a in arguments]
        kernel(*cut, *(out[start:stop] for out in outs))

    starts = range(0, rows, _CHUNK)
    if len(starts) <= 1:
        chunk(0)
    else:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(chunk, starts))
    return outs[0] if outputs == 1 else outs


class Rows:
    """One value a row."""

    __slots__ = ("values",)

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
