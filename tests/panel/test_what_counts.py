"""The panel says which kinds count as activity, and warns of those that look like the company's."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from cxchurn._core import UsageError
from cxchurn.interactions import read_interactions
from cxchurn.panel import Cancellation, Inactivity, make_panel

from .panel_rows import at, log_of

CUSTOMERS = 40
SILENCE = Inactivity("10D")


def undirected(**kinds: list[tuple[int, float]]):
    """A log without a direction: by kind, who did it on which day; everybody visits at times of their own."""
    rows = [(who, who * 0.31 + step, "visit") for who in range(CUSTOMERS) for step in range(0, 40, 4)]
    rows += [(who, day, kind) for kind, events in kinds.items() for who, day in events]
    frame = pd.DataFrame(rows, columns=["customer_id", "timestamp", "kind"])
    frame["timestamp"] = [at(day) for day in frame["timestamp"]]
    return read_interactions(frame.drop_duplicates(), observed_until=at(80))


def told(log, caplog, churn=SILENCE) -> tuple[list[str], list[str]]:
    with caplog.at_level(logging.WARNING, "cxchurn"):
        panel = make_panel(log, churn, cutoffs=at(30))
    return [note for note in panel.notes if "activity" in note or "direction" in note], caplog.messages


everybody = list(range(CUSTOMERS))
SENT = [(who, day) for who in everybody for day in (3.4, 17.4)]  # at the same instants
OWN = [(who, 1 + who * 0.37) for who in everybody]  # each at a time of their own
DAILY = [(who, float(day)) for who in everybody for day in range(40) if (who + day) % 2]  # days alone, on every day
ON_DAYS = [(who, float(day)) for who in everybody for day in (0, 30)]  # days alone, on few of them


@pytest.mark.parametrize(
    ("kinds", "warned", "why"),
    [
        ({"offer": SENT}, ["offer"], "its rows fall on many customers at the same instants"),
        ({"statement": ON_DAYS}, ["statement"], "its rows fall on many customers at the same instants"),
        ({"call": OWN}, [], None),
        ({"session": DAILY}, [], None),
        ({"Campaigns_sent": OWN}, ["Campaigns_sent"], "it is called so"),
        ({"pushNotification": OWN}, ["pushNotification"], "it is called so"),
        ({"invoices": OWN}, ["invoices"], "it is called so"),
        ({"mailbox visit": OWN, "pushback": OWN}, [], None),
        (
            {"sent_weekly_digest": OWN, "Delivered": OWN, "bounce": OWN},
            ["Delivered", "bounce", "sent_weekly_digest"],
            "it is called so",
        ),
        # what customers do themselves, though many do it when a mailing has come
        ({"email_open": SENT, "newsletter_clicked": OWN, "message_sent": OWN}, [], None),
    ],
)
def test_kinds_that_look_like_the_companys_are_warned_of(kinds, warned, why, caplog):
    notes, messages = told(undirected(**kinds), caplog)
    assert [message.split(" counts as activity")[0] for message in messages] == warned
    assert all(why in message and "kinds=(...)" in message for message in messages)
    assert notes[0].startswith("What counts as activity: ")
    assert "The log has no direction, so all kinds count" in notes[1]


def test_the_kinds_that_count_are_listed_with_their_shares(caplog):
    # 400 visits, 40 calls, 80 offers
    notes, _ = told(undirected(offer=SENT, call=OWN), caplog)
    assert notes[0] == "What counts as activity: visit 76.9%, offer 15.4%, call 7.7%."
    caplog.clear()
    notes, messages = told(undirected(offer=SENT, call=OWN), caplog, Inactivity("10D", kinds=("visit", "call")))
    assert notes == ["What counts as activity: visit 90.9%, call 9.1%."]
    assert messages == []


def test_a_log_of_one_kind_hears_nothing(caplog):
    assert told(undirected(), caplog) == ([], [])


def test_a_log_with_a_direction_is_believed(caplog):
    rows = [("a", 0, "visit"), ("a", 1, "campaign", None, "outbound"), ("a", 2, "mail", None, "inbound")]
    notes, messages = told(log_of(rows, 60), caplog)
    assert notes == ["What counts as activity: mail 50.0%, visit 50.0%."]
    assert messages == []


def test_a_contract_needs_no_kinds(caplog):
    notes, messages = told(undirected(cancel=[(0, 5.5)], offer=SENT), caplog, Cancellation(horizon="10D"))
    assert not any("direction" in note for note in notes)
    assert messages == []


def test_logs_in_parts_are_counted_alike(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"customer_id": draw.integers(0, 50, 400), "kind": draw.choice(["visit", "call", "chat"], 400)}
    )
    frame["timestamp"] = [at(day) for day in draw.uniform(0, 40, 400)]
    whole, parts = (read_interactions(frame, observed_until=at(80), memory_limit=limit) for limit in (None, "1MB"))
    assert told(whole, caplog) == told(parts, caplog)


def test_kinds_that_are_no_acts_of_the_customers_are_refused():
    rows = [("a", 0, "visit", None, "inbound"), ("a", 1, "campaign", None, "outbound")]
    with pytest.raises(
        UsageError, match=r"nothing in the log counts as activity, by kinds=\('campaign',\)(.|\n)*outbound"
    ):
        make_panel(log_of(rows, 60), Inactivity("10D", kinds=("campaign",)), cutoffs=at(5))
