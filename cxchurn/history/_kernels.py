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


@compiled
def restarted(values, starts, out):
    """Running sums that begin anew at each start: one pass over all events."""
    acc = 0.0
    for i in range(out.size):
        acc = values[i] if starts[i] else acc + values[i]
        out[i] = acc


@compiled
def ends(values, following, lo, hi, end, count, total, largest, smallest):
    """Count, sum and extremes over the events that nothing of their segment follows before the end of the past."""
    for r in range(count.size):
        n, acc, most, least = 0.0, 0.0, np.nan, np.nan
        for i in range(lo[r], hi[r]):
            if following[i] >= end[r]:
                n += 1.0
                acc += values[i]
                if not values[i] <= most:
                    most = values[i]
                if not values[i] >= least:
                    least = values[i]
        count[r], total[r], largest[r], smallest[r] = n, acc, most, least


@compiled
def strongest(values, times, lo, hi, now, value, age):
    """The value farthest from zero, the last of equals, and its days before the cut-off; times in microseconds."""
    for r in range(value.size):
        value[r], age[r] = np.nan, np.nan
        for i in range(lo[r], hi[r]):
            if not abs(values[i]) < abs(value[r]):
                value[r] = values[i]
                age[r] = (now[r] - times[i]) / 86_400_000_000.0


@compiled
def by_label(values, codes, lo, hi, count, total):
    """How many values each code has, and their sum, into a column a code; negative codes are left out."""
    for r in range(lo.size):
        for i in range(lo[r], hi[r]):
            if codes[i] >= 0:
                count[r, codes[i]] += 1.0
                total[r, codes[i]] += values[i]


@compiled
def follow(times, places, lo, hi, answers, spots, begin, end, now, within, followed, decided, delay, pending, oldest):
    """Whether each event was followed by an answer in time, as far as can be known now; two pointers, one pass.

    An answer stands later in the customer's order of events. Decided are events answered within the time, and those whose
    time is over; pending are those without any answer yet.
    """
    for r in range(followed.size):
        yes, known, waited, open_now, age = 0.0, 0.0, 0.0, 0.0, np.nan
        j = begin[r]
        for i in range(lo[r], hi[r]):
            while j < end[r] and spots[j] <= places[i]:
                j += 1
            if j < end[r] and answers[j] - times[i] <= within:
                yes += 1.0
                known += 1.0
                waited += answers[j] - times[i]
            elif times[i] + within <= now[r]:
                known += 1.0
            if j >= end[r]:
                open_now += 1.0
                if np.isnan(age):
                    age = (now[r] - times[i]) / 86_400_000_000.0
        followed[r], decided[r], pending[r], oldest[r] = yes, known, open_now, age
        delay[r] = waited / yes / 86_400_000_000.0 if yes > 0.0 else np.nan


@compiled
def renewals(gaps, lo, hi, silence, ahead, longer, soon):
    """How many gaps are at least as long as the silence so far, and how many of these end before the time ahead is over."""
    for r in range(longer.size):
        n, ended = 0.0, 0.0
        for i in range(lo[r], hi[r]):
            if gaps[i] >= silence[r]:
                n += 1.0
                if gaps[i] < ahead[r]:
                    ended += 1.0
        longer[r], soon[r] = n, ended


@compiled
def persistence(times, lo, hi, now, length, most, active, stayed, silent, returned, streak):
    """What followed active and silent periods, youngest first; costs the length of the range within `most` periods.

    Period ``k`` is ``[now - (k + 1) * length, now - k * length)``. Those from 1 to ``most - 1`` that are not older than the
    first event are looked at; 0 only follows. The streak is that of active periods up to now.
    """
    for r in range(active.size):
        lively, kept, quiet, back, run = 0.0, 0.0, 0.0, 0.0, 0.0
        newer, unbroken = -1, True
        for i in range(hi[r] - 1, lo[r] - 1, -1):
            period = (now[r] - 1 - times[i]) // length
            if period == newer:
                continue
            unbroken = unbroken and period == newer + 1
            if unbroken:
                run += 1.0
            between = min(period, most) - max(newer + 1, 1)
            if between > 0:
                quiet += between
                if newer >= 0:
                    back += 1.0
            if 1 <= period < most:
                lively += 1.0
                if newer == period - 1:
                    kept += 1.0
            newer = period
            if period >= most:
                break
        active[r], stayed[r], silent[r], returned[r], streak[r] = lively, kept, quiet, back, run


@compiled
def mix(codes, lo, middle, hi, size, different, fresh, largest, drift):
    """How many codes there are from the middle on, how many of them new, the largest share, how far the shares moved."""
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
