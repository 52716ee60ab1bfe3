"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel at its first call, and keep it on disk for later processes where there is a place to keep it."""
    return _compiled(kernel)


def inner(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel that only other kernels call: without a door for Python, which takes longer to make than the loop."""
    return _compiled(kernel, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(kernel: Callable[..., Any], **options: bool) -> Callable[..., Any]:
    try:
        return njit(nogil=True, cache=True, **options)(kernel)
    except RuntimeError:
        # installed where nothing may be written, by somebody without a folder of their own
        return njit(nogil=True, **options)(kernel)
