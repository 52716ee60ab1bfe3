"""Who is asked about, why others are not, and who had met the definition of churned already."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError
from cxchurn.history import as_of, history_of, where
from cxchurn.panel import (
    Cancellation,
    ChurnDefinition,
    Eligibility,
    Inactivity,
    OwnLabels,
    asked_about,
    make_panel,
)

from .panel_rows import at, log_of

MICRO = 1 / 86_400_000_000
ROWS = [
    ("active", 19, "visit"),
    ("back", 5, "cancel"), ("back", 18, "visit"),
    ("called after", 5, "visit"), ("called after", 6, "cancel"), ("called after", 18, "call", None, "outbound"),
    ("edge", 10, "visit"),
    ("ended", 18, "visit"), ("ended", 19, "cancel"),
    ("gone by", 10 - MICRO, "visit"),
    ("mailed", 18, "visit", None, "outbound"),
    ("silent", 1, "visit"),
]  # fmt: skip


def asked(churn: ChurnDefinition, day: float = 20) -> tuple[dict[str, str], list[str]]:
    log = log_of(ROWS, 60)
    who = sorted({row[0] for row in ROWS})
    found = asked_about(log, churn, np.array(who, dtype=object), np.full(len(who), at(day)))
    return dict(zip(who, found.why_not, strict=True)), [
        one for one, is_ in zip(who, found.already_silent, strict=True) if is_
    ]


def test_why_somebody_is_not_asked_about():
    why, silent = asked(Inactivity("5D", active_within="10D", ended_by=("cancel",)))
    assert why == {
        "active": "", "back": "", "called after": "ended", "edge": "", "ended": "ended", "gone by": "silent too long",
        "mailed": "new", "silent": "silent too long",
    }  # fmt: skip
    # silent for longer than five days before day 20, of those asked about
    assert silent == ["edge"]


def test_ever_active_asks_about_the_silent_too():
    why, silent = asked(Inactivity("10D", ended_by=("cancel",)))
    assert [who for who, reason in why.items() if reason == ""] == ["active", "back", "edge", "gone by", "silent"]
    assert silent == ["gone by", "silent"]  # the tenth day before is still in [10, 20)
    assert asked(Inactivity("10D", active_within="10D", ended_by=("cancel",)))[1] == []


def test_who_returns_is_asked_about_again():
    assert asked(Inactivity("5D", ended_by=("cancel",), returns=("call",)))[0]["back"] == "ended"
    assert asked(Inactivity("5D", ended_by=("cancel",), returns=("visit", "call")))[0]["back"] == ""
    assert asked(Inactivity("5D", ended_by=()))[0]["ended"] == ""


def test_a_contract_may_run_in_silence_unless_said_otherwise():
    why, silent = asked(Cancellation(horizon="5D", returns="any"))
    assert {who for who, reason in why.items() if reason} == {"called after", "ended"}
    assert silent == []
    why, _ = asked(Cancellation(horizon="5D", returns="any", active_within="10D"))
    assert why["silent"] == "silent too long"
    assert why["mailed"] == "new"
    assert why["ended"] == "ended"


def test_the_silent_are_marked_counted_and_said():
    rows = [("a", 9, "visit"), ("a", 12, "visit"), ("b", 1, "visit"), ("c", 2, "visit"), ("c", 13, "visit")]
    panel = make_panel(log_of(rows, 40), Inactivity("5D"), cutoffs=at(10))
    assert panel.frame["already_silent"].tolist() == [False, True, True]
    assert panel.frame["already_silent"].dtype == bool
    assert panel.summary["already_silent"].tolist() == [2]
    assert panel.notes[-1] == (
        "2 of 3 rows (66.7%) met the definition of churned at their cut-off already: silent for longer than 5 days, but they "
        "may return. Of them 50.0% churned, of those still here 0.0%. active_within='5D' asks about those still here alone."
    )
    # of some of the rows, their own numbers
    assert panel.take(np.array([1])).notes[-1].startswith("1 of 1 rows (100.0%)")
    assert not any("met the definition" in note for note in panel.take(np.array([0])).notes)


def test_nobody_is_asked_about_and_why():
    rows = [("a", 0, "visit"), ("a", 1, "cancel"), ("b", 0, "visit"), ("b", 1, "cancel")]
    log = log_of(rows, 40)
    with pytest.raises(DataError, match=r"nobody is eligible at any cut-off(.|\n)*2 ended"):
        make_panel(log, Inactivity("5D", ended_by=("cancel",)), cutoffs=at(10))


class Weekdays(ChurnDefinition):
    """A definition of one's own that only says who is eligible."""

    horizon, gap = "5D", "0D"

    @property
    def says(self):
        return "customers who stay away"

    def check(self, log):
        pass

    def eligible(self, seen):
        return seen.count() > 1

    def churned(self, log, customers, cutoffs, *, clock="happened"):
        return np.zeros(len(customers), dtype=bool)


