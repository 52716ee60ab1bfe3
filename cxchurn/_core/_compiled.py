"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel at its first call, and keep it on disk for later processes where there is a place to keep it."""
    try:
        return njit(nogil=True, cache=True)(kernel)
    except RuntimeError:
        # installed where nothing may be written, by somebody without a folder of their own
        return njit(nogil=True)(kernel)
