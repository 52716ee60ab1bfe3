"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import njit


def compiled(kernel: Callable[..., Any], *, calls: tuple[ModuleType, ...] = ()) -> Callable[..., Any]:
    """Compile a kernel at its first call, and keep it on disk for later processes where there is a place to keep it.

    Parameters
    ----------
    kernel : callable
    calls : tuple of modules, optional
        Whose kernels it calls: what is kept on disk holds their code too, and is of no use once that has changed.
    """
    return _compiled(kernel, calls)


def inner(kernel: Callable[..., Any], *, calls: tuple[ModuleType, ...] = ()) -> Callable[..., Any]:
    """Compile a kernel that only other kernels call: without a door for Python, which takes longer to make than the loop."""
    return _compiled(kernel, calls, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(kernel: Callable[..., Any], calls: tuple[ModuleType, ...], **options: bool) -> Callable[..., Any]:
    try:
        made = njit(nogil=True, cache=True, **options)(kernel)
    except RuntimeError:
        # installed where nothing may be written, by somebody without a folder of their own
        return njit(nogil=True, **options)(kernel)
    kept: Any = getattr(getattr(made, "_cache", None), "_cache_file", None)
    stamp = getattr(kept, "_source_stamp", None)
    if calls and stamp is not None:
        # numba looks at the file that a kernel is written in, and not at those whose kernels it calls
        kept._source_stamp = (stamp, *(_stamp(module) for module in calls))
    return made


def _stamp(module: ModuleType) -> tuple[float, int]:
    file = Path(str(module.__file__))
    return (file.stat().st_mtime, file.stat().st_size) if file.exists() else (0.0, 0)
