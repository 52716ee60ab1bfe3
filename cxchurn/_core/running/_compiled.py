"""How kernels are compiled, and what is known of it: which there are, where they are kept, and that it is being done."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from numba import njit
from numba.core import event

from cxchurn._core.running._progress import logger

# for so many seconds nobody wonders
_QUIET = 10.0
NOWHERE = "kept nowhere: NUMBA_CACHE_DIR can name a folder that may be written to"
_kernels: list[Any] = []


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
    return _compiled(kernel, calls, no_cpython_wrapper=True)


def _compiled(kernel: Callable[..., Any], calls: tuple[ModuleType, ...], **options: bool) -> Callable[..., Any]:
    # nothing calls a kernel by its address: a door for C would be compiled for nothing
    options = {"nogil": True, "no_cfunc_wrapper": True, **options}
    try:
        made = njit(cache=True, **options)(kernel)
    except RuntimeError:
        # installed where nothing may be written, by somebody without a folder of their own
        made = njit(**options)(kernel)
    _stamped(made, calls)
    _kernels.append(made)
    return made


def _stamped(kernel: Any, calls: tuple[ModuleType, ...]) -> None:
    """Have what is kept on disk thrown away where a module is called otherwise, or one changes whose kernels are called.

    numba itself looks at the time and size of a kernel's own file alone, and what it keeps names the module.
    """
    kept: Any = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
    stamp = getattr(kept, "_source_stamp", None)
    if stamp is not None:
        kept._source_stamp = (stamp, kernel.py_func.__module__, *(_stamp(module) for module in calls))


def _stamp(module: ModuleType) -> tuple[str, float, int]:
    file = Path(str(module.__file__))
    return (module.__name__, *((file.stat().st_mtime, file.stat().st_size) if file.exists() else (0.0, 0)))


def start_lean() -> None:
    """Have numba start without loading linear algebra to see whether it is there: a sixth of what a service takes to start.

    numba imports scipy's when any kernel is first called, and keeps of it a yes or no. Whoever compiles linear algebra in the
    same process gets it as ever: numba imports it then.
    """
    if "numba.np.arraymath" in sys.modules:
        return
    linalg = import_module("numba.np.linalg")
    asked = getattr(linalg, "ensure_blas", None)
    if asked is None or find_spec("scipy") is None:
        return
    linalg.ensure_blas = lambda: None  # type: ignore[attr-defined]
    try:
        import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = asked  # type: ignore[attr-defined]


def kernels() -> tuple[Any, ...]:
    """Return the kernels of every module that was imported."""
    return tuple(_kernels)


def counts() -> tuple[int, int]:
    """Return how many forms of kernels this process has compiled, and how many it has found on disk."""
    stats = [kernel.stats for kernel in _kernels]
    return sum(sum(one.cache_misses.values()) for one in stats), sum(sum(one.cache_hits.values()) for one in stats)


def unused() -> tuple[str, ...]:
    """Return the kernels that this process has neither called nor found called by another one."""
    every = {id(kernel): kernel for kernel in _kernels}
    waiting, reached = [kernel for kernel in _kernels if kernel.signatures], set[int]()
    while waiting:
        kernel = waiting.pop()
        if id(kernel) not in reached:
            reached.add(id(kernel))
            # what another kernel calls is compiled into it
            waiting += [one for one in _named(kernel.py_func) if id(one) in every]
    left = [kernel.py_func for key, kernel in every.items() if key not in reached]
    return tuple(f"{one.__module__}.{one.__name__}" for one in left)


def _named(function: Any) -> list[Any]:
    """Return what the names in a function may mean: names of its module, and of the modules that it names."""
    names = function.__code__.co_names
    known = [function.__globals__[name] for name in names if name in function.__globals__]
    modules = [one for one in known if isinstance(one, ModuleType)]
    return known + [getattr(module, name) for module in modules for name in names if hasattr(module, name)]


class _Telling(event.Listener):
    """Says that kernels are compiled, and after a while that they still are, so that nobody wonders what a call waits for."""

    last = -math.inf

    def on_start(self, event: Any) -> None:
        if event.data["dispatcher"] not in _kernels or time.monotonic() - self.last < _QUIET:
            return
        first, self.last = self.last == -math.inf, time.monotonic()
        if not first:
            logger.info("still compiling for this machine")
            return
        kept = event.data["dispatcher"].stats.cache_path is not None
        after = "at the first start only: later processes find them" if kept else NOWHERE
        logger.info("compiling for this machine, about half a minute for all kernels (%s)", after)

    def on_end(self, event: Any) -> None:
        pass


event.register("numba:compile", _Telling())
