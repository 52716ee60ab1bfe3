from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import Later, Schema, read_interactions
from cxchurn.panel import Cancellation, Inactivity, OwnLabels, make_panel

from .panel_rows import at, log_of


def churned(rows: list[tuple], churn, day: float = 10, until: float = 40) -> dict[str, int]:
    """Who was eligible on a day, and whether they churned; one more customer is always eligible, one never."""
    more = [("always", 9, "visit"), ("never ever", 0, "purchase"), ("never ever", 0, "cancel")]
    frame = make_panel(log_of([*more, *rows], until), churn, cutoffs=at(day)).frame
    found = dict(zip(frame["customer_id"], frame["churned"].tolist(), strict=True))
    assert "always" in found
    return {who: left for who, left in found.items() if who not in ("always", "never ever")}


MICRO = 1 / 86_400_000_000


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (10 - MICRO, 1),  # the past
        (10, 1),  # at the cut-off: before the gap is over
        (13 - MICRO, 1),
        (13, 0),  # the label window is [13, 18)
        (18 - MICRO, 0),
        (18, 1),
    ],
)
def test_the_edges_of_the_label_window(day, left):
    assert churned([("a", 5, "visit"), ("a", day, "visit")], Inactivity("5D", gap="3D")) == {"a": left}
    cancels = churned([("a", 5, "visit"), ("a", day, "cancel")], Cancellation(horizon="5D", gap="3D"))
    # a cancellation in the past is no question any more, one in the gap none that the label window could answer
    assert cancels == ({} if day < 13 else {"a": 1 - left})


def test_without_a_gap_the_cutoff_itself_is_the_future():
    assert churned([("a", 5, "visit"), ("a", 10, "visit")], Inactivity("5D")) == {"a": 0}
    assert churned([("a", 10, "visit"), ("b", 5, "visit")], Inactivity("5D")) == {"b": 1}
    assert churned([("a", 5, "visit"), ("a", 10, "cancel")], Cancellation(horizon="5D")) == {"a": 1}


@pytest.mark.parametrize(("day", "asked"), [(10 - MICRO, True), (3, True), (3 - MICRO, False)])
def test_the_edges_of_active_within(day, asked):
    found = churned([("a", day, "visit"), ("b", 9, "visit")], Inactivity("5D", active_within="7D"))
    assert ("a" in found) == asked


def test_labels_run_on_the_clock_of_happening_and_eligibility_on_that_of_knowing():
    rows = [
        ("a", 5, "visit"),
        ("a", 12, "visit", 30),  # in the label window, though known only long after it
        ("b", 5, "visit"),
        ("b", 8, "visit", 12),  # known in the label window, but happened before it
        ("c", 8, "visit", 12),  # not known at the cut-off: nobody asks about c
    ]
    assert churned(rows, Inactivity("5D")) == {"a": 0, "b": 1}


def test_what_the_company_sent_and_cancelling_are_no_activity():
    rows = [
        ("a", 5, "visit"),
        ("b", 5, "visit"),
        ("c", 5, "visit"),
        ("d", 5, "visit", None, "outbound"),
        ("e", 5, "cancel"),
    ]
    future = [("a", 12, "visit", None, "outbound"), ("b", 12, "cancel"), ("c", 12, "purchase", None, "inbound")]
    assert churned(rows + future, Inactivity("5D")) == {"a": 1, "b": 1, "c": 0}
    # a cancellation said by name is; what the company sent never is
    by_name = Inactivity("5D", kinds=("visit", "cancel"))
    assert churned(rows + future, by_name) == {"a": 1, "b": 0, "c": 1, "e": 1}


