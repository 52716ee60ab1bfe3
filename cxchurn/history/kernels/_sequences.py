"""The compiled loops over what follows what in time: running sums, answers, gaps, periods, an account that fades.

They walk the ``n`` events of a row's range as those of ``_kernels`` do, and in the order of time. Each says what it costs a
row.
"""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import compiled


@compiled
def latest(values, order, starts, out):
    """The last value so far that is not missing, in each segment. Costs the number of all events."""
    for i in range(out.size):
        out[i] = np.nan
    found = np.nan
    for k in range(order.size):
        value = values[order[k]]
        if starts[k] or not np.isnan(value):
            found = value
        out[order[k]] = found


@compiled
def running(values, order, starts, out):
    """The sum of the values so far, in each segment. Costs the number of all events."""
    for i in range(out.size):
        out[i] = np.nan
    acc = 0.0
    for k in range(order.size):
        value = values[order[k]]
        if np.isnan(value):
            # a missing value adds nothing, and the sum so far stands at its place too
            value = 0.0
        acc = value if starts[k] else acc + value
        out[order[k]] = acc


@compiled
def streak(holds, order, starts, out):
    """For how many events in a row the condition has held, in each segment. Costs the number of all events."""
    for i in range(out.size):
        out[i] = np.nan
    n = 0.0
    for k in range(order.size):
        if starts[k]:
            n = 0.0
        n = n + 1.0 if holds[order[k]] != 0.0 else 0.0
        out[order[k]] = n


@compiled
def balance(values, times, lo, hi, now, half_life, weight, level, lowest, overdrawn, crossings):
    """A leaky account: deposits (positive values), withdrawals times `weight`, everything fading by half each half-life.

    Gives the level at the cut-off, the lowest level right after any event (at most 0), the share of the time since the first
    event spent below zero, and how often the level fell below zero. Costs n.
    """
    for r in range(level.size):
        account, least, below, falls = 0.0, 0.0, 0.0, 0.0
        for i in range(lo[r], hi[r]):
            if i > lo[r]:
                elapsed = times[i] - times[i - 1]
                if account < 0.0:
                    below += elapsed
                # step by step and not by growth from the first event: what is deposited fades from its own time, and overdrafts
                # are weighed as they stand then
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
def ends(values, following, lo, hi, end, count, total, largest, smallest):
    """Count, sum and extremes over the events that nothing of their segment follows before the end of the past. Costs n."""
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
def follow(times, places, lo, hi, answers, spots, begin, end, now, within, followed, decided, delay, pending, oldest):
    """Whether each event was followed by an answer in time, as far as can be known now; two pointers, one pass.

    An answer stands later in the customer's order of events. Decided are events answered within the time, and those whose
    time is over; pending are those without any answer yet. Costs n and the number of answers up to the end.
    """
    for r in range(followed.size):
        yes, known, waited, open_now, age = 0.0, 0.0, 0.0, 0.0, np.nan
        j = begin[r]
        for i in range(lo[r], hi[r]):
            # by place in the order and not by time: an answer at the same instant may stand before its event
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
    """How many gaps are at least as long as the silence so far, and how many of these end before the time ahead is over.

    Costs n.
    """
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
    """What followed active and silent periods, youngest first.

    Period ``k`` is ``[now - (k + 1) * length, now - k * length)``. Those from 1 to ``most - 1`` that are not older than the
    first event are looked at; 0 only follows. The streak is that of active periods up to now. Costs at most n: it
    stops `most` periods back.
    """
    for r in range(active.size):
        lively, kept, quiet, back, run = 0.0, 0.0, 0.0, 0.0, 0.0
        newer, unbroken = -1, True
        for i in range(hi[r] - 1, lo[r] - 1, -1):
            # a microsecond less: what happened a whole length ago belongs to the younger period, for windows hold their
            # beginning
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
