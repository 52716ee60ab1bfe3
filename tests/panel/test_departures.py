"""What ends a customer is decided on the log, once, and said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from cxchurn._core import UsageError
from cxchurn.features import FeatureSet, Recency
from cxchurn.history import Populations, where
from cxchurn.interactions import Later, Schema, known_before, read_interactions
from cxchurn.panel import Cancellation, Inactivity, make_panel, populations_on

from .panel_rows import ORIGIN, at, gone, is_activity, log_of, place, rows_drawn

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def leaving(again: int, customers: int = 10, kind: str = "cancel", back: float = 14) -> list[tuple]:
    """So many customers with one at day 10, some of whom are active again on a later day."""
    rows: list[tuple] = [(f"c{k}", 0, "visit") for k in range(customers)]
    rows += [(f"c{k}", 10, kind) for k in range(customers)]
    return rows + [(f"c{k}", back, "visit") for k in range(again)]


MICRO = 1 / 86_400_000_000


@pytest.mark.parametrize(
    ("rows", "until", "ends"),
    [
        (leaving(0), 40, ("cancel",)),
        (leaving(2), 40, ("cancel",)),  # a fifth
        (leaving(3), 40, ()),
        (leaving(3, back=10), 40, ("cancel",)),  # at the very instant of the end: part of it
        (leaving(3, back=10 + MICRO), 40, ()),
        (leaving(3, back=30), 40, ()),  # [10, 30] is the horizon after it
        (leaving(3, back=30 + 2 * MICRO), 40, ("cancel",)),  # after it they are another life
        (leaving(0), 30, ("cancel",)),  # their 20 days are just over
        (leaving(0), 29.9, ()),  # not over: nothing is shown
        (leaving(0, kind="Account closed"), 40, ("Account closed",)),
        (leaving(0, kind="UNSUBSCRIBE"), 40, ("UNSUBSCRIBE",)),
        (leaving(0, kind="complaint"), 40, ()),  # sounds like no end
        (leaving(0, kind="closed"), 40, ()),  # tickets are closed too
        # what the company sends, or another such kind, is no sign of life
        ([*leaving(0), *((f"c{k}", 12, "visit", None, "outbound") for k in range(9))], 40, ("cancel",)),
        ([*leaving(0), *((f"c{k}", 12, "churned") for k in range(9))], 40, ("cancel", "churned")),
    ],
)
def test_a_kind_ends_a_customer_where_the_log_shows_it(rows, until, ends):
    log = log_of(rows, until)
    decided = Inactivity("20D").resolved(log)
    assert set(decided.ended_by) == set(ends)
    assert decided == Inactivity("20D", ended_by=decided.ended_by)
    assert decided.resolved(log) is decided
    assert set(populations_on(log, None, horizon="20D").ended_by) == set(ends)


def test_the_panel_holds_the_decision_and_says_it():
    log = log_of(leaving(1), 60)
    panel = make_panel(log, Inactivity("20D"), cutoffs=at(20))
    assert panel.definition == Inactivity("20D", ended_by=("cancel",))
    # nine have ended by day 20, one is back
    assert panel.frame["customer_id"].tolist() == ["c0"]
    said = "A cancel ends a customer: 1 of 10 with one were active again within 20 days; ended_by=() would take it"
    assert panel.notes[0].startswith(said)
    assert "Not asked about are 9 of 10 customers at cut-offs: ended." in panel.notes
    assert "1 of 10 with one were active" in repr(panel)
    split = panel.take(np.array([0]))
    assert split.notes[0] == panel.notes[0]


def test_the_decision_can_be_overridden_and_the_share_is_said_all_the_same():
    log = log_of(leaving(4), 60)
    panel = make_panel(log, Inactivity("20D"), cutoffs=at(20))
    assert panel.definition.ended_by == ()
    assert panel.notes[0].startswith("A cancel does not end a customer here: 4 of 10 with one were active again")
    assert len(panel) == 10
    panel = make_panel(log, Inactivity("20D", ended_by=("cancel",)), cutoffs=at(20))
    assert panel.notes[0].startswith("A cancel ends a customer, as ended_by says; 4 of 10 with one were active")
    assert panel.frame["customer_id"].tolist() == ["c0", "c1", "c2", "c3"]
    # any kind may be said to
    other = make_panel(log, Inactivity("20D", ended_by=("visit",)), cutoffs=at(12))
    assert other.notes[0].startswith("A visit ends a customer, as ended_by says")
    assert other.frame["customer_id"].tolist() == [f"c{k}" for k in range(10)]


def test_where_nobodys_future_is_over_it_cannot_be_told():
    rows = [("a", 0, "visit"), ("b", 1, "visit"), ("b", 29, "cancel")]
    panel = make_panel(log_of(rows, 40), Inactivity("20D"), cutoffs=at(5))
    assert panel.definition.ended_by == ()
    assert panel.notes[0].startswith("Whether a cancel ends a customer cannot be told: nobody's 20 days after one lie")


def test_ends_made_from_later_known_columns_count():
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "timestamp": ["2024-01-01", "2024-01-01"],
            "cancelled_at": ["2024-01-11", None],
        }
    )
    schema = Schema(
        customer_id="customer_id", timestamp="timestamp", kind_is="order", later=(Later(at="cancelled_at"),)
    )
    log = read_interactions(rows, schema, observed_until="2024-03-01")
    churn = Inactivity("20D").resolved(log)
    assert churn.ended_by == ("cancelled",)
    assert make_panel(log, churn, cutoffs="2024-01-12").frame["customer_id"].tolist() == ["b"]


@SOME
@given(rows=rows_drawn)
def test_before_an_instant_the_past_alone_decides(rows):
    log = log_of(rows, 40)
    for day in (8, 20):
        past = Inactivity("5D").resolved(known_before(log, at(day)), at=at(day))
        assert Inactivity("5D").resolved(log, at=at(day)) == past


@SOME
@given(rows=rows_drawn)
def test_the_share_is_what_a_plain_loop_counts(rows):
    found = Inactivity("5D")._departures(log_of(rows, 31))
    firsts = {}
    for row in sorted((row for row in rows if row[2] == "cancel"), key=place):
        firsts.setdefault(row[0], place(row))
    finished = {customer: first for customer, first in firsts.items() if first + 5 <= 31}
    acts = [(row[0], place(row)) for row in rows if is_activity(row, None)]
    again = [
        who for who, first in finished.items() if any(who == one and first < day <= first + 5 for one, day in acts)
    ]
    assert [(one.kind, one.customers, one.again) for one in found] == [("cancel", len(finished), len(again))]


def test_features_without_a_definition_go_by_the_same_rule():
    log = log_of(leaving(0), 60)
    rows = pd.DataFrame({"customer_id": ["c0"], "cutoff": [at(40)]})
    assert FeatureSet([Recency()], log=log, horizon="20D").fit(rows).populations_ == Populations(("cancel",))
    # by what was known before the last cut-off: on day 25 nobody's 20 days were over
    early = rows.assign(cutoff=at(25))
    assert FeatureSet([Recency()], log=log, horizon="20D").fit(early).populations_ == Populations()
    unsaid = FeatureSet([Recency()], log=log, churn=Inactivity("20D", kinds=("visit",))).fit(rows)
    assert unsaid.churn_ == Inactivity("20D", kinds=("visit",), ended_by=("cancel",))
    assert unsaid.populations_ == Populations(("cancel",), where(kind=("visit",)))


@pytest.mark.parametrize(
    ("kinds", "returns"),
    [
        (("visit", "purchase"), ("purchase",)),
        (("visit", "Sign-up", "renewal"), ("Sign-up", "renewal")),
        (("visit", "login"), "any"),
    ],
)
def test_what_brings_a_cancelled_customer_back_is_decided_on_the_log(kinds, returns):
    log = log_of([("a", k, kind) for k, kind in enumerate(kinds)] + [("a", 9, "cancel")], 40)
    decided = Cancellation(horizon="5D").resolved(log)
    assert decided.returns == returns or set(decided.returns) == set(returns)
    assert decided.resolved(log) is decided
    said = Cancellation(horizon="5D", returns="any").resolved(log)
    assert said == Cancellation(horizon="5D", returns="any")


def test_those_who_count_as_gone_and_are_active_are_said():
    rows = [("a", 0, "purchase"), ("b", 0, "purchase"), ("a", 3, "cancel"), ("b", 3, "cancel")]
    rows += [("a", 4 + k, "login") for k in range(5)] + [("b", 4 + k, "login") for k in range(4)]
    panel = make_panel(log_of([*rows, ("c", 0, "visit")], 40), Cancellation(horizon="5D"), cutoffs=at(10))
    assert panel.frame["customer_id"].tolist() == ["c"]
    assert panel.notes[0] == "After a cancel, a purchase shows that a customer is back."
    assert panel.notes[1].startswith("1 of the 2 customers who count as gone had 5 or more interactions after it;")
    panel = make_panel(
        log_of([*rows, ("c", 0, "visit")], 40), Cancellation(horizon="5D", returns="any"), cutoffs=at(10)
    )
    assert panel.frame["customer_id"].tolist() == ["a", "b", "c"]


def test_kinds_that_both_count_and_end_contradict_each_other():
    log = log_of(leaving(0), 40)
    with pytest.raises(UsageError, match="'cancel' both counts as activity"):
        make_panel(log, Inactivity("5D", kinds=("visit", "cancel"), ended_by=("cancel",)), cutoffs=at(5))
    # a kind that counts by its name ends nobody
    assert Inactivity("5D", kinds=("visit", "cancel")).resolved(log).ended_by == ()
    with pytest.raises(UsageError, match=r"'cancle'(.|\n)*did you mean 'cancel'"):
        make_panel(log, Inactivity("5D", ended_by=("cancle",)), cutoffs=at(5))


def test_classes_of_ones_own_need_not_take_every_parameter():
    class Quiet(Inactivity):
        def __init__(self, days=5):
            super().__init__(f"{days}D")
            self.days = days

    class Left(Cancellation):
        def __init__(self, horizon="5D"):
            super().__init__(horizon=horizon)

    log = log_of(leaving(0), 40)
    panel = make_panel(log, Quiet(20), cutoffs=at(12))
    assert panel.definition == Quiet(20)
    assert len(panel) == 10
    assert panel.notes[0].startswith("A cancel is an act like any other, as ended_by says")
    assert make_panel(log_of([*leaving(3, customers=4), ("d", 0, "visit")], 40), Left(), cutoffs=at(20)).y.size == 4


def test_the_oracle_agrees_with_itself():
    assert gone([3.0], [2.0])
    assert gone([3.0], [3.0])
    assert not gone([3.0], [4.0])
    assert not gone([], [1.0])
    assert at(0) == ORIGIN


def test_what_comes_at_the_moment_itself_is_not_known_before_it():
    rows = [("a", 0, "visit"), ("a", 3, "cancel"), ("a", 8, "visit")]
    log = log_of(rows, 40)
    assert Inactivity("5D").resolved(log, at=at(8)).ended_by == ("cancel",)
    assert Inactivity("5D").resolved(log, at=at(9)).ended_by == ()
