"""Drawn customers with every role that experience shows in, for properties; times in hours before the cut-off."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cxchurn.features import Builder, FeatureSet, Says
from cxchurn.interactions import InteractionLog, Schema, read_interactions, with_events

CUTOFF = pd.Timestamp("2024-04-01T06:00")
MONTH = 30 * 24
NAN = math.nan
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TOUCHPOINTS = ("phone", "store", "web")
LABELS: dict[str, tuple[str | None, ...]] = {
    "kind": ("chat", "purchase", "return", "survey"),
    "direction": ("inbound", "outbound", None),
    "touchpoint": (*TOUCHPOINTS, None),
    "case_id": ("m1", "m2", None),
    "agent": ("human", "bot", "self", None),
    "agent_id": ("A", "B", None),
}
NUMBERS = {
    "resolved": (None, None, True, False),
    "sentiment": (None, None, -0.75, 0.0, 0.5, 0.75),
    "wait_s": (None, 0.0, 60.0, 600.0),
}
_edges = st.sampled_from([24 * days + by for days in (0, 1, 30) for by in (-1, 0, 1)])
_hours = st.one_of(_edges, st.integers(-48, 60 * 24))
# a customer who has been everywhere long ago, so that all labels are known
_GUIDE = [{"ago": 9000 - n, "touchpoint": touchpoint, "kind": "purchase"} for n, touchpoint in enumerate(TOUCHPOINTS)]
_GUIDE += [{"ago": 8000, "kind": "return"}, {"ago": 7999, "kind": "chat"}]

Event = dict[str, Any]


@st.composite
def _event(draw: st.DrawFn, ago: int) -> Event:
    event: Event = {name: draw(st.sampled_from(values)) for name, values in (LABELS | NUMBERS).items()}
    event |= {"ago": ago, "happened": ago + draw(st.sampled_from([0, 0, 5])), "later": draw(st.integers(0, 5)) == 0}
    scored = event["kind"] == "survey" and draw(st.booleans())
    event |= {"score": float(draw(st.integers(1, 5))) if scored else None, "score_type": "csat" if scored else None}
    for name in ("promised", "delivered"):
        event[name] = draw(st.one_of(st.none(), st.sampled_from([ago - 24, ago, ago + 6, ago + 24])))
    return event


@st.composite
def _life(draw: st.DrawFn) -> list[Event]:
    """Events of one customer in the order they became known, ``ago`` hours before the cut-off."""
    hours = draw(st.lists(_hours, max_size=12, unique=True))
    return [draw(_event(ago)) for ago in sorted(hours, reverse=True)]


def lives() -> st.SearchStrategy[list[list[Event]]]:
    """Draw two customers."""
    return st.lists(_life(), min_size=2, max_size=2)


def past(events: list[Event], within: float = math.inf) -> list[Event]:
    """What lies before the cut-off, and in the last hours before it."""
    return [event for event in events if 0 < event["ago"] <= within]


def felt(event: Event) -> float | None:
    """How an interaction felt, by the rules of `Valence`."""
    if event["sentiment"] is not None:
        return event["sentiment"]
    if event["score"] is not None:
        return (event["score"] - 3) / 2
    if event["resolved"] is not None:
        return 0.5 if event["resolved"] else -0.5
    return -0.5 if event["kind"] == "return" else None


def moments(events: list[Event]) -> list[Event]:
    """The events that show how they felt."""
    return [event for event in events if felt(event) is not None]


def is_contact(event: Event) -> bool:
    return event["direction"] != "outbound" and not event["later"] and event["score"] is None


def matters(events: list[Event]) -> dict[str, list[Event]]:
    """The events of each matter."""
    cases = {event["case_id"] for event in events} - {None}
    return {case: [event for event in events if event["case_id"] == case] for case in sorted(cases)}


def is_closed(matter: list[Event]) -> bool:
    """Whether the last that was told of it is that it is closed; a contact that tells nothing opens it."""
    told = [bool(event["resolved"]) for event in matter if event["resolved"] is not None or is_contact(event)]
    return bool(told) and told[-1]


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else NAN


def features(builder: Builder, drawn: list[list[Event]]) -> list[dict[str, Any]]:
    """What a builder makes of each customer as of the cut-off; labels as text."""
    base = _base()
    nothing = {field.name: None for field in base.events.schema} | {"later": False}
    rows = [{**nothing, **_timed(event), "customer_id": who} for who, life in enumerate(drawn) for event in life]
    rows += [{**nothing, **_timed(event), "customer_id": len(drawn)} for event in _GUIDE]
    arrays = [pa.array([row[field.name] for row in rows], _plain(field.type)) for field in base.events.schema]
    fitted = FeatureSet(
        [builder], min_customers=1, log=with_events(base, pa.table(arrays, names=base.events.column_names))
    )
    frame = fitted.fit_transform(pd.DataFrame({"customer_id": range(len(drawn)), "cutoff": CUTOFF}))
    made = frame.to_dict("records")
    for name, levels in fitted.categories_.items():
        for one in made:
            one[name] = None if math.isnan(one[name]) else levels[int(one[name])]
    return made


def spoken(builder: Builder, log: InteractionLog) -> dict[str, Says]:
    """What the builder's columns say, by name without the driver."""
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    fitted = FeatureSet([builder], min_customers=1, log=log).fit(row)
    return {says.name.removeprefix(f"{builder.driver}_"): says for says in fitted.says_}


def _timed(event: Event) -> Event:
    times = {"known_at": event["ago"], "timestamp": event.get("happened", event["ago"])}
    times |= {f"{name}_at": event[name] for name in ("promised", "delivered") if event.get(name) is not None}
    return event | {name: CUTOFF - pd.Timedelta(hours=hours) for name, hours in times.items()}


@cache
def _base() -> InteractionLog:
    event = {name: values[0] for name, values in (LABELS | NUMBERS).items()} | {"customer_id": 0, "score": 1.0}
    event |= dict.fromkeys(("timestamp", "known_at", "promised_at", "delivered_at"), CUTOFF) | {"score_type": "csat"}
    frame = pd.DataFrame([event]).astype({"resolved": "boolean", "sentiment": "float64", "wait_s": "float64"})
    return read_interactions(frame, Schema(**{name: name for name in frame.columns}), now="2030-01-01")


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind
