"""The compiled arithmetic: what is done to every number by itself, in the arenas that hold all numbers of a program.

Integers and floats share the memory: `floats` and `whole` are two views of it. An operand is where its numbers begin, `n`
how many there are; truth is 1.0 and 0.0. The operations are numpy's, bit for bit (`tests/history/test_plan_arithmetic.py`).
"""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import inner
from cxchurn.history.plan._codes import ARITHMETIC

_ADD, _SUBTRACT, _MULTIPLY, _DIVIDE = (
    ARITHMETIC[f"{name}_f"] for name in ("add", "subtract", "multiply", "true_divide")
)
_MAXIMUM, _MINIMUM, _FMAX, _FMIN = (ARITHMETIC[f"{name}_f"] for name in ("maximum", "minimum", "fmax", "fmin"))
_LESS, _LESS_EQUAL, _GREATER = (ARITHMETIC[f"{name}_f"] for name in ("less", "less_equal", "greater"))
_GREATER_EQUAL, _EQUAL, _NOT_EQUAL = (ARITHMETIC[f"{name}_f"] for name in ("greater_equal", "equal", "not_equal"))
_AND, _OR, _XOR = (ARITHMETIC[f"{name}_f"] for name in ("and", "or", "xor"))
_NEGATIVE, _ABSOLUTE, _RINT, _FLOOR = (ARITHMETIC[f"{name}_f"] for name in ("negative", "absolute", "rint", "floor"))
_CEIL, _TRUNC, _SQRT = (ARITHMETIC[f"{name}_f"] for name in ("ceil", "trunc", "sqrt"))
_ISNAN, _ISFINITE, _ISINF = (ARITHMETIC[f"{name}_f"] for name in ("isnan", "isfinite", "isinf"))
_TOLD, _NOT = (ARITHMETIC[f"{name}_f"] for name in ("told", "not"))
_ADD_I, _SUBTRACT_I, _MULTIPLY_I = (ARITHMETIC[f"{name}_i"] for name in ("add", "subtract", "multiply"))
_MAXIMUM_I, _MINIMUM_I = (ARITHMETIC[f"{name}_i"] for name in ("maximum", "minimum"))
_DIVIDE_I, _REMAINDER_I = (ARITHMETIC[f"{name}_i"] for name in ("floor_divide", "remainder"))
_NEGATIVE_I, _ABSOLUTE_I = (ARITHMETIC[f"{name}_i"] for name in ("negative", "absolute"))
_LESS_I, _LESS_EQUAL_I, _GREATER_I = (ARITHMETIC[f"{name}_i"] for name in ("less", "less_equal", "greater"))
_GREATER_EQUAL_I, _EQUAL_I, _NOT_EQUAL_I = (ARITHMETIC[f"{name}_i"] for name in ("greater_equal", "equal", "not_equal"))
_WHERE, _WHERE_I, _FLOAT, _WHOLE = (ARITHMETIC[name] for name in ("where_f", "where_i", "float", "whole"))
_SUBTRACT_TIME, _DIVIDE_TIME = (ARITHMETIC[name] for name in ("subtract_time_i", "divide_time"))
_NEVER = np.iinfo(np.int64).min


@inner
def arithmetic(op, floats, whole, out, a, b, c, n):
    """Do one operation to `n` numbers."""
    if op <= _FMIN:
        _two_floats(op, floats[a : a + n], floats[b : b + n], floats[out : out + n])
    elif op <= _XOR:
        _compare_floats(op, floats[a : a + n], floats[b : b + n], floats[out : out + n])
    elif op <= _NOT:
        _one_float(op, floats[a : a + n], floats[out : out + n])
    elif op <= _ABSOLUTE_I:
        _two_whole(op, whole[a : a + n], whole[b : b + n], whole[out : out + n])
    elif op <= _NOT_EQUAL_I:
        _compare_whole(op, whole[a : a + n], whole[b : b + n], floats[out : out + n])
    elif op == _WHERE:
        _choose(floats[a : a + n], floats[b : b + n], floats[c : c + n], floats[out : out + n])
    elif op == _WHERE_I:
        _choose(floats[a : a + n], whole[b : b + n], whole[c : c + n], whole[out : out + n])
    elif op == _FLOAT:
        _float(whole[a : a + n], floats[out : out + n])
    elif op == _WHOLE:
        _whole(floats[a : a + n], whole[out : out + n])
    elif op == _SUBTRACT_TIME:
        _subtract_time(whole[a : a + n], whole[b : b + n], whole[out : out + n])
    elif op == _DIVIDE_TIME:
        _divide_time(whole[a : a + n], floats[b : b + n], floats[out : out + n])


@inner
def _choose(holds, yes, no, out):
    for i in range(out.size):
        out[i] = yes[i] if holds[i] != 0.0 else no[i]


@inner
def _float(x, out):
    for i in range(out.size):
        out[i] = x[i]


@inner
def _whole(x, out):
    for i in range(out.size):
        out[i] = np.int64(x[i])


@inner
def _subtract_time(x, y, out):
    for i in range(out.size):
        out[i] = _NEVER if x[i] == _NEVER or y[i] == _NEVER else x[i] - y[i]


@inner
def _divide_time(x, unit, out):
    for i in range(out.size):
        out[i] = np.nan if x[i] == _NEVER else np.divide(np.float64(x[i]), unit[i])


