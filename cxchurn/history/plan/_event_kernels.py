"""The compiled loops over the events of some customers, one customer's after the other's, each in the order of time.

They do what `Segments`, `Selection` and `steps` do in the engine, operation by operation, and cost the number of events.
"""

from __future__ import annotations

import numpy as np

from cxchurn._core.running._compiled import inner


@inner
def fill(value, out):
    """One value everywhere."""
    for i in range(out.size):
        out[i] = value


@inner
def pick(values, mask, out, bounds, picked):
    """The values where the mask holds, one after the other, and where each customer's begin and end."""
    m = 0
    picked[0] = 0
    for customer in range(bounds.size - 1):
        for i in range(bounds[customer], bounds[customer + 1]):
            # written over where the mask does not hold: quicker than a branch nobody can foresee
            out[m] = values[i]
            m += mask[i] != 0.0
        picked[customer + 1] = m


@inner
def take(values, places, out):
    """The values at some places."""
    for i in range(places.size):
        out[i] = values[places[i]]


@inner
def nearest(values, places, out):
    """The values at some places; the nearest where a place is outside, 0 where there are no values."""
    for i in range(places.size):
        out[i] = values[max(min(places[i], values.size - 1), 0)] if values.size else 0


@inner
def ranks(mask, out):
    """How many are chosen before each event, and in all."""
    acc = 0
    out[0] = 0
    for i in range(mask.size):
        acc += mask[i] != 0.0
        out[i + 1] = acc


@inner
def changes(values, out):
    """1 where a value is another than the one before, and for the first."""
    for i in range(values.size):
        out[i] = i == 0 or values[i] != values[i - 1]


@inner
def diff(values, out):
    """How much each value is above the one before; 0 for the first."""
    for i in range(values.size):
        out[i] = values[i] - values[i - 1] if i > 0 else 0


@inner
def _slot(table, first, second, firsts, seconds):
    """Where a pair of keys stands in a table of places (-1: free), or would."""
    size = table.size
    at = (first * 2654435761 + second * 40503 + (first >> 17) + (second >> 29) + (second >> 47)) & (size - 1)
    while table[at] >= 0 and (firsts[table[at]] != first or seconds[table[at]] != second):
        at = (at + 1) & (size - 1)
    return at


@inner
def last_alike(firsts, seconds, table, out):
    """The place of the last event before with the same pair of keys, -1 for none; -2 for events whose first key is negative.

    The table has a power of two of places, at least twice the events.
    """
    fill(-1, table)
    for i in range(out.size):
        if firsts[i] < 0:
            out[i] = -2
            continue
        at = _slot(table, firsts[i], seconds[i], firsts, seconds)
        out[i] = table[at]
        table[at] = i


@inner
def begin(before, out):
    """The place of the segment's first event, -1 for events of none."""
    for i in range(before.size):
        out[i] = -1 if before[i] == -2 else i if before[i] == -1 else out[before[i]]


@inner
def following(before, out):
    """The place of the segment's next event, beyond all for the last, -1 for events of none."""
    for i in range(before.size):
        out[i] = -1 if before[i] == -2 else np.iinfo(np.int64).max
        if before[i] >= 0:
            out[before[i]] = i


@inner
def latest(values, before, out):
    """The last value so far that is not missing, in each segment."""
    for i in range(values.size):
        out[i] = np.nan if before[i] == -2 else values[i]
        if before[i] >= 0 and np.isnan(values[i]):
            out[i] = out[before[i]]


@inner
def running(values, before, out):
    """The sum of the values so far, in each segment."""
    for i in range(values.size):
        value = 0.0 if np.isnan(values[i]) else values[i]
        out[i] = np.nan if before[i] == -2 else value if before[i] == -1 else out[before[i]] + value


@inner
def streak(holds, before, out):
    """For how many events in a row the condition has held, in each segment."""
    for i in range(holds.size):
        so_far = out[before[i]] if before[i] >= 0 else 0.0
        out[i] = np.nan if before[i] == -2 else so_far + 1.0 if holds[i] != 0.0 else 0.0


@inner
def new(values, bits, first, keys, others, table, places, out):
    """1 for a value that its segment has not had before, else 0; missing where there is no value or no segment."""
    for i in range(values.size):
        keys[i] = -1 if np.isnan(values[i]) else first[i]
        others[i] = bits[i] if values[i] != 0.0 else 0
    last_alike(keys, others, table, places)
    for i in range(values.size):
        out[i] = np.nan if places[i] == -2 else 1.0 if places[i] == -1 else 0.0


@inner
def nth_of(values, places, out):
    """The values at some places, missing where there is none."""
    for i in range(values.size):
        out[i] = values[places[i]] if places[i] >= 0 else np.nan


@inner
def owners(bounds, out):
    """The number of each event's customer."""
    for customer in range(bounds.size - 1):
        for i in range(bounds[customer], bounds[customer + 1]):
            out[i] = customer


@inner
def steps(codes, bounds, keys, others, table, taken, loop, left, same):
    """The step that led to each event: whether there is one, to the same label, how many earlier from it, and the same."""
    size = 1
    for i in range(codes.size):
        # labels may be missing: -1
        others[i] = codes[i] + 1
        size = max(size, codes[i] + 2)
    for customer in range(bounds.size - 1):
        for i in range(bounds[customer], bounds[customer + 1]):
            taken[i] = i > bounds[customer]
            loop[i] = taken[i] and codes[i] == codes[i - 1]
            keys[i] = customer * size + codes[i - 1] + 1 if taken[i] else -1
    _earlier(keys, others, table, same)
    fill(0, others)
    _earlier(keys, others, table, left)


@inner
def _earlier(firsts, seconds, table, out):
    """How many events before each one have the same pair of keys; 0 for those whose first key is negative."""
    last_alike(firsts, seconds, table, out)
    for i in range(out.size):
        out[i] = out[out[i]] + 1 if out[i] >= 0 else 0


@inner
def look_up(codes, table, missing, out):
    """What a table holds for each code, something else for negative ones."""
    for i in range(codes.size):
        out[i] = table[codes[i]] if codes[i] >= 0 else missing
