"""How much memory this process has taken."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def peak_memory_mb() -> float | None:
    """Return the most memory that this process has held so far, in megabytes (of 2**20 bytes); None where nobody says it."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        # of this program alone: what getrusage says begins with the size of whoever started it
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        said = next(line for line in lines if line.startswith("VmHWM:"))
        return int(said.split()[1]) / 2**10
    try:
        import resource
    except ImportError:  # Windows
        return None
    # Linux counts kilobytes, macOS bytes
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (2**20 if sys.platform == "darwin" else 2**10)
