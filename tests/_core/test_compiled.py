from __future__ import annotations

import subprocess
import sys
from unittest import mock

import numba
import numpy as np

from cxchurn._core.running import _compiled
from cxchurn.history.kernels import _kernels


def test_kernels_are_kept_for_later_processes():
    assert _kernels.total.stats.cache_path


def test_where_nothing_can_be_kept_kernels_work_all_the_same():
    """As in an installation that may not be written, by somebody without a folder of their own."""

    def njit(*, nogil, cache=False, **others):
        if cache:
            raise RuntimeError("cannot cache function 'double': no locator available")
        return numba.njit(nogil=nogil, **others)

    def double(values, out):
        for i in range(out.size):
            out[i] = 2 * values[i]

    with mock.patch.object(_compiled, "njit", njit):
        kernel = _compiled.compiled(double)
    out = np.empty(2)
    kernel(np.array([1.0, 2.5]), out)
    assert out.tolist() == [2.0, 5.0]


LEAN = """
import sys
import numpy as np
from numba import njit
from cxchurn._core.running._compiled import start_lean
start_lean()
start_lean()
assert njit(lambda x: x + 1)(1) == 2
assert "scipy.linalg" not in sys.modules
assert njit(lambda a, b: a @ b)(np.eye(2), np.ones(2)).tolist() == [1.0, 1.0]
assert "scipy.linalg" in sys.modules
"""


def test_a_lean_start_loads_no_linear_algebra_and_takes_it_from_nobody():
    done = subprocess.run([sys.executable, "-c", LEAN], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
