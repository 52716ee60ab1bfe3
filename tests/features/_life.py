"""One customer's drawn life, for properties: hours before the cut-off, and what was followed by what, counted slowly."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cxchurn.features import Builder, FeatureSet
from cxchurn.interactions import InteractionLog, Schema, read_interactions, with_events

CUTOFF = pd.Timestamp("2024-04-01T06:00")
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# of several lives each
FEW = settings(SOME, max_examples=8)
LABELS = {
    "kind": ["purchase", "chat", "campaign", "delivery", "survey"],
    "direction": ["inbound", "outbound", None],
    "touchpoint": ["web", "phone", None],
    "case_id": ["m1", "m2", None],
    "agent": ["human", "self", None],
}
NUMBERS = {"resolved": [None, True, False], "invited": [None, True], "sentiment": [None, -0.5, 0.0, 0.5]}
# hours before the cut-off, no two alike; often on the edges of 3, 7, 30 and 90 days, of the cut-off, and after it
_edges = st.sampled_from([24 * days + by for days in (0, 3, 7, 30, 90) for by in (-1, 0, 1)])
_hours = st.one_of(_edges, st.integers(-48, 100 * 24))

Event = dict[str, Any]


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Events of one customer, oldest first; ``ago`` in hours."""
    events = []
    for ago in sorted(draw(st.lists(_hours, max_size=12, unique=True)), reverse=True):
        event: Event = {name: draw(st.sampled_from(values)) for name, values in (LABELS | NUMBERS).items()}
        scored = event["kind"] == "survey" and draw(st.booleans())
        event |= {"ago": ago, "score_type": "nps" if scored else None}
        event["score"] = float(draw(st.integers(0, 10))) if scored else None
        events.append(event)
    return events


def past(events: list[Event]) -> list[Event]:
    """What lies before the cut-off."""
    return [event for event in events if event["ago"] > 0]


def features(builder: Builder, events: list[Event]) -> dict[str, float]:
    """What a builder makes of the life, past the checks of reading."""
    base = _base()
    moments = [CUTOFF - pd.Timedelta(hours=event["ago"]) for event in events]
    rows = [
        {"later": False, **event, "customer_id": "a", "timestamp": at, "known_at": at}
        for event, at in zip(events, moments, strict=True)
    ]
    arrays = [pa.array([row[field.name] for row in rows], _plain(field.type)) for field in base.events.schema]
    log = with_events(base, pa.table(arrays, names=base.events.column_names))
    frame = pd.DataFrame({"customer_id": ["a"], "cutoff": [CUTOFF]})
    return FeatureSet([builder], min_customers=1, log=log).fit_transform(frame).iloc[0].to_dict()


class Told(NamedTuple):
    """What became of events: see `cxchurn.history.Followed`; delays and ages in days."""

    share: float
    failed: float
    delay: float
    pending: float
    oldest: float


def told(asked: list[int], answers: list[int], *, within: int) -> Told:
    """Follow every event to the first answer after it; all in hours before the cut-off."""
    took = {ago: min((ago - answer for answer in answers if answer < ago), default=None) for ago in asked}
    soon = [hours for hours in took.values() if hours is not None and hours <= within]
    late = [ago for ago, hours in took.items() if (hours is None or hours > within) and ago >= within]
    never = [ago for ago, hours in took.items() if hours is None]
    decided, nan = len(soon) + len(late), float("nan")
    return Told(
        len(soon) / decided if decided else nan,
        len(late),
        sum(soon) / len(soon) / 24 if soon else nan,
        len(never),
        max(never) / 24 if never else nan,
    )


@cache
def _base() -> InteractionLog:
    event = {name: values[0] for name, values in (LABELS | NUMBERS).items()}
    event |= {"customer_id": "a", "timestamp": CUTOFF, "score": 9.0, "score_type": "nps"}
    frame = pd.DataFrame([event]).astype({"resolved": "boolean", "invited": "boolean", "sentiment": "float64"})
    return read_interactions(frame, Schema(**{name: name for name in frame.columns}), now="2030-01-01")


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind
