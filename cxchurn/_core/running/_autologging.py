"""Work that is not to be written down piece by piece."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from cxchurn._core.running._together import Together


def _switch() -> AbstractContextManager[None]:
    module = sys.modules.get("mlflow.utils.autologging_utils")
    # somebody around us has switched it off: leaving MLflow's own switch would switch it on for them
    off = getattr(module, "_AUTOLOGGING_GLOBALLY_DISABLED", False)
    return nullcontext() if off else getattr(module, "disable_autologging", nullcontext)()


_off = Together(_switch)


@contextmanager
def not_autologged() -> Iterator[None]:
    """Keep MLflow's autologging, where a program has switched it on, from writing down every fit inside ours.

    A training consists of dozens of fits, each of which would become a run. MLflow is not imported here: where nobody has
    imported it, nothing is patched. Its own switch goes off with the first of several trainings at once, on with the last.
    Its public ``mlflow.autolog(disable=True)`` cannot be taken back to what the program had said; where the switch is another
    one in a later MLflow, fits are written down, and nothing else changes.
    """
    with _off.on():
        yield
