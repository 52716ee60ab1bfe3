from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import cxchurn as cx
from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.interactions import Schema, read_interactions
from cxchurn.scoring import FullError, OnlineScorer

from ._batch import said_online, with_schema

CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "waited": 30.0}


@pytest.fixture
def scorer(ticket_model) -> OnlineScorer:
    return OnlineScorer(ticket_model)


def test_what_became_of_an_update(scorer):
    told = {"kept": 1, "repeats": 0, "refused": 0, "findings": [], "unread": [], "unseen": {}}
    assert scorer.update(CALL).to_dict() == told
    done = scorer.update([CALL, {**CALL, "id": "e2"}])
    assert (done.kept, done.repeats, done.refused) == (1, 1, 0)
    assert [(one.rule, one.rows, one.kept) for one in done.findings] == [("event_id_repeated", 1, True)]
    assert scorer.events == 2
    assert len(scorer) == 1
    assert "A" in scorer
    assert "B" not in scorer
    assert repr(scorer) == f"OnlineScorer(1 customers, 2 events, model {scorer.model_version})"


@pytest.mark.parametrize(
    "make",
    [
        lambda rows: rows,
        iter,
        pd.DataFrame,
        pl.DataFrame,
        lambda rows: pl.DataFrame(rows).lazy(),
        pa.Table.from_pylist,
        pa.RecordBatch.from_pylist,
    ],
    ids=["dicts", "iterator", "pandas", "polars", "lazy", "arrow", "batch"],
)
def test_events_of_any_kind(make, scorer, tickets):
    columns = list(tickets.columns)
    rows = [dict.fromkeys(columns) | CALL, dict.fromkeys(columns) | {**CALL, "id": "e2", "who": "B"}]
    assert scorer.update(make(rows)).kept == 2
    other = OnlineScorer(scorer._model)
    other.update(rows)
    for customer in ("A", "B"):
        at = "2024-05-03"
        assert said_online(scorer.score(customer, at)) == said_online(other.score(customer, at))


BAD = [
    ({"who": None}, "customer_id_missing"),
    ({"who": " null "}, "customer_id_missing"),
    ({"who": 1.5}, "customer_id_unreadable"),
    ({"when": None}, "timestamp_missing"),
    ({"when": "yesterday"}, "time_unreadable"),
    ({"when": "2024-02-30"}, "time_unreadable"),
    ({"when": "2999-01-01"}, "time_in_future"),
    ({"what": "  "}, "kind_missing"),
    ({"waited": "soon"}, "number_unreadable"),
    ({"waited": float("inf")}, "number_infinite"),
    ({"waited": -1}, "number_out_of_range"),
    ({"direction": "sideways"}, "label_unknown"),
    ({"rating": 11, "survey": "nps", "answered_at": "2024-05-02"}, "score_off_scale"),
    ({"rating": 9, "survey": "nps"}, "late_value_without_time"),
    ({"solved": "maybe", "closed_at": "2024-05-02"}, "flag_unreadable"),
    ({"closed_at": "2024-04-01"}, "end_before_start"),
    ({"closed_at": "some day"}, "time_unreadable"),
]


@pytest.mark.parametrize(("change", "rule"), BAD, ids=[f"{rule}-{k}" for k, (_, rule) in enumerate(BAD)])
@pytest.mark.sampled(4)
def test_bad_events_are_refused_in_the_reader_s_own_words(change, rule, scorer, tickets, tickets_schema):
    bad = {**CALL, "id": "e2", **change}
    with pytest.raises(DataError, match=rule) as online:
        scorer.update([CALL, bad])
    assert scorer.events == 0, "an update is taken in as a whole or not at all"
    done = scorer.update([CALL, bad], on_error="quarantine")
    assert (done.kept, done.refused) == (1, 1)
    if rule == "customer_id_unreadable":
        return  # among texts a batch takes it for text
    rows = pd.DataFrame([dict.fromkeys(tickets.columns) | one for one in (CALL, bad)]).astype(object)
    with pytest.raises(DataError) as batch:
        read_interactions(rows.where(rows.notna(), None), tickets_schema)
    ours, theirs = ({line.strip() for line in str(one.value).splitlines() if " x " in line} for one in (online, batch))
    assert {line for line in theirs if rule in line} <= ours


