"""The machine that runs a program's operations over the events of some customers."""

from __future__ import annotations

from functools import partial

import numpy as np

from cxchurn._core.running._compiled import inner
from cxchurn.history.kernels import _kernels
from cxchurn.history.plan import _arithmetic_kernel
from cxchurn.history.plan import _event_kernels as kernels
from cxchurn.history.plan._arithmetic_kernel import arithmetic
from cxchurn.history.plan._codes import ARITHMETIC, EVENTS

CALLS = (_kernels, kernels, _arithmetic_kernel)
_made = partial(inner, calls=CALLS)
_FEWEST = len(ARITHMETIC)
_PICK_F, _PICK_I, _TAKE_F, _TAKE_I = (EVENTS[name] for name in ("pick_f", "pick_i", "take_f", "take_i"))
_RANKS, _CHANGES = (EVENTS[name] for name in ("ranks", "changes"))
_DIFF, _ARANGE, _GROWTH, _STEPS = (EVENTS[name] for name in ("diff", "arange", "growth", "steps"))
_BEFORE, _BEGIN, _FOLLOWING, _LATEST = (EVENTS[name] for name in ("before", "begin", "following", "latest"))
_RUNNING, _STREAK, _NEW, _NTH_OF = (EVENTS[name] for name in ("running", "streak", "new", "nth_of"))
_MAPPED, _POSITION, _IS_IN = (EVENTS[name] for name in ("mapped", "position", "is_in"))


@_made
def run_events(code, floats, whole, cap, bounds, tables, tables_whole, scratch, hashed):
    """Run a program's operations over the events of some customers.

    A line of the program: the operation, where its answer goes, three operands (places of `cap` numbers in the arena), which
    events its operands and its answer are about (lines of `bounds`: where each customer's begin), where its table begins and
    ends.
    """
    last = bounds.shape[1] - 1
    for k in range(code.shape[0]):
        op, n, m = code[k, 0], bounds[code[k, 5], last], bounds[code[k, 6], last]
        out, a, b, c = code[k, 1] * cap, code[k, 2] * cap, code[k, 3] * cap, code[k, 4] * cap
        if op < _FEWEST:
            arithmetic(op, floats, whole, out, a, b, c, n)
        elif op == _PICK_F:
            kernels.pick(
                floats[a : a + n], floats[b : b + n], floats[out : out + n], bounds[code[k, 5]], bounds[code[k, 6]]
            )
        elif op == _PICK_I:
            kernels.pick(
                whole[a : a + n], floats[b : b + n], whole[out : out + n], bounds[code[k, 5]], bounds[code[k, 6]]
            )
        elif op == _TAKE_F:
            kernels.take(floats[a : a + n], whole[b : b + m], floats[out : out + m])
        elif op == _TAKE_I:
            kernels.take(whole[a : a + n], whole[b : b + m], whole[out : out + m])
        elif op == _RANKS:
            kernels.ranks(floats[a : a + n], whole[out : out + n + 1])
            bounds[code[k, 6], last] = n + 1
        elif op <= _GROWTH:
            _in_order(op, floats, whole, out, a, n, bounds[code[k, 5]], tables[code[k, 7]])
        elif op <= _NTH_OF:
            _in_segments(op, floats, whole, cap, out, a, b, n, bounds[code[k, 5]], scratch, hashed)
        else:
            _looked_up(
                op, floats, whole, out, a, n, tables[code[k, 7] : code[k, 8]], tables_whole[code[k, 7] : code[k, 8]]
            )


@_made
def _in_order(op, floats, whole, out, a, n, bounds, half_life):
    if op == _CHANGES:
        kernels.changes(whole[a : a + n], floats[out : out + n])
    elif op == _DIFF:
        kernels.diff(whole[a : a + n], whole[out : out + n])
    elif op == _ARANGE:
        for i in range(n):
            whole[out + i] = i
    elif op == _GROWTH:
        _kernels.growth(whole[a : a + n], bounds, half_life, floats[out : out + n])


@_made
def _in_segments(op, floats, whole, cap, out, a, b, n, bounds, scratch, hashed):
    keys, others, places = scratch[0, :n], scratch[1, :n], scratch[2, :n]
    values, numbers, by = floats[a : a + n], whole[a : a + n], whole[b : b + n]
    answer, answer_whole = floats[out : out + n], whole[out : out + n]
    if op == _BEFORE:
        kernels.owners(bounds, others)
        kernels.last_alike(numbers, others, hashed, answer_whole)
    elif op == _STEPS:
        loop, left = whole[out + cap : out + cap + n], whole[out + 2 * cap : out + 2 * cap + n]
        same = whole[out + 3 * cap : out + 3 * cap + n]
        kernels.steps(numbers, bounds, keys, others, hashed, answer_whole, loop, left, same)
    elif op == _BEGIN:
        kernels.begin(numbers, answer_whole)
    elif op == _FOLLOWING:
        kernels.following(numbers, answer_whole)
    elif op == _LATEST:
        kernels.latest(values, by, answer)
    elif op == _RUNNING:
        kernels.running(values, by, answer)
    elif op == _STREAK:
        kernels.streak(values, by, answer)
    elif op == _NEW:
        kernels.new(values, numbers, by, keys, others, hashed, places, answer)
    elif op == _NTH_OF:
        kernels.nth_of(values, by, answer)


@_made
def _looked_up(op, floats, whole, out, a, n, table, table_whole):
    if op == _POSITION:
        kernels.look_up(whole[a : a + n], table_whole, -1, whole[out : out + n])
    elif op == _MAPPED:
        kernels.look_up(whole[a : a + n], table, np.nan, floats[out : out + n])
    elif op == _IS_IN:
        kernels.look_up(whole[a : a + n], table, 0.0, floats[out : out + n])
