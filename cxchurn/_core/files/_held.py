"""Files that a process holds as long as it lives: whoever comes later knows which of them nobody needs any more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: what processes that were killed left behind stays
    fcntl = None  # type: ignore[assignment]


def hold(file: Path) -> IO[bytes] | None:
    """Take a file for this process, and for its children; the lock goes with the last of them, however it ends.

    Parameters
    ----------
    file : Path
        Made where it is missing, but not its folder.

    Returns
    -------
    file object or None
        Closing it gives the file back. None where another process holds it, or has removed it meanwhile: whoever made it
        makes another one.

    Raises
    ------
    OSError
        Where the file cannot be opened.
    """
    try:
        held = open(file, "ab")  # noqa: SIM115 - it stays open as long as the file is needed
    except FileNotFoundError:
        # its folder was removed
        return None
    if _locked(held) is not False and _is(held, file):
        return held
    held.close()
    return None


def is_left_behind(file: Path) -> IO[bytes] | None:
    """Take a file that is there and that no process holds; None where one does, or where nobody could know."""
    if not file.is_file():
        return None
    try:
        held = open(file, "rb+")  # noqa: SIM115 - whoever asks closes it
    except OSError:
        return None
    if _locked(held) and _is(held, file):
        return held
    held.close()
    return None


def _locked(held: IO[bytes]) -> bool | None:
    """Lock an open file: whether it is locked now, None where files are not locked in such a place."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is(held: IO[bytes], file: Path) -> bool:
    """Whether an open file is still the one at its place, and not removed between the opening and the lock."""
    try:
        return os.path.samestat(os.fstat(held.fileno()), os.stat(file))
    except FileNotFoundError:
        return False
