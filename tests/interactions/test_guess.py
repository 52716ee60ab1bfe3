from __future__ import annotations

import logging

import pandas as pd
import pytest

from cxchurn._core import DataError
from cxchurn.interactions import ROLES, Later, Schema, guess_schema, read_interactions

from .interaction_rows import NOW, row


def test_columns_with_the_names_of_roles_are_no_guess(caplog):
    frame = pd.DataFrame([row(value=1.0, touchpoint="web")])
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        log = read_interactions(frame, now=NOW)
    assert caplog.text == ""
    assert not log.schema_guessed
    assert log.schema == Schema(**{name: name for name in frame})


def test_a_guess_is_said_and_kept(caplog):
    frame = pd.DataFrame(
        {"CustID": [1], "Event Time": ["2024-01-01"], "event_type": ["buy"], "items": [2], "ticket_uuid": ["x"]}
    )
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        log = read_interactions(frame, now=NOW)
    assert log.schema_guessed
    assert log.schema == Schema(customer_id="CustID", timestamp="Event Time", kind="event_type", measures=("items",))
    for words in ("CustID as customer_id", "items as a measure", "Left out: ticket_uuid"):
        assert words in caplog.text


@pytest.mark.parametrize(
    ("column", "kind", "role"),
    [
        ("user_id", "integer", "customer_id"),
        ("customerId", "text", "customer_id"),
        ("created_at", "time", "timestamp"),
        ("date", "text", "timestamp"),
        ("eventName", "text", "kind"),
        ("channel", "text", "touchpoint"),
        ("ticket_number", "text", "case_id"),
        ("amount", "number", "value"),
        ("NPS", "integer", "score"),
    ],
)
def test_usual_names_are_recognised(column, kind, role):
    base = {
        name: ("time" if ROLES[name].type == "instant" else "text")
        for name in ("customer_id", "timestamp", "kind")
        if name != role
    }
    assert getattr(guess_schema({**base, column: kind}), role) == column


def test_a_name_of_the_wrong_type_plays_no_role():
    schema = guess_schema({"customer_id": "text", "timestamp": "time", "kind": "text", "amount": "text"})
    assert schema.value is None


@pytest.mark.parametrize("role", ["resolved", "opened"])
def test_when_something_was_done_is_no_yes_or_no(role):
    columns = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    assert getattr(guess_schema({**columns, role: "time"}), role) is None
    assert getattr(guess_schema({**columns, role: "flag"}), role) == role


def test_what_looks_filled_in_later_is_left_out():
    columns = {"customer_id": "text", "timestamp": "time", "kind": "text"}
    late = {
        "closed_at": "time",
        "closed_code": "text",
        "closed": "number",
        "order_id": "integer",
        "words": "text",
        "few": "text",
    }
    schema = guess_schema({**columns, **late}, distinct={"words": 101, "few": 100, "closed_code": 2})
    assert (schema.measures, schema.categories) == ((), ("few",))
    resolved = guess_schema({**columns, "resolved": "flag", "resolved_at": "time"})
    assert resolved.later == (Later(at="resolved_at", columns=("resolved",)),)


def test_columns_that_cannot_be_found_are_said_with_what_is_there():
    with pytest.raises(DataError) as error:
        guess_schema({"custmer_id": "text", "moment": "time", "x": "number"})
    text = str(error.value)
    assert "no column was recognised as customer_id, kind" in text
    assert "Found: custmer_id, moment, x" in text
    assert "did you mean 'custmer_id'?" in text
    assert "kind_is='purchase'" in text


def test_numbers_in_a_text_file_are_measures(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("customer_id,timestamp,kind,items,group\n1,2024-01-01,visit,3,x\n2,2024-01-01,visit,,y\n")
    log = read_interactions(path, now=NOW)
    assert (log.measures, log.categories) == (("items",), ("group",))
    assert log.events["items"].to_pylist() == [3.0, None]


def test_without_a_schema_copies_agree_in_every_column():
    frame = pd.DataFrame([row(order_id="1"), row(order_id="2")])
    assert len(read_interactions(frame, now=NOW)) == 2
    with pytest.raises(DataError, match="1 x duplicate"):
        read_interactions(frame.assign(order_id="1"), now=NOW)