@inner
def _two_floats(op, x, y, out):
    if op == _ADD:
        for i in range(out.size):
            out[i] = x[i] + y[i]
    elif op == _SUBTRACT:
        for i in range(out.size):
            out[i] = x[i] - y[i]
    elif op == _MULTIPLY:
        for i in range(out.size):
            out[i] = x[i] * y[i]
    elif op == _DIVIDE:
        for i in range(out.size):
            # over zero as numpy has it: infinite, or missing
            out[i] = np.divide(x[i], y[i])
    elif op == _MAXIMUM:
        for i in range(out.size):
            out[i] = x[i] if x[i] >= y[i] or np.isnan(x[i]) else y[i]
    elif op == _MINIMUM:
        for i in range(out.size):
            out[i] = x[i] if x[i] <= y[i] or np.isnan(x[i]) else y[i]
    elif op == _FMAX:
        for i in range(out.size):
            out[i] = x[i] if x[i] >= y[i] or np.isnan(y[i]) else y[i]
    elif op == _FMIN:
        for i in range(out.size):
            out[i] = x[i] if x[i] <= y[i] or np.isnan(y[i]) else y[i]


@inner
def _compare_floats(op, x, y, out):
    if op == _LESS:
        for i in range(out.size):
            out[i] = x[i] < y[i]
    elif op == _LESS_EQUAL:
        for i in range(out.size):
            out[i] = x[i] <= y[i]
    elif op == _GREATER:
        for i in range(out.size):
            out[i] = x[i] > y[i]
    elif op == _GREATER_EQUAL:
        for i in range(out.size):
            out[i] = x[i] >= y[i]
    elif op == _EQUAL:
        for i in range(out.size):
            out[i] = x[i] == y[i]
    elif op == _NOT_EQUAL:
        for i in range(out.size):
            out[i] = x[i] != y[i]
    elif op == _AND:
        for i in range(out.size):
            out[i] = x[i] * y[i]
    elif op == _OR:
        for i in range(out.size):
            out[i] = max(x[i], y[i])
    elif op == _XOR:
        for i in range(out.size):
            out[i] = x[i] != y[i]


@inner
def _one_float(op, x, out):
    if op == _NEGATIVE:
        for i in range(out.size):
            out[i] = -x[i]
    elif op == _ABSOLUTE:
        for i in range(out.size):
            out[i] = abs(x[i])
    elif op == _RINT:
        for i in range(out.size):
            out[i] = np.rint(x[i])
    elif op == _FLOOR:
        for i in range(out.size):
            out[i] = np.floor(x[i])
    elif op == _CEIL:
        for i in range(out.size):
            out[i] = np.ceil(x[i])
    elif op == _TRUNC:
        for i in range(out.size):
            out[i] = np.trunc(x[i])
    elif op == _SQRT:
        for i in range(out.size):
            out[i] = np.sqrt(x[i])
    elif op == _ISNAN:
        for i in range(out.size):
            out[i] = np.isnan(x[i])
    elif op == _ISFINITE:
        for i in range(out.size):
            out[i] = np.isfinite(x[i])
    elif op == _ISINF:
        for i in range(out.size):
            out[i] = np.isinf(x[i])
    elif op == _TOLD:
        for i in range(out.size):
            out[i] = x[i] == x[i]
    elif op == _NOT:
        for i in range(out.size):
            out[i] = 1.0 - x[i]


@inner
def _two_whole(op, x, y, out):
    if op == _ADD_I:
        for i in range(out.size):
            out[i] = x[i] + y[i]
    elif op == _SUBTRACT_I:
        for i in range(out.size):
            out[i] = x[i] - y[i]
    elif op == _MULTIPLY_I:
        for i in range(out.size):
            out[i] = x[i] * y[i]
    elif op == _MAXIMUM_I:
        for i in range(out.size):
            out[i] = max(x[i], y[i])
    elif op == _MINIMUM_I:
        for i in range(out.size):
            out[i] = min(x[i], y[i])
    elif op == _DIVIDE_I:
        for i in range(out.size):
            # by zero it is zero, and the smallest number by -1 itself, as numpy has it and no processor
            out[i] = 0 if y[i] == 0 else -x[i] if y[i] == -1 else x[i] // y[i]
    elif op == _REMAINDER_I:
        for i in range(out.size):
            out[i] = 0 if y[i] == 0 or y[i] == -1 else x[i] % y[i]
    elif op == _NEGATIVE_I:
        for i in range(out.size):
            out[i] = -x[i]
    elif op == _ABSOLUTE_I:
        for i in range(out.size):
            out[i] = abs(x[i])


@inner
def _compare_whole(op, x, y, out):
    if op == _LESS_I:
        for i in range(out.size):
            out[i] = x[i] < y[i]
    elif op == _LESS_EQUAL_I:
        for i in range(out.size):
            out[i] = x[i] <= y[i]
    elif op == _GREATER_I:
        for i in range(out.size):
            out[i] = x[i] > y[i]
    elif op == _GREATER_EQUAL_I:
        for i in range(out.size):
            out[i] = x[i] >= y[i]
    elif op == _EQUAL_I:
        for i in range(out.size):
            out[i] = x[i] == y[i]
    elif op == _NOT_EQUAL_I:
        for i in range(out.size):
            out[i] = x[i] != y[i]
