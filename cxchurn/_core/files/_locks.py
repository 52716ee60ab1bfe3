"""One at a time, among processes: a lock on a folder that leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from cxchurn._core._errors import UsageError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_FILE = ".cxchurn.lock"
# twenty looks a second: nobody notices the wait, and a network drive is not kept busy by it
_PAUSE = 0.05
# where the system has no locks, a file stands for one and outlives a killed process: after ten minutes it is nobody's
_FORGOTTEN = 600.0


@contextlib.contextmanager
def locked(folder: Path, *, limit: float = 120.0) -> Iterator[None]:
    """Keep other processes (and threads) that ask for the same folder waiting.

    The system's own lock on the folder, which goes with the process; where there is none (Windows, some network drives) a
    file in the folder, which counts as forgotten after ten minutes.

    Parameters
    ----------
    folder : Path
        An existing folder.
    limit : float, default 120
        Seconds to wait at most.

    Raises
    ------
    UsageError
        Where the folder is still locked after that.
    """
    take = _take_folder if fcntl is not None else _take_file
    until = time.monotonic() + limit
    while True:
        try:
            release = take(folder)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                raise UsageError(
                    f"another process has been writing in {folder} for {limit:.0f} seconds.",
                    hint="wait until it is done, or end it.",
                ) from None
            time.sleep(_PAUSE)
        except FileNotFoundError:
            # the folder itself is gone: no lock of another kind would help
            raise
        except OSError:
            if take is _take_file:
                raise
            take = _take_file
    with release:
        yield


def _take_folder(folder: Path) -> contextlib.ExitStack:
    stack = contextlib.ExitStack()
    handle = os.open(folder, os.O_RDONLY)
    stack.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not folder.exists() or not os.path.samestat(os.fstat(handle), os.stat(folder)):
            # whoever held it has removed it: a lock on what is no longer there keeps nobody out
            raise BlockingIOError(f"{folder} is another one by now")
    except OSError:
        stack.close()
        raise
    return stack


def _take_file(folder: Path) -> contextlib.ExitStack:
    file = folder / _FILE
    with contextlib.suppress(FileNotFoundError):
        if time.time() - file.stat().st_mtime > _FORGOTTEN:
            file.unlink()
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        raise BlockingIOError from None
    stack = contextlib.ExitStack()
    stack.callback(lambda: file.unlink(missing_ok=True))
    return stack
