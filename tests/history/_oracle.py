"""The slow, obvious answers: plain loops over one customer's events, each event a dict, oldest first."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

DAY = 86_400_000_000
NAN = math.nan
NUMBERS = ("resolved", "score", "sentiment", "value")
LABELS = ("direction", "kind", "score_type", "touchpoint")

Event = dict[str, Any]


def place(event: Event) -> int:
    """Law 2: a row's place is the later of when it happened and when it became known."""
    return max(event["timestamp"], event["known_at"] or event["timestamp"])


def content(event: Event) -> tuple:
    """What breaks ties: when it happened, then the columns by name; missing labels and instants first, numbers last."""
    key: list[tuple] = [(place(event),), (event["timestamp"],)]
    for name in sorted((*NUMBERS, *LABELS, "later", "promised_at")):
        # an event that says nothing of it was not made from a later-known column
        value = event.get(name, False) if name == "later" else event[name]
        key.append(
            (value is None, 0 if value is None else value)
            if name in (*NUMBERS, "later")
            else (value is not None, value or 0)
        )
    return tuple(key)


def between(events: list[Event], start: int | None, stop: int) -> list[Event]:
    """Law 1: the events of [start, stop), oldest first."""
    inside = [event for event in events if (start is None or place(event) >= start) and place(event) < stop]
    return sorted(inside, key=content)


def values(events: list[Event], column: str) -> list[Any]:
    return [event[column] for event in events if event[column] is not None]


def having(events: list[Event], column: str) -> list[Event]:
    return [event for event in events if event[column] is not None]


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else NAN


def std(numbers: list[float]) -> float:
    if len(numbers) < 2:
        return NAN
    return math.sqrt(sum((number - mean(numbers)) ** 2 for number in numbers) / (len(numbers) - 1))


def quantile(numbers: list[float], q: float) -> float:
    if not numbers:
        return NAN
    ordered = sorted(numbers)
    below = math.floor(q * (len(ordered) - 1))
    above = math.ceil(q * (len(ordered) - 1))
    return ordered[below] + (q * (len(ordered) - 1) - below) * (ordered[above] - ordered[below])


def nth_last(things: list[Any], nth: int) -> Any:
    return things[-nth] if len(things) >= nth else NAN


def entropy(labels: list[str]) -> float:
    if not labels:
        return NAN
    shares = [labels.count(label) / len(labels) for label in set(labels)]
    return -sum(share * math.log(share) for share in shares)


def slope(pairs: list[tuple[int, float]]) -> float:
    """Least squares: covariance over variance."""
    days, numbers = [(at - pairs[0][0]) / DAY for at, _ in pairs], [number for _, number in pairs]
    if len(set(days)) < 2:
        return NAN
    above = sum((day - mean(days)) * (number - mean(numbers)) for day, number in zip(days, numbers, strict=True))
    return above / sum((day - mean(days)) ** 2 for day in days)


def gaps(instants: list[int]) -> list[float]:
    """Days between one instant and the next."""
    return [(later - earlier) / DAY for earlier, later in pairwise(instants)]


def days(events: list[Event], length: int = 1) -> list[int]:
    """The different periods of so many days with an event, as instants; periods are counted from 1970-01-01."""
    return sorted({place(event) // (length * DAY) * length * DAY for event in events})


def decayed(pairs: list[tuple[int, float]], now: int, half_life: int) -> float:
    return sum((value * 0.5 ** ((now - at) / half_life) for at, value in pairs), 0.0)


def balance(pairs: list[tuple[int, float]], now: int, half_life: int, weight: float) -> tuple[float, ...]:
    """The account walked from event to event: level, lowest, share of time below zero, falls below zero."""
    account, lowest, below, falls, last = 0.0, 0.0, 0, 0, None
    for at, value in [*pairs, (now, 0.0)]:
        if last is not None:
            below += at - last if account < 0 else 0
            account *= 0.5 ** ((at - last) / half_life)
        before, last = account, at
        account += value if value >= 0 else weight * value
        lowest = min(lowest, account) if at < now else lowest
        falls += before >= 0 > account
    return (account, lowest, below / (now - pairs[0][0]), falls) if pairs else (NAN, NAN, NAN, NAN)
