from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxchurn._core import DataError, MismatchError, UsageError
from cxchurn.scoring import FullError, OnlineScorer

from ._batch import said_by_a_batch, said_online

AT = "2024-11-05T13:20"
REPOSITORY = Path(__file__).parents[3]
CALL = {"id": "e1", "who": "A", "when": "2024-05-01T10:00:00Z", "what": "call", "waited": 30.0}


@pytest.fixture
def store(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


def test_what_is_in_the_file_gives_the_same_answers(ticket_model, tickets, tickets_schema, company, store):
    who = sorted(tickets["who"].unique())[:40]
    own = tickets[tickets["who"].isin(who)].reset_index(drop=True)
    batch = said_by_a_batch(ticket_model, own, tickets_schema, AT, customers=company.customers)
    # so few are held in memory that most are read from the file again and again
    scorer = OnlineScorer(ticket_model, store=store, max_events=60)
    for part in range(5):
        scorer.update(own.iloc[part::5].sample(frac=1, random_state=part))
    for row in company.customers[company.customers["customer_id"].isin(who)].to_dict("records"):
        values = {name: row[name] for name in ("plan", "region", "signup", "acquired", "household")}
        scorer.attributes(row["customer_id"], valid_from=row["valid_from"], **values)
    for one in (scorer, OnlineScorer(ticket_model, store=store)):
        assert {found.customer_id: said_online(found) for found in one.score_many(who, AT)} == batch
        assert (len(one), one.events) == (len(who), scorer.events)
    assert scorer.update(own.iloc[:50]).repeats == 50


def test_what_is_on_file_is_there_again_even_where_it_is_infinite(ticket_model, store):
    scorer = OnlineScorer(ticket_model, store=store)
    scorer.update(CALL)
    scorer.attributes("A", household=float("inf"), plan="caf\u00e9\udfff")
    (held,) = OnlineScorer(ticket_model, store=store)._book.on_file("A")
    assert held.values == {"household": float("inf"), "plan": "caf\u00e9?"}


def test_forgotten_means_gone_from_the_file(ticket_model, store):
    scorer, other = (OnlineScorer(ticket_model, store=store) for _ in range(2))
    scorer.update(CALL)
    scorer.attributes("A", plan="basic")
    assert other.known("A")
    assert scorer.forget("A")
    assert not other.known("A")
    assert not other.forget("A")
    assert other.update(CALL).kept == 1


def test_two_scorers_of_one_file_see_what_the_other_wrote(ticket_model, store):
    one, two = (OnlineScorer(ticket_model, store=store) for _ in range(2))
    for k in range(6):
        writer, reader = (one, two) if k % 2 else (two, one)
        assert writer.update({**CALL, "id": f"e{k}", "when": f"2024-05-01T1{k}:00:00Z"}).kept == 1
        assert reader.events == k + 1
        assert said_online(reader.score("A", "2024-05-03")) == said_online(writer.score("A", "2024-05-03"))
    assert one.update({**CALL, "id": "e3", "when": "2024-05-01T13:00:00Z"}).repeats == 1


def test_a_failed_update_leaves_nothing_behind(ticket_model, store, monkeypatch):
    scorer = OnlineScorer(ticket_model, store=store)
    scorer.update(CALL)
    before = said_online(scorer.score("A", AT))

    def fails(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(scorer._book, "_note", fails)
    with pytest.raises(RuntimeError):
        scorer.update({**CALL, "id": "e2"})
    monkeypatch.undo()
    assert scorer.events == 1
    assert said_online(scorer.score("A", AT)) == before
    assert scorer.update({**CALL, "id": "e2"}).kept == 1
    assert OnlineScorer(ticket_model, store=store).events == 2


WRITER = """
import sys
from cxchurn import OnlineScorer
scorer = OnlineScorer({folder!r}, store={store!r})
print("ready", flush=True)
for k in range(100_000):
    scorer.update({{"id": f"e{{k}}", "who": f"C{{k % 7}}", "when": f"2024-05-01T10:00:{{k % 60:02}}Z", "what": "call"}})
    print(k, flush=True)
"""


@pytest.mark.parametrize("after", [pytest.param(1, marks=pytest.mark.prove), 23])
def test_an_acknowledged_event_survives_a_kill(after, folder, store):
    code = WRITER.format(folder=str(folder), store=store)
    with subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(after + 1)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().splitlines(keepends=True)
    assert told[0] == "ready\n"
    acknowledged = [int(line) for line in told[1:] if line.endswith("\n")]
    assert len(acknowledged) >= after
    scorer = OnlineScorer(folder, store=store)
    again = [(f"e{k}", f"C{k % 7}", f"2024-05-01T10:00:{k % 60:02}Z", "call") for k in acknowledged]
    told_again = scorer.update([dict(zip(("id", "who", "when", "what"), one, strict=True)) for one in again])
    assert told_again.repeats == len(acknowledged)
    # at most one more was written and not told of any more
    assert len(acknowledged) <= scorer.events <= len(acknowledged) + 1


def _score(scorer: OnlineScorer) -> dict:
    scorer.update({**CALL, "id": f"from {os.getpid()}", "when": "2024-05-02T10:00:00Z"})
    return scorer.score("A", "2024-05-01T12:00").to_dict()


@pytest.mark.parametrize("way", ["fork", pytest.param("spawn", marks=pytest.mark.prove)])
def test_a_scorer_goes_to_other_processes(way, folder, store):
    scorer = OnlineScorer(folder, store=store)
    scorer.update(CALL)
    here = scorer.score("A", "2024-05-01T12:00").to_dict()
    with multiprocessing.get_context(way).Pool(1) as pool:
        found = pool.map(_score, [scorer] * 2)
    assert found == [here] * 2
    assert scorer.events >= 2
    assert pickle.loads(pickle.dumps(scorer)).events == scorer.events


def test_a_process_that_was_forked_has_its_own_memory_and_is_not_locked(folder):
    scorer = OnlineScorer(folder)
    scorer.update(CALL)
    here = scorer.score("A", "2024-05-02").to_dict()
    with scorer._book.writing():
        # the lock is held while the process is forked: nobody there would ever let it go
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            scorer.update({**CALL, "id": "e2"})
            now = scorer.score("A", "2024-05-02").to_dict()
            os.write(writing, json.dumps([scorer.events, scorer.score("A", "2024-05-01").why, now != here]).encode())
            os._exit(0)
    deadline = time.monotonic() + 60
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        assert time.monotonic() < deadline, "the forked process hangs"
        time.sleep(0.01)
    assert json.loads(os.read(reading, 1000)) == [2, "never seen", True]
    assert scorer.events == 1


def test_a_file_that_cannot_serve_is_refused_in_words(ticket_model, model, tmp_path, store):
    OnlineScorer(ticket_model, store=store).update(CALL)
    with pytest.raises(MismatchError, match="were read without"):
        OnlineScorer(model, store=store)
    (tmp_path / "text.db").write_text("this is no database, and never was one" * 50)
    with pytest.raises(DataError, match="is damaged, or is none"):
        OnlineScorer(ticket_model, store=f"sqlite:///{tmp_path / 'text.db'}")
    with pytest.raises(UsageError, match="cannot be used"):
        OnlineScorer(ticket_model, store=f"sqlite:///{tmp_path / 'no' / 'folder' / 'state.db'}")
    con = sqlite3.connect(store.removeprefix("sqlite:///"))
    con.execute("UPDATE about SET value = '0' WHERE name = 'format'")
    con.commit()
    with pytest.raises(MismatchError, match="has the format '0'"):
        OnlineScorer(ticket_model, store=store)


def test_with_a_store_the_bound_is_of_memory_alone(ticket_model, store):
    scorer = OnlineScorer(ticket_model, store=store, max_events=2)
    scorer.update([{**CALL, "id": f"e{k}", "who": f"C{k}"} for k in range(9)])
    assert scorer.events == 9
    assert scorer._book._events <= 2
    try:
        scorer.update({**CALL, "id": "e10"})
    except FullError:
        pytest.fail("a file has room")


def test_a_warmed_file(ticket_model, ticket_log, company, store):
    memory, scorer = OnlineScorer(ticket_model), OnlineScorer(ticket_model, store=store)
    assert memory.warm(ticket_log) == scorer.warm(ticket_log)
    again = OnlineScorer(ticket_model, store=store)
    who = sorted(ticket_log.events["customer_id"].unique().to_pylist())[:30]
    expected = [said_online(one) for one in memory.score_many(who, AT)]
    assert [said_online(one) for one in scorer.score_many(who, AT)] == expected
    assert [said_online(one) for one in again.score_many(who, AT)] == expected
