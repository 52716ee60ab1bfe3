"""Labels that a few customers alone have are no part of what is learned."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn.features import Attributes, FeatureSet, Recency
from cxchurn.interactions import Later, Schema, read_interactions
from cxchurn.panel import Cancellation

CUTOFF = pd.Timestamp("2024-04-01")


@pytest.fixture
def people():
    """Thirty customers: a plan that ten have, one that nine have; e-mail addresses on file of four."""
    rows = pd.DataFrame({"customer_id": [f"c{n:02}" for n in range(30)]})
    rows["plan"] = ["gold"] * 10 + ["silver"] * 9 + [None] * 11
    rows["email"] = [f"person{n}@example.org" if n < 4 else None for n in range(30)]
    return rows


@pytest.fixture
def events(people):
    """A visit each; a call by ten, a note by nine; one customer wrote forty times."""
    who = people["customer_id"].tolist()
    told = [*((one, "visit") for one in who), *((one, "call") for one in who[:10]), *((one, "note") for one in who[:9])]
    told += [(who[0], "letter of Ms Miller")] * 40
    frame = pd.DataFrame(told, columns=["customer_id", "kind"])
    frame["timestamp"] = CUTOFF - pd.to_timedelta([f"{n + 1}D" for n in range(len(frame))])
    return frame


def fitted(events, people, *, churn=None, **schema):
    log = read_interactions(
        events, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", **schema), customers=people
    )
    rows = pd.DataFrame({"customer_id": people["customer_id"], "cutoff": CUTOFF})
    return FeatureSet([Recency(), Attributes(("plan", "email"))], log=log, churn=churn).fit(rows)


def test_they_are_left_out_and_counted(events, people):
    features = fitted(events, people)
    assert features.known_["kind"] == ("visit", "call")
    assert features.known_["customers.plan"] == ("gold",)
    assert "customers.email" not in features.known_
    assert features.notes_ == (
        "labels that fewer than 10 customers have are not told apart, and stand in no saved model: "
        "2 of kind, 1 of the attribute plan, 4 of the attribute email",
    )


def test_who_has_one_has_no_value(events, people):
    made = fitted(events, people).transform(pd.DataFrame({"customer_id": ["c00", "c12", "c25"], "cutoff": CUTOFF}))
    assert made["attributes_plan"].fillna(-1).tolist() == [0.0, -1.0, -1.0]


def test_what_the_schema_or_the_definition_names_is_nobodys_own_word(events, people):
    every = ("visit", "call", "note", "letter of Ms Miller")
    assert set(fitted(events, people, kinds=every).known_["kind"]) == set(every)
    assert "note" in fitted(events, people, churn=Cancellation("note", horizon="30D")).known_["kind"]
    events["answered_at"] = events["timestamp"].where(events.index < 3) + pd.Timedelta("1h")
    later = (Later(at="answered_at", kind="answer"),)
    assert "answer" in fitted(events, people, later=later).known_["kind"]


def test_the_bound_is_the_users(events, people):
    log = fitted(events, people).log
    rows = pd.DataFrame({"customer_id": people["customer_id"], "cutoff": CUTOFF})
    assert FeatureSet([Recency()], log=log, min_customers=9).fit(rows).known_["kind"] == ("visit", "call", "note")