def test_what_is_no_event_at_all(scorer):
    for events in (7, "text", [CALL, 7], b"bytes"):
        with pytest.raises(UsageError, match="of type"):
            scorer.update(events)
    with pytest.raises(DataError, match="has no column 'channel'") as error:
        scorer.update(pd.DataFrame([CALL]).drop(columns="waited"))
    assert "Allowed:" in str(error.value)
    with pytest.raises(DataError, match="'channel' holds a list, which cannot be read as touchpoint"):
        scorer.update({**CALL, "channel": ["phone"]})
    with pytest.raises(UsageError, match="on_error is 'ignore'"):
        scorer.update(CALL, on_error="ignore")
    with pytest.raises(UsageError, match="trained on 1 source, and source is 1"):
        scorer.update(CALL, source=1)
    assert scorer.update([]).kept == 0


def test_one_id_that_says_two_things_is_a_contradiction(scorer):
    scorer.update(CALL)
    with pytest.raises(DataError, match="event_id_contradicted") as error:
        scorer.update({**CALL, "waited": 31.0})
    assert "say different things" in " ".join(str(error.value).split())
    assert "id=e1" in str(error.value)
    for other in ({**CALL, "who": "B"}, {**CALL, "closed_at": "2024-05-02"}):
        assert scorer.update(other, on_error="quarantine").refused == 1
    # of two in one update nobody knows which is right
    two = [{**CALL, "id": "e9", "waited": 1.0}, {**CALL, "id": "e9", "waited": 2.0}, {**CALL, "id": "e8"}]
    done = scorer.update(two, on_error="quarantine")
    assert (done.kept, done.refused) == (1, 2)
    assert scorer.events == 2


def test_what_was_refused_as_a_contradiction_does_not_come_back_in_the_same_update(ticket_model, tickets_schema):
    scorer = OnlineScorer(with_schema(ticket_model, dataclasses.replace(tickets_schema, known_at="seen_at")))
    late, early = ({**CALL, "seen_at": f"2024-05-0{day}"} for day in (5, 3))
    done = scorer.update([late, {**late, "waited": 31.0}, early], on_error="quarantine")
    assert (done.kept, done.repeats, done.refused) == (0, 0, 3)
    assert scorer.events == 0


def test_of_repeats_the_one_that_was_known_first_stays(ticket_model, tickets_schema):
    schema = dataclasses.replace(tickets_schema, known_at="seen_at")
    early, late = ({**CALL, "seen_at": f"2024-05-{day}"} for day in ("02", "09"))
    for order in ([early, late], [late, early]):
        scorer = OnlineScorer(with_schema(ticket_model, schema))
        assert [scorer.update(one).kept for one in order] == [1, 0]
        assert scorer.score("A", "2024-05-05").why != "never seen"
        assert scorer.events == 1
        together = OnlineScorer(with_schema(ticket_model, schema))
        done = together.update(order)
        assert (done.kept, done.repeats) == (1, 1)
        assert together.score("A", "2024-05-05").why != "never seen"


def test_one_event_a_matter_where_a_table_repeats_its_end(ticket_model, tickets_schema):
    later = (dataclasses.replace(tickets_schema.later[0], once_per="case_id"), tickets_schema.later[1])
    schema = dataclasses.replace(tickets_schema, later=later)
    rows = [
        {
            **CALL,
            "id": f"e{k}",
            "when": f"2024-05-0{k}T10:00:00Z",
            "ticket": "T1",
            "closed_at": f"2024-05-1{k}",
            "solved": True,
        }
        for k in (1, 2, 3)
    ]
    answers = set()
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        scorer = OnlineScorer(with_schema(ticket_model, schema))
        for one in order:
            scorer.update(one)
        assert scorer.events == 3 + 1
        answers.add(said_online(scorer.score("A", "2024-05-20")))
    assert len(answers) == 1


