"""The compiled loops that bring events together by customer, in the order of time."""

from __future__ import annotations

from cxchurn._core.running._compiled import compiled

# a log that was merged of a few files needs some moves an event; one that stands backwards needs half of all, and is sorted
# otherwise
_MOVES = 16


@compiled
def count(values, least, counts):
    """Adds how often each number occurs, counted from the least. Costs the number of all values."""
    for i in range(values.size):
        counts[values[i] - least] += 1


@compiled
def number(values, least, rank, out):
    """The rank of each number, from a table that begins with the least. Costs the number of all values."""
    for i in range(values.size):
        out[i] = rank[values[i] - least]


@compiled
def group(codes, first, stop, cursor, order):
    """A counting sort of the events of the customers from `first` to `stop`, stable. Costs the number of all events."""
    for i in range(codes.size):
        customer = codes[i]
        if first <= customer < stop:
            order[cursor[customer]] = i
            cursor[customer] += 1


@compiled
def settle(order, offsets, place, first, stop, hard):
    """Move each customer's events to their place in time, stable; logs come nearly in order, so this mostly only looks.

    Returns whether any customer has two events at one instant. Costs n where events are in order, and at most `_MOVES` n:
    customers who need more are marked hard.
    """
    tied = False
    for customer in range(first, stop):
        low, high = offsets[customer], offsets[customer + 1]
        left = _MOVES * (high - low)
        for i in range(low + 1, high):
            event = order[i]
            time = place[event]
            j = i
            while j > low and place[order[j - 1]] > time and left > 0:
                order[j] = order[j - 1]
                j -= 1
                left -= 1
            order[j] = event
        hard[customer] = left == 0 and high > low
        for i in range(low + 1, high):
            tied |= place[order[i]] == place[order[i - 1]]
    return tied
