"""What is odd about events that break no rule is counted and said, once."""

from __future__ import annotations

import copy
import logging

import pandas as pd
import pytest

from cxchurn._core import DataError
from cxchurn.scoring import OnlineScorer

CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "waited": 30.0}


@pytest.fixture
def scorer(ticket_model) -> OnlineScorer:
    return OnlineScorer(ticket_model)


class Said:
    """What was said so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog

    def __call__(self) -> list[str]:
        return [text for text in self.caplog.messages if "reading" not in text]


@pytest.fixture
def said(caplog) -> Said:
    caplog.set_level(logging.WARNING, logger="cxchurn")
    return Said(caplog)


def test_a_column_that_nothing_reads_is_said_once_and_named_each_time(scorer, said):
    odd = {**CALL, "shop": 7, "amuont": 12.5}
    assert scorer.update(odd).unread == ("amuont", "shop")
    assert said() == ["events have columns that nothing reads: 'amuont', 'shop' ('amuont': did you mean 'amount'?)"]
    assert scorer.update({**odd, "id": "e2"}).unread == ("amuont", "shop")
    scorer.score_events([odd], "2024-05-02")
    assert len(said()) == 1
    assert scorer.update({**CALL, "id": "e3", "till": 3}).unread == ("till",)
    assert said()[1:] == ["events have columns that nothing reads: 'till'"]
    assert scorer.update({**CALL, "id": "e4"}).unread == ()


@pytest.mark.parametrize(
    ("wrong", "right", "rule"),
    [("whne", "when", "timestamp_missing"), ("waht", "what", "kind_missing"), ("whoo", "who", "customer_id_missing")],
)
def test_a_misspelt_column_that_is_needed_is_an_error_that_says_which_was_meant(wrong, right, rule, scorer):
    bad = {wrong if name == right else name: value for name, value in CALL.items()}
    for give in (lambda: scorer.update(bad), lambda: scorer.score_events([bad], "2024-05-02")):
        with pytest.raises(DataError, match=rule) as error:
            give()
        assert f"nothing reads {wrong!r}: did you mean {right!r}?" in str(error.value)
    # only what can be done is advised: nothing that is only asked about is kept
    assert "on_error" not in error.value.hint
    assert "ask again without these events" in error.value.hint
    with pytest.raises(DataError, match=f"did you mean {wrong!r}"):
        # whole columns of a frame are looked for by their names
        scorer.update(pd.DataFrame([bad]))
    assert scorer.update([bad, CALL], on_error="quarantine").refused == 1
    assert scorer.events == 1


def test_labels_that_training_never_met_are_counted_and_said(scorer, said):
    new = {"what": "hologram", "channel": "robot"}
    events = [{**CALL, **new}, {**CALL, "id": "e2", "what": "hologram"}, {**CALL, "id": "e3"}]
    done = scorer.update(events)
    both = {
        "kind": {"labels": 1, "rows": 2, "such_as": ["hologram"]},
        "touchpoint": {"labels": 1, "rows": 1, "such_as": ["robot"]},
    }
    assert done.unseen == both
    assert done.to_dict()["unseen"] == both
    assert [line.partition(" was never")[0] for line in said()] == ["kind 'hologram'", "touchpoint 'robot'"]
    # a repeat is no new event, nor is one that is refused
    again = scorer.update([events[0], {**CALL, "id": "e4", "what": "dream", "when": "soon"}], on_error="quarantine")
    assert (again.repeats, again.refused, again.unseen) == (1, 1, {})
    assert scorer.unseen == both
    scorer.score_events([{**CALL, "what": "dream"}], "2024-05-02")
    assert scorer.unseen["kind"] == {"labels": 2, "rows": 3, "such_as": ["hologram", "dream"]}
    assert len(said()) == 3


def test_no_more_labels_are_said_than_somebody_reads(scorer, said):
    scorer.update([{**CALL, "id": f"e{k}", "what": f"kind {k:04}"} for k in range(1500)])
    assert len(said()) == 5
    assert scorer.unseen["kind"] == {"labels": 1000, "rows": 1500, "such_as": [f"kind {k:04}" for k in range(5)]}


def test_labels_on_file_too(scorer, said):
    scorer.attributes("A", plan="unheard of", household=2)
    scorer.attributes("B", plan="unheard of")
    assert scorer.unseen == {"plan": {"labels": 1, "rows": 2, "such_as": ["unheard of"]}}
    assert len(said()) == 1


def test_those_of_a_log_are_counted_as_a_batch_counts_them(
    ticket_model, tickets, tickets_schema, company, tmp_path, said
):
    from cxchurn.interactions import read_interactions
    from cxchurn.scoring import score_to

    odd = tickets.assign(what=tickets["what"].astype(object).where(tickets.index % 9 > 0, "hologram"))
    log = read_interactions(odd, tickets_schema, customers=company.customers)
    scorer = OnlineScorer(ticket_model)
    scorer.warm(log)
    batch = score_to(ticket_model, log, tmp_path / "s.parquet", at=log.observed_until, allow_shallow=True).unseen
    assert scorer.unseen == {name: one for name, one in batch.items() if not name.startswith("customers.")}
    assert scorer.unseen["kind"]["rows"] == (odd["what"] == "hologram").sum()


@pytest.mark.parametrize(
    ("ids", "given", "odd", "order"),
    [
        ("text", ["375", "00375", "A"], [], ["00375", "375", "A"]),
        ("text", ["A", 375, 375.0], [2, 3], ["375", "A"]),
        # text that is a whole number is that one, as in every address of a service
        ("integer", [375, 375.0, "375", "-3"], [], [-3, 375]),
        ("integer", ["A", "00375", 375], [1, 2], [375, "00375", "A"]),
    ],
)
def test_ids_of_another_type_than_in_training_are_taken_counted_and_said_once(
    ids, given, odd, order, ticket_model, said
):
    model = copy.copy(ticket_model)
    model.ids_ = ids
    scorer = OnlineScorer(model)
    done = scorer.update([{**CALL, "id": f"e{k}", "who": who} for k, who in enumerate(given)])
    assert (done.kept, done.refused) == (len(given), 0)
    about = [(f.rule, f.column, f.rows, f.kept, [one["row"] for one in f.examples]) for f in done.findings]
    assert about == ([("customer_id_type", "customer_id", len(odd), True, odd)] if odd else [])
    assert [line[: line.index(":")] for line in said()] == [
        f"customers of events such as {given[odd[0] - 1]!r}".replace("375.0", "375") for _ in odd[:1]
    ]
    scorer.update([{**CALL, "id": f"f{k}", "who": who} for k, who in enumerate(given)])
    alone = scorer.score_events([{**CALL, "id": f"g{k}", "who": who} for k, who in enumerate(given)], "2024-05-02")
    assert [one.customer_id for one in alone] == order
    assert len(said()) == len(odd[:1])


def test_a_row_that_is_refused_says_nothing_of_its_id(ticket_model):
    done = OnlineScorer(ticket_model).update({**CALL, "who": 375, "when": "soon"}, on_error="quarantine")
    assert [found.rule for found in done.findings] == ["time_unreadable"]
