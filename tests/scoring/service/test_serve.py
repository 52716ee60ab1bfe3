"""A service is hammered, killed and started again: nothing that it said it took is lost, and it answers as a batch does."""

from __future__ import annotations

import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pandas as pd
import pytest

from cxchurn._core import MissingExtraError, UsageError
from cxchurn.cli._app import run
from cxchurn.interactions import read_interactions
from cxchurn.scoring import score, serve, serve_app

from .services import as_json, served

AT = "2024-09-01"
CUSTOMERS = 60
BATCH = 25


@pytest.fixture(scope="module")
def some(rows):
    """The interactions of some customers."""
    chosen = sorted(rows["customer_id"].unique())[:CUSTOMERS]
    return rows[rows["customer_id"].isin(chosen)]


@pytest.fixture(scope="module")
def batches(some):
    sent = as_json(some.sample(frac=1, random_state=1))
    return [sent[begin : begin + BATCH] for begin in range(0, len(sent), BATCH)]


def hammered(service, batches, *, kill_after=None):
    """Send batches from eight threads, asking between them; return those that were acknowledged."""
    taken, lock = [], threading.Lock()

    def send(place):
        try:
            answer = service.client.post("/events", json=batches[place])
            service.client.get(f"/customers/{batches[place][0]['customer_id']}/score", params={"at": AT})
        except httpx.TransportError:
            return
        assert answer.status_code == 200, answer.text
        with lock:
            taken.append(place)
            if kill_after is not None and len(taken) == kill_after:
                service.process.kill()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(len(batches))))
    return taken


def test_nothing_acknowledged_is_lost_and_the_answers_are_those_of_the_batch(
    folder, some, batches, named, named_model, tmp_path
):
    store = ("--store", f"sqlite:///{tmp_path}/state.db")
    with served(folder, *store, folder=tmp_path) as service:
        taken = hammered(service, batches, kill_after=len(batches) // 2)
        assert service.process.wait(60) == -9
    assert len(batches) // 2 - 8 <= len(taken) < len(batches)
    with served(folder, *store, folder=tmp_path) as service:
        assert service.client.get("/ready").json()["events"] >= sum(len(batches[place]) for place in taken)
        for place in random.Random(2).sample(taken, 10):
            # what was acknowledged is there: it comes again as a repeat, whole
            answer = service.client.post("/events", json=batches[place]).json()
            assert (answer["kept"], answer["repeats"]) == (0, len(batches[place]))
        rest = [batch for place, batch in enumerate(batches) if place not in taken]
        assert len(hammered(service, rest)) == len(rest)
        assert service.client.get("/ready").json()["events"] == len(some)
        expected = score(named_model, read_interactions(some, named), at=AT, reasons=2)
        for row in expected.to_dict("records"):
            answer = service.client.get(f"/customers/{row['customer_id']}/score", params={"at": AT, "reasons": 2})
            found = answer.json()
            assert found["band"] == row["band"]
            assert (found["churn_probability"] is None) == bool(pd.isna(row["churn_probability"]))
            # to the bit
            assert found["churn_probability"] in (None, row["churn_probability"])
            told = [name for name in ("reason_1", "reason_2") if row[name]]
            assert found["reasons"] == [row[name] for name in told]
            assert found["reason_points"] == [row[name.replace("reason", "points")] for name in told]
            assert found["reason_subjects"] == [row[name.replace("reason", "subject")] for name in told]


@pytest.mark.prove
def test_a_service_that_is_told_to_stop_finishes_its_answers(folder, batches, tmp_path):
    store = ("--store", f"sqlite:///{tmp_path}/state.db")
    large = [event for batch in batches for event in batch]
    answers = []
    with served(folder, *store, folder=tmp_path) as service:
        # the first answer loads what is compiled
        service.client.post("/events", json=large[:1])
        sending = threading.Thread(target=lambda: answers.append(service.client.post("/events", json=large)))
        sending.start()
        time.sleep(0.05)
        service.process.terminate()
        assert service.process.wait(60) == 0
        sending.join()
        assert "stopped: every answer was given" in service.log.read_text()
    (answer,) = answers
    assert answer.json()["kept"] == len(large) - 1
    with served(folder, *store, folder=tmp_path) as service:
        assert service.client.get("/ready").json()["events"] == len(large)


@pytest.mark.prove
def test_several_workers_share_a_store_and_nothing_else(folder, batches, tmp_path, capsys):
    with pytest.raises(UsageError, match="2 workers cannot share events that are in memory"):
        serve(folder, workers=2)
    assert run(["serve", "--model", str(folder), "--workers", "2"]) == 2
    assert "Hint: add --store" in capsys.readouterr().err
    options = ("--store", f"sqlite:///{tmp_path}/state.db", "--workers", "2")
    with served(folder, *options, folder=tmp_path) as service:
        few = batches[:20]
        assert len(hammered(service, few)) == len(few)
        total = sum(map(len, few))
        workers = set()
        for _ in range(40):
            # another connection, and so perhaps another worker
            with httpx.Client(base_url=service.client.base_url, timeout=60) as other:
                assert other.get("/ready").json()["events"] == total
                workers |= {line for line in other.get("/metrics").text.splitlines() if "worker=" in line}
        assert len(workers) == 2
        assert service.stop() == 0


@pytest.mark.parametrize(("missing", "call"), [("fastapi", serve_app), ("uvicorn", serve)])
def test_without_the_libraries_the_extra_is_named(missing, call, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=rf"needs the library {missing}.*\n.*cxchurn\[serve\]"):
        call(folder)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--model", "nowhere"], "nowhere"),
        (["--port", "0"], "--port"),
        (["--store", "postgres://x"], "store is 'postgres://x'"),
    ],
)
def test_a_service_that_cannot_start_says_why(folder, options, words, capsys):
    given = options if "--model" in options else ["--model", str(folder), *options]
    assert run(["serve", *given]) == 2
    assert words in capsys.readouterr().err
