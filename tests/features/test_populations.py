"""Whose doing columns tell of: what the company sends, what only became known, what ends a customer moves none of own acts."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.features import (
    BUILDERS,
    ActiveDays,
    Builder,
    Column,
    Effort,
    FeatureSet,
    Journey,
    LastK,
    Recency,
    Refunds,
    Standing,
    Value,
    every_family,
)
from cxchurn.history import Populations, Seen, count_between, where
from cxchurn.interactions import InteractionLog, Later, Schema, read_interactions, with_events
from cxchurn.panel import ChurnDefinition

CUTOFF = pd.Timestamp("2024-04-01T06:00")
LABELS: dict[str, tuple[Any, ...]] = {
    "kind": ("purchase", "visit", "call", "complaint", "referral", "survey"),
    "direction": ("inbound", None),
    "touchpoint": ("web", "phone", "social", None),
    "case_id": ("m1", "m2", None),
    "agent": ("human", "bot", None),
    "agent_id": ("A", "B", None),
    "score_type": ("nps", "csat"),
    "shop": ("north", "south"),
}
NUMBERS: dict[str, tuple[Any, ...]] = {
    "wait_s": (None, 0.0, 300.0),
    "duration_s": (None, 60.0),
    "transfers": (None, 0.0, 2.0),
    "resolved": (None, True, False),
    "score": (None, 1.0, 5.0),
    "invited": (None, True),
    "sentiment": (None, -0.75, 0.5),
    "value": (None, -5.0, 10.0, 25.0),
    "items": (None, 1.0, 3.0),
}
ENDED = "cancel"
DRIVERS = {
    "own": {"recency", "volume", "active_days", "cadence", "trend", "decay", "breadth", "clock", "standing", "prior"},
    "activity": {"activity", "renewal", "continuation", "calendar_lags"},
}
Event = dict[str, Any]


class Silence(ChurnDefinition):
    """No purchase, visit or call for 20 days; a cancellation ends a customer."""

    def __init__(self, horizon="20D", *, gap="0D"):
        self.horizon = horizon
        self.gap = gap

    @property
    def populations(self):
        return Populations((ENDED,), where(kind=("purchase", "visit", "call")))

    @property
    def says(self):
        return "customers who fall silent"

    def check(self, log):
        pass

    def eligible(self, seen):
        return seen.activity.count() > 0

    def churned(self, log, customers, cutoffs, *, clock="happened"):
        start, stop = self.label_window(cutoffs)
        return count_between(log, customers, start, stop, self.populations.activity, clock=clock) == 0


_hours = st.one_of(
    st.sampled_from([24 * day + by for day in (0, 5, 10, 20, 40) for by in (-1, 0, 1)]), st.integers(1, 2400)
)


@st.composite
def _event(draw: st.DrawFn) -> Event:
    event = {name: draw(st.sampled_from(values)) for name, values in (LABELS | NUMBERS).items()}
    return event | {"ago": draw(_hours), "later": False}


# who made it, or what it says: everything else may be filled in as an own act has it
_MARKS: tuple[Event, ...] = ({"direction": "outbound"}, {"later": True, "direction": None}, {"kind": ENDED})
own_acts = st.lists(st.lists(_event(), max_size=7), min_size=3, max_size=3)
others = st.tuples(st.integers(0, 2), _event(), st.sampled_from(_MARKS), st.sampled_from(["", "mail", "resolved"]))


def made_of(more: list[tuple[int, Event, Event, str]], marks: tuple[Event, ...] = _MARKS) -> list[tuple[int, Event]]:
    return [
        (who, {**event, **({"kind": kind} if kind else {}), **mark}) for who, event, mark, kind in more if mark in marks
    ]


def log_of(lives: list[list[Event]], more: list[tuple[int, Event]]) -> InteractionLog:
    """The log of three customers, and of one who has been through everything long ago, so that all labels are known."""
    base = _base()
    guide = [
        {**{name: values[k % len(values)] for name, values in LABELS.items()}, "ago": 5000 - k, "later": False}
        for k in range(6)
    ]
    listed = [(3, event) for event in guide] + [(k, event) for k, life in enumerate(lives) for event in life] + more
    nothing = {field.name: None for field in base.events.schema}
    rows = [{**nothing, **event, **_at(event), "customer_id": who} for who, event in listed]
    arrays = [pa.array([row[field.name] for row in rows], _plain(field.type)) for field in base.events.schema]
    return with_events(base, pa.table(arrays, names=base.events.column_names))


def _at(event: Event) -> Event:
    at = CUTOFF - pd.Timedelta(hours=event["ago"])
    return {"timestamp": at, "known_at": at, "promised_at": at, "delivered_at": at}


@cache
def _base() -> InteractionLog:
    event = {name: values[0] for name, values in (LABELS | NUMBERS).items()} | {"customer_id": 0}
    event |= dict.fromkeys(("timestamp", "known_at", "promised_at", "delivered_at"), CUTOFF)
    frame = pd.DataFrame([event]).astype({name: "float64" for name in NUMBERS if name not in ("resolved", "invited")})
    frame = frame.astype({"resolved": "boolean", "invited": "boolean", "score": "float64"})
    roles = {name: name for name in frame.columns if name not in ("items", "shop")}
    frame["score"] = 9.0
    customers = pd.DataFrame({"customer_id": range(4), "plan": ["basic", "plus", "plus", "basic"]})
    return read_interactions(
        frame, Schema(**roles, measures=("items",), categories=("shop",)), customers=customers, now="2030-01-01"
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def features(log: InteractionLog, builders: list[Builder]) -> pd.DataFrame:
    """Two cut-offs of each customer."""
    cutoffs = np.repeat([CUTOFF, CUTOFF - pd.Timedelta("5D")], 4)
    rows = pd.DataFrame({"customer_id": np.tile(np.arange(4), 2), "cutoff": cutoffs})
    return FeatureSet(builders, log=log, churn=Silence()).fit_transform(rows)


def that_see(*populations: str) -> list[Builder]:
    return [builder for builder in every_family(_base(), "20D") if builder.sees in populations]


def moved(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    assert list(one.columns) == list(other.columns)
    return [name for name in one if one[name].to_numpy().tobytes() != other[name].to_numpy().tobytes()]


SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_builder_says_what_it_sees():
    assert {cls.sees for cls in BUILDERS} == {"all", "own", "activity"}
    for population, drivers in DRIVERS.items():
        assert {cls.driver for cls in BUILDERS if cls.sees == population} == drivers


@SOME
@given(lives=own_acts, more=st.lists(others, min_size=1, max_size=8))
def test_what_is_no_act_of_the_customers_own_moves_no_column_of_own_acts(lives, more):
    builders = that_see("own", "activity")
    assert moved(features(log_of(lives, []), builders), features(log_of(lives, made_of(more)), builders)) == []


@SOME
@given(lives=own_acts, more=st.lists(others, min_size=1, max_size=8))
def test_nor_a_payment_nor_the_customers_way(lives, more):
    """What the company sends and what ends a customer is no payment; an amount that became known later is one."""
    sent, unpaid = made_of(more, _MARKS[::2]), [(who, {**e, "value": None}) for who, e in made_of(more, _MARKS[1:2])]
    before, after = (features(log_of(lives, listed), [Value(), Journey()]) for listed in ([], sent + unpaid))
    assert [name for name in moved(before, after) if not name.startswith("journey_dead_end")] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_nor_in_a_whole_log(seed, log):
    """The simulated company's, with a third more of everything that is no act of its customers."""
    rng = np.random.default_rng(seed)
    events = log.events
    own = events.filter(pa.compute.and_(_not(events, "direction", "outbound"), _not(events, "kind", ENDED)))
    own = own.filter(pa.compute.invert(own["later"]))
    more = own.take(pa.array(rng.integers(0, own.num_rows, own.num_rows // 3)))
    mark = rng.integers(0, 3, more.num_rows)
    for column, value, at in (("direction", "outbound", 0), ("later", True, 1), ("kind", ENDED, 2)):
        where_to = more.column_names.index(column)
        changed = pa.compute.if_else(pa.array(mark == at), value, _text(more[column]))
        more = more.set_column(where_to, column, changed)
    plain = pa.table({name: _text(own[name]) for name in own.column_names})
    both = pa.concat_tables([plain, pa.table({name: _text(more[name]) for name in more.column_names})])
    rows = pd.DataFrame({"customer_id": sorted(set(events["customer_id"].to_pylist()))[:80], "cutoff": "2024-08-05"})
    rows["cutoff"] = pd.to_datetime(rows["cutoff"])
    builders = [builder for builder in every_family(log) if builder.sees != "all"]
    found = [
        FeatureSet(builders, log=with_events(log, each), churn=Silence()).fit_transform(rows) for each in (plain, both)
    ]
    assert moved(*found) == []
    assert found[0].nunique().gt(1).mean() > 0.8


def _not(events: pa.Table, column: str, label: str) -> pa.ChunkedArray:
    return pa.compute.fill_null(pa.compute.not_equal(_text(events[column]), label), True)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def test_labels_that_only_the_company_has_make_no_column_of_own_acts(log_of):
    events = [
        {"ago": 30, "kind": "visit", "direction": "inbound"},
        *({"ago": 20 + k, "kind": "campaign", "direction": "outbound"} for k in range(5)),
    ]
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    fitted = FeatureSet([Recency(stack=1)], min_customers=1, log=log_of(events)).fit(row)
    assert fitted.known_["kind"] == ("campaign", "visit")
    assert fitted.get_feature_names_out().tolist() == [
        "recency_days_last", "recency_days_first", "recency_days_last_kind_visit",
    ]  # fmt: skip
    # the log begins with this customer, of whom nobody knows since when they are one
    assert fitted.transform(row).iloc[0].fillna(-1.0).tolist() == [30.0, -1.0, 30.0]


ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a"],
        "timestamp": pd.to_datetime(["2024-02-01", "2024-03-02"]),
        "kind": ["order", "order"],
        "amount": [10.0, 30.0],
        # the first was paid (and so its amount known) 10 days before the cut-off, the second is known after it
        "paid_at": pd.to_datetime(["2024-03-22", "2024-04-20"]),
    }
)


def test_what_became_known_later_is_no_act_and_an_amount_is_paid_all_the_same():
    roles = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "value": "amount"}
    told = read_interactions(
        ORDERS, Schema(**roles, later=(Later(at="paid_at", columns=("value",)),)), now="2025-01-01"
    )
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    builders = [Recency(stack=2), ActiveDays(windows=("30D",)), Value(windows=("30D",)), Standing()]
    made = FeatureSet(builders, min_customers=1, log=told).fit_transform(row).iloc[0]
    # the orders are 60 and 30 days old, and all that the customer did
    names = ["recency_days_last", "recency_days_last_2", "active_days_count_life", "active_days_count_30d"]
    assert made[names].tolist() == [30.0, 60.0, 2.0, 1.0]
    assert [name for name in made.index if name.startswith("recency_days_last_kind")] == [
        "recency_days_last_kind_order"
    ]
    # one amount of 10 is known, since 10 days
    assert made[["value_sum_life", "value_sum_30d", "value_days_last"]].tolist() == [10.0, 10.0, 10.0]


