"""Arrays that compiled code slices without counting who holds them.

Each slice of an ordinary array counts up and down, atomically, who holds its memory: for a line of a program that costs more
than the line. The machine's arrays are held by who calls it for as long as it runs, so there is nothing to count.
"""

from __future__ import annotations

from typing import Any

from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic

from cxchurn._core.running._compiled import inner


@intrinsic
def _pointer(typingctx: Any, address: Any) -> Any:
    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generated


@inner
def bare(array):
    """The same memory as an array that is not counted. Whoever calls must hold the array itself."""
    return carray(_pointer(array.ctypes.data), array.shape, array.dtype)
