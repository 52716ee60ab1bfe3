"""The machine that asks a program's questions about one row, and the loop over customers and rows around it."""

from __future__ import annotations

from cxchurn._core._compiled import compiled
from cxchurn.history import _kernels, _label_kernels, _sequences
from cxchurn.history.plan._arithmetic_kernel import arithmetic
from cxchurn.history.plan._codes import ARITHMETIC, ROWS
from cxchurn.history.plan._event_machine import run_events

_FEWEST = len(ARITHMETIC)
_SEARCH, _COUNT, _TOTAL, _MEAN, _STD = (ROWS[name] for name in ("search", "count", "total", "mean", "std"))
_SMALLEST, _LARGEST, _QUANTILE = (ROWS[name] for name in ("smallest", "largest", "quantile"))
_NTH_VALUE, _NTH_AGE, _DISTINCT, _ENTROPY = (ROWS[name] for name in ("nth_value", "nth_age", "distinct", "entropy"))
_SLOPE, _DECAYED, _STRONGEST, _MIX = (ROWS[name] for name in ("slope", "decayed", "strongest", "mix"))
_BALANCE, _ENDS, _FOLLOW = (ROWS[name] for name in ("balance", "ends", "follow"))
_RENEWALS, _PERSISTENCE = (ROWS[name] for name in ("renewals", "persistence"))
_BY_LABEL, _COUNT_BY_LABEL, _AGE_BY_LABEL = (ROWS[name] for name in ("by_label", "count_by_label", "age_by_label"))
_AT_F, _AT_I, _LENGTH = (ROWS[name] for name in ("at_f", "at_i", "length"))


@compiled
def _value(floats, at, cap):
    return floats[at * cap : (at + 1) * cap]


@compiled
def _one(registers, at, row):
    return registers[at, row : row + 1]


@compiled
def run_rows(code, floats, whole, cap, sizes, answers, numbers, row, counts):
    """Ask a program's questions about one row.

    A line of the program: the question, where its first answer goes, its operands: events' by their place in the arena,
    rows' by their register. `answers` and `numbers` are the registers, as floats and as integers.
    """
    for k in range(code.shape[0]):
        line = code[k]
        op, out = line[0], line[1]
        if op < _FEWEST:
            n = answers.shape[1]
            flat, flat_whole = answers.reshape(answers.size), numbers.reshape(numbers.size)
            a, b, c = line[2] * n + row, line[3] * n + row, line[4] * n + row
            arithmetic(op, flat, flat_whole, out * n + row, a, b, c, 1)
        elif op <= _NTH_AGE:
            _of_few(op, line, floats, whole, cap, answers, numbers, row, _one(answers, out, row))
        elif op <= _RENEWALS:
            _of_order(op, line, floats, whole, cap, answers, numbers, row, counts)
        elif op <= _AGE_BY_LABEL:
            _of_labels(op, line, floats, whole, cap, answers, numbers, row)
        elif op == _LENGTH:
            numbers[out, row] = sizes[line[3]]
        else:
            _at(op == _AT_F, line, floats, whole, cap, sizes[line[4]], answers, numbers, row)


@compiled
def _at(is_float, line, floats, whole, cap, n, answers, numbers, row):
    place = max(min(numbers[line[3], row], n - 1), 0)
    if is_float:
        answers[line[1], row] = floats[line[2] * cap + place] if n > 0 else 0.0
    else:
        numbers[line[1], row] = whole[line[2] * cap + place] if n > 0 else 0


@compiled
def _of_few(op, line, floats, whole, cap, answers, numbers, row, out):
    a, lo, hi = line[2], _one(numbers, line[3], row), _one(numbers, line[4], row)
    if op == _SEARCH:
        _kernels.search(_value(whole, a, cap), lo, hi, _one(numbers, line[5], row), _one(numbers, line[1], row))
    elif op == _COUNT:
        _kernels.count(_value(whole, a, cap), lo, hi, out)
    elif op == _TOTAL:
        _kernels.total(_value(floats, a, cap), lo, hi, _one(answers, line[5], row), out)
    elif op == _MEAN:
        _kernels.mean(_one(answers, a, row), lo, hi, out)
    elif op == _STD:
        _kernels.std(_value(floats, a, cap), lo, hi, out)
    elif op == _SMALLEST:
        _kernels.smallest(_value(floats, a, cap), lo, hi, _one(answers, line[5], row), out)
    elif op == _LARGEST:
        _kernels.largest(_value(floats, a, cap), lo, hi, _one(answers, line[5], row), out)
    elif op == _QUANTILE:
        _kernels.quantile(_value(floats, a, cap), lo, hi, answers[line[5], row], out)
    elif op == _NTH_VALUE:
        _kernels.nth_value(_value(floats, a, cap), lo, hi, numbers[line[5], row], out)
    elif op == _NTH_AGE:
        _kernels.nth_age(_value(whole, a, cap), lo, hi, numbers[line[5], row], _one(numbers, line[6], row), out)


