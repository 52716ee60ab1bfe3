"""How much memory reading may take."""

from __future__ import annotations

import re

from cxchurn._core import UsageError

_UNITS = {
    **{unit: 1000**power for power, unit in enumerate(("KB", "MB", "GB", "TB"), start=1)},
    **{unit: 1024**power for power, unit in enumerate(("KIB", "MIB", "GIB", "TIB"), start=1)},
}
_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")
_ALLOWED = "a number and a unit: KB, MB, GB, TB, or KiB, MiB, GiB, TiB"
# a part of a log is to be small beside what else is in memory while it is worked on
_PART = 32
MOST_PARTS = 4096


def memory_of(limit: str) -> int:
    """Read an amount of memory such as ``"2GB"``, and return it in bytes."""
    match = _TEXT.fullmatch(limit) if isinstance(limit, str) else None
    size = int(float(match[1]) * _UNITS.get(match[2].upper(), 0)) if match else 0
    if size == 0:
        raise UsageError(f"memory_limit is {limit!r}.", allowed=_ALLOWED, hint="for example memory_limit='2GB'.")
    return size


def parts_for(rows: int, columns: int, memory: int) -> int:
    """Return into how many parts a log is divided: each takes about a thirty-second of the memory."""
    return min(MOST_PARTS, max(1, -(-rows * columns * 8 * _PART // memory)))
