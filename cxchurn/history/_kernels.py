"""The compiled loops: one number per row from a range of values.

Row ``r`` asks about ``values[lo[r]:hi[r]]``, the events of one customer inside one window, oldest first. Every kernel walks
that range and nothing else, so a result depends on the customer's own events in the window alone: not on neighbours, row
order, chunks or threads. Unless said otherwise a kernel costs the length of the range.

Values never hold NaN: missing ones were left out before (see ``_selection``). An empty range gives ``empty``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(nogil=True, cache=True)


@compiled
def search(times, first, last, bounds, out):
    """The first position in ``[first, last)`` whose time is at or after the bound. Costs log2 of the range."""
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
    """The sum, 0 over nothing."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i]
        out[r] = acc


@compiled
def mean(values, lo, hi, out):
    """The mean."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i]
        out[r] = acc / (hi[r] - lo[r]) if hi[r] > lo[r] else np.nan


@compiled
def std(values, lo, hi, out):
    """The sample standard deviation in two passes, missing for fewer than two values."""
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
    """The minimum."""
    for r in range(out.size):
        best = np.nan
        for i in range(lo[r], hi[r]):
            if not values[i] >= best:
                best = values[i]
        out[r] = best


@compiled
def largest(values, lo, hi, out):
    """The maximum."""
    for r in range(out.size):
        best = np.nan
        for i in range(lo[r], hi[r]):
            if not values[i] <= best:
                best = values[i]
        out[r] = best


@compiled
def quantile(values, lo, hi, q, out):
    """The q-quantile, linear between order statistics. Costs n log n in the range."""
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
    """The number of different codes. Costs n log n in the range."""
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
    """The entropy of the codes' shares, in nats. Costs n log n in the range."""
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
    """The sum of ``value * 2 ** (-age / half_life)`` with ages before the cut-off; times in microseconds."""
    for r in range(out.size):
        acc = 0.0
        for i in range(lo[r], hi[r]):
            acc += values[i] * 2.0 ** ((times[i] - now[r]) / half_life)
        out[r] = acc


@compiled
def slope(values, times, lo, hi, unit, out):
    """The least-squares slope against time, per `unit` microseconds; missing where the times do not differ."""
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
def balance(values, times, lo, hi, now, half_life, weight, level, lowest, overdrawn, crossings):
    """A leaky account: deposits (positive values), withdrawals times `weight`, everything fading by half each half-life.

    Gives the level at the cut-off, the lowest level right after any event (at most 0), the share of the time since the first
    event spent below zero, and how often the level fell below zero.
    """
    for r in range(level.size):
        account, least, below, falls = 0.0, 0.0, 0.0, 0.0
        for i in range(lo[r], hi[r]):
            if i > lo[r]:
                elapsed = times[i] - times[i - 1]
                if account < 0.0:
                    below += elapsed
                account *= 2.0 ** (-elapsed / half_life)
            before = account
            account += values[i] if values[i] >= 0.0 else weight * values[i]
            least = min(least, account)
            if before >= 0.0 and account < 0.0:
                falls += 1.0
        level[r], lowest[r], overdrawn[r], crossings[r] = np.nan, np.nan, np.nan, np.nan
        if hi[r] > lo[r]:
            since = now[r] - times[hi[r] - 1]
            if account < 0.0:
                below += since
            life = now[r] - times[lo[r]]
            level[r] = account * 2.0 ** (-since / half_life)
            lowest[r] = least
            overdrawn[r] = below / life if life > 0 else 0.0
            crossings[r] = falls
