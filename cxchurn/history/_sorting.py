"""The compiled loops that bring events together by customer, in the order of time."""

from __future__ import annotations

from cxchurn.history._compiled import compiled

_MOVES = 16


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

    Costs n where they are in order, and at most `_MOVES` n: customers who need more are marked hard.
    """
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


@compiled
def tied(order, offsets, place):
    """Whether any customer has two events at one instant. Costs the number of all events."""
    for customer in range(offsets.size - 1):
        for i in range(offsets[customer] + 1, offsets[customer + 1]):
            if place[order[i]] == place[order[i - 1]]:
                return True
    return False
