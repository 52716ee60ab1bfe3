from __future__ import annotations

from datetime import datetime

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.interactions import Later, Schema, read_interactions

from .interaction_rows import NOW, row

BASE = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind"}


def day(number: int) -> datetime:
    return datetime(2024, 5, number)


def test_a_row_takes_its_place_when_it_became_known(read):
    rows = [row("a", day(1), known_at=day(3)), row("b", day(2), known_at=day(1)), row("c", day(2), known_at=None)]
    # the later of happened and known: day 3; day 2 (known cannot come first); day 2
    assert read(rows).events["known_at"].to_pylist() == [day(3), day(2), day(2)]
    assert read(rows).events["timestamp"].to_pylist() == [day(1), day(2), day(2)]


def test_a_later_known_value_becomes_an_event_of_its_own(read):
    schema = Schema(
        **BASE,
        known_at="known_at",
        touchpoint="touchpoint",
        case_id="case_id",
        wait_s="wait_s",
        resolved="resolved",
        measures=("effort",),
        later=(Later(at="resolved_at", columns=("resolved", "effort")),),
    )
    shared = {"touchpoint": "web", "case_id": "K", "wait_s": 5.0, "resolved": True, "effort": 2.0}
    rows = [
        row("a", day(1), known_at=day(2), resolved_at=day(4), **shared),
        row("b", day(1), known_at=day(5), resolved_at=day(4), **shared),
        row("c", day(1), known_at=None, resolved_at=None, **{**shared, "resolved": None, "effort": None}),
    ]
    events = read(rows, schema).events.to_pylist()
    assert [event["later"] for event in events] == [False, False, False, True, True]
    assert all(event["resolved"] is None and event["effort"] is None and event["wait_s"] == 5.0 for event in events[:3])
    first, second = events[3:]
    moment = {"timestamp": day(4), "known_at": day(4)}
    said = {
        "kind": "resolved",
        "touchpoint": "web",
        "case_id": "K",
        "resolved": True,
        "effort": 2.0,
        "wait_s": None,
        "later": True,
    }
    assert first == {"customer_id": "a", **moment, **said}
    # b's row was known on day 5 only, so nothing of it can be known on day 4
    assert second == {"customer_id": "b", "timestamp": day(5), "known_at": day(5), **said}


def test_a_later_score_takes_its_scale_along(read):
    schema = Schema(
        **BASE,
        score="score",
        score_type="score_type",
        later=(Later(at="answered_at", columns=("score",), kind="answer"),),
    )
    events = read([row(score=9, score_type="nps", answered_at="2024-05-02")], schema).events.to_pylist()
    assert [(event["kind"], event["score"], event["score_type"]) for event in events] == [
        ("visit", None, "nps"),
        ("answer", 9.0, "nps"),
    ]


def test_several_laters_each_make_their_events(read):
    schema = Schema(**BASE, value="value", later=(Later(at="paid_at", columns=("value",)), Later(at="closed_at")))
    events = read([row(value=5, paid_at=day(2), closed_at=day(3))], schema).events.to_pylist()
    assert [(event["kind"], event["timestamp"], event["value"]) for event in events] == [
        ("visit", datetime(2024, 5, 1, 10), None),
        ("paid", day(2), 5.0),
        ("closed", day(3), None),
    ]


once = Schema(
    **BASE,
    case_id="case_id",
    value="value",
    duplicates="keep",
    later=(Later(at="at", columns=("value",), kind="end", once_per="case_id"),),
)
few = settings(max_examples=10, deadline=None)
cases = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(1, 3),
        st.sampled_from(["K1", "K2", None]),
        st.integers(1, 3),
        st.none() | st.integers(1, 4),
    )
    # an end before its start is refused
    .map(lambda one: (*one[:4], one[4] and max(one[1], one[4]))),
    min_size=1,
    max_size=20,
)


def ends(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "timestamp", "case_id", "value", "at"]).assign(kind="visit")
    frame["timestamp"] = [day(d) for d in frame["timestamp"]]
    frame["at"] = pd.Series([None if pd.isna(d) else day(int(d)) for d in frame["at"]], dtype="datetime64[us]")
    frame["value"] = frame["value"].where(frame["at"].notna())
    frame["case_id"] = frame["case_id"].astype(object)
    events = read_interactions(frame, once, now=NOW).events.to_pylist()
    return [(e["customer_id"], e["case_id"], e["timestamp"], e["value"]) for e in events if e["later"]]


@few
@given(cases)
def test_once_per_case_keeps_the_earliest_of_each_customers_matter(rows):
    known = [(c, k, day(at), max(day(at), day(t)), float(v)) for c, t, k, v, at in rows if at is not None]
    best: dict = {}
    for c, k, at, place, value in known:
        if k is not None:
            best.setdefault((c, k), []).append((at, place, value))
    found = ends(rows)
    assert sorted(pair[:2] for pair in found if pair[1]) == sorted(best)
    for c, k, timestamp, _ in found:
        if k is not None:
            earliest = min(at for at, _, _ in best[c, k])
            assert timestamp in {place for at, place, _ in best[c, k] if at == earliest}
    # rows without a case each stand for themselves
    assert len([1 for pair in found if pair[1] is None]) == len([1 for each in known if each[1] is None])


@few
@given(cases, st.randoms())
def test_later_events_do_not_depend_on_the_order_of_rows(rows, chance):
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    order = lambda found: sorted(found, key=repr)  # noqa: E731
    assert order(ends(rows)) == order(ends(shuffled))
