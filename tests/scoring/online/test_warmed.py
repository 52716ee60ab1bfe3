"""Events that a scorer has of a log, and that come again."""

from __future__ import annotations

import dataclasses
import logging

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxchurn.interactions import read_interactions
from cxchurn.scoring import OnlineScorer

from ._batch import said_by_a_batch, said_online, with_schema
from .test_same_as_batch import ON_FILE, SOMEBODY, frame, row

CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "waited": 30.0}


@pytest.fixture(scope="module", autouse=True)
def quiet():
    """Say nothing of the many logs that are read here."""
    logger = logging.getLogger("cxchurn")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


@st.composite
def told_apart(draw) -> list[dict]:
    """Rows of which no two are alike: a log does not keep the ids by which those would be told apart."""
    rows = [draw(row(k)) for k in range(draw(st.integers(1, 20)))]
    for k, one in enumerate(rows):
        for name in ("when", "closed_at", "answered_at"):
            one[name] = None if one[name] is None else one[name] + pd.Timedelta(seconds=k)
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), rows=told_apart(), once=st.booleans(), stored=st.booleans())
def test_a_log_and_what_overlaps_with_it_are_the_whole(
    data, rows, once, stored, ticket_model, tickets_schema, tmp_path_factory
):
    later = (
        dataclasses.replace(tickets_schema.later[0], once_per="case_id" if once else None),
        tickets_schema.later[1],
    )
    schema = dataclasses.replace(tickets_schema, duplicates="refuse", later=later)
    model, at = with_schema(ticket_model, schema), pd.Timestamp("2024-11-20")
    batch = said_by_a_batch(model, frame([SOMEBODY, *rows]), schema, at, customers=ON_FILE)
    end = data.draw(st.integers(1, len(rows)), label="end of the log")
    begin = data.draw(st.integers(0, end), label="begin of the updates")
    log = read_interactions(frame([SOMEBODY, *rows[:end]]), schema, customers=ON_FILE, observed_until="2025-01-01")
    store = f"sqlite:///{tmp_path_factory.mktemp('warmed') / 's.db'}" if stored else None
    with OnlineScorer(model, store=store) as scorer:
        scorer.warm(log)
        coming = data.draw(st.permutations(rows[begin:]), label="order")
        twice = [one for one in coming if data.draw(st.booleans())]
        done = []
        for some in (coming, twice):
            while some:
                size = data.draw(st.integers(1, len(some)))
                done.append(scorer.update(some[:size] if size > 1 else some[0], on_error="quarantine"))
                some = some[size:]
        assert sum(one.kept for one in done) == len(rows) - end
        without = sum(one["id"] is None for one in [*rows[begin:end], *twice])
        assert sum(one.refused for one in done) == without
        assert sum(one.repeats for one in done) == end - begin + len(twice) - without
        found = {who: said_online(scorer.score(who, at)) for who in batch}
        if stored:
            with OnlineScorer(model, store=store) as other:
                assert {who: said_online(other.score(who, at)) for who in batch} == found
                assert other.events == scorer.events
    assert found == batch


def warmed(ticket_model, schema, rows: list[dict], **options) -> OnlineScorer:
    scorer = OnlineScorer(with_schema(ticket_model, schema), **options)
    names = ["id", "who", "when", "what", "channel", "ticket", "direction", "answered_by", "waited", "transfers", "solved",
             "rating", "survey", "amount", "items", "product_group", "closed_at", "answered_at", "seen_at"]  # fmt: skip
    table = pd.DataFrame([dict.fromkeys(names) | one for one in rows])
    table["when"] = pd.to_datetime(table["when"])
    for name in ("closed_at", "answered_at", "seen_at"):
        table[name] = pd.to_datetime(table[name])
    scorer.warm(read_interactions(table.drop(columns=[] if schema.known_at else ["seen_at"]), schema))
    return scorer


@pytest.mark.parametrize("policy", ["refuse", "keep"])
def test_without_an_id_it_is_as_the_schema_says(policy, ticket_model, tickets_schema):
    scorer = warmed(ticket_model, dataclasses.replace(tickets_schema, duplicates=policy), [{**CALL, "id": None}])
    done = scorer.update({**CALL, "id": None}, on_error="quarantine")
    assert (done.kept, done.refused) == ((0, 1) if policy == "refuse" else (1, 0))
    assert scorer.events == (1 if policy == "refuse" else 2)


def test_as_many_ids_are_repeats_as_the_log_has_events(ticket_model, tickets_schema):
    scorer = warmed(ticket_model, tickets_schema, [CALL, {**CALL, "id": "e2"}])
    done = scorer.update([{**CALL, "id": f"e{k}"} for k in (1, 2, 3)])
    assert (done.kept, done.repeats, scorer.events) == (1, 2, 3)
    assert scorer.update({**CALL, "id": "e2"}).repeats == 1


def test_an_id_that_says_something_else_contradicts_what_it_said(ticket_model, tickets_schema):
    scorer = warmed(ticket_model, tickets_schema, [CALL])
    assert scorer.update(CALL).repeats == 1
    assert scorer.update({**CALL, "waited": 31.0}, on_error="quarantine").refused == 1
    # the log had it before it was closed
    other = warmed(ticket_model, tickets_schema, [CALL])
    assert other.update({**CALL, "closed_at": "2024-05-02"}, on_error="quarantine").refused == 1


def test_one_known_before_the_log_had_it_stands_in_its_place(ticket_model, tickets_schema, tmp_path):
    schema = dataclasses.replace(tickets_schema, known_at="seen_at")
    for store in (None, f"sqlite:///{tmp_path / 's.db'}"):
        scorer = warmed(ticket_model, schema, [{**CALL, "seen_at": "2024-05-09"}], store=store)
        assert scorer.score("A", "2024-05-05").why == "never seen"
        done = scorer.update({**CALL, "seen_at": "2024-05-02"})
        assert (done.kept, done.repeats, scorer.events) == (0, 1, 1)
        assert scorer.score("A", "2024-05-05").why != "never seen"
        assert scorer.update({**CALL, "seen_at": "2024-05-03"}).repeats == 1
        scorer.close()


def test_forgotten_customers_begin_anew(ticket_model, tickets_schema):
    scorer = warmed(ticket_model, tickets_schema, [CALL])
    scorer.update(CALL)
    assert scorer.forget("A")
    assert scorer.update(CALL).kept == 1
