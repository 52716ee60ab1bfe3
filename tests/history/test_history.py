from __future__ import annotations

import gc
import weakref

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.history import History, as_of, asked_between, count_between, histories_of, history_of, labels_before, where
from cxchurn.interactions import InteractionLog, Schema, known_before, read_interactions

NOON = np.datetime64("2024-03-10T12:00", "us")


def log_of(rows: list[tuple], *more: str, **schema) -> InteractionLog:
    columns = ("customer_id", "timestamp", "kind", *more)
    names = {name: name for name in columns if name not in schema.get("categories", ())}
    return read_interactions(pd.DataFrame(rows, columns=columns), Schema(**names, duplicates="keep", **schema))


@pytest.fixture(scope="module")
def small() -> InteractionLog:
    return log_of(
        [
            ("b", "2024-03-10T12:00:00", "visit", None),
            ("a", "2024-03-03T12:00:00", "visit", None),
            ("a", "2024-03-03T11:59:59.999999", "call", None),
            ("a", "2024-03-10T11:59:59.999999", "call", "2024-03-10T12:00:00"),
            ("a", "2024-03-08T00:00:00", "purchase", "2024-03-01T00:00:00"),
        ],
        "known_at",
    )


def test_events_stand_by_customer_then_time(small):
    history = History(small)
    assert history.ids.tolist() == ["a", "b"]
    assert history.offsets.tolist() == [0, 4, 5]
    places = history.place.astype("datetime64[us]").astype("datetime64[h]").astype(str).tolist()
    # known before it happened: its place is when it happened; known later: its place is when it became known
    assert places == ["2024-03-03T11", "2024-03-03T12", "2024-03-08T00", "2024-03-10T12", "2024-03-10T12"]
    assert len(history) == 5
    assert repr(history) == "History(5 events of 2 customers)"


def test_events_at_the_edges_of_a_window(small):
    seen = as_of(History(small), np.array(["a", "b", "c"], dtype=object), np.full(3, NOON))
    # a: three events known before noon (the call is known at noon), b: one at noon itself, c: none
    assert seen.count().tolist() == [3, 0, 0]
    # 7 days before noon: 12:00:00 of 3 March is inside, a microsecond earlier is not
    assert seen.last("7D").count().tolist() == [2, 0, 0]
    assert seen.before("7D").count().tolist() == [1, 0, 0]


def test_labels_run_on_the_clock_of_happening(small):
    assert history_of(small, clock="happened") is not history_of(small)
    who = np.array(["a", "b", "c"], dtype=object)
    start = np.full(3, np.datetime64("2024-03-10T11:00", "us"))
    # the call happened before noon, though it was known at noon; the visit of b happened at noon, the end of the window
    assert count_between(small, who, start, np.full(3, NOON)).tolist() == [1, 0, 0]
    assert count_between(small, who, start, NOON + np.zeros(3, "timedelta64[us]") + 1).tolist() == [1, 1, 0]
    assert count_between(small, who, start, np.full(3, NOON), where(kind="visit")).tolist() == [0, 0, 0]
    assert count_between(small, who, np.full(3, NOON), start).tolist() == [0, 0, 0]


def test_an_answer_of_another_type_is_refused_and_not_changed(small):
    who, start = np.array(["a"], dtype=object), np.full(1, np.datetime64("2024-03-10T11:00", "us"))
    with pytest.raises(UsageError, match="answered with float64 and asked as bool"):
        asked_between(small, who, start, np.full(1, NOON), lambda window: window.count())
    assert asked_between(small, who, start, np.full(1, NOON), lambda window: window.count() > 0).tolist() == [True]


