"""The machine that asks a program's questions about rows."""

from __future__ import annotations

from functools import partial

import numpy as np

from cxchurn._core.running._compiled import compiled, inner
from cxchurn.history.kernels import _kernels, _label_kernels, _sequences
from cxchurn.history.plan import _bare, _event_machine
from cxchurn.history.plan import _event_kernels as kernels
from cxchurn.history.plan._arithmetic_kernel import arithmetic
from cxchurn.history.plan._bare import bare
from cxchurn.history.plan._codes import ARITHMETIC, ROWS
from cxchurn.history.plan._event_machine import CALLS, run_events

_CALLS = (*CALLS, _label_kernels, _sequences, _event_machine, _bare)
_made = partial(inner, calls=_CALLS)
_FEWEST = len(ARITHMETIC)
_SEARCH, _COUNT, _TOTAL, _MEAN, _STD = (ROWS[name] for name in ("search", "count", "total", "mean", "std"))
_SMALLEST, _LARGEST, _QUANTILE = (ROWS[name] for name in ("smallest", "largest", "quantile"))
_NTH_VALUE, _NTH_AGE, _DISTINCT, _ENTROPY = (ROWS[name] for name in ("nth_value", "nth_age", "distinct", "entropy"))
_SLOPE, _DECAYED, _STRONGEST, _MIX = (ROWS[name] for name in ("slope", "decayed", "strongest", "mix"))
_BALANCE, _ENDS, _FOLLOW = (ROWS[name] for name in ("balance", "ends", "follow"))
_PERSISTENCE, _RENEWALS = (ROWS[name] for name in ("persistence", "renewals"))
_BY_LABEL, _COUNT_BY_LABEL, _AGE_BY_LABEL = (ROWS[name] for name in ("by_label", "count_by_label", "age_by_label"))
_AT_F, _FIRST, _LENGTH = (ROWS[name] for name in ("at_f", "first", "length"))


@_made
def _few(op, line, floats, whole, cap, answers, numbers):
    """Questions of a few operands about numbers."""
    out, a, lo, hi = answers[line[1]], line[2] * cap, numbers[line[3]], numbers[line[4]]
    values, times = floats[a : a + cap], whole[a : a + cap]
    if op == _SEARCH:
        _kernels.search(times, lo, hi, numbers[line[5]], numbers[line[1]])
    elif op == _COUNT:
        _kernels.count(times, lo, hi, out)
    elif op == _TOTAL:
        _kernels.total(values, lo, hi, answers[line[5]], out)
    elif op == _MEAN:
        _kernels.mean(answers[line[2]], lo, hi, out)
    elif op == _STD:
        _kernels.std(values, lo, hi, out)
    elif op == _SMALLEST:
        _kernels.smallest(values, lo, hi, answers[line[5]], out)
    elif op == _LARGEST:
        _kernels.largest(values, lo, hi, answers[line[5]], out)
    elif op == _QUANTILE:
        _kernels.quantile(values, lo, hi, answers[line[5], 0], out)
    elif op == _NTH_VALUE:
        _kernels.nth_value(values, lo, hi, numbers[line[5], 0], out)
    elif op == _NTH_AGE:
        _kernels.nth_age(times, lo, hi, numbers[line[5], 0], numbers[line[6]], out)
    elif op == _DISTINCT:
        _kernels.distinct(values, lo, hi, out)


@_made
def _timed(op, line, floats, whole, cap, answers, numbers):
    """Questions about numbers and when they came."""
    out, a, b = line[1], line[2] * cap, line[3] * cap
    values, times, lo, hi = floats[a : a + cap], whole[b : b + cap], numbers[line[4]], numbers[line[5]]
    if op == _SLOPE:
        _kernels.slope(values, times, lo, hi, answers[line[6], 0], answers[out])
    elif op == _STRONGEST:
        _kernels.strongest(values, times, lo, hi, numbers[line[6]], answers[out], answers[out + 1])
    elif op == _DECAYED:
        growth, times = floats[b : b + cap], whole[line[4] * cap : (line[4] + 1) * cap]
        lo, hi, first, now = numbers[line[5]], numbers[line[6]], numbers[line[7]], numbers[line[8]]
        _kernels.decayed(values, growth, times, lo, hi, first, now, answers[line[9], 0], answers[out])
    elif op == _BALANCE:
        o1, o2, o3, o4 = answers[out], answers[out + 1], answers[out + 2], answers[out + 3]
        half_life, weight = answers[line[7], 0], answers[line[8], 0]
        _sequences.balance(values, times, lo, hi, numbers[line[6]], half_life, weight, o1, o2, o3, o4)
    elif op == _ENDS:
        o1, o2, o3, o4 = answers[out], answers[out + 1], answers[out + 2], answers[out + 3]
        _sequences.ends(values, times, lo, hi, numbers[line[6]], o1, o2, o3, o4)