@compiled
def _of_order(op, line, floats, whole, cap, answers, numbers, row, counts):
    out, a = line[1], line[2]
    first = _one(answers, out, row)
    if op == _DISTINCT:
        _kernels.distinct(_value(floats, a, cap), _one(numbers, line[3], row), _one(numbers, line[4], row), first)
    elif op == _ENTROPY:
        lo, hi = _one(numbers, line[3], row), _one(numbers, line[4], row)
        _label_kernels.entropy_in(counts[0], _value(whole, a, cap), lo, hi, first)
    elif op == _SLOPE:
        lo, hi = _one(numbers, line[4], row), _one(numbers, line[5], row)
        values, times = _value(floats, a, cap), _value(whole, line[3], cap)
        _kernels.slope(values, times, lo, hi, answers[line[6], row], first)
    elif op == _DECAYED:
        lo, hi, since = _one(numbers, line[5], row), _one(numbers, line[6], row), _one(numbers, line[7], row)
        values, growth, times = _value(floats, a, cap), _value(floats, line[3], cap), _value(whole, line[4], cap)
        now, half_life = _one(numbers, line[8], row), answers[line[9], row]
        _kernels.decayed(values, growth, times, lo, hi, since, now, half_life, first)
    elif op == _STRONGEST:
        lo, hi, now = _one(numbers, line[4], row), _one(numbers, line[5], row), _one(numbers, line[6], row)
        values, times = _value(floats, a, cap), _value(whole, line[3], cap)
        _kernels.strongest(values, times, lo, hi, now, first, _one(answers, out + 1, row))
    elif op == _MIX:
        lo, middle, hi = _one(numbers, line[3], row), _one(numbers, line[4], row), _one(numbers, line[5], row)
        _label_kernels.mix_in(
            counts[0],
            counts[1],
            _value(whole, a, cap),
            lo,
            middle,
            hi,
            first,
            _one(answers, out + 1, row),
            _one(answers, out + 2, row),
            _one(answers, out + 3, row),
        )
    else:
        _of_sequences(op, line, floats, whole, cap, answers, numbers, row)


@compiled
def _of_sequences(op, line, floats, whole, cap, answers, numbers, row):
    out, a = line[1], line[2]
    o1, o2, o3 = _one(answers, out, row), _one(answers, out + 1, row), _one(answers, out + 2, row)
    o4, o5 = _one(answers, out + 3, row), _one(answers, out + 4, row)
    if op == _BALANCE:
        lo, hi, now = _one(numbers, line[4], row), _one(numbers, line[5], row), _one(numbers, line[6], row)
        values, times = _value(floats, a, cap), _value(whole, line[3], cap)
        half_life, weight = answers[line[7], row], answers[line[8], row]
        _sequences.balance(values, times, lo, hi, now, half_life, weight, o1, o2, o3, o4)
    elif op == _ENDS:
        lo, hi, end = _one(numbers, line[4], row), _one(numbers, line[5], row), _one(numbers, line[6], row)
        _sequences.ends(_value(floats, a, cap), _value(whole, line[3], cap), lo, hi, end, o1, o2, o3, o4)
    elif op == _FOLLOW:
        lo, hi = _one(numbers, line[4], row), _one(numbers, line[5], row)
        begin, end = _one(numbers, line[8], row), _one(numbers, line[9], row)
        times, places = _value(whole, a, cap), _value(whole, line[3], cap)
        answered, spots = _value(whole, line[6], cap), _value(whole, line[7], cap)
        now, within = _one(numbers, line[10], row), numbers[line[11], row]
        _sequences.follow(times, places, lo, hi, answered, spots, begin, end, now, within, o1, o2, o3, o4, o5)
    elif op == _RENEWALS:
        lo, hi = _one(numbers, line[3], row), _one(numbers, line[4], row)
        silence, ahead = _one(answers, line[5], row), _one(answers, line[6], row)
        _sequences.renewals(_value(floats, a, cap), lo, hi, silence, ahead, o1, o2)
    elif op == _PERSISTENCE:
        lo, hi, now = _one(numbers, line[3], row), _one(numbers, line[4], row), _one(numbers, line[5], row)
        period, most = numbers[line[6], row], numbers[line[7], row]
        _sequences.persistence(_value(whole, a, cap), lo, hi, now, period, most, o1, o2, o3, o4, o5)


@compiled
def _of_labels(op, line, floats, whole, cap, answers, numbers, row):
    out, a, labels = answers[line[1] : line[1] + line[12], row : row + 1], line[2], line[12]
    if op == _COUNT_BY_LABEL:
        lo, hi = _one(numbers, line[3], row), _one(numbers, line[4], row)
        start = answers[line[5] : line[5] + labels, row : row + 1]
        _label_kernels.count_by_label(_value(whole, a, cap), lo, hi, start, out)
    elif op == _BY_LABEL:
        lo, hi = _one(numbers, line[4], row), _one(numbers, line[5], row)
        start = answers[line[6] : line[6] + labels, row : row + 1]
        _label_kernels.by_label(_value(floats, a, cap), _value(whole, line[3], cap), lo, hi, start, out)
    elif op == _AGE_BY_LABEL:
        lo, hi, now = _one(numbers, line[4], row), _one(numbers, line[5], row), _one(numbers, line[6], row)
        _label_kernels.age_by_label(_value(whole, a, cap), _value(whole, line[3], cap), lo, hi, now, out)


@compiled
def run_customers(
    events_code, rows_code, floats, whole, cap, sizes, given, given_whole, tables, tables_whole, scratch, hashed, edges,
    answers, numbers, counts, starts, rows,
):  # fmt: skip
    """Run a program for some customers, one after the other: over each one's events, then for each of the rows."""
    for customer in range(starts.size - 1):
        begun = starts[customer]
        sizes[0] = starts[customer + 1] - begun
        run_events(
            events_code,
            floats,
            whole,
            cap,
            sizes,
            given,
            given_whole,
            begun,
            tables,
            tables_whole,
            scratch,
            hashed,
            edges,
        )
        for row in range(rows[customer], rows[customer + 1]):
            run_rows(rows_code, floats, whole, cap, sizes, answers, numbers, row, counts)