def test_a_history_is_made_once_a_log_and_goes_with_it():
    log = log_of([("a", "2024-03-10", "visit")])
    history = history_of(log)
    assert history_of(log) is history
    # everything was known at once: both clocks are one
    assert history_of(log, clock="happened") is history
    gone = weakref.ref(history)
    del log, history
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("ids", "asked"),
    [
        ([3, 1, 2], np.array([1, 2, 9], dtype=np.int32)),
        ([3, 1, 2], np.array([1.0, 2.0, 9.0])),
        ([3, 1, 2], np.array([1, 2, 9], dtype=object)),
        ([3, 1, 2], pd.array([1, 2, 9], dtype="Int64")),
        ([3, 1, 2], pd.array([1, 2, None], dtype="Int64")),
        (["c", "a", "b"], np.array(["a", "b", "x"])),
        (["c", "a", "b"], np.array(["a", "b", None], dtype=object)),
        (["c", "a", "b"], pd.array(["a", "b", None], dtype="string")),
        (["c", "a", "b"], pd.Series(["a", "b", "x"])),
        (["c", "a", "b"], pd.Categorical(["a", "b", "x"])),
    ],
)
def test_ids_are_found_whatever_they_are_kept_in(ids, asked):
    log = log_of([(one, "2024-03-01", "visit") for one in ids])
    assert History(log).positions(asked).tolist() == [0, 1, -1]
    assert as_of(History(log), asked, np.full(3, NOON)).count().tolist() == [1, 1, 0]


def test_text_is_never_taken_for_a_number():
    log = log_of([(1, "2024-03-01", "visit")])
    assert History(log).positions(np.array(["1"], dtype=object)).tolist() == [-1]


def test_a_log_of_which_nothing_is_left(small):
    empty = known_before(small, "2024-01-01")
    seen = as_of(History(empty), np.array(["a"], dtype=object), np.full(1, NOON))
    assert seen.count(where(kind="visit")).tolist() == [0]
    assert seen.active_days().tolist() == [0]
    assert np.isnan(seen.age()).all()
    assert np.isnan(seen.gaps("mean", daily=True)).all()
    assert np.isnan(seen.last("7D").latest_gap()).all()
    assert labels_before(empty, "kind", NOON) == ()


def test_no_row_at_all(small):
    seen = as_of(History(small), np.array([], dtype=object), np.array([], dtype="datetime64[us]"))
    assert seen.last("7D").count().shape == (0,)
    assert seen.gaps("mean").shape == (0,)


def test_ties_are_ordered_by_what_the_events_say():
    rows = [
        ("a", "2024-03-01", "visit", value, label)
        for value, label in ((2.0, "x"), (1.0, "y"), (None, "x"), (1.0, None))
    ]
    for order in (rows, rows[::-1]):
        log = log_of(order, "value", "plan", categories=("plan",))
        # by plan first (missing, x, x, y), then by value (missing last): 1, 2, missing, 1
        assert History(log).columns["value"].values.tolist()[:2] == [1.0, 2.0]
        assert History(log).columns["value"].values[3] == 1.0
        assert np.isnan(History(log).columns["value"].values[2])


def test_labels_before_an_instant_come_by_frequency_then_text():
    kinds = ["b", "a", "c", "c", "d", "d", "d"]
    times = [*(f"2024-03-0{day}" for day in range(1, 6)), "2024-03-10T12:00:00", "2024-03-11"]
    log = log_of([("x", at, kind) for at, kind in zip(times, kinds, strict=True)])
    # before noon of 10 March: c twice, a, b and d once each (the second d is at noon itself)
    assert labels_before(log, "kind", NOON) == ("c", "a", "b", "d")
    assert labels_before(log, "kind", NOON, most=2) == ("c", "a")
    assert labels_before(log, "kind", NOON + np.timedelta64(1, "us")) == ("c", "d", "a", "b")
    assert labels_before(log, "touchpoint", NOON) == ()
    assert labels_before(log, "timestamp", NOON) == ()


def test_zeros_of_either_sign_are_one_number():
    # alike in all columns, so their order is that of the rows: what is answered must not depend on it
    rows = [("a", "2024-03-01", "visit", value) for value in (0.0, -0.0)]
    for order in (rows, rows[::-1]):
        seen = as_of(History(log_of(order, "value")), np.array(["a"], dtype=object), np.full(1, NOON))
        assert not np.signbit([seen.latest("value")[0], seen.earliest("value")[0], seen.min("value")[0]]).any()


@pytest.mark.parametrize("no_log", ["interactions.parquet", None])
def test_what_is_no_log_is_refused_in_words(no_log):
    with pytest.raises(UsageError, match=f"the log is a {type(no_log).__name__}") as error:
        histories_of(no_log)
    assert "cx.read_interactions" in str(error.value)
