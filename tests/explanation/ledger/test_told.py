"""Of which interactions anything says what they were like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxchurn.explanation import touchpoints
from cxchurn.explanation.ledger._told import telling, told
from cxchurn.interactions import Later, Schema, read_interactions

NONE = np.nan


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, False),  # a visit of which nothing but the visit is known
        ({"case_id": "a"}, False),  # the first contact about a matter
        ({"wait_s": 0.0}, True),
        ({"resolved": 0.0}, True),
        ({"made_sla": 1.0}, True),
        ({"valence": -1.0}, True),  # a complaint
        ({"direction": "outbound"}, True),
        ({"direction": "inbound"}, False),
        ({"row": 1, "case_id": "m"}, True),  # once more about a matter
        ({"row": 2, "case_id": "m"}, False),  # another customer's
    ],
)
def test_by_what_is_on_record(event: dict, expected: bool):
    blank = {"row": 0, "case_id": None, "direction": None, "valence": NONE, "wait_s": NONE, "resolved": NONE}
    before = blank | {"row": 1, "case_id": "m", "made_sla": NONE}
    events = pd.DataFrame([before, blank | {"made_sla": NONE} | event])
    assert told(events, ("wait_s", "resolved", "made_sla"))[1] == expected


def test_columns_that_tell_are_roles_and_measures_of_experience():
    rows = pd.DataFrame({"customer_id": ["a"], "timestamp": ["2024-01-01"], "kind": ["visit"], "wait_s": [1.0]})
    rows = rows.assign(duration_s=2.0, made_sla=1.0, items=3.0)
    names = {name: name for name in ("customer_id", "timestamp", "kind", "wait_s", "duration_s")}
    log = read_interactions(rows, Schema(**names, measures=("made_sla", "items")))
    assert telling(log) == ("wait_s", "made_sla")


@pytest.fixture(scope="module")
def plain(company, company_schema):
    """The company's log with nothing on record about purchases and visits but that they took place."""
    rows = company.interactions.copy()
    some = rows["kind"].isin(["purchase", "visit"])
    rows.loc[some, ["wait_s", "transfers", "sentiment"]] = np.nan
    rows.loc[some, ["promised_at", "delivered_at"]] = pd.NaT
    rows.loc[some, "resolved"] = None
    return read_interactions(rows, company_schema, customers=company.customers)


def test_contacts_of_which_nothing_is_told_are_said(model, plain):
    found = touchpoints(model, plain, since="2024-09-15", until="2024-11-20", sample=80)
    table = found.by("kind").set_index("kind")
    assert (table.loc[["purchase", "visit"], "told"] == 0).all()
    assert (
        table.loc[["call", "refund", "complaint"], "told"] == table.loc[["call", "refund", "complaint"], "contacts"]
    ).all()
    text = " ".join(str(found).split())
    assert "Nothing on record says what these were like" in text
    assert "purchase, web" in text.partition("having been in touch:")[2]
    assert max(map(len, str(found).splitlines())) <= 80


def test_what_became_known_later_without_a_case_is_said(model, company, company_schema):
    rows = company.interactions.assign(case_id=None)
    asked = rows["kind"].isin(["call", "chat"])
    rows["ended_at"] = (rows["timestamp"] + pd.Timedelta("1h")).where(asked & rows["resolved"].notna())
    rows.loc[~asked, "resolved"] = None
    schema = replace(company_schema, later=(Later(at="ended_at", columns=("resolved",)),))
    log = read_interactions(rows, schema, customers=company.customers)
    notes = touchpoints(model, log, since="2024-09-15", until="2024-11-20", sample=80).notes
    assert any("became known later belong to no case" in note for note in notes)
