"""How kernels are compiled."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from numba import njit

_LINEAR_ALGEBRA = "scipy.linalg"


def _spare_linear_algebra() -> None:
    """Let numba load its array functions without SciPy's linear algebra, which takes a tenth of the time of a start.

    Numba looks for it beforehand, to know whether a product of two arrays may use it; whoever compiles such a product loads
    it then. None of our kernels does.
    """
    if _LINEAR_ALGEBRA in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    sys.modules[_LINEAR_ALGEBRA] = None  # type: ignore[assignment]
    try:
        arrays = import_module("numba.np.arraymath")
    finally:
        del sys.modules[_LINEAR_ALGEBRA]
    if getattr(arrays, "_HAVE_BLAS", None) is False:
        arrays._HAVE_BLAS = find_spec("scipy") is not None  # type: ignore[attr-defined]


_spare_linear_algebra()


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
