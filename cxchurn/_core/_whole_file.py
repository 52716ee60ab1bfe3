"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from cxchurn._core._errors import UsageError


def write_whole(target: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a file beside the target, then put it in the target's place in one step.

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
        handle, fresh = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        os.close(handle)
        try:
            write(Path(fresh))
            os.chmod(fresh, 0o644)
            os.replace(fresh, target)
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror or error}.", hint="choose a folder you may write to."
        ) from error
    return target
