"""How much memory reading may take."""

from __future__ import annotations

import re

from cxchurn._core import UsageError, logger, memory_mb

_UNITS = {
    **{unit: 1000**power for power, unit in enumerate(("KB", "MB", "GB", "TB"), start=1)},
    **{unit: 1024**power for power, unit in enumerate(("KIB", "MIB", "GIB", "TIB"), start=1)},
}
_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")
_ALLOWED = "a number and a unit: KB, MB, GB, TB, or KiB, MiB, GiB, TiB"
# a part of a log is to be small beside what else is in memory while it is worked on
_PART = 32
# each part has files of its own, and a process may have some thousand open
MOST_PARTS = 4096
# megabytes that dividing a log takes whatever the limit: batches on their way, and libraries that are loaded for it
_WORKING = 350


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


def say_what_is_possible(memory: int) -> None:
    """Say, before the work begins, that a limit (in bytes) will not be kept to because it is too small for any log."""
    held = memory_mb() or 0.0
    least = held + _WORKING
    if memory < least * 2**20:
        logger.warning(
            "memory_limit is %s MB, and this process holds %s MB before it reads: it will hold about %s MB, for reading"
            " takes about %d MB whatever the limit. Parts are made as small as the limit asks.",
            *(f"{size:,.0f}" for size in (memory / 2**20, held, least)),
            _WORKING,
        )


def say_what_was_exceeded(limit: str, peak: float | None) -> None:
    """Say, after the work, that more memory was held (in megabytes) than a limit names."""
    if peak is not None and peak * 2**20 > memory_of(limit):
        logger.warning("at most %s MB of memory were held, more than the memory limit of %s.", f"{peak:,.0f}", limit)
