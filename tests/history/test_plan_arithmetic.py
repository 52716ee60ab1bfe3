"""A program's arithmetic is numpy's, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.history.plan._codes import ARITHMETIC
from cxchurn.history.plan._row_machine import run

FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, 0.5, -1.5, 2.5, np.inf, -np.inf, np.nan, 1e300, 5e-324]))
EDGES = [0, 1, -1, 86_400_000_000, -(2**63), 2**63 - 1]
WHOLE = st.one_of(st.integers(-(2**40), 2**40), st.sampled_from(EDGES))
TRUTH = {"and_f": np.logical_and, "or_f": np.logical_or, "xor_f": np.logical_xor, "not_f": np.logical_not}
# a zero has two signs, and which of two equal numbers is the greater one, numpy decides by how many there are
EITHER_ZERO = ("maximum_f", "minimum_f", "fmax_f", "fmin_f")
_NONE = np.zeros((0, 9), dtype=np.int64)


def ran(name: str, *operands: np.ndarray) -> np.ndarray:
    """Run one operation of a program; the registers as they are, floats and integers sharing their memory."""
    registers = np.zeros((4, operands[0].size))
    for k, values in enumerate(operands):
        (registers if values.dtype == np.float64 else registers.view(np.int64))[k + 1] = values
    line = np.array([[ARITHMETIC[name], 0, 1, 2, 3, *[0] * 8]], dtype=np.int64)
    whole = np.zeros(1, dtype=np.int64)
    nothing = np.zeros((1, 2), dtype=np.int64)
    filled = np.zeros((0, 2), dtype=np.int64)
    scratch = np.zeros((3, 1), dtype=np.int64), np.zeros(2, dtype=np.int64)
    owner, counts = np.zeros(operands[0].size, dtype=np.int64), np.zeros((2, 1), dtype=np.int64)
    run(
        _NONE,
        line,
        np.zeros(1),
        1,
        nothing,
        filled,
        filled,
        np.zeros(1),
        whole,
        *scratch,
        owner,
        registers,
        counts,
    )
    return registers


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one.view(np.int64) == other.view(np.int64)) | (np.isnan(one) & np.isnan(other))).all())


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=9))
@pytest.mark.parametrize("name", [n for n in ARITHMETIC if n.endswith("_f") and n not in (*TRUTH, "told_f", "where_f")])
@pytest.mark.sampled(3)
def test_floats(name, pairs):
    x, y = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    ufunc = getattr(np, name[:-2])
    with np.errstate(all="ignore"):
        wanted = ufunc(*(x, y)[: ufunc.nin]).astype(np.float64)
    found = ran(name, x, y)[0]
    with np.errstate(invalid="ignore"):
        assert same(found + 0.0, wanted + 0.0) if name in EITHER_ZERO else same(found, wanted)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=9))
@pytest.mark.parametrize(
    "name", [n for n in ARITHMETIC if n.endswith("_i") and n not in ("where_i", "subtract_time_i")]
)
def test_integers(name, pairs):
    x, y = (np.array(values, dtype=np.int64) for values in zip(*pairs, strict=True))
    ufunc = getattr(np, name[:-2])
    with np.errstate(all="ignore"):
        wanted = ufunc(*(x, y)[: ufunc.nin])
    registers = ran(name, x, y)
    found = registers[0] if wanted.dtype == bool else registers.view(np.int64)[0]
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("name", ["floor_divide_i", "remainder_i"])
def test_integers_by_zero_and_by_minus_one(name):
    x, y = (side.ravel() for side in np.meshgrid(EDGES, EDGES))
    with np.errstate(all="ignore"):
        wanted = getattr(np, name[:-2])(x, y)
    assert ran(name, x, y).view(np.int64)[0].tolist() == wanted.tolist()
    # 7 by 0 is 0, and leaves 0; the smallest number by -1 is itself, and leaves 0
    least = -(2**63)
    said = ran(name, np.array([7, least]), np.array([0, -1])).view(np.int64)[0].tolist()
    assert said == ([0, least] if name == "floor_divide_i" else [0, 0])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=5))
@pytest.mark.parametrize("name", TRUTH)
def test_truth(name, pairs):
    x, y = (np.array(values, dtype=np.float64) for values in zip(*pairs, strict=True))
    ufunc = TRUTH[name]
    assert ran(name, x, y)[0].tolist() == ufunc(*(x, y)[: ufunc.nin]).astype(np.float64).tolist()


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), FLOATS, FLOATS), min_size=1, max_size=9))
def test_choices(rows):
    holds, x, y = (np.array(values) for values in zip(*rows, strict=True))
    x, y = x.astype(np.float64), y.astype(np.float64)
    assert same(ran("where_f", holds.astype(np.float64), x, y)[0], np.where(holds, x, y))
    assert ran("told_f", x)[0].tolist() == (~np.isnan(x)).astype(np.float64).tolist()


def test_times():
    never = np.iinfo(np.int64).min
    x, y = np.array([10, never, 7, never]), np.array([4, 1, never, never])
    days = ran("subtract_time_i", x, y).view(np.int64)[0]
    wanted = x.view("datetime64[us]") - y.view("datetime64[us]")
    assert days.tolist() == wanted.view(np.int64).tolist()
    found = ran("divide_time", days, np.full(4, 4.0))[0]
    assert same(found, wanted / np.timedelta64(4, "us"))
