"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from cxchurn._core._errors import UsageError
from cxchurn._core.files._held import hold, is_left_behind


def write_whole(target: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a file beside the target, then put it in the target's place in one step.

    What a process left there that was killed meanwhile is removed.

    Parameters
    ----------
    target : Path
        Its folder is made where it is missing.
    write : callable
        Gets the path of the file to fill.

    Raises
    ------
    UsageError
        Where the folder or the file cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        fresh, held = _beside(target)
        try:
            write(fresh)
            os.chmod(fresh, 0o644)
            os.replace(fresh, target)
        finally:
            fresh.unlink(missing_ok=True)
            held.close()
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror or error}.", hint="choose a folder you may write to."
        ) from error
    return target


def _beside(target: Path) -> tuple[Path, IO[bytes]]:
    while True:
        handle, name = tempfile.mkstemp(prefix=_begin(target), dir=target.parent)
        os.close(handle)
        held = hold(Path(name))
        if held is not None:
            return Path(name), held


def _sweep(target: Path) -> None:
    for file in target.parent.iterdir():
        if file.name.startswith(_begin(target)) and (held := is_left_behind(file)) is not None:
            file.unlink(missing_ok=True)
            held.close()


def _begin(target: Path) -> str:
    return f".{target.name}-cxchurn-"
