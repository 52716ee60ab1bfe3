"""Laws 1, 2 and 4 of the design, for every question at once and bit for bit."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pyarrow.compute as pc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn.history import History, Seen, as_of, each_part, labels_before
from cxchurn.history.asking import _asking as asking
from cxchurn.interactions import InteractionLog, known_before, with_events

from ._oracle import DAY
from .history_questions import QUESTIONS
from .history_rows import T, customers, events, flat, kind_of_ids, quick, read

SEVERAL = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CUTOFF = np.datetime64(T, "us")
future = events(st.one_of(st.just(T), st.integers(T, T + 20 * DAY)))


def answers(log: InteractionLog, who: list, cutoffs: np.ndarray | None = None) -> bytes:
    """Every answer over three windows, as bytes."""
    at = np.full(len(who), CUTOFF) if cutoffs is None else cutoffs
    return _all(as_of(History(log), np.array(who, dtype=object if log.ids == "text" else np.int64), at)).tobytes()


def _all(seen: Seen) -> np.ndarray:
    views = (seen, seen.last("7D"), seen.before("30D"))
    return np.column_stack([ask(view) for view in views for ask, _ in QUESTIONS.values()])


@SEVERAL
@given(drawn=customers(), later=st.lists(st.tuples(st.integers(0, 3), future), max_size=6))
def test_nothing_at_or_after_the_cutoff_moves_an_answer(drawn, later):
    ids, who = kind_of_ids(drawn), list(drawn)
    log = quick(flat(drawn), ids)
    more = flat(drawn) + [{**event, "customer_id": who[i], "kind": "a new kind"} for i, event in later]
    expected = answers(known_before(log, CUTOFF), who)
    assert answers(log, who) == expected
    assert answers(quick(more, ids), who) == expected
    for column in ("kind", "touchpoint"):
        past = labels_before(known_before(log, CUTOFF), column, CUTOFF)
        assert labels_before(quick(more, ids), column, CUTOFF) == past


@SEVERAL
@given(drawn=customers(), data=st.data())
def test_the_order_of_the_rows_moves_no_answer(drawn, data):
    log, who = quick(flat(drawn), kind_of_ids(drawn)), list(drawn)
    order = data.draw(st.permutations(range(len(log))))
    assert answers(with_events(log, log.events.take(order)), who) == answers(log, who)


@SEVERAL
@given(drawn=customers())
def test_other_customers_and_other_rows_move_no_answer(drawn):
    log, who = quick(flat(drawn), kind_of_ids(drawn)), list(drawn)
    alone = (with_events(log, log.events.filter(pc.equal(log.events["customer_id"], customer))) for customer in who)
    assert b"".join(answers(one, [customer]) for one, customer in zip(alone, who, strict=True)) == answers(log, who)


@settings(SEVERAL, max_examples=8)
@given(drawn=customers(), size=st.integers(1, 5))
def test_blocks_and_threads_move_no_answer(drawn, size):
    log = quick(flat(drawn), kind_of_ids(drawn))
    who = list(drawn) * 3
    cutoffs = CUTOFF - np.arange(len(who)) * np.timedelta64(36, "h")
    expected = answers(log, who, cutoffs)
    ids = np.array(who, dtype=object if log.ids == "text" else np.int64)
    found = np.empty((len(who), len(expected) // len(who) // 8))
    with mock.patch.object(asking, "_BLOCK", size):
        for rows, some in each_part(log, ids, cutoffs, lambda rows, seen: (rows, _all(seen))):
            found[rows] = some
    assert found.tobytes() == expected


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=customers())
def test_the_quick_way_to_a_log_gives_the_same_log(drawn):
    log, quickly = read(flat(drawn)), quick(flat(drawn), kind_of_ids(drawn))
    assert quickly.events.equals(log.events)
