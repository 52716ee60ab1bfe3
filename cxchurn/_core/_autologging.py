"""Work that is not to be written down piece by piece."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

_guard = threading.Lock()
_inside = 0
_switched: AbstractContextManager[None] = nullcontext()


@contextmanager
def not_autologged() -> Iterator[None]:
    """Keep MLflow's autologging, where a program has switched it on, from writing down every fit inside ours.

    A training consists of dozens of fits, each of which would become a run. MLflow is not imported here: where nobody has
    imported it, nothing is patched. Its own switch goes off with the first of several trainings at once, on with the last.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _switched
    with _guard:
        if _inside == 0:
            module = sys.modules.get("mlflow.utils.autologging_utils")
            # somebody around us has switched it off: leaving MLflow's own switch would switch it on for them
            off = getattr(module, "_AUTOLOGGING_GLOBALLY_DISABLED", False)
            _switched = nullcontext() if off else getattr(module, "disable_autologging", nullcontext)()
            _switched.__enter__()
        _inside += 1


def _leave() -> None:
    global _inside
    with _guard:
        _inside -= 1
        if _inside == 0:
            _switched.__exit__(None, None, None)
