"""The compiled loops over a range of values: searching it, and reducing it to a number a row.

Row ``r`` asks about ``values[lo[r]:hi[r]]``, the ``n`` events of one customer inside one window, oldest first. Every kernel
walks that range and nothing else, so a result depends on the customer's own events in the window alone: not on neighbours,
row order, chunks or threads. Each says what it costs a row.

Values never hold NaN: missing ones were left out before (see ``_selection``). Over an empty range counts and sums are 0, all
else is NaN. What follows what in time is asked by the kernels of ``_sequences``.
"""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import compiled


@compiled
def search(times, first, last, bounds, out):
    """The first position in ``[first, last)`` whose time is at or after the bound. Costs log2 n."""
    for r in range(out.size):
        low, high = first[r], last[r]
        while low < high:
            middle = (low + high) >> 1
            if times[middle] < bounds[r]:
                low = middle + 1
            else:
                high = middle
        out[r] = low


@compiled
def ranks(chosen, out):
    """How many are chosen before each event, and in all. Costs the number of all events."""
    acc = 0
    out[0] = 0
    for i in range(chosen.size):
        acc += chosen[i]
        out[i + 1] = acc


@compiled
def scatter(values, rows, out):
    """Write values where their rows are. Costs 1 a row."""
    for i in range(rows.size):
        out[rows[i]] = values[i]


@compiled
def total(values, lo, hi, start, out):
    """The sum of the values, newest first, and what it starts with. Costs n."""
    for r in range(out.size):
        acc = start[r]
        # newest first: a longer window goes on where a shorter one ended, so the sum has the same bits whichever windows are
        # asked
        for i in range(hi[r] - 1, lo[r] - 1, -1):
            acc += values[i]
        out[r] = acc


@compiled
def mean(totals, lo, hi, out):
    """The mean, from the sums. Costs 1."""
    for r in range(out.size):
        out[r] = totals[r] / (hi[r] - lo[r]) if hi[r] > lo[r] else np.nan


@compiled
def std(values, lo, hi, out):
    """The sample standard deviation in two passes, missing for fewer than two values. Costs 2 n."""
    for r in range(out.size):
        # two passes: a sum of squares less a square of sums loses every digit where values are large and alike
        n = hi[r] - lo[r]
        if n < 2:
            out[r] = np.nan
            continue
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i]
        centre = acc / n
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += (values[i] - centre) ** 2
        out[r] = np.sqrt(acc / (n - 1))


@compiled
def smallest(values, lo, hi, start, out):
    """The minimum of the values and what it starts with. Costs n."""
    for r in range(out.size):
        best = start[r]
        for i in range(lo[r], hi[r]):
            # so put, a start that is missing gives way to the first value
            if not values[i] >= best:
                best = values[i]
        out[r] = best


@compiled
def largest(values, lo, hi, start, out):
    """The maximum of the values and what it starts with. Costs n."""
    for r in range(out.size):
        best = start[r]
        for i in range(lo[r], hi[r]):
            if not values[i] <= best:
                best = values[i]
        out[r] = best


@compiled
def quantile(values, lo, hi, q, out):
    """The q-quantile, linear between order statistics. Costs n log n."""
    for r in range(out.size):
        n = hi[r] - lo[r]
        if n == 0:
            out[r] = np.nan
            continue
        ordered = np.sort(values[lo[r] : hi[r]])
        position = q * (n - 1)
        below = int(np.floor(position))
        # as numpy's default: linear between order statistics
        above = min(below + 1, n - 1)
        out[r] = ordered[below] + (position - below) * (ordered[above] - ordered[below])


@compiled
def count(ranks, lo, hi, out):
    """How many of the events in a range of all are chosen. Costs 1."""
    for r in range(out.size):
        out[r] = ranks[hi[r]] - ranks[lo[r]]


@compiled
def nth_value(values, lo, hi, nth, out):
    """The n-th last value, the first for 0; missing where there is none. Costs 1."""
    for r in range(out.size):
        at = hi[r] - nth if nth > 0 else lo[r]
        out[r] = values[at] if lo[r] <= at < hi[r] else np.nan


@compiled
def nth_age(times, lo, hi, nth, now, out):
    """The days from the n-th last time, the first for 0, to the cut-off; times in microseconds. Costs 1."""
    for r in range(out.size):
        at = hi[r] - nth if nth > 0 else lo[r]
        out[r] = (now[r] - times[at]) / 86_400_000_000.0 if lo[r] <= at < hi[r] else np.nan


@compiled
def distinct(values, lo, hi, out):
    """The number of different values. Costs n log n."""
    for r in range(out.size):
        if hi[r] <= lo[r]:
            out[r] = 0.0
            continue
        ordered = np.sort(values[lo[r] : hi[r]])
        seen = 1
        for i in range(1, ordered.size):
            if ordered[i] != ordered[i - 1]:
                seen += 1
        out[r] = seen


@compiled
def growth(times, offsets, half_life, out):
    """What a 1 at each customer's first time would be at later ones if it doubled in each half-life. Costs n a customer."""
    for c in range(offsets.size - 1):
        for i in range(offsets[c], offsets[c + 1]):
            out[i] = np.exp2((times[i] - times[offsets[c]]) / half_life)


@compiled
def decayed(values, growth, times, lo, hi, first, now, half_life, out):
    """The sum of ``value * 2 ** (-age / half_life)`` with ages before the cut-off; times in microseconds. Costs n.

    Growth since the customer's first event is the same for all cut-offs; where it would overflow, ages are taken one by one.
    """
    for r in range(out.size):
        acc = 0.0
        if lo[r] < hi[r]:
            whole = (first[r] - now[r]) / half_life
            # 2 ** 900 is a float, and so is a sum of some billions of such; beyond some 900 half-lives it would be infinite
            # times zero
            if whole > -900.0:
                for i in range(hi[r] - 1, lo[r] - 1, -1):
                    acc += values[i] * growth[i]
                acc *= np.exp2(whole)
            else:
                for i in range(hi[r] - 1, lo[r] - 1, -1):
                    acc += values[i] * np.exp2((times[i] - now[r]) / half_life)
        out[r] = acc


@compiled
def slope(values, times, lo, hi, unit, out):
    """The least-squares slope against time, per `unit` microseconds; missing where the times do not differ. Costs 2 n."""
    for r in range(out.size):
        n = hi[r] - lo[r]
        out[r] = np.nan
        if n < 2:
            continue
        # from the first time on: microseconds since 1970, squared, leave no digits for differences of days
        origin = times[lo[r]]
        mean_t, mean_v = 0.0, 0.0
        for i in range(lo[r], hi[r]):
            mean_t += (times[i] - origin) / unit
            mean_v += values[i]
        mean_t /= n
        mean_v /= n
        above, below = 0.0, 0.0
        for i in range(lo[r], hi[r]):
            t = (times[i] - origin) / unit - mean_t
            above += t * (values[i] - mean_v)
            below += t * t
        if below > 0.0:
            out[r] = above / below


@compiled
def strongest(values, times, lo, hi, now, value, age):
    """The value farthest from zero, the last of equals, and its days before the cut-off; times in microseconds. Costs n."""
    for r in range(value.size):
        value[r], age[r] = np.nan, np.nan
        for i in range(lo[r], hi[r]):
            # so put, the first value comes in over a missing one, and the last of equals stays
            if not abs(values[i]) < abs(value[r]):
                value[r] = values[i]
                age[r] = (now[r] - times[i]) / 86_400_000_000.0
