"""Where a command writes: looked at before the work, which may take long."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cxchurn._core import UsageError


def check_writable(folder: Path) -> None:
    """Refuse a folder that can neither be made nor written to; nothing is made."""
    place = next(one for one in (folder, *folder.parents) if one.exists())
    if not place.is_dir():
        problem = f"{place} is a file"
    elif not os.access(place, os.W_OK | os.X_OK):
        problem = f"writing in {place.absolute()} is not permitted"
    else:
        return
    raise UsageError(f"cannot write to {folder}: {problem}.", hint="choose a folder you may write to.")


def check_apart(outputs: Iterable[Path], inputs: Iterable[Any]) -> None:
    """Refuse files to be written that would replace, or be one of, what a command reads."""
    # here, not above: the help of the command line reads nothing
    from cxchurn.interactions import check_not_read

    given = list(inputs)
    for out in outputs:
        check_not_read(out, given)


def check_twice(first: Iterable[Path], second: Iterable[Path]) -> None:
    """Refuse a file that would be written by one output, and then by another."""
    taken = {path.resolve() for path in first}
    for path in second:
        if path.resolve() in taken:
            raise UsageError(f"{path} would be written twice.", hint="name a file for each output.")


def check_replaced(folder: Path, inputs: Iterable[Any]) -> None:
    """Refuse a folder to be replaced that holds something a command reads."""
    # here, not above: the help of the command line reads nothing
    from cxchurn.interactions import paths_of

    for path in paths_of(inputs):
        if path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"{folder} would be replaced, and holds what is read: {path}.",
                hint="choose another folder for the output.",
            )
