"""Folders for what is too large for memory: gone when nobody needs them, however their process ends."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # where locks of this kind are not known, folders of processes that were killed stay
    fcntl = None  # type: ignore[assignment]

_PREFIX = "cxchurn-"
_LOCK = "in-use"


class Scratch:
    """A folder in the place for temporary files, removed when this is forgotten, or its process ends.

    While it lives a file in it is locked. A process that is killed loses its locks, so whoever makes the next folder knows
    which of the others nobody needs any more, and removes them. A forked child holds its parent's lock as well, and never
    removes what its parent made.

    Attributes
    ----------
    path : Path
    """

    def __init__(self) -> None:
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        held = _taken(self.path)
        self._gone = weakref.finalize(self, _remove, self.path, held, os.getpid())

    def remove(self) -> None:
        """Remove the folder now."""
        self._gone()


def sweep() -> None:
    """Remove the folders of processes that were killed."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        lock = folder / _LOCK
        if lock.is_file() and (held := _locked(lock)) is not None:
            _remove(folder, held, os.getpid())


def _taken(folder: Path) -> IO[bytes] | None:
    # named when it is locked already: somebody who sweeps meanwhile must not find a lock that nobody holds
    held = _locked(folder / f"{_LOCK}-soon")
    (folder / f"{_LOCK}-soon").rename(folder / _LOCK)
    return held


def _locked(file: Path) -> IO[bytes] | None:
    """Open and lock a file; None where somebody else has locked it, or it is not ours to open."""
    try:
        held = open(file, "ab")  # noqa: SIM115 - it stays open as long as the folder is needed
    except OSError:
        return None
    try:
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        return None
    return held


def _remove(folder: Path, held: IO[bytes] | None, owner: int) -> None:
    if os.getpid() != owner:
        return
    shutil.rmtree(folder, ignore_errors=True)
    if held is not None:
        held.close()
