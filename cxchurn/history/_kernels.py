"""The compiled loops over a range of values: searching it, and reducing it to a number a row.

Row ``r`` asks about ``values[lo[r]:hi[r]]``, the ``n`` events of one customer inside one window, oldest first. Every kernel
walks that range and nothing else, so a result depends on the customer's own events in the window alone: not on neighbours,
row order, chunks or threads. Each says what it costs a row.

Values never hold NaN: missing ones were left out before (see ``_selection``). Over an empty range counts and sums are 0, all
else is NaN. What follows what in time is asked by the kernels of ``_sequences``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(nogil=True, cache=True)


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
def total(values, lo, hi, out):
    """The sum, 0 over nothing. Costs n."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i]
        out[r] = acc


@compiled
def mean(values, lo, hi, out):
    """The mean. Costs n."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i]
        out[r] = acc / (hi[r] - lo[r]) if hi[r] > lo[r] else np.nan


@compiled
def std(values, lo, hi, out):
    """The sample standard deviation in two passes, missing for fewer than two values. Costs 2 n."""
    for r in range(out.size):
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
def smallest(values, lo, hi, out):
    """The minimum. Costs n."""
    for r in range(out.size):
        best = np.nan
        for i in range(lo[r], hi[r]):
            if not values[i] >= best:
                best = values[i]
        out[r] = best


@compiled
def largest(values, lo, hi, out):
    """The maximum. Costs n."""
    for r in range(out.size):
        best = np.nan
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
        above = min(below + 1, n - 1)
        out[r] = ordered[below] + (position - below) * (ordered[above] - ordered[below])


@compiled
def distinct(codes, lo, hi, out):
    """The number of different codes. Costs n log n."""
    for r in range(out.size):
        if hi[r] <= lo[r]:
            out[r] = 0.0
            continue
        ordered = np.sort(codes[lo[r] : hi[r]])
        seen = 1
        for i in range(1, ordered.size):
            if ordered[i] != ordered[i - 1]:
                seen += 1
        out[r] = seen


@compiled
def entropy(codes, lo, hi, out):
    """The entropy of the codes' shares, in nats. Costs n log n."""
    for r in range(out.size):
        n = hi[r] - lo[r]
        if n <= 0:
            out[r] = np.nan
            continue
        ordered = np.sort(codes[lo[r] : hi[r]])
        acc = 0.0
        run = 1
        for i in range(1, n + 1):
            if i < n and ordered[i] == ordered[i - 1]:
                run += 1
            else:
                share = run / n
                acc -= share * np.log(share)
                run = 1
        out[r] = acc


@compiled
def decayed(values, times, lo, hi, now, half_life, out):
    """The sum of ``value * 2 ** (-age / half_life)`` with ages before the cut-off; times in microseconds. Costs n."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i] * 2.0 ** ((times[i] - now[r]) / half_life)
        out[r] = acc


@compiled
def slope(values, times, lo, hi, unit, out):
    """The least-squares slope against time, per `unit` microseconds; missing where the times do not differ. Costs 2 n."""
    for r in range(out.size):
        n = hi[r] - lo[r]
        out[r] = np.nan
        if n < 2:
            continue
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
            if not abs(values[i]) < abs(value[r]):
                value[r] = values[i]
                age[r] = (now[r] - times[i]) / 86_400_000_000.0


@compiled
def by_label(values, codes, lo, hi, count, total):
    """How many values each code has, and their sum, into a column a code; negative codes are left out. Costs n."""
    for r in range(lo.size):
        for i in range(lo[r], hi[r]):
            if codes[i] >= 0:
                count[r, codes[i]] += 1.0
                total[r, codes[i]] += values[i]


@compiled
def mix(codes, lo, middle, hi, size, different, fresh, largest, drift):
    """How many codes there are from the middle on, how many of them new, the largest share, how far the shares moved.

    Costs 2 n, and one table of all `size` codes a call.
    """
    late, early = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for r in range(different.size):
        n, m = hi[r] - middle[r], middle[r] - lo[r]
        for i in range(lo[r], middle[r]):
            early[codes[i]] += 1
        for i in range(middle[r], hi[r]):
            late[codes[i]] += 1
        met, new, most, moved = 0.0, 0.0, 0, 0.0
        for i in range(lo[r], hi[r]):
            now, then = late[codes[i]], early[codes[i]]
            # nothing left: this code has had its turn
            late[codes[i]], early[codes[i]] = 0, 0
            met += now > 0
            new += now > 0 and then == 0
            most = max(most, now)
            if n > 0 and m > 0 and now + then > 0:
                moved += abs(now / n - then / m)
        different[r], fresh[r] = met, new
        largest[r] = most / n if n > 0 else np.nan
        drift[r] = moved / 2.0 if n > 0 and m > 0 else np.nan
