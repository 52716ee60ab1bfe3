"""Folders for what is too large for memory: gone when nobody needs them, however their process ends."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cxchurn._core.files._held import hold, is_left_behind

_PREFIX = "cxchurn-"
_LOCK = "in-use"
# as the system names folders of its own
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")


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
        self.path, held = _made()
        self._gone = weakref.finalize(self, _remove, self.path, held, os.getpid())

    def remove(self) -> None:
        """Remove the folder now."""
        self._gone()


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder for temporary files that is there as long as the block lasts."""
    scratch = Scratch()
    try:
        yield scratch.path
    finally:
        scratch.remove()


def sweep() -> None:
    """Remove the folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if (held := is_left_behind(folder / _LOCK)) is not None:
            _remove(folder, held, os.getpid())
        elif _NAME.fullmatch(folder.name):
            # killed before it had locked anything: whoever is just about to makes another one
            with contextlib.suppress(OSError):
                folder.rmdir()


def _made() -> tuple[Path, IO[bytes]]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        held = hold(folder / _LOCK)
        # between the two somebody who sweeps may have taken it for one that nobody needs
        if held is not None:
            return folder, held


def _remove(folder: Path, held: IO[bytes], owner: int) -> None:
    if os.getpid() != owner:
        return
    shutil.rmtree(folder, ignore_errors=True)
    held.close()