def test_past_its_bound_an_update_is_refused_and_nothing_is_dropped(ticket_model):
    scorer = OnlineScorer(ticket_model, max_events=3)
    scorer.update([{**CALL, "id": f"e{k}"} for k in range(3)])
    with pytest.raises(FullError, match="it holds 3 events, and would hold 4") as error:
        scorer.update({**CALL, "id": "e9"})
    assert 'store="sqlite:///state.db"' in str(error.value)
    assert scorer.events == 3
    assert scorer.forget("A")
    assert not scorer.forget("A")
    assert scorer.events == 0
    assert scorer.update([{**CALL, "id": f"e{k}"} for k in range(3)]).kept == 3, "a customer is forgotten with the ids"
    small = OnlineScorer(ticket_model, memory_limit="2KB")
    with pytest.raises(FullError, match="memory_limit"):
        small.update([{**CALL, "id": f"e{k}"} for k in range(9)])
    for bad in ({"max_events": 0}, {"max_events": "3"}, {"memory_limit": "much"}, {"store": "state.db"}):
        with pytest.raises(UsageError):
            OnlineScorer(ticket_model, **bad)


def test_who_is_not_asked_about_is_told_why(scorer):
    scorer.update({**CALL, "id": "e1", "what": "purchase"})
    scorer.update({**CALL, "id": "e2", "what": "cancel", "when": "2024-05-03T09:00:00Z"})
    scorer.update({**CALL, "id": "e3", "who": "B", "direction": "outbound"})
    said = {
        ("A", "2024-05-02"): ("", ""),
        ("A", "2024-05-04"): ("ended", "cancelled on 3 May 2024"),
        ("A", "2024-04-30"): ("never seen", "never seen before: first known of on 1 May 2024"),
        ("B", "2024-05-04"): ("new", "new: no activity of their own yet"),
        ("C", "2024-05-04"): ("never seen", "never seen"),
    }
    assert {asked: (found.why, found.not_asked) for asked in said for found in [scorer.score(*asked)]} == said
    silent = OnlineScorer(scorer._model)
    silent.update(CALL)
    assert silent.score("A", "2025-01-01").not_asked == "silent since 1 May 2024, for longer than 90 days"
    other = copy.copy(scorer._model)
    other.churn_ = cx.Inactivity("60D", active_within="90D", ended_by=("complaint",))
    left = OnlineScorer(other)
    left.update({**CALL, "what": "complaint"})
    assert left.score("A", "2024-05-04").not_asked == "ended (complaint) on 1 May 2024"
    nobody = scorer.score("C", "2024-05-04")
    assert (nobody.churn_probability, nobody.band, nobody.reasons, nobody.asked) == (None, "not eligible", (), False)


def test_an_answer_as_json(scorer):
    scorer.update(CALL)
    found = scorer.score("A", "2024-05-02", reasons=2)
    assert found.to_dict() == {
        "customer_id": "A",
        "churn_probability": found.churn_probability,
        "band": found.band,
        "reasons": list(found.reasons),
        "reason_points": list(found.reason_points),
        "reason_subjects": list(found.reason_subjects),
        "already_silent": False,
        "not_asked": "",
        "why": "",
        "as_of": "2024-05-02T00:00:00Z",
        "model_version": scorer.model_version,
        "references_version": found.references_version,
    }
    assert len(found.reasons) == len(found.reason_points) == len(set(found.reason_subjects)) == 2
    assert scorer.score("A", "2024-05-02", reasons=0).reasons == ()
    assert found.as_of == np.datetime64("2024-05-02", "us")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.band = "low"  # type: ignore[misc]
    for bad in (-1, 1.5, True, None):
        with pytest.raises(UsageError, match="reasons is"):
            scorer.score("A", reasons=bad)
    for nobody in (None, "", " nan ", float("nan"), ["A"], 1.5):
        with pytest.raises(UsageError, match="which is no id"):
            scorer.score(nobody)
    with pytest.raises(UsageError, match="at is 'soon'"):
        scorer.score("A", "soon")