def test_what_the_company_gives_back_takes_nothing_off_what_was_paid(made):
    events = [
        {"ago": 20, "direction": "inbound", "kind": "order", "value": 10.0},
        {"ago": 10, "direction": "outbound", "kind": "refund", "value": -4.0},
    ]
    found = {**made(Value(windows=("30D",)), events), **made(Refunds(windows=("30D",)), events)}
    names = ("value_sum_30d", "value_days_last", "refunds_sum_30d", "refunds_share_30d", "refunds_days_last")
    assert [found[name] for name in names] == [10.0, 20.0, 4.0, 0.4, 10.0]


def test_what_was_sent_is_neither_a_contact_nor_an_amount_of_the_last_time(made):
    events = [
        {"ago": 20, "direction": "inbound", "items": 2.0, "transfers": 1.0, "sentiment": 0.5},
        {"ago": 10, "direction": "inbound", "items": 5.0, "transfers": 0.0, "sentiment": 0.5},
        {"ago": 5, "direction": "outbound", "items": 9.0, "transfers": 3.0, "sentiment": -0.5},
    ]
    found = made(LastK(measures=("items",)), events, measures=("items",))
    assert (found["last_k_items_last"], found["last_k_items_minus_mean"]) == (5.0, 3.0)
    # how it felt is what customers met with, whoever it came from
    assert found["last_k_sentiment_minus_mean"] == -1.0
    effort = made(Effort(windows=("30D",)), events, measures=("items",))
    assert (effort["effort_contacts_30d"], effort["effort_transfers_sum_30d"]) == (2.0, 4.0)


