"""Where a command writes: looked at before the work, which may take long."""

from __future__ import annotations

import os
from pathlib import Path

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
