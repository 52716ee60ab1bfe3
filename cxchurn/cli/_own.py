"""Classes of the user's own that the command line names."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from cxchurn._core import trusted


def own_classes(named: Iterable[str]) -> tuple[type, ...]:
    """Return the classes that the user named as module:Class; modules of the working folder count, after all that is installed.

    Where nothing is named nothing of the working folder is looked at: it may be that of a model.
    """
    named = tuple(named)
    if named and "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    return trusted(named)
