"""How long MLflow tries a server: said by variables of the whole process, which come back as they were."""

from __future__ import annotations

import os
import threading

import pytest

from cxchurn.tracking._patience import patience

RETRIES, TIMEOUT = "MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_HTTP_REQUEST_TIMEOUT"


@pytest.fixture(autouse=True)
def unsaid(monkeypatch):
    monkeypatch.delenv(RETRIES, raising=False)
    monkeypatch.delenv(TIMEOUT, raising=False)


def test_ours_only_where_nothing_is_said(monkeypatch):
    monkeypatch.setenv(TIMEOUT, "77")
    with patience():
        assert (os.environ[RETRIES], os.environ[TIMEOUT]) == ("2", "77")
    assert RETRIES not in os.environ
    assert os.environ[TIMEOUT] == "77"


def test_who_ends_first_takes_nothing_from_the_others():
    begun, ended = threading.Event(), threading.Event()

    def other() -> None:
        with patience():
            begun.set()
            ended.wait(10)

    thread = threading.Thread(target=other)
    with patience():
        thread.start()
        begun.wait(10)
    assert os.environ[RETRIES] == "2", "the other one is still inside"
    ended.set()
    thread.join(10)
    assert RETRIES not in os.environ


def test_what_the_program_says_meanwhile_stands(monkeypatch):
    with patience():
        monkeypatch.setenv(RETRIES, "9")
    assert os.environ[RETRIES] == "9"
