"""A log in parts, its rows in blocks, windows inside windows: nothing of it moves an answer by a bit."""

from __future__ import annotations

from contextlib import ExitStack
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core.running import _threads as threads
from cxchurn.history import (
    History,
    Seen,
    as_of,
    ask_as_of,
    by_label,
    count_between,
    each_part,
    histories_of,
    history_of,
    no_rows,
    where,
)
from cxchurn.history.asking import _asking as asking
from cxchurn.history.data import _histories as parts
from cxchurn.interactions import InteractionLog, with_events

from ._oracle import DAY, LABELS, NUMBERS
from .history_questions import QUESTIONS
from .history_rows import STRANGER, T, customers, flat, kind_of_ids, quick
from .test_laws import SEVERAL

CUTOFF = np.datetime64(T, "us")
NUMBERS_AND_LABELS = ("known_at", "promised_at", *LABELS, *NUMBERS)
WINDOWS = ("7D", "30D", "45D", "400D")


def everything(seen: Seen) -> np.ndarray:
    views = (seen, seen.last("7D"), seen.last("30D"), seen.before("30D"))
    return np.column_stack([ask(view) for view in views for ask, _ in QUESTIONS.values()])


def in_parts(stack: ExitStack, part: int, block: int, workers: int) -> None:
    stack.enter_context(mock.patch.object(parts, "PART", part))
    stack.enter_context(mock.patch.object(asking, "_BLOCK", block))
    stack.enter_context(mock.patch.object(threads, "processors", return_value=workers))


def rows_of(log: InteractionLog, who: list) -> tuple[np.ndarray, np.ndarray]:
    """Everybody at several cut-offs, and somebody without any event."""
    asked = [*who, STRANGER[log.ids]] * 3
    return np.array(asked, dtype=object if log.ids == "text" else np.int64), CUTOFF - np.arange(
        len(asked)
    ) * 36 * DAY // 24


@SEVERAL
@given(drawn=customers(), part=st.integers(1, 12), block=st.integers(1, 7), workers=st.integers(1, 3))
def test_parts_blocks_and_threads_move_no_answer(drawn, part, block, workers):
    who, at = rows_of(log := quick(flat(drawn), kind_of_ids(drawn)), list(drawn))
    expected = everything(as_of(History(log), who, at))
    with ExitStack() as stack:
        in_parts(stack, part, block, workers)
        found = np.full(expected.shape, -7.0)
        again = with_events(log, log.events)
        for rows, answers in each_part(again, who, at, lambda rows, seen: (rows, everything(seen))):
            found[rows] = answers
        assert found.tobytes() == expected.tobytes()
        outcome = count_between(again, who, at, at + 20 * DAY, where(kind="visit"), clock="happened")
    assert outcome.tolist() == count_between(log, who, at, at + 20 * DAY, where(kind="visit")).tolist()


@SEVERAL
@given(drawn=customers(), part=st.integers(1, 9))
def test_everybody_is_in_one_part(drawn, part):
    log = quick(flat(drawn), kind_of_ids(drawn))
    with mock.patch.object(parts, "PART", part):
        found = histories_of(with_events(log, log.events))
        pieces = [found.history(k) for k in range(len(found))]
    whole = History(log)
    assert found.ids.tolist() == whole.ids.tolist()
    assert found.began.tolist() == [whole.place[at] for at in whole.offsets[:-1]]
    assert [pieces[part].ids[local] for part, local in zip(found.part, found.local, strict=True)] == whole.ids.tolist()
    assert sum(len(piece) for piece in pieces) == len(log)


def numbers(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(-1e6, 1e6), min_size=count, max_size=count)


@settings(max_examples=60, deadline=None)
@given(
    values=numbers(30),
    order=st.permutations(range(len(WINDOWS))),
    ages=st.lists(st.integers(0, 60), min_size=30, max_size=30),
)
def test_a_window_answers_the_same_whatever_was_asked_before(values, order, ages):
    labels = ["web", "store", "app"]
    rows = [
        {
            "customer_id": 1 + i % 2,
            "timestamp": T - age * DAY,
            "kind": "visit",
            "value": value,
            "touchpoint": labels[i % 3],
        }
        for i, (age, value) in enumerate(zip(ages, values, strict=True))
    ]
    nothing = dict.fromkeys(NUMBERS_AND_LABELS)
    log = quick([{**nothing, **row} for row in rows], "integer")

    def ask(window):
        shares = by_label(window, "touchpoint", ("app", "web"), "value")
        statistics = (window.sum("value"), window.mean("value"), window.min("value"), window.max("value"))
        return np.concatenate([*statistics, *shares.events, *shares.total]).tobytes()

    who, at = np.array([1, 2]), np.full(2, CUTOFF)
    alone = [ask(as_of(History(log), who, at).last(window)) for window in WINDOWS]
    whole = ask(as_of(History(log), who, at))
    seen = as_of(History(log), who, at)
    nested = seen.last(WINDOWS[order[0]])
    assert [ask(seen.last(WINDOWS[k])) for k in order] == [alone[k] for k in order]
    assert ask(seen) == whole
    # a window inside a window that ends at the same instant is the narrower of the two
    narrow = min(order[0], order[1])
    assert ask(nested.last(WINDOWS[order[1]])) == alone[narrow]


