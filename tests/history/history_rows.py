"""Small logs for tests: events drawn close to the edges, and the two ways they become a log."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from cxchurn.interactions import InteractionLog, Schema, read_interactions, with_events

from ._oracle import DAY, LABELS, NUMBERS, Event, place

# a cut-off in the middle of a day: days and windows then begin at different instants
T = int(np.datetime64("2024-06-01T06:00", "us").astype(np.int64))
WEEK, MONTH = 7 * DAY, 30 * DAY
IDS: dict[str, list[Any]] = {"integer": [7, 1, 12, 3], "text": ["b", "B", "é", "10"]}
STRANGER = {"integer": 99, "text": "nobody"}
INSTANTS = ("timestamp", "known_at", "promised_at")

_SCHEMA = Schema(
    customer_id="customer_id",
    **{name: name for name in (*INSTANTS, *LABELS, *NUMBERS)},
    duplicates="keep",
)

_edges = [edge + by for edge in (T, T - WEEK, T - MONTH) for by in (-1, 0, 1)]
moments = st.one_of(
    st.sampled_from(_edges),
    st.integers(-12, 3).map(lambda six_hours: T + six_hours * DAY // 4),
    st.integers(-45 * 24, 10 * 24).map(lambda hours: T + hours * DAY // 24),
)
numbers = st.one_of(
    st.none(), st.sampled_from([-2.5, -0.0, 0.0, 1.0, 3.0]), st.floats(-100, 100, allow_subnormal=False, width=16)
)


@st.composite
def events(draw: st.DrawFn, when: st.SearchStrategy[int] = moments) -> Event:
    timestamp = draw(when)
    scored = draw(st.booleans())
    return {
        "timestamp": timestamp,
        "known_at": draw(st.one_of(st.none(), st.integers(0, 240).map(lambda hours: timestamp + hours * DAY // 24))),
        "promised_at": draw(st.one_of(st.none(), when)),
        "direction": draw(st.sampled_from([None, "inbound", "outbound"])),
        "kind": draw(st.sampled_from(["visit", "purchase", "call", "Visit"])),
        "score_type": "csat" if scored else None,
        "touchpoint": draw(st.sampled_from([None, "web", "store", "app"])),
        "resolved": draw(st.sampled_from([None, True, False])),
        "score": float(draw(st.integers(1, 5))) if scored else None,
        "sentiment": draw(st.one_of(st.none(), st.sampled_from([-1.0, -0.1, 0.1, 0.7, 1.0]))),
        "value": draw(numbers),
    }  # fmt: skip


@st.composite
def customers(draw: st.DrawFn, *, most: int = 9) -> dict[Any, list[Event]]:
    """Events of a few customers; some events twice, one customer perhaps without a past, one perhaps without any."""
    ids = IDS[draw(st.sampled_from(["integer", "text"]))]
    lists = st.lists(events(), max_size=most).map(lambda drawn: drawn + drawn[:1])
    drawn = {customer: draw(lists) for customer in ids[:3]}
    drawn[ids[3]] = [draw(events(st.integers(0, 10).map(lambda day: T + day * DAY)))]
    return drawn


def kind_of_ids(drawn: dict[Any, list[Event]]) -> str:
    return "integer" if isinstance(next(iter(drawn)), int) else "text"


def flat(drawn: dict[Any, list[Event]]) -> list[Event]:
    """The rows of a table; the customers' rows are mixed, so the table is not sorted."""
    rows = [{"customer_id": customer, **event} for customer, listed in drawn.items() for event in listed]
    return rows[::2] + rows[1::2]


def read(rows: list[Event]) -> InteractionLog:
    """The way data comes: a pandas frame, its schema, all checks."""
    frame = pd.DataFrame(rows)
    for name in INSTANTS:
        frame[name] = pd.array(frame[name].astype("Int64").to_numpy("int64", na_value=np.iinfo(np.int64).min)).astype(
            "datetime64[us]"
        )
    for name in NUMBERS:
        frame[name] = frame[name].astype("boolean" if name == "resolved" else "float64")
    return read_interactions(frame, _SCHEMA, now="2030-01-01")


@cache
def _base(ids: str) -> InteractionLog:
    nothing = dict.fromkeys((*INSTANTS, *LABELS, *NUMBERS))
    return read([{**nothing, "customer_id": IDS[ids][0], "timestamp": T, "kind": "visit"}])


def quick(rows: list[Event], ids: str) -> InteractionLog:
    """The same log, past the checks: for properties that need many logs."""
    base = _base(ids)
    known = [{"later": False, **row, "known_at": place(row)} for row in rows]
    arrays = [pa.array([row[field.name] for row in known], _plain(field.type)) for field in base.events.schema]
    return with_events(base, pa.table(arrays, names=base.events.column_names))


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind
