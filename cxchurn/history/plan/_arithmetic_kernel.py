"""The compiled arithmetic: what is done to every number by itself, in the arenas that hold all numbers of a program.

Integers and floats share the memory: `floats` and `whole` are two views of it. An operand is where its numbers begin, `n`
how many there are; truth is 1.0 and 0.0. The operations are numpy's, bit for bit (`tests/history/test_plan.py`).
"""

from __future__ import annotations

import numpy as np

from cxchurn._core._compiled import compiled
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
_ISNAN, _ISFINITE, _ISINF, _NOT = (ARITHMETIC[f"{name}_f"] for name in ("isnan", "isfinite", "isinf", "not"))
_ADD_I, _SUBTRACT_I, _MULTIPLY_I = (ARITHMETIC[f"{name}_i"] for name in ("add", "subtract", "multiply"))
_MAXIMUM_I, _MINIMUM_I = (ARITHMETIC[f"{name}_i"] for name in ("maximum", "minimum"))
_DIVIDE_I, _REMAINDER_I = (ARITHMETIC[f"{name}_i"] for name in ("floor_divide", "remainder"))
_NEGATIVE_I, _ABSOLUTE_I = (ARITHMETIC[f"{name}_i"] for name in ("negative", "absolute"))
_LESS_I, _LESS_EQUAL_I, _GREATER_I = (ARITHMETIC[f"{name}_i"] for name in ("less", "less_equal", "greater"))
_GREATER_EQUAL_I, _EQUAL_I, _NOT_EQUAL_I = (ARITHMETIC[f"{name}_i"] for name in ("greater_equal", "equal", "not_equal"))
_WHERE, _WHERE_I, _FLOAT, _WHOLE = (ARITHMETIC[name] for name in ("where_f", "where_i", "float", "whole"))
_SUBTRACT_TIME, _DIVIDE_TIME = (ARITHMETIC[name] for name in ("subtract_time_i", "divide_time"))
_NEVER = np.iinfo(np.int64).min


@compiled
def arithmetic(op, floats, whole, out, a, b, c, n):
    """Do one operation to `n` numbers."""
    if op <= _XOR:
        _two_floats(op, floats[a : a + n], floats[b : b + n], floats[out : out + n])
    elif op <= _NOT:
        _one_float(op, floats[a : a + n], floats[out : out + n])
    elif op <= _ABSOLUTE_I:
        _two_whole(op, whole[a : a + n], whole[b : b + n], whole[out : out + n])
    elif op <= _NOT_EQUAL_I:
        _compare_whole(op, whole[a : a + n], whole[b : b + n], floats[out : out + n])
    elif op == _WHERE:
        for i in range(n):
            floats[out + i] = floats[b + i] if floats[a + i] != 0.0 else floats[c + i]
    elif op == _WHERE_I:
        for i in range(n):
            whole[out + i] = whole[b + i] if floats[a + i] != 0.0 else whole[c + i]
    elif op == _FLOAT:
        for i in range(n):
            floats[out + i] = whole[a + i]
    elif op == _WHOLE:
        for i in range(n):
            whole[out + i] = np.int64(floats[a + i])
    elif op == _SUBTRACT_TIME:
        for i in range(n):
            missing = whole[a + i] == _NEVER or whole[b + i] == _NEVER
            whole[out + i] = _NEVER if missing else whole[a + i] - whole[b + i]
    elif op == _DIVIDE_TIME:
        for i in range(n):
            floats[out + i] = np.nan if whole[a + i] == _NEVER else np.float64(whole[a + i]) / floats[b + i]


@compiled
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
    elif op == _LESS:
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


@compiled
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
    elif op == _NOT:
        for i in range(out.size):
            out[i] = 1.0 - x[i]


@compiled
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
            out[i] = x[i] // y[i]
    elif op == _REMAINDER_I:
        for i in range(out.size):
            out[i] = x[i] % y[i]
    elif op == _NEGATIVE_I:
        for i in range(out.size):
            out[i] = -x[i]
    elif op == _ABSOLUTE_I:
        for i in range(out.size):
            out[i] = abs(x[i])


@compiled
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


@compiled
def run_arithmetic(code, floats, whole, n):
    """Run a list of operations, each to `n` numbers; operands are numbers of registers of `n` numbers each."""
    for k in range(code.shape[0]):
        arithmetic(code[k, 0], floats, whole, code[k, 1] * n, code[k, 2] * n, code[k, 3] * n, code[k, 4] * n, n)