def test_what_several_builders_share_cannot_be_changed():
    log = quick([], "integer")
    answer = as_of(History(log), np.array([7]), np.full(1, CUTOFF)).sum("value")
    with pytest.raises(ValueError, match="read-only"):
        answer += 1


def test_no_rows_and_no_events():
    log = quick([], "integer")
    assert histories_of(log).ids.tolist() == []
    nobody_there = np.array([], dtype=np.int64), np.array([], dtype="datetime64[us]")
    assert ask_as_of(log, *nobody_there, Seen.count).shape == (0,)
    assert ask_as_of(log, np.array([7]), np.full(1, CUTOFF), Seen.count).tolist() == [0]
    assert no_rows(log).count().shape == (0,)
    with mock.patch.object(parts, "PART", 1):
        log = quick(
            [{**dict.fromkeys(NUMBERS_AND_LABELS), "customer_id": i, "timestamp": T, "kind": "visit"} for i in (1, 2)],
            "integer",
        )
        assert len(histories_of(log)) == 2
        assert ask_as_of(log, *nobody_there, Seen.count).shape == (0,)


def test_columns_are_made_when_they_are_asked_for():
    log = quick([], "integer")
    seen = no_rows(log)
    seen.mean("value", where(kind="visit"))
    assert seen.asked_for() == ("kind", "value")
    assert "score" in history_of(log).columns
    with pytest.raises(KeyError):
        history_of(log).columns["plan"]


def test_customers_far_apart_in_number():
    nothing = dict.fromkeys(NUMBERS_AND_LABELS)
    ids = [-(2**60), 5, 2**62, 5]
    rows = [{**nothing, "customer_id": one, "timestamp": T - 5 * DAY, "kind": "visit", "value": 1.0} for one in ids]
    log = quick(rows, "integer")
    assert histories_of(log).ids.tolist() == [-(2**60), 5, 2**62]
    who = np.array([2**62, 5, -(2**60), 6])
    assert ask_as_of(log, who, np.full(4, CUTOFF), Seen.count).tolist() == [1, 2, 1, 0]


def test_a_row_that_is_late_finds_its_place():
    """Events that come in any order of time are in order in the history, ties in order of what they say."""
    rng = np.random.default_rng(0)
    nothing = dict.fromkeys(NUMBERS_AND_LABELS)
    ages, values = rng.integers(0, 40, 500), rng.integers(0, 5, 500)
    rows = [
        {**nothing, "customer_id": int(who), "timestamp": T - int(age) * DAY, "kind": "visit", "value": float(value)}
        for who, age, value in zip(rng.integers(0, 7, 500), ages, values, strict=True)
    ]
    history = History(quick(rows, "integer"))
    owner = np.repeat(history.ids, np.diff(history.offsets))
    found = list(zip(owner, history.place, history.columns["value"].values, strict=True))
    assert found == sorted((row["customer_id"], row["timestamp"], row["value"]) for row in rows)


def test_a_customer_whose_events_come_backwards():
    """More moves than are worth making one by one: those events are sorted as a whole."""
    nothing = dict.fromkeys(NUMBERS_AND_LABELS)
    rows = [
        {
            **nothing,
            "customer_id": 1 + (i % 40 == 0),
            "timestamp": T - (i // 2) * DAY,
            "kind": "visit",
            "value": float(i % 7),
        }
        for i in range(400)
    ]
    history = History(quick(rows, "integer"))
    owner = np.repeat(history.ids, np.diff(history.offsets))
    found = list(zip(owner, history.place, history.columns["value"].values, strict=True))
    assert found == sorted((row["customer_id"], row["timestamp"], row["value"]) for row in rows)