def test_ids_are_found_however_they_are_written(ticket_model):
    scorer = OnlineScorer(ticket_model)
    scorer.update([{**CALL, "id": "e1", "who": 1042}, {**CALL, "id": "e2", "who": " 77 "}])
    assert all(asked in scorer for asked in (1042, "1042", "1042.0", 1042.0, np.int64(1042), 77, "77"))
    assert scorer.score("1042").customer_id == "1042"
    numbered = with_schema(ticket_model, ticket_model.schemas_[0])
    numbered.ids_ = "integer"
    other = OnlineScorer(numbered)
    other.update({**CALL, "who": "1042"})
    assert other.score("1042").customer_id == 1042


def test_attributes_are_those_of_training(scorer):
    scorer.update(CALL)
    with pytest.raises(UsageError, match="knows no attribute 'plam'") as error:
        scorer.attributes("A", plam="gold")
    assert "did you mean 'plan'?" in str(error.value)
    with pytest.raises(UsageError, match="'household' is 'many'"):
        scorer.attributes("A", household="many")
    with pytest.raises(UsageError, match="signup is 'one day'"):
        scorer.attributes("A", signup="one day")


def test_another_model_is_swapped_in(scorer, model, ticket_model):
    scorer.update(CALL)
    before = scorer.score("A", "2024-05-02")
    other = with_schema(ticket_model, ticket_model.schemas_[0])
    other.version_ = "another"
    scorer.swap(other)
    after = scorer.score("A", "2024-05-02")
    assert after == dataclasses.replace(before, model_version="another")
    assert scorer.update({**CALL, "id": "e2"}).kept == 1
    with pytest.raises(MismatchError, match="duration_s") as error:
        scorer.swap(model)
    assert "were read without" in str(error.value)
    assert scorer.model_version == "another"


def test_a_scorer_in_memory_stays_in_its_process(scorer):
    with pytest.raises(UsageError, match="cannot go to another process"):
        pickle.dumps(scorer)


def test_what_is_no_model(tmp_path):
    for bad in (cx.ChurnModel(), 7):
        with pytest.raises(UsageError, match="a fitted ChurnModel, or the folder"):
            OnlineScorer(bad)
    with pytest.raises(UsageError, match="is not a saved model"):
        OnlineScorer(tmp_path / "nowhere")


def test_a_log_is_taken_in_once(ticket_model, ticket_log):
    scorer = OnlineScorer(ticket_model)
    scorer.warm(ticket_log)
    with pytest.raises(UsageError, match="there are events already"):
        scorer.warm(ticket_log)


@pytest.mark.parametrize("store", [None, "sqlite"])
def test_a_log_overwrites_nothing_that_was_told(ticket_model, ticket_log, tmp_path, store):
    scorer = OnlineScorer(ticket_model, store=store and f"sqlite:///{tmp_path / 'events.db'}")
    told = ticket_log.events["customer_id"][0].as_py()
    scorer.attributes(told, plan="plus")
    with pytest.raises(UsageError, match=f"what attributes.* told, such as '{told}'"):
        scorer.warm(ticket_log)
    assert scorer.events == 0
    scorer.close()


def test_two_sources(ticket_model, tickets_schema):
    orders = Schema(customer_id="cust", timestamp="at", kind_is="purchase", value="paid", timezone="Europe/Berlin")
    two = with_schema(ticket_model, tickets_schema)
    two.schemas_ = (tickets_schema, orders)
    scorer = OnlineScorer(two)
    with pytest.raises(UsageError, match="trained on 2 sources, and source is None") as error:
        scorer.update(CALL)
    assert error.value.allowed == (
        "0 (events with 'who', 'id', 'when', 'what' and 14 more); 1 (events with 'cust', 'at', 'paid')"
    )
    scorer.update(CALL, source=0)
    scorer.update({"cust": "A", "at": "2024-05-01T09:00", "paid": 12.5}, source=1)
    assert scorer.events == 2
    found = scorer.score_events({0: CALL, 1: [{"cust": "A", "at": "2024-05-01T09:00", "paid": 12.5}]}, "2024-05-02")
    assert [said_online(one) for one in found] == [said_online(scorer.score("A", "2024-05-02"))]