def test_events_made_from_later_known_columns_are_no_activity():
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b", "b"],
            "timestamp": ["2024-01-05", "2024-01-05", "2024-01-20"],
            "kind": "call",
            "resolved": [True, None, None],
            "resolved_at": ["2024-01-13", None, None],
        }
    ).astype({"resolved": "boolean"})
    schema = Schema(
        customer_id="customer_id", timestamp="timestamp", kind="kind", resolved="resolved",
        later=(Later(at="resolved_at", columns=("resolved",)),),
    )  # fmt: skip
    log = read_interactions(rows, schema)
    assert len(log) == 4
    frame = make_panel(log, Inactivity("5D"), cutoffs="2024-01-11").frame
    assert frame["churned"].tolist() == [1, 1]
    # nor does it make anybody eligible: on 15 January a's call is ten days ago, its answer two
    with pytest.raises(ValueError, match="nobody is eligible"):
        make_panel(log, Inactivity("5D", active_within="5D"), cutoffs="2024-01-15")


class TestCancellation:
    def test_a_return_starts_a_new_life(self):
        rows = [
            ("never", 1, "visit"),
            ("gone", 1, "purchase"), ("gone", 5, "cancel"), ("gone", 6, "visit"),
            ("back", 5, "cancel"), ("back", 6, "purchase"), ("back", 12, "cancel"),
            ("twice", 3, "cancel"), ("twice", 5, "purchase"), ("twice", 8, "cancel"),
            ("same instant", 5, "purchase"), ("same instant", 5, "cancel"),
            ("returns later", 5, "cancel"), ("returns later", 10, "purchase"),
            ("mailed", 5, "visit", None, "outbound"),
        ]  # fmt: skip
        churn = Cancellation(horizon="5D")
        assert churned(rows, churn) == {"back": 1, "mailed": 0, "never": 0}
        # from day 10 on, the one who returned then is under contract again
        assert churned(rows, churn, day=10 + MICRO) == {"back": 1, "mailed": 0, "never": 0, "returns later": 0}
        by_visit = Cancellation(horizon="5D", returns=("visit", "purchase"))
        assert churned(rows, by_visit) == {"back": 1, "gone": 0, "mailed": 0, "never": 0}

    def test_a_log_without_purchases_has_no_returns(self):
        rows = [("a", 0, "visit"), ("b", 0, "visit"), ("b", 5, "cancel"), ("c", 5, "cancel"), ("c", 6, "visit")]
        panel = make_panel(log_of(rows, until=40), Cancellation(horizon="5D"), cutoffs=at(10))
        # then any act shows that a customer is back
        assert panel.frame["customer_id"].tolist() == ["a", "c"]
        assert panel.definition == Cancellation(horizon="5D", returns="any")


@pytest.mark.parametrize(
    ("churn", "says", "typed"),
    [
        (
            Inactivity("60D", active_within="90D"),
            "customers active in the last 90 days who then show no activity of their own for 60 days",
            "Inactivity(horizon='60D', active_within='90D')",
        ),
        (
            Inactivity("1W", gap="1D", kinds=("visit", "call")),
            "customers ever active who then show no visit or call for 1 week, starting 1 day after the cut-off",
            "Inactivity(horizon='1W', gap='1D', kinds=('visit', 'call'))",
        ),
        (
            Inactivity("31D", kinds=("opened", "Support_Call")),
            'customers ever active who then show no "opened" or Support_Call for 31 days',
            "Inactivity(horizon='31D', kinds=('opened', 'Support_Call'))",
        ),
        (
            Cancellation("end", horizon="30D", gap="7D"),
            "customers who had not cancelled and then do (end) within 30 days, starting 7 days after the cut-off",
            "Cancellation(kind='end', horizon='30D', gap='7D')",
        ),
        (OwnLabels("30D"), "customers who churn by the labels given, within 30 days", "OwnLabels(horizon='30D')"),
    ],
)
def test_definitions_say_what_they_are(churn, says, typed):
    assert churn.says == says
    assert repr(churn) == typed
    assert eval(typed) == churn


def test_reach_is_gap_and_horizon():
    assert Inactivity("60D", gap="1W").reach == at(67) - at(0)
    start, stop = Cancellation(horizon="30D", gap="12h").label_window(pd.Series([at(1)]).to_numpy())
    assert (start[0], stop[0]) == (at(1.5), at(31.5))


def test_own_labels_are_no_rule():
    with pytest.raises(UsageError, match="a table of labels, not a rule"):
        make_panel(log_of([("a", 0, "visit")], until=40), OwnLabels("5D"), cutoffs=at(10))
