"""A view of own acts or of activity answers as the log would in which nothing else had ever happened."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from weakref import ref

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.history import (
    POPULATIONS,
    History,
    Populations,
    Seen,
    age_by_label,
    as_of,
    by_label,
    each_part,
    followed,
    history_of_one,
    labels_before,
    labels_by_condition,
    matters,
    mix,
    persistence,
    renewals,
    strongest,
    where,
)
from cxchurn.interactions import InteractionLog, Schema, read_interactions, with_events

from . import _oracle as o
from ._oracle import DAY, Event, between
from .history_questions import QUESTIONS
from .history_rows import MONTH, STRANGER, WEEK, T, customers, events, flat, kind_of_ids, quick
from .test_laws import SEVERAL
from .test_parts import in_parts

# a call ends a customer; visits from one sharp count
WAYS = Populations(("call",), where(kind=("visit", "Visit"), unless={"touchpoint": "store"}))
CUTOFFS = np.array([T, T - WEEK, T + 3 * DAY]).astype("datetime64[us]")
WINDOWS = {"life": (None, 0), "last 7D": (WEEK, 0), "before 30D": (None, MONTH)}


def is_own(event: Event) -> bool:
    return event["direction"] != "outbound" and not event["later"] and event["kind"] != "call"


def is_activity(event: Event) -> bool:
    return is_own(event) and event["kind"] in ("visit", "Visit") and event["touchpoint"] != "store"


KEPT = {"all": lambda event: True, "own": is_own, "activity": is_activity}


@st.composite
def marked(draw: st.DrawFn) -> dict:
    """Customers of whose events some only say that something became known."""
    drawn = draw(customers())
    return {who: [{**one, "later": draw(st.integers(0, 3)) == 0} for one in listed] for who, listed in drawn.items()}


def rows_of(log: InteractionLog, who: list) -> tuple[np.ndarray, np.ndarray]:
    asked = [*who, STRANGER[log.ids]]
    ids = np.array(asked * len(CUTOFFS), dtype=object if log.ids == "text" else np.int64)
    return ids, np.repeat(CUTOFFS, len(asked))


def everything(seen: Seen) -> np.ndarray:
    """The questions of a window, and those that are functions."""
    views = {"life": seen, "last 7D": seen.last("7D"), "before 30D": seen.before("30D")}
    answers = [ask(view) for view in views.values() for ask, _ in QUESTIONS.values()]
    for view in views.values():
        answers += [*followed(view, where(kind="visit"), where(resolved=True), within="3D")]
        answers += [*matters(view, "value", by="touchpoint")]
        answers += [*mix(view, "touchpoint", "3D"), *persistence(view, "2D"), *renewals(view, "5D")]
        answers += [*strongest(view, "sentiment"), *by_label(view, "kind", ("visit", "call"), "value").total]
        answers += [*age_by_label(view, "touchpoint", ("web", "store"))]
    return np.column_stack(answers)


@settings(SEVERAL, max_examples=15)
@given(drawn=marked())
def test_every_question_is_answered_as_a_plain_loop_over_the_populations_events_answers_it(drawn):
    log = quick(flat(drawn), kind_of_ids(drawn))
    who, at = rows_of(log, list(drawn))
    seen = as_of(History(log), who, at, populations=WAYS)
    for population, keeps in KEPT.items():
        view = seen.of(population)
        for window, part in (("life", view), ("last 7D", view.last("7D")), ("before 30D", view.before("30D"))):
            begins, ends = WINDOWS[window]
            found = np.column_stack([ask(part) for ask, _ in QUESTIONS.values()])
            for row, (customer, now) in enumerate(zip(who, at.astype(np.int64), strict=True)):
                events = [event for event in drawn.get(customer, []) if keeps(event)]
                past = between(events, None if begins is None else now - begins, now - ends)
                expected = [answer(past, now) for _, answer in QUESTIONS.values()]
                right = np.isclose(found[row], expected, rtol=1e-9, atol=1e-9, equal_nan=True)
                wrong = [name for name, good in zip(QUESTIONS, right, strict=True) if not good]
                assert not wrong, (population, window, customer)


@SEVERAL
@given(drawn=marked(), part=st.integers(1, 12), block=st.integers(1, 7), workers=st.integers(1, 3))
def test_it_is_the_history_of_the_log_without_the_rest_bit_by_bit(drawn, part, block, workers):
    """Also in parts, blocks and threads, and of one customer alone."""
    ids = kind_of_ids(drawn)
    log = quick(flat(drawn), ids)
    who, at = rows_of(log, list(drawn))
    for population in ("own", "activity"):
        kept = {name: [e for e in listed if KEPT[population](e)] for name, listed in drawn.items()}
        expected = everything(as_of(History(quick(flat(kept), ids)), who, at))
        seen = as_of(History(log), who, at, populations=WAYS)
        assert everything(seen.of(population)).tobytes() == expected.tobytes()
        # some of the rows, and from one population to another
        chosen = np.arange(who.size) % 2 == 0
        assert everything(seen.activity.only(chosen).of(population)).tobytes() == expected[chosen].tobytes()
        assert everything(seen.of(population).only(chosen)).tobytes() == expected[chosen].tobytes()
        one = history_of_one(log.events.filter(pc.equal(log.events["customer_id"], who[0])))
        alone = as_of(one, who[:1], at[:1], populations=WAYS).of(population)
        assert everything(alone).tobytes() == expected[:1].tobytes()
        with ExitStack() as stack:
            in_parts(stack, part, block, workers)
            found = np.full(expected.shape, -7.0)
            again = with_events(log, log.events)

            def ask(rows, seen, population=population):
                return rows, everything(seen.of(population))

            for rows, answers in each_part(again, who, at, ask, populations=WAYS):
                found[rows] = answers
        assert found.tobytes() == expected.tobytes()


not_own = events(st.integers(T - 40 * DAY, T - 1)).flatmap(
    lambda event: st.sampled_from([{"direction": "outbound"}, {"later": True}, {"kind": "call"}]).map(event.__or__)
)


@SEVERAL
@given(drawn=marked(), more=st.lists(st.tuples(st.integers(0, 3), not_own), min_size=1, max_size=8))
def test_what_is_not_the_customers_own_act_moves_nothing(drawn, more):
    ids, names = kind_of_ids(drawn), list(drawn)
    fuller = {who: [*listed, *(e for k, e in more if names[k] == who)] for who, listed in drawn.items()}
    logs = [quick(flat(each), ids) for each in (drawn, fuller)]
    who, at = rows_of(logs[0], names)
    own, with_more = (as_of(History(log), who, at, populations=WAYS).own for log in logs)
    assert everything(with_more).tobytes() == everything(own).tobytes()
    condition = WAYS.conditions["own"]
    for column in ("kind", "touchpoint"):
        known = [labels_before(log, column, CUTOFFS[0], where=condition) for log in logs]
        assert known[0] == known[1]


@pytest.mark.parametrize("ids", ["integer", "text"])
def test_parts_on_disk(ids):
    rng = np.random.default_rng(5)
    n = 30_000
    frame = pd.DataFrame(
        {
            "customer_id": rng.integers(0, 400, n),
            "timestamp": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 150 * 24, n), unit="h"),
            "kind": rng.choice(["visit", "Visit", "call", "mail", "fax"], n, p=[0.25, 0.25, 0.25, 0.2496, 0.0004]),
            "direction": rng.choice(["inbound", "outbound"], n),
            "touchpoint": rng.choice(["web", "store"], n),
            "value": rng.normal(size=n).round(2),
        }
    )
    if ids == "text":
        frame["customer_id"] = "c" + frame["customer_id"].astype(str)
    roles = {name: name for name in frame.columns}
    memory, disk = (
        read_interactions(frame, Schema(**roles, duplicates="keep"), memory_limit=limit) for limit in (None, "10MB")
    )
    assert len(disk.parts) > 1
    who = np.sort(frame["customer_id"].unique())
    at = np.full(who.size, np.datetime64("2024-04-01", "us"))

    def ask(rows, seen):
        views = [view for name in POPULATIONS for view in (seen.of(name), seen.of(name).last("30D"))]
        return rows, np.column_stack([answer for v in views for answer in (v.count(), v.sum("value"), v.age())])

    answers = []
    for log in (memory, disk):
        out = np.full((who.size, 18), -7.0)
        for rows, found in each_part(log, who, at, ask, populations=WAYS):
            out[rows] = found
        answers.append(out.tobytes())
    assert answers[0] == answers[1]
    conditions = list(WAYS.conditions.values())
    assert labels_by_condition(memory, ["kind"], at[0], conditions) == labels_by_condition(
        disk, ["kind"], at[0], conditions
    )
    past = frame[frame["timestamp"] < at[0]]
    holders = past.groupby("kind")["customer_id"].nunique()
    fewest = int(holders.max())
    assert set(holders < fewest) == {True, False}
    for log in (memory, disk):
        kept, rare = labels_by_condition(log, ["kind"], at[0], [None], fewest=fewest)[0]
        assert set(kept["kind"]) == set(holders[holders >= fewest].index)
        assert rare == {"kind": int((holders < fewest).sum())}
        spared = labels_by_condition(log, ["kind"], at[0], [None], fewest=fewest, spared={"kind": set(holders.index)})
        assert spared == labels_by_condition(log, ["kind"], at[0], [None])


def _log(rows: list[dict]) -> InteractionLog:
    nothing = dict.fromkeys(("known_at", "promised_at", *o.LABELS, *o.NUMBERS))
    return quick([{**nothing, "customer_id": 7, **row} for row in rows], "integer")


def test_the_labels_known_are_those_of_the_population():
    # visits twice, a purchase once; five mails by the company; a call that ends, a row that only says "resolved"
    rows = [{"timestamp": T - 9 * DAY + k, "kind": "visit"} for k in range(2)]
    rows += [{"timestamp": T - 8 * DAY, "kind": "purchase"}, {"timestamp": T - 7 * DAY, "kind": "call"}]
    rows += [{"timestamp": T - 6 * DAY + k, "kind": "mail", "direction": "outbound"} for k in range(5)]
    rows += [{"timestamp": T - 5 * DAY, "kind": "resolved", "later": True}, {"timestamp": T, "kind": "purchase"}]
    known = [
        found.labels
        for found in labels_by_condition(_log(rows), ["kind", "value"], CUTOFFS[0], list(WAYS.conditions.values()))
    ]
    assert known == [
        {"kind": ("mail", "visit", "call", "purchase", "resolved")},
        {"kind": ("visit", "purchase")},
        {"kind": ("visit",)},
    ]


def test_a_view_knows_the_labels_of_its_population_even_where_it_is_all_there_is():
    """A customer without a word from the company has only own events; the labels learned are those of own acts all the same."""
    log = _log([{"timestamp": T - DAY, "kind": "visit"}])
    known = {"kind": ("mail", "visit"), "kind@own": ("visit",)}
    seen = as_of(History(log), np.array([7]), CUTOFFS[:1], known=known)
    for view in (seen, seen.only(np.array([0]))):
        assert [view.of(name).known("kind") for name in POPULATIONS] == [
            ("mail", "visit"),
            ("visit",),
            ("mail", "visit"),
        ]
    assert seen.own.only(np.array([0])).known("kind") == ("visit",)
    assert (seen.own.own is seen.own, seen.own.all is seen, seen.activity.own is seen.own) == (True, True, True)


def test_where_nothing_is_left_out_nothing_is_copied():
    history = History(_log([{"timestamp": T - DAY, "kind": "visit"}, {"timestamp": T - 2 * DAY, "kind": "visit"}]))
    assert history.only(WAYS.conditions["own"]) is history
    assert history.only(None) is history
    some = history.only(where(kind="mail"))
    assert (len(some), some.offsets.tolist(), some.ids.tolist()) == (0, [0, 0], [7])


def test_columns_are_copied_when_they_are_asked_for():
    history = History(_log([{"timestamp": T - DAY, "kind": kind} for kind in ("visit", "call")]))
    own = history.only(WAYS.conditions["own"])
    assert own.columns.made == {}
    assert "value" not in history.columns.made
    own.columns["value"]
    assert list(own.columns.made) == ["value"]


def test_views_and_histories_go_when_nobody_holds_them():
    """Without waiting for the collector of circles: parts of a log on disk would stay in memory until then."""
    history = History(_log([{"timestamp": T - DAY, "kind": kind} for kind in ("visit", "call")]))
    seen = as_of(history, np.array([7]), CUTOFFS[:1], populations=WAYS)
    everything(seen.own)
    everything(seen.activity)
    held = [ref(seen), ref(seen.own), ref(history)]
    gc.disable()
    try:
        del seen, history
        assert [one() for one in held] == [None, None, None]
    finally:
        gc.enable()


def test_a_view_of_all_events_can_be_had_from_one_of_own_acts_alone():
    history = History(_log([{"timestamp": T - DAY, "kind": kind} for kind in ("visit", "call")]))
    own = as_of(history, np.array([7]), CUTOFFS[:1], populations=WAYS).own
    assert (own.count().tolist(), own.all.count().tolist(), own.activity.count().tolist()) == ([1.0], [2.0], [1.0])


def test_payments():
    # paid 10; an amount of 5 that became known later; what the company sent, gave back, took for the end: no payment
    rows = [
        {"timestamp": T - 5 * DAY, "kind": "purchase", "value": 10.0},
        {"timestamp": T - 4 * DAY, "kind": "paid", "value": 5.0, "later": True},
        {"timestamp": T - 3 * DAY, "kind": "refund", "value": -3.0},
        {"timestamp": T - 2 * DAY, "kind": "offer", "value": 7.0, "direction": "outbound"},
        {"timestamp": T - DAY, "kind": "call", "value": 99.0},
    ]
    seen = as_of(History(_log(rows)), np.array([7]), CUTOFFS[:1], populations=WAYS)
    assert seen.populations is WAYS
    assert seen.sum("value", WAYS.payments).tolist() == [15.0]
    assert seen.own.sum("value").tolist() == [7.0]


def test_no_such_population():
    seen = as_of(History(_log([{"timestamp": T, "kind": "visit"}])), np.array([7]), CUTOFFS[:1])
    with pytest.raises(UsageError, match="there is no population 'owned'") as caught:
        seen.of("owned")
    assert "'own'" in str(caught.value)
    assert "all, own, activity" in str(caught.value)
