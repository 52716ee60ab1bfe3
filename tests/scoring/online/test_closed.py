"""A scorer that was closed says so, whatever it is asked."""

from __future__ import annotations

import pickle
import threading

import pytest

from cxchurn._core import UsageError
from cxchurn.scoring import OnlineScorer

CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call"}
ASKED = {
    "update": lambda scorer, log: scorer.update(CALL),
    "score": lambda scorer, log: scorer.score("A"),
    "score_many": lambda scorer, log: scorer.score_many([]),
    "score_events": lambda scorer, log: scorer.score_events([CALL]),
    "attributes": lambda scorer, log: scorer.attributes("A", plan="plus"),
    "forget": lambda scorer, log: scorer.forget("A"),
    "warm": lambda scorer, log: scorer.warm(log),
    "swap": lambda scorer, log: scorer.swap(scorer.model),
    "known": lambda scorer, log: scorer.known("A"),
    "in": lambda scorer, log: "A" in scorer,
    "len": lambda scorer, log: len(scorer),
    "events": lambda scorer, log: scorer.events,
    "unseen": lambda scorer, log: scorer.unseen,
    "with": lambda scorer, log: scorer.__enter__(),
    "pickle": lambda scorer, log: pickle.dumps(scorer),
}


@pytest.mark.parametrize("store", [False, True], ids=["memory", "store"])
@pytest.mark.parametrize("asked", ASKED)
def test_every_method_says_that_it_is_closed(asked, store, ticket_model, ticket_log, tmp_path):
    scorer = OnlineScorer(ticket_model, store=f"sqlite:///{tmp_path / 's.db'}" if store else None)
    scorer.close()
    scorer.close()
    with pytest.raises(UsageError, match="the scorer is closed"):
        ASKED[asked](scorer, ticket_log)
    assert repr(scorer) == f"OnlineScorer(closed, model {scorer.model_version})"


def test_a_block_closes_it_and_a_store_goes_on(ticket_model, tmp_path):
    store = f"sqlite:///{tmp_path / 's.db'}"
    with OnlineScorer(ticket_model, store=store) as scorer:
        scorer.update(CALL)
        wanted = scorer.score("A", "2024-05-02")
    with pytest.raises(UsageError, match="the scorer is closed"):
        scorer.score("A", "2024-05-02")
    with OnlineScorer(ticket_model, store=store) as scorer:
        assert scorer.score("A", "2024-05-02") == wanted


def test_another_thread_is_told_too(ticket_model, tmp_path):
    scorer = OnlineScorer(ticket_model, store=f"sqlite:///{tmp_path / 's.db'}")
    scorer.update(CALL)
    asked, closed, found = threading.Event(), threading.Event(), []

    def ask() -> None:
        found.append(scorer.score("A", "2024-05-02").band)
        asked.set()
        closed.wait()
        try:
            scorer.score("A", "2024-05-02")
        except UsageError as error:
            found.append(error.found)

    thread = threading.Thread(target=ask)
    thread.start()
    asked.wait()
    scorer.close()
    closed.set()
    thread.join()
    assert found == [found[0], "the scorer is closed."]
