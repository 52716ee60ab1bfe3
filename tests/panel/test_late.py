from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.interactions import known_before
from cxchurn.panel import Cancellation, Inactivity, make_panel

from .panel_rows import at, iso_days, log_of, rows_drawn

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LEAVING = Cancellation(horizon="10D")


def test_who_had_ended_though_it_became_known_later_is_left_out():
    rows = [
        ("a", 0, "visit"),
        ("b", 0, "visit"),
        ("b", 8, "cancel", 12),  # gone on day 10, known on day 12
        ("c", 0, "visit"),
        ("c", 7, "cancel", 13),
        ("c", 9, "purchase", 15),  # and back on day 9
        ("d", 0, "visit"),
        ("d", 11, "cancel", 12),  # left after day 10
        ("e", 0, "visit"),
        ("e", 8, "cancel", 9),  # known in time: not asked about
        ("a", 60, "visit"),
    ]
    panel = make_panel(log_of(rows, 61), LEAVING, cutoffs=iso_days(10))
    assert dict(zip(panel.frame["customer_id"], panel.y, strict=True)) == {"a": 0, "c": 0, "d": 1}
    assert panel.summary[["eligible", "churned", "refused", "known_late"]].values.tolist() == [[4, 1, 0, 1]]
    assert panel.take(np.array([0])).summary["known_late"].tolist() == [1]
    assert any(note.startswith("1 row is left out: the customer had ended by then") for note in panel.notes)
    # c's and the others' cancellations took one, one, four and six days
    assert any("became known later than they happened" in note for note in panel.notes)


def test_nobody_is_left_over():
    with pytest.raises(DataError, match="all 1 rows are left out"):
        make_panel(log_of([("b", 0, "visit"), ("b", 8, "cancel", 12)], 61), LEAVING, cutoffs=iso_days(10))


def test_training_labels_are_those_known_at_the_first_test_cutoff():
    rows = [
        *((name, day, "visit") for name in "abc" for day in (0, 40)),
        ("a", 12, "cancel", 35),  # within [10, 20), known after day 30
        ("b", 13, "cancel", 29),
        ("c", 33, "cancel", 34),
    ]
    log = log_of(rows, 61)
    train, test = make_panel(log, Cancellation(horizon="10D", returns=("visit",)), cutoffs=iso_days(10, 30)).split(
        iso_days(30)[0]
    )
    assert dict(zip(train.frame["customer_id"], train.y, strict=True)) == {"a": 0, "b": 1, "c": 0}
    assert train.relabelled == 1
    assert train.summary["churned"].tolist() == [1]
    assert "1 label is that known at the first test cut-off" in train.notes[-1]
    # a is gone at day 30, which became known later: left out
    assert dict(zip(test.frame["customer_id"], test.y, strict=True)) == {"c": 1}
    assert test.relabelled == 0


@pytest.mark.parametrize("churn", [Inactivity("10D"), LEAVING])
def test_training_labels_are_what_a_log_read_then_would_have_said(churn):
    draw = np.random.default_rng(4)
    kinds = draw.choice(["visit", "cancel", "purchase"], 400, p=[0.7, 0.1, 0.2])
    happened = draw.uniform(0, 60, 400)
    known = happened + draw.exponential(20, 400) * (draw.random(400) < 0.5)
    rows = [(int(k % 40), *row) for k, row in enumerate(zip(happened, kinds, known, strict=True))]
    rows += [(99, 0, "visit"), (99, 70, "visit")]
    log = log_of(rows, 71)
    train, _ = make_panel(log, churn, cutoffs=iso_days(20, 30, 40, 55)).split(iso_days(55)[0])
    then = known_before(log, iso_days(55)[0])
    expected = churn.churned(then, train.frame["customer_id"].to_numpy(), train.cutoffs)
    assert train.y.tolist() == expected.astype(int).tolist()
    assert train.relabelled > 0


@SOME
@given(
    rows=rows_drawn,
    late=st.lists(
        st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 20), st.sampled_from(["cancel", "visit"])), max_size=6
    ),
    days=st.lists(st.integers(1, 15), min_size=1, max_size=3, unique=True),
    churn=st.sampled_from(
        [
            Cancellation(horizon="5D", gap="2D", returns="any"),
            Cancellation(horizon="5D", returns=("purchase",)),
            Inactivity("5D", ended_by=("cancel",), gap="1D"),
        ]
    ),
)
def test_a_training_part_is_the_panel_of_a_log_read_then(rows, late, days, churn):
    """Rows and labels alike: whoever is left out for what became known later was not left out then."""
    # every kind is there in time, and somebody to ask about; what is late becomes known after the split, on day 28
    more = [(8, 0, "purchase"), (8, 0.5, "cancel"), (9, 24, "visit"), *((*row, 28) for row in late)]
    log, first = log_of([*rows, *more], 40), at(25)
    train, _ = make_panel(log, churn, cutoffs=iso_days(*days, 25)).split(first)
    then = make_panel(known_before(log, first), churn, cutoffs=iso_days(*days))
    columns = ["cutoff", "customer_id", "churned", "already_silent"]
    pd.testing.assert_frame_equal(
        train.frame[columns], then.frame[columns].sort_values(["cutoff", "customer_id"], ignore_index=True)
    )


def test_the_delay_is_measured_and_said_where_there_is_one():
    rows = [("a", day, "visit", day + (0.5 if day % 2 else 4)) for day in range(20)] + [("a", 40, "visit")]
    # ten of 21 visits took four days, ten half a day
    notes = make_panel(log_of(rows, 41), Inactivity("10D"), cutoffs=iso_days(25)).notes
    (note,) = [note for note in notes if "known later" in note]
    assert note.startswith("95% of the events that decide an outcome became known later than they happened")
    assert "half of these within 2.2 days, 95% within 4.0 days" in note
    prompt = make_panel(log_of([("a", 0, "visit"), ("a", 30, "visit")]), Inactivity("10D"), cutoffs=iso_days(5))
    assert not any("known later" in note for note in prompt.notes)
