from __future__ import annotations

import dataclasses
import logging

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn.scoring import OnlineScorer

from ._batch import said_by_a_batch, said_online, with_schema

AT = "2024-11-05T13:20"


@pytest.fixture(scope="module", autouse=True)
def quiet():
    """Say nothing of the many logs that are read here."""
    logger = logging.getLogger("cxchurn")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


def test_everybody_gets_what_a_batch_gives(ticket_model, tickets, tickets_schema, company):
    batch = said_by_a_batch(ticket_model, tickets, tickets_schema, AT, customers=company.customers)
    scorer = OnlineScorer(ticket_model)
    for part in range(7):
        scorer.update(tickets.iloc[part::7].sample(frac=1, random_state=part))
    tell(scorer, company.customers)
    found = {one.customer_id: said_online(one) for one in scorer.score_many(list(batch), AT)}
    assert found == batch
    assert {said[4] for said in batch.values()} >= {"", "ended", "silent too long"}
    alone = {customer: said_online(scorer.score(customer, AT)) for customer in list(batch)[:40]}
    assert alone == {customer: batch[customer] for customer in alone}


def tell(scorer: OnlineScorer, customers: pd.DataFrame) -> None:
    for row in customers.to_dict("records"):
        values = {name: row[name] for name in ("plan", "region", "signup", "acquired", "household")}
        scorer.attributes(row["customer_id"], valid_from=row["valid_from"], **values)


def test_a_warmed_scorer_too_and_one_without_state(ticket_model, ticket_log, tickets, tickets_schema, company):
    batch = said_by_a_batch(ticket_model, tickets, tickets_schema, AT, customers=company.customers)
    scorer = OnlineScorer(ticket_model)
    assert scorer.warm(ticket_log) == len(ticket_log) == scorer.events
    assert {one.customer_id: said_online(one) for one in scorer.score_many(list(batch), AT)} == batch
    who = list(batch)[:30]
    own = tickets[tickets["who"].isin(who)]
    fresh = OnlineScorer(ticket_model)
    tell(fresh, company.customers)
    found = fresh.score_events(own.sample(frac=1, random_state=1), AT)
    assert [one.customer_id for one in found] == sorted(who)
    batch = said_by_a_batch(ticket_model, own, tickets_schema, AT, customers=company.customers)
    assert {one.customer_id: said_online(one) for one in found} == batch
    assert len(fresh) == 0


ON_FILE = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B"],
        "valid_from": pd.to_datetime(["2024-01-01", "2024-07-05", "2024-09-01"]),
        "plan": ["basic", "plus", None],
        "region": ["north", "west", "of no training"],
        "signup": pd.to_datetime(["2023-01-01", "2023-01-01", "2024-05-01"]),
        "acquired": ["store", "store", "web"],
        "household": [2.0, 3.0, None],
    }
)
kinds = st.sampled_from(["purchase", "visit", "call", "cancel", "newsletter", "chat"])
moments = st.integers(0, 200 * 48).map(lambda k: pd.Timestamp("2024-04-10") + pd.Timedelta(minutes=30 * k))
some = st.one_of


@st.composite
def row(draw, k: int) -> dict:
    when = draw(moments)
    closed = draw(some(st.none(), st.integers(0, 40)))
    answered = draw(some(st.none(), st.integers(0, 40)))
    kind = draw(kinds)
    return {
        "id": draw(some(st.none(), st.just(f"e{k}"))),
        "who": draw(st.sampled_from(["A", "B", "C"])),
        "when": when,
        "what": kind,
        "channel": draw(st.sampled_from(["store", "phone", None])),
        "ticket": draw(st.sampled_from(["T1", "T2", None])),
        "direction": "outbound" if kind == "newsletter" else draw(st.sampled_from(["inbound", None])),
        "answered_by": draw(st.sampled_from(["human", "bot", None])),
        "waited": draw(st.sampled_from([None, 0.0, 30.5, 900.0])),
        "transfers": draw(st.sampled_from([None, 0.0, 2.0])),
        "solved": None if closed is None else draw(st.sampled_from([True, False])),
        "rating": None if answered is None else float(draw(st.integers(0, 10))),
        "survey": None if answered is None else "nps",
        "amount": draw(st.sampled_from([None, 12.5, -3.0, 0.0])),
        "items": draw(st.sampled_from([None, 1.0, 4.0])),
        "product_group": draw(st.sampled_from(["food", "toys", None])),
        "closed_at": None if closed is None else when + pd.Timedelta(hours=7 * closed),
        "answered_at": None if answered is None else when + pd.Timedelta(hours=5 * answered),
    }


# a log is asked about after its first interaction; others change nothing
SOMEBODY = {"id": "first", "who": "Z", "when": pd.Timestamp("2024-01-01"), "what": "visit"}


@st.composite
def histories(draw) -> list[dict]:
    count = draw(st.integers(1, 25))
    return [draw(row(k)) for k in range(count)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), rows=histories())
def test_whatever_the_order_and_however_late(data, rows, ticket_model, tickets_schema):
    schema = dataclasses.replace(tickets_schema, duplicates="keep")
    at = data.draw(moments, label="at")
    batch = said_by_a_batch(ticket_model, frame([SOMEBODY, *rows]), schema, at, customers=ON_FILE)
    # repeats of what has an id are one event, in the batch as here
    repeats = [one for one in rows if one["id"] is not None and data.draw(st.booleans())]
    shuffled = data.draw(st.permutations([*rows, *repeats]))
    scorer = OnlineScorer(with_schema(ticket_model, schema))
    tell(scorer, ON_FILE.sample(frac=1, random_state=data.draw(st.integers(0, 9))))
    kept = 0
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        told, shuffled = shuffled[:size], shuffled[size:]
        given = data.draw(st.sampled_from(["dicts", "frame"])) if size > 1 else "dict"
        done = scorer.update(told[0] if given == "dict" else frame(told) if given == "frame" else told)
        kept += done.kept
        # what is asked in between changes nothing
        scorer.score("A", at)
    assert kept == len(rows)
    for customer in ("A", "B", "C"):
        found = scorer.score(customer, at)
        if customer in batch:
            assert said_online(found) == batch[customer]
        else:
            assert found.why == "never seen"


def frame(rows: list[dict]) -> pd.DataFrame:
    found = pd.DataFrame(rows)
    for name in ("when", "closed_at", "answered_at"):
        found[name] = pd.to_datetime(found[name])
    for name in ("waited", "transfers", "rating", "amount", "items"):
        found[name] = found[name].astype("float64")
    return found


@pytest.mark.parametrize("policy", ["refuse", "keep"])
def test_equal_events_without_an_id_are_what_the_schema_says(policy, ticket_model, tickets_schema):
    schema = dataclasses.replace(tickets_schema, duplicates=policy)
    scorer = OnlineScorer(with_schema(ticket_model, schema))
    event = {"who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "unused": 1}
    assert scorer.update(event).kept == 1
    again = scorer.update([event, {**event, "unused": 2}], on_error="quarantine")
    # what differs in a column that the schema does not use is no copy
    assert (again.kept, again.refused) == ((1, 1) if policy == "refuse" else (2, 0))
    assert scorer.events == (2 if policy == "refuse" else 3)