@_made
def _ordered(op, line, floats, whole, cap, answers, numbers):
    """Questions about what follows what."""
    out, a, b = line[1], line[2] * cap, line[3] * cap
    o1, o2, o3, o4, o5 = answers[out], answers[out + 1], answers[out + 2], answers[out + 3], answers[out + 4]
    if op == _FOLLOW:
        times, places, answered = whole[a : a + cap], whole[b : b + cap], whole[line[6] * cap : (line[6] + 1) * cap]
        spots, lo, hi = whole[line[7] * cap : (line[7] + 1) * cap], numbers[line[4]], numbers[line[5]]
        begin, end, now, within = numbers[line[8]], numbers[line[9]], numbers[line[10]], numbers[line[11], 0]
        _sequences.follow(times, places, lo, hi, answered, spots, begin, end, now, within, o1, o2, o3, o4, o5)
    elif op == _RENEWALS:
        lo, hi = numbers[line[3]], numbers[line[4]]
        _sequences.renewals(floats[a : a + cap], lo, hi, answers[line[5]], answers[line[6]], o1, o2)
    elif op == _PERSISTENCE:
        lo, hi, now = numbers[line[3]], numbers[line[4]], numbers[line[5]]
        period, most = numbers[line[6], 0], numbers[line[7], 0]
        _sequences.persistence(whole[a : a + cap], lo, hi, now, period, most, o1, o2, o3, o4, o5)


@_made
def _labelled(op, line, floats, whole, cap, answers, numbers, counts):
    """Questions about labels."""
    first, a, b, labels = line[1], line[2] * cap, line[3] * cap, line[12]
    out, codes = answers[first : first + labels], whole[a : a + cap]
    if op == _COUNT_BY_LABEL:
        start = answers[line[5] : line[5] + labels]
        _label_kernels.count_by_label(codes, numbers[line[3]], numbers[line[4]], start, out)
    elif op == _BY_LABEL:
        start = answers[line[6] : line[6] + labels]
        lo, hi = numbers[line[4]], numbers[line[5]]
        _label_kernels.by_label(floats[a : a + cap], whole[b : b + cap], lo, hi, start, out)
    elif op == _AGE_BY_LABEL:
        lo, hi, now = numbers[line[4]], numbers[line[5]], numbers[line[6]]
        _label_kernels.age_by_label(codes, whole[b : b + cap], lo, hi, now, out)
    elif op == _ENTROPY:
        _label_kernels.entropy_in(counts[0], codes, numbers[line[3]], numbers[line[4]], answers[first])
    elif op == _MIX:
        lo, middle, hi = numbers[line[3]], numbers[line[4]], numbers[line[5]]
        o1, o2, o3, o4 = answers[first], answers[first + 1], answers[first + 2], answers[first + 3]
        _label_kernels.mix_in(counts[0], counts[1], codes, lo, middle, hi, o1, o2, o3, o4)


@_made
def _placed(op, line, floats, whole, cap, bounds, owner, answers, numbers):
    """One event of each row, or where the customer's events begin and end."""
    n = bounds[line[4], bounds.shape[1] - 1]
    if op == _FIRST:
        kernels.take(bounds[line[4]], owner, numbers[line[1]])
    elif op == _LENGTH:
        kernels.take(bounds[line[4], 1:], owner, numbers[line[1]])
    elif op == _AT_F:
        kernels.nearest(floats[line[2] * cap : line[2] * cap + n], numbers[line[3]], answers[line[1]])
    else:
        kernels.nearest(whole[line[2] * cap : line[2] * cap + n], numbers[line[3]], numbers[line[1]])


@partial(compiled, calls=_CALLS)
def run(events, questions, arena, cap, bounds, filled, constants, tables, tables_whole, scratch, hashed, owner, registers,
        counts):  # fmt: skip
    """Run a program for the rows of some customers: over the customers' events, then what is asked about the rows.

    Parameters
    ----------
    questions : ndarray of int64
        A line each: the question, where its first answer goes, its operands (places in the arena, registers).
    arena, registers : ndarray of float64, shapes (n,) and (registers, rows)
        Where arrays of `cap` events, and the rows' answers, stand; what was read of both is there already.
    bounds : ndarray of int64, shape (sets, customers + 1)
        Where each customer's events begin; the first line is given.
    filled, constants : ndarray of int64, shapes (n, 2)
        Which arrays of events, and which registers, hold a constant throughout, and its bits.
    owner : ndarray of int64, shape (rows,)
        Whose each row is.
    """
    floats, whole, edges, whose = bare(arena), bare(arena.view(np.int64)), bare(bounds), bare(owner)
    answers, numbers, counted, code = bare(registers), bare(registers.view(np.int64)), bare(counts), bare(questions)
    for k in range(filled.shape[0]):
        kernels.fill(filled[k, 1], whole[filled[k, 0] * cap : (filled[k, 0] + 1) * cap])
    for k in range(constants.shape[0]):
        kernels.fill(constants[k, 1], numbers[constants[k, 0]])
    run_events(bare(events), floats, whole, cap, edges, bare(tables), bare(tables_whole), bare(scratch), bare(hashed))
    rows, flat, flat_whole = answers.shape[1], answers.reshape(answers.size), numbers.reshape(numbers.size)
    for line in code:
        op = line[0]
        if op < _FEWEST:
            arithmetic(op, flat, flat_whole, line[1] * rows, line[2] * rows, line[3] * rows, line[4] * rows, rows)
        elif op <= _LENGTH:
            _placed(op, line, floats, whole, cap, edges, whose, answers, numbers)
        elif op <= _DISTINCT:
            _few(op, line, floats, whole, cap, answers, numbers)
        elif op <= _ENDS:
            _timed(op, line, floats, whole, cap, answers, numbers)
        elif op <= _RENEWALS:
            _ordered(op, line, floats, whole, cap, answers, numbers)
        else:
            _labelled(op, line, floats, whole, cap, answers, numbers, counted)
