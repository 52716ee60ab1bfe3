"""How much is read at a time."""

from __future__ import annotations

from functools import partial

from cxchurn._core import in_threads

# more readers would hold more in memory than they gain in time
WORKERS = 4

in_turn = partial(in_threads, most=WORKERS)
