"""How much memory this process has taken."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def memory_mb() -> float | None:
    """Return how much memory this process holds now, in megabytes (of 2**20 bytes), or has held; None where nobody says it."""
    said = _said("VmRSS:")
    return peak_memory_mb() if said is None else said


def peak_memory_mb() -> float | None:
    """Return the most memory that this process has held so far, in megabytes (of 2**20 bytes); None where nobody says it."""
    # of this program alone: what getrusage says begins with the size of whoever started it
    said = _said("VmHWM:")
    if said is not None:
        return said
    try:
        import resource
    except ImportError:  # Windows
        return None
    # Linux counts kilobytes, macOS bytes
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (2**20 if sys.platform == "darwin" else 2**10)


def _said(name: str) -> float | None:
    """Return what Linux says of this process under a name, in megabytes; None elsewhere."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) / 2**10
    return None
