"""A model may stand wherever MLflow keeps it; a folder loads no MLflow (see test_light)."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import cxchurn as cx
from cxchurn.scoring import OnlineScorer, score
from cxchurn.scoring.service import _serve

ADDRESS = "models:/churn@champion"
CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "waited": 30.0}


@pytest.fixture
def kept(folder, monkeypatch) -> list[str]:
    """The addresses that were asked for; the model of the folder lies at each of them."""
    asked: list[str] = []

    @contextmanager
    def fetched(address: str, *, tracking_uri: str | None = None) -> Iterator[Path]:
        asked.append(address)
        yield folder

    monkeypatch.setattr("cxchurn.tracking.fetched", fetched)
    return asked


def test_a_scorer_takes_an_address_and_swaps_to_one(kept, ticket_model, tmp_path):
    with OnlineScorer(ADDRESS, store=f"sqlite:///{tmp_path / 's.db'}") as scorer:
        scorer.update(CALL)
        found = scorer.score("A", "2024-05-02")
        assert found.model_version == ticket_model.version_
        scorer.swap("runs:/abc/model")
        assert kept == [ADDRESS, "runs:/abc/model"]
        # what an address means may have moved on: the other process gets the model that this one has
        with pickle.loads(pickle.dumps(scorer)) as other:
            assert other.score("A", "2024-05-02") == found
        assert len(kept) == 2


def test_a_batch_takes_one(kept, ticket_model, ticket_log):
    at = "2024-11-05"
    left, right = (score(model, ticket_log, at=at) for model in (ADDRESS, ticket_model))
    assert left.equals(right)
    assert kept == [ADDRESS]


def test_a_service_looks_one_up_once(kept, folder, monkeypatch):
    served: list[tuple[dict, int]] = []
    monkeypatch.setattr(_serve, "_run", lambda uvicorn, given, how, workers, says: served.append((given, workers)))
    cx.serve(ADDRESS, store="sqlite:///s.db", workers=3)
    assert kept == [ADDRESS]
    ((given, workers),) = served
    assert (given["model"], workers) == (str(folder), 3)
