"""A log in which nothing ever changes: everybody's events go round in a circle, from when they come."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import DAY
from cxchurn.interactions import InteractionLog, with_events

WEEK = 7 * DAY


def stationary(
    log: InteractionLog, customers: np.ndarray, *, until: int, length: int, random_state: int
) -> InteractionLog:
    """Return a log of some customers that is alike at all times, so that only the calendar tells one cut-off from the next.

    The time from the log's first day on is bent into a circle of whole weeks; each customer's events are turned round it by
    a number of weeks drawn by chance, and go on round it. So the customers keep their rhythm, hours and weekdays, and there
    is no season, no growth and no end: looked at one, two or any number of weeks later, everything is as likely as before.
    They come one after the other, until all are there.

    Parameters
    ----------
    log : InteractionLog
        In memory.
    customers : ndarray
        Whose events.
    until, length : int
        By when all are to have come, and how long the log is to be at least; in microseconds from its first day.
    random_state : int

    Returns
    -------
    InteractionLog
        From the same first day on.
    """
    events = log.events.filter(pc.is_in(log.events["customer_id"], _like(log.events["customer_id"], customers)))
    known = _microseconds(events["known_at"])
    start, circle = int(_microseconds(log.events["known_at"]).min()) // DAY * DAY, circle_of(log)
    rng = np.random.default_rng(random_state)
    turns = rng.integers(0, circle // WEEK, len(customers)) * WEEK
    comes = start + rng.integers(0, until // WEEK, len(customers)) * WEEK
    who = pc.index_in(events["customer_id"], _like(events["customer_id"], customers)).to_numpy()
    begins = start + (known - start + turns[who]) % circle
    rounds = pa.concat_tables(_rounds(events, begins - known, circle, -(-length // circle)))
    there = _microseconds(rounds["known_at"]) >= np.tile(comes[who], rounds.num_rows // who.size)
    return with_events(log, rounds.filter(pa.array(there)))


def circle_of(log: InteractionLog) -> int:
    """Return how long the circle is: whole weeks from the log's first day on, in microseconds."""
    known = _microseconds(log.events["known_at"])
    return (int(known.max()) - int(known.min()) // DAY * DAY) // WEEK * WEEK + WEEK


def _rounds(events: pa.Table, shift: np.ndarray, circle: int, rounds: int) -> Iterator[pa.Table]:
    for k in range(rounds):
        moved = {name: _moved(events[name], shift + k * circle) for name in events.column_names}
        if k and "case_id" in moved:
            # a matter of the next round is another one
            moved["case_id"] = pc.binary_join_element_wise(_text(events["case_id"]), f"round {k + 1}", " ")
        elif "case_id" in moved:
            moved["case_id"] = _text(events["case_id"])
        yield pa.table(moved)


def _moved(column: pa.ChunkedArray, shift: np.ndarray) -> pa.ChunkedArray:
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.add(column.cast(pa.int64()), pa.array(shift)).cast(column.type)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def _like(column: pa.ChunkedArray, values: np.ndarray) -> pa.Array:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return pa.array(values.tolist(), kind)


def _microseconds(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.int64()).to_numpy()
