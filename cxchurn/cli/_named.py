"""Classes that the user names on the command line."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from cxchurn._core import UsageError


def named(name: str) -> type:
    """Return a class that the user named as module:Class; modules of the working folder count."""
    module, colon, cls = name.partition(":")
    if not colon or not module or not cls:
        raise UsageError(f"--builders is {name!r}.", allowed="module:Class", hint="--builders my_builders:Weekends")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return getattr(import_module(module), cls)
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"--builders names {name!r}, which cannot be imported: {error}.",
            hint="run it from the folder of the module, or install the module.",
        ) from error