def test_a_definition_of_ones_own_need_only_say_who_is_eligible():
    why, silent = asked(Weekdays())
    assert {who for who, reason in why.items() if reason == ""} == {"back", "called after", "ended"}
    assert set(why.values()) == {"", "not eligible"}
    assert silent == []
    panel = make_panel(log_of(ROWS, 60), Weekdays(), cutoffs=at(20))
    assert panel.frame["customer_id"].tolist() == ["back", "called after", "ended"]
    assert panel.by_reason.empty


def test_one_that_says_nothing_of_it_is_told():
    class Neither(Weekdays):
        eligible = ChurnDefinition.eligible

    with pytest.raises(NotImplementedError, match="Neither says neither"):
        asked(Neither())


def test_labels_of_ones_own_take_who_is_asked_about_from_a_definition():
    inner = Inactivity("5D", active_within="10D", ended_by=("cancel",))
    assert asked(OwnLabels("30D", churn=inner)) == asked(inner)
    assert asked(OwnLabels("30D")) == (dict.fromkeys(sorted({row[0] for row in ROWS}), ""), [])
    assert OwnLabels("30D", churn=inner).populations == inner.populations


def test_which_cutoffs_are_refused_whole_is_said():
    rows = [("a", 0, "visit"), ("a", 30, "visit")]
    panel = make_panel(log_of(rows, 40), Inactivity("10D"), cutoffs=[at(5), at(35), at(38)])
    assert repr(panel).startswith("Panel(1 rows, 2024-01-06, 100.0% churned)")
    note = next(note for note in panel.notes if "refused whole" in note)
    assert note.startswith("The cut-offs 2024-02-05, 2024-02-08 are refused whole: ")
    assert "(2024-02-10)" in note
    assert "observed_until" in note


def test_activity_may_be_a_condition():
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", "c"],
            "timestamp": ["2024-01-01", "2024-01-12", "2024-01-01", "2024-01-12", "2024-01-01"],
            "kind": "purchase",
            "value": [50.0, -50.0, 20.0, 20.0, 0.0],
        }
    )
    from cxchurn.history import where
    from cxchurn.interactions import read_interactions

    log = read_interactions(frame, observed_until="2024-03-01")
    paid = where(kind="purchase", at_least={"value": 0.01})
    panel = make_panel(log, Inactivity("10D", kinds=paid), cutoffs="2024-01-10")
    # what was brought back is no purchase; c has never paid
    assert dict(zip(panel.frame["customer_id"], panel.y, strict=True)) == {"a": 1, "b": 0}
    assert (
        panel.definition.says
        == "customers ever active who then show no purchase with value of at least 0.01 for 10 days"
    )
    assert eval(repr(panel.definition), {"Inactivity": Inactivity, "Where": type(paid)}) == panel.definition
    with pytest.raises(ValueError, match=r"a condition on 'price'(.|\n)*value"):
        make_panel(log, Inactivity("10D", kinds=where(at_least={"price": 1})), cutoffs="2024-01-10")
    with pytest.raises(ValueError, match="'purchse', which never occurs"):
        make_panel(log, Inactivity("10D", kinds=where(kind="purchse")), cutoffs="2024-01-10")


PLANNED = [
    Inactivity("5D", active_within="10D", ended_by=("cancel",)),
    Inactivity("10D", ended_by=("cancel",), returns=("call",)),
    Inactivity("3D", kinds=("visit", "call"), ended_by=()),
    Inactivity("5D", kinds=where(kind="visit", direction="inbound"), ended_by=("cancel",)),
    Cancellation(horizon="5D", returns="any"),
    Cancellation(horizon="5D", returns="any", active_within="10D"),
    OwnLabels(horizon="5D"),
    OwnLabels(horizon="5D", churn=Inactivity("5D", ended_by=("cancel",))),
]
EVENT = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from([0.0, 5.0, 10.0 - MICRO, 10.0, 14.5, 15.0, 19.0, 20.0, 25.0]),
    st.sampled_from(["visit", "cancel", "call"]),
    st.sampled_from([None, 26.0]),
    st.sampled_from([None, "inbound", "outbound"]),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(EVENT, min_size=1, max_size=20), churn=st.sampled_from(PLANNED))
def test_a_plan_of_who_is_asked_about_says_what_the_definition_says(rows, churn):
    # the last row gives the log a column of each kind
    history = history_of(log_of([*rows, ("z", 1, "visit", 2.0, "inbound")], 60))
    customers = np.array(["a", "b", "c", "nobody", "z"], dtype=object)
    cutoffs = np.full(5, np.datetime64(at(20), "us"))
    seen = as_of(history, customers, cutoffs, populations=churn.populations)
    planned = Eligibility(churn)
    why, silent = planned.of(seen)
    assert planned._made[0].program is not None
    expected = churn.not_asked(seen)
    assert why.tolist() == expected.tolist()
    assert silent.tolist() == (churn.already_silent(seen) & (expected == "")).tolist()


def test_a_definition_of_ones_own_is_called_as_it_is():
    seen = as_of(
        history_of(log_of(ROWS, 60)),
        np.array(["active", "back"], dtype=object),
        np.full(2, np.datetime64(at(20), "us")),
    )
    planned = Eligibility(Weekdays())
    assert planned.of(seen)[0].tolist() == ["not eligible", ""]
    assert planned._made[0].program is None
