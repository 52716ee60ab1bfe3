"""Questions that look from one event to others of the same past: answers in time, matters, what came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cxchurn.history import Events, History, Measure, as_of, followed, matters, where
from cxchurn.interactions import known_before

from ._oracle import DAY, NAN, Event, between, mean, place
from .history_rows import MONTH, WEEK, T, customers, flat, kind_of_ids, quick

SEVERAL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CUTOFF = np.datetime64(T, "us")
LATE = 3 * DAY


def answered(past: list[Event], inside: list[Event]) -> tuple[float, ...]:
    """Visits and calls of the window that a purchase follows within 3 days: what is known of them at the cut-off."""
    yes, decided, delays, pending = 0, 0, [], []
    for event in inside:
        if event["kind"] in ("visit", "call"):
            later = past[next(i for i, other in enumerate(past) if other is event) + 1 :]
            answer = next((place(other) for other in later if other["kind"] == "purchase"), None)
            in_time = answer is not None and answer - place(event) <= LATE
            yes += in_time
            decided += in_time or place(event) + LATE <= T
            delays += [(answer - place(event)) / DAY] if in_time else []
            pending += [(T - place(event)) / DAY] if answer is None else []
    return yes, decided, mean(delays), len(pending), max(pending, default=NAN)


def last_of_each(past: list[Event], inside: list[Event]) -> tuple[float, ...]:
    """The values of the last event at each touchpoint, where that event lies in the window."""
    last = {event["touchpoint"]: event for event in past if event["touchpoint"] is not None}
    kept = [event for event in past if any(event is other for other in last.values())]
    found = [e["value"] for e in kept if e["value"] is not None and any(e is other for other in inside)]
    return len(found), sum(found, 0.0), max(found, default=NAN), min(found, default=NAN), mean(found)


@dataclass(frozen=True)
class InTouchpoint(Measure):
    """What had come before an event at the same touchpoint."""

    what: str

    def compute(self, events: Events) -> np.ndarray:
        before, value = events.of_matter("touchpoint"), events["value"]
        answers = {
            "first": lambda: before.first(value),
            "previous": lambda: before.previous(value),
            "latest": lambda: before.latest(value),
            "running": lambda: before.running(value),
            "streak": lambda: before.streak(value > 0),
        }
        return answers[self.what]()


def nan_if_missing(value: float | None) -> float:
    return NAN if value is None else value


def before_at_touchpoint(what: str, past: list[Event]) -> list[float]:
    """The answer for every event that has a touchpoint."""
    found = []
    for i, event in enumerate(past):
        same = [other["value"] for other in past[: i + 1] if other["touchpoint"] == event["touchpoint"]]
        if event["touchpoint"] is None:
            continue
        known = [value for value in same if value is not None]
        in_a_row = next((n for n, v in enumerate(reversed(same)) if v is None or v <= 0), len(same))
        found.append(
            {
                "first": nan_if_missing(same[0]),
                "previous": nan_if_missing(same[-2]) if len(same) > 1 else NAN,
                "latest": known[-1] if known else NAN,
                "running": sum(known),
                "streak": float(in_a_row),
            }[what]
        )
    return [value for value in found if value == value]


@SEVERAL
@given(drawn=customers())
def test_what_followed_is_what_a_plain_loop_finds(drawn):
    ids, who = kind_of_ids(drawn), list(drawn)
    log = quick(flat(drawn), ids)
    for one in (log, known_before(log, CUTOFF)):
        seen = as_of(History(one), np.array(who, dtype=object if ids == "text" else np.int64), np.full(4, CUTOFF))
        # an event that was drawn twice is one object: copies tell the two rows apart
        past = [[dict(event) for event in between(drawn[customer], None, T)] for customer in who]
        windows = {None: seen, T - WEEK: seen.last("7D"), T - MONTH: seen.last("30D")}
        views = [(view, start, T) for start, view in windows.items()] + [(seen.before("7D"), None, T - WEEK)]
        for view, start, stop in views:
            inside = [
                [e for e in events if (start is None or place(e) >= start) and place(e) < stop] for events in past
            ]
            found = np.column_stack(followed(view, where(kind=("visit", "call")), where(kind="purchase"), within="3D"))
            expected = [answered(*pair) for pair in zip(past, inside, strict=True)]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
            state = matters(view, "value", by="touchpoint")
            found = np.column_stack([state.matters, state.total, state.largest, state.smallest, state.mean])
            expected = [last_of_each(*pair) for pair in zip(past, inside, strict=True)]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("what", ["first", "previous", "latest", "running", "streak"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=customers())
def test_what_came_before_is_what_a_plain_loop_finds(what, drawn):
    ids, who = kind_of_ids(drawn), list(drawn)
    measure = InTouchpoint(what)
    log = quick(flat(drawn), ids)
    for one in (log, known_before(log, CUTOFF)):
        seen = as_of(History(one), np.array(who, dtype=object if ids == "text" else np.int64), np.full(4, CUTOFF))
        answers = [before_at_touchpoint(what, between(drawn[customer], None, T)) for customer in who]
        np.testing.assert_allclose(seen.count_of(measure), [len(found) for found in answers])
        np.testing.assert_allclose(seen.sum(measure), [sum(found) for found in answers], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(seen.latest(measure), [found[-1] if found else NAN for found in answers])
