"""Kinds of leaving: some reasons are neither stayed nor churned."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Cancellation, Inactivity, make_panel

from .panel_rows import at

BUT = ("payment failed",)
ROWS = [
    *((who, 0, "visit", None) for who in ("price", "service", "failed", "both", "mute", "back", "stays", "silent")),
    ("price", 12, "cancel", "price"),
    ("service", 13, "cancel", "service"),
    ("failed", 12, "cancel", "payment failed"),
    ("both", 12, "cancel", "price"), ("both", 14, "cancel", "payment failed"),
    ("mute", 12, "cancel", None),
    ("back", 12, "cancel", "payment failed"), ("back", 14, "visit", None),
    ("stays", 12, "visit", None),
]  # fmt: skip


def log_with(column: str, role: bool):
    frame = pd.DataFrame(ROWS, columns=["who", "at", "kind", column])
    frame["at"] = [at(day) for day in frame["at"]]
    more = {"reason": column} if role else {"categories": (column,)}
    return read_interactions(
        frame, Schema(customer_id="who", timestamp="at", kind="kind", **more), observed_until=at(60)
    )


@pytest.mark.parametrize(("column", "role"), [("why", True), ("cancel_reason", False)])
def test_cancellations_for_some_reasons_are_neither(column, role):
    log = log_with(column, role)
    named = {} if role else {"reason": column}
    churn = Cancellation(horizon="10D", but=BUT, **named)
    panel = make_panel(log, churn, cutoffs=at(10))
    assert dict(zip(panel.frame["customer_id"], panel.y, strict=True)) == {
        "both": 1, "mute": 1, "price": 1, "service": 1, "silent": 0, "stays": 0
    }  # fmt: skip
    assert panel.summary[["eligible", "churned", "left_out"]].values.tolist() == [[8, 4, 2]]
    assert "2 rows are left out, neither stayed nor churned: they ended for payment failed." in panel.notes
    reasons = [("price", 2, 0.5), ("no reason given", 1, 0.25), ("service", 1, 0.25)]
    assert sorted(panel.by_reason.itertuples(index=False, name=None)) == sorted(reasons)
    assert panel.by_reason["reason"].tolist()[0] == "price"
    assert "Why they churned: price 50.0%, no reason given 25.0%, service 25.0%." in panel.notes
    assert "(but for payment failed)" in churn.says
    # of some rows, their own
    assert panel.take(panel.frame["customer_id"].eq("service").to_numpy()).by_reason["churned"].tolist() == [1]


def test_without_but_all_reasons_count_and_are_listed():
    panel = make_panel(log_with("why", True), Cancellation(horizon="10D"), cutoffs=at(10))
    assert panel.y.sum() == 6
    found = panel.by_reason.set_index("reason")["churned"].to_dict()
    # the last reason of each: both's is that the payment failed
    assert found == {"payment failed": 3, "price": 1, "service": 1, "no reason given": 1}


def test_silence_with_ends():
    log = log_with("why", True)
    churn = Inactivity("10D", ended_by=("cancel",), but=BUT)
    panel = make_panel(log, churn, cutoffs=at(10))
    # back returns within the window: stayed; failed and both ended for the excused reason, with nothing after it
    assert dict(zip(panel.frame["customer_id"], panel.y, strict=True)) == {
        "back": 0, "mute": 1, "price": 1, "service": 1, "silent": 1, "stays": 0
    }  # fmt: skip
    assert panel.summary["left_out"].tolist() == [2]
    found = panel.by_reason.set_index("reason")["churned"].to_dict()
    assert found == {"no reason given": 1, "price": 1, "service": 1, "silent": 1}


def test_silence_after_an_excused_end_in_the_gap_is_no_churn():
    churn = Inactivity("5D", gap="5D", ended_by=("cancel",), but=BUT)
    panel = make_panel(log_with("why", True), churn, cutoffs=at(10))
    assert "failed" not in panel.frame["customer_id"].tolist()


def test_a_log_without_reasons_tells_the_kinds_of_leaving():
    log = log_with("why", True)
    plain = read_interactions(log.events.drop_columns(["reason"]).to_pandas(), observed_until=at(60))
    panel = make_panel(plain, Inactivity("10D", ended_by=("cancel",)), cutoffs=at(10))
    assert panel.by_reason.set_index("reason")["churned"].to_dict() == {"cancel": 5, "silent": 1}


@pytest.mark.parametrize(
    ("churn", "words"),
    [
        (Cancellation(horizon="10D", but=("payment fail",)), ["'payment fail'", "did you mean 'payment failed'?"]),
        (Cancellation(horizon="10D", but="price"), ["but is the text 'price'", "but=('price',)"]),
        (Cancellation(horizon="10D", but=BUT, reason="cause"), ["no column 'cause'", "role reason"]),
        (Inactivity("10D", ended_by=(), but=BUT), ["nothing ends a customer", "ended_by=('cancel',)"]),
    ],
)
def test_wrong_reasons(churn, words):
    with pytest.raises(UsageError) as error:
        make_panel(log_with("why", True), churn, cutoffs=at(10))
    assert all(word in str(error.value) for word in words), str(error.value)


def test_where_all_are_left_out():
    rows = pd.DataFrame({"customer_id": ["a", "a"], "timestamp": [at(0), at(12)], "kind": ["visit", "cancel"]})
    log = read_interactions(rows.assign(reason=[None, "payment failed"]), observed_until=at(60))
    with pytest.raises(DataError, match="all 1 rows are left out"):
        make_panel(log, Cancellation(horizon="10D", but=BUT), cutoffs=at(10))
