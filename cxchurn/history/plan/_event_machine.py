"""The machine that runs a program's operations over the events of one customer."""

from __future__ import annotations

import numpy as np

from cxchurn._core._compiled import compiled
from cxchurn.history import _kernels
from cxchurn.history.plan import _event_kernels as kernels
from cxchurn.history.plan._arithmetic_kernel import arithmetic
from cxchurn.history.plan._codes import ARITHMETIC, EVENTS

_FEWEST = len(ARITHMETIC)
_INPUT_F, _INPUT_I, _PICK_F, _PICK_I = (EVENTS[name] for name in ("input_f", "input_i", "pick_f", "pick_i"))
_TAKE_F, _TAKE_I, _RANKS, _CHANGES = (EVENTS[name] for name in ("take_f", "take_i", "ranks", "changes"))
_DIFF, _ARANGE, _GROWN, _STEPS = (EVENTS[name] for name in ("diff", "arange", "grown", "steps"))
_BEFORE, _BEGIN, _FOLLOWING, _LATEST = (EVENTS[name] for name in ("before", "begin", "following", "latest"))
_RUNNING, _STREAK, _NEW, _NTH_OF = (EVENTS[name] for name in ("running", "streak", "new", "nth_of"))
_MAPPED, _POSITION, _IS_IN = (EVENTS[name] for name in ("mapped", "position", "is_in"))


@compiled
def run_events(
    code, floats, whole, cap, sizes, given, given_whole, start, tables, tables_whole, scratch, hashed, edges
):
    """Run a program's operations over one customer's events.

    A line of the program: the operation, where its answer goes, three operands (places of `cap` numbers in the arena), which
    events its operands and its answer are about (`sizes`), where its table begins and ends.
    """
    for k in range(code.shape[0]):
        op, n = code[k, 0], sizes[code[k, 5]]
        out, a, b, c = code[k, 1] * cap, code[k, 2] * cap, code[k, 3] * cap, code[k, 4] * cap
        if op < _FEWEST:
            arithmetic(op, floats, whole, out, a, b, c, n)
        elif op == _INPUT_F:
            floats[out : out + n] = given[code[k, 2], start : start + n]
        elif op == _INPUT_I:
            whole[out : out + n] = given_whole[code[k, 2], start : start + n]
        elif op == _PICK_F:
            sizes[code[k, 6]] = kernels.pick(floats[a : a + n], floats[b : b + n], floats[out : out + n])
        elif op == _PICK_I:
            sizes[code[k, 6]] = kernels.pick(whole[a : a + n], floats[b : b + n], whole[out : out + n])
        elif op == _TAKE_F:
            m = sizes[code[k, 6]]
            kernels.take(floats[a : a + n], whole[b : b + m], floats[out : out + m])
        elif op == _TAKE_I:
            m = sizes[code[k, 6]]
            kernels.take(whole[a : a + n], whole[b : b + m], whole[out : out + m])
        elif op == _RANKS:
            sizes[code[k, 6]] = n + 1
            kernels.ranks(floats[a : a + n], whole[out : out + n + 1])
        elif op <= _GROWN:
            _in_order(op, floats, whole, out, a, n, edges, tables[code[k, 7]])
        elif op <= _NTH_OF:
            _in_segments(op, floats, whole, cap, out, a, b, n, scratch, hashed)
        else:
            _looked_up(
                op, floats, whole, out, a, n, tables[code[k, 7] : code[k, 8]], tables_whole[code[k, 7] : code[k, 8]]
            )


@compiled
def _in_order(op, floats, whole, out, a, n, edges, half_life):
    if op == _CHANGES:
        kernels.changes(whole[a : a + n], floats[out : out + n])
    elif op == _DIFF:
        kernels.diff(whole[a : a + n], whole[out : out + n])
    elif op == _ARANGE:
        for i in range(n):
            whole[out + i] = i
    elif op == _GROWN:
        edges[1] = n
        _kernels.grown(whole[a : a + n], edges, half_life, floats[out : out + n])


@compiled
def _in_segments(op, floats, whole, cap, out, a, b, n, scratch, hashed):
    keys, others, places = scratch[0, :n], scratch[1, :n], scratch[2, :n]
    size = 4
    while size < 2 * n:
        size *= 2
    table = hashed[:size]
    if op == _BEFORE:
        others[:] = 0
        kernels.last_alike(whole[a : a + n], others, table, whole[out : out + n])
    elif op == _STEPS:
        taken, loop, left, same = out, out + cap, out + 2 * cap, out + 3 * cap
        kernels.steps(
            whole[a : a + n],
            keys,
            others,
            table,
            whole[taken : taken + n],
            whole[loop : loop + n],
            whole[left : left + n],
            whole[same : same + n],
        )
    elif op == _BEGIN:
        kernels.begin(whole[a : a + n], whole[out : out + n])
    elif op == _FOLLOWING:
        kernels.following(whole[a : a + n], whole[out : out + n])
    elif op == _LATEST:
        kernels.latest(floats[a : a + n], whole[b : b + n], floats[out : out + n])
    elif op == _RUNNING:
        kernels.running(floats[a : a + n], whole[b : b + n], floats[out : out + n])
    elif op == _STREAK:
        kernels.streak(floats[a : a + n], whole[b : b + n], floats[out : out + n])
    elif op == _NEW:
        values, first = floats[a : a + n], whole[b : b + n]
        kernels.new(values, whole[a : a + n], first, keys, others, table, places, floats[out : out + n])
    elif op == _NTH_OF:
        kernels.nth_of(floats[a : a + n], whole[b : b + n], floats[out : out + n])


@compiled
def _looked_up(op, floats, whole, out, a, n, table, table_whole):
    if op == _POSITION:
        kernels.look_up(whole[a : a + n], table_whole, -1, whole[out : out + n])
    elif op == _MAPPED:
        kernels.look_up(whole[a : a + n], table, np.nan, floats[out : out + n])
    elif op == _IS_IN:
        kernels.look_up(whole[a : a + n], table, 0.0, floats[out : out + n])
