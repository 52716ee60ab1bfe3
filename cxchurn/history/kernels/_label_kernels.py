"""The compiled loops over labels: how many of each, how old, how mixed. Labels come as codes; see ``_kernels``."""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import compiled, inner

# logarithms of counts, which are mostly small
_LOGS = np.log(np.maximum(np.arange(1 << 10), 1))


@inner
def _log(count):
    return _LOGS[count] if count < _LOGS.size else np.log(count)


@compiled
def entropy(codes, lo, hi, size, out):
    """The entropy of the codes' shares in nats, the codes in the order they come. Costs 2 n, and a table of `size` a call."""
    entropy_in(np.zeros(size, np.int64), codes, lo, hi, out)


@inner
def entropy_in(count, codes, lo, hi, out):
    """The entropy, with a table of zeros to count in, which are zeros again afterwards. Costs 2 n."""
    for r in range(out.size):
        n = hi[r] - lo[r]
        for i in range(lo[r], hi[r]):
            count[codes[i]] += 1
        acc, whole = 0.0, _log(n) if n > 0 else np.nan
        for i in range(lo[r], hi[r]):
            own = count[codes[i]]
            # nothing left: this code has had its turn
            count[codes[i]] = 0
            if own > 0:
                acc += own / n * (whole - _log(own))
        out[r] = acc if n > 0 else np.nan


@compiled
def by_label(values, codes, lo, hi, start, total):
    """The sum of each code's values, newest first, into a row a code; negative codes are left out. Costs n and the codes."""
    for k in range(total.shape[0]):
        for r in range(lo.size):
            total[k, r] = start[k, r]
    for r in range(lo.size):
        # newest first, as all sums: see `total` in _kernels
        for i in range(hi[r] - 1, lo[r] - 1, -1):
            if codes[i] >= 0:
                total[codes[i], r] += values[i]


@compiled
def count_by_label(codes, lo, hi, start, count):
    """How many events each code has, into a row a code; negative codes are left out. Costs n and the number of codes."""
    for k in range(count.shape[0]):
        for r in range(lo.size):
            count[k, r] = start[k, r]
    for r in range(lo.size):
        for i in range(lo[r], hi[r]):
            if codes[i] >= 0:
                count[codes[i], r] += 1.0


@compiled
def count_chosen(codes, chosen, count):
    """Adds how many chosen events each code has; negative codes are left out. Costs the number of all events."""
    for i in range(codes.size):
        if chosen[i] and codes[i] >= 0:
            count[codes[i]] += 1


@compiled
def count_holders(codes, customers, chosen, met, holders):
    """Counts the customers who have each code among chosen events, up to as many as `met` has columns.

    `met` holds the first customers of each code, a row a code, and `holders` how many: both go on from what they hold.
    Negative codes are left out. Costs the number of events, and for codes of few customers that many comparisons each.
    """
    for i in range(codes.size):
        code = codes[i]
        if not chosen[i] or code < 0 or holders[code] == met.shape[1]:
            continue
        new = True
        for k in range(holders[code]):
            if met[code, k] == customers[i]:
                new = False
                break
        if new:
            met[code, holders[code]] = customers[i]
            holders[code] += 1


@compiled
def age_by_label(codes, times, lo, hi, now, age):
    """The days since each code's last event, into a row a code; times in microseconds. Costs n at most, and the codes."""
    for r in range(lo.size):
        left = age.shape[0]
        for k in range(left):
            age[k, r] = np.nan
        for i in range(hi[r] - 1, lo[r] - 1, -1):
            if codes[i] >= 0 and np.isnan(age[codes[i], r]):
                age[codes[i], r] = (now[r] - times[i]) / 86_400_000_000.0
                left -= 1
                if left == 0:
                    break


@compiled
def mix(codes, lo, middle, hi, size, different, fresh, largest, drift):
    """How many codes there are from the middle on, how many of them new, the largest share, how far the shares moved.

    Costs 2 n, and one table of all `size` codes a call.
    """
    mix_in(np.zeros(size, np.int64), np.zeros(size, np.int64), codes, lo, middle, hi, different, fresh, largest, drift)


@inner
def mix_in(late, early, codes, lo, middle, hi, different, fresh, largest, drift):
    """The mix, with two tables of zeros to count in, which are zeros again afterwards. Costs 2 n."""
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