def test_nobody_who_was_silent_is_told_of_being_active(log_of):
    """The company wrote on six days of the last 90; the customer was last here 209 days ago."""
    here = {"ago": 209, "kind": "visit", "direction": "inbound", "resolved": None}
    sent = [{"ago": 10 * k, "kind": "campaign", "direction": "outbound", "resolved": None} for k in range(1, 7)]
    closed = {"ago": 5, "kind": "resolved", "direction": "outbound", "resolved": True}
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    log = log_of([here, {**here, "ago": 300, "kind": "call"}, *sent, closed])
    fitted = FeatureSet(every_family(log, "90D"), log=log).fit(row)
    values = fitted.transform(row).iloc[0]
    alone = log_of([here, {**here, "ago": 300, "kind": "call"}])
    expected = FeatureSet(every_family(alone, "90D"), log=alone).fit_transform(row).iloc[0]
    own = {b.driver for b in fitted.builders_ if b.sees != "all"}
    for says in fitted.says_:
        if says.driver in own:
            assert says.sentence(values[says.name]) == says.sentence(expected[says.name])
    said = {says.name: says.sentence(values[says.name]) for says in fitted.says_}
    assert said["active_days_count_90d"] == "had interactions of their own on no day in the last 90 days"
    assert said["activity_days_last"] == "was last active 209 days ago"


def test_the_catalogue_and_the_families_tell_it(log, november, churn):
    fitted = FeatureSet(log=log, churn=churn).fit(november)
    catalogue, families = fitted.catalogue(), fitted.families_
    assert dict(zip(families["driver"], families["sees"], strict=True)) == {b.driver: b.sees for b in fitted.builders_}
    assert set(catalogue.loc[catalogue["driver"] == "renewal", "sees"]) == {"activity"}


class Calls(Builder):
    """How often customers had to call."""

    driver = "calls"

    def columns(self, seen: Seen) -> Any:
        yield Column("calls_count", seen.count(), says="had {value:#call}")


def test_a_builder_that_says_nothing_sees_all(made):
    events = [{"ago": 3, "direction": "inbound"}, {"ago": 2, "direction": "outbound"}]
    assert made(Calls(), events) == {"calls_count": 2.0}


def test_a_builder_that_sees_what_there_is_not(made):
    class Wrong(Calls):
        sees = "owns"

    with pytest.raises(UsageError, match="Wrong sees 'owns'") as caught:
        made(Wrong(), [{"ago": 3}])
    assert "all, own, activity" in str(caught.value)
    assert "did you mean 'own'" in str(caught.value)
