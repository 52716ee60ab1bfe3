from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cxchurn.history import History, age_by_label, as_of, by_label, label_is

from . import _oracle as o
from .history_questions import Worth, worth
from .history_rows import T, customers, flat, kind_of_ids, quick
from .test_laws import CUTOFF, SEVERAL

# one is nowhere in the log, and "app" is left out
PLACES = ("web", "fax", "store")


@SEVERAL
@given(drawn=customers())
def test_each_label_by_itself(drawn):
    seen = as_of(History(quick(flat(drawn), kind_of_ids(drawn))), np.array(list(drawn)), np.full(len(drawn), CUTOFF))
    recent = seen.last("7D")
    all_events, worths = by_label(recent, "touchpoint", PLACES), by_label(recent, "touchpoint", PLACES, Worth())
    for row, events in enumerate(drawn.values()):
        for at, place in enumerate(PLACES):
            there = [e for e in o.between(events, T - 7 * o.DAY, T) if e["touchpoint"] == place]
            values = [worth(e) for e in there if worth(e) is not None]
            assert (all_events.events[at, row], all_events.total[at, row]) == (len(there), len(there))
            assert (worths.events[at, row], worths.total[at, row]) == (len(values), pytest.approx(sum(values)))
            assert worths.mean()[at, row] == pytest.approx(o.mean(values), nan_ok=True)
            assert np.isnan(worths.mean(least=2)[at, row]) == (len(values) < 2)


def test_a_column_the_log_lacks_has_no_labels():
    seen = as_of(History(quick([], "integer")), np.array([7, 1]), np.full(2, CUTOFF))
    assert by_label(seen, "plan", ("gold",)).events.tolist() == [[0.0, 0.0]]


@SEVERAL
@given(drawn=customers())
def test_the_age_of_each_label_is_that_of_its_last_event(drawn):
    seen = as_of(History(quick(flat(drawn), kind_of_ids(drawn))), np.array(list(drawn)), np.full(len(drawn), CUTOFF))
    for window in (seen, seen.last("7D"), seen.before("7D")):
        ages = age_by_label(window, "touchpoint", PLACES)
        np.testing.assert_array_equal(ages, [window.age(label_is("touchpoint", place)) for place in PLACES])


def test_a_column_the_log_lacks_has_labels_of_no_age():
    seen = as_of(History(quick([], "integer")), np.array([7, 1]), np.full(2, CUTOFF))
    assert np.isnan(age_by_label(seen, "plan", ("gold",))).tolist() == [[True, True]]


def test_what_others_are_answered_too_can_not_be_written():
    seen = as_of(History(quick([], "integer")), np.array([7, 1]), np.full(2, CUTOFF))
    for answer in (*by_label(seen, "touchpoint", PLACES), *by_label(seen, "touchpoint", PLACES, Worth())):
        with pytest.raises(ValueError, match="read-only"):
            answer[0, 0] = 5.0
