"""Folders in which runs wait until they are written down; who was killed meanwhile is known by a file that nobody holds."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cxchurn._core import hold, is_left_behind, logger
from cxchurn.tracking._record import FILE

# where runs wait: in the working folder, or among temporary ones
WAITING = "cxchurn-unlogged"
_HELD = "in-use"


@contextlib.contextmanager
def waiting(version: str) -> Iterator[Path]:
    """Give a folder in which a run waits until it is written down; it stays where that fails.

    Parameters
    ----------
    version : str
        That of the model; the folder is called after it.
    """
    folder = _made(f"{version}-{secrets.token_hex(2)}")
    held = hold(folder / _HELD)
    try:
        yield folder
    except BaseException as error:
        if not (folder / FILE).is_file():
            remove(folder)
        elif isinstance(error, Exception):
            # no server took it: whoever is told so writes it down later
            (folder / _HELD).unlink()
        else:
            logger.warning("stopped: the run waits in %s, and the next one writes it down with itself.", folder)
        raise
    else:
        remove(folder)
    finally:
        if held is not None:
            held.close()


@contextlib.contextmanager
def left_behind() -> Iterator[list[Path]]:
    """Give the folders of processes that were killed, held as long as the block lasts."""
    with contextlib.ExitStack() as stack:
        found = []
        # where it would be made again: in the working folder, or among temporary ones where that may not be written to
        for folder in sorted([*Path(WAITING).glob("*"), *Path(tempfile.gettempdir()).glob(f"{WAITING}-*")]):
            held = is_left_behind(folder / _HELD)
            if held is not None:
                stack.enter_context(held)
                found.append(folder)
        yield found


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep others from taking a folder up that a killed process left behind, as long as the block lasts."""
    with is_left_behind(folder / _HELD) or contextlib.nullcontext():
        yield


def remove(folder: Path) -> None:
    """Remove a folder, and the one around it if no other run waits there."""
    # last goes what shows that it is one of ours, so that whoever is killed meanwhile leaves one that is known
    for one in sorted(folder.iterdir(), key=lambda path: path.name == _HELD):
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    folder.rmdir()
    with contextlib.suppress(OSError):
        folder.parent.rmdir() if folder.parent.name == WAITING else None


def _made(name: str) -> Path:
    try:
        folder = Path(WAITING) / name
        folder.mkdir(parents=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix=f"{WAITING}-{name}-"))
    return folder
