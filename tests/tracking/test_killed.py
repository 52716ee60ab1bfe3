"""A process that is killed while it writes a run down: the next one leaves no run half-made, and none is lost."""

from __future__ import annotations

import logging
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.tracking import _log_run, _upload, check_store, log_run, log_saved

pytestmark = [
    pytest.mark.usefixtures("packed_once"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    return ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """A working folder of its own, with an own place for temporary files."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dies(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def child(run: Callable[[], object]) -> int:
    number = os.fork()
    if not number:
        try:
            run()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def killed_at(monkeypatch, owner: object, name: str, run: Callable[[], object]) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        assert child(run) == -signal.SIGKILL


def runs(store: str) -> list[str]:
    client = MlflowClient(store)
    found = client.search_runs([one.experiment_id for one in client.search_experiments()])
    return sorted(run.info.status for run in found)


def models(store: str) -> list[str]:
    client = MlflowClient(store)
    experiments = [one.experiment_id for one in client.search_experiments()]
    return sorted(str(one.status) for one in client.search_logged_models(experiments))


# where it is killed: what is then half-made, and what the next run finds when it is done
MOMENTS = {
    "before it is packed": (_log_run, "pack", ["FINISHED"], ["READY"]),
    "a run without anything": (_upload, "_write", ["FINISHED", "FINISHED", "KILLED"], ["READY"] * 2),
    "a run without its files": (
        MlflowClient,
        "log_artifacts",
        ["FINISHED", "FINISHED", "KILLED"],
        ["READY"] * 2,
    ),
    "a model without its files": (
        MlflowClient,
        "log_model_artifacts",
        ["FINISHED", "FINISHED", "KILLED"],
        ["FAILED", "READY", "READY"],
    ),
    "a run that nobody ended": (
        MlflowClient,
        "set_terminated",
        ["FINISHED", "FINISHED", "KILLED"],
        ["READY"] * 3,
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.sampled(3)
def test_the_next_run_ends_what_is_half_made_and_writes_it_down(moment, small, place, monkeypatch, caplog, store_at):
    owner, name, ended, logged = MOMENTS[moment]
    store = store_at(place / "m.db")
    killed_at(monkeypatch, owner, name, lambda: log_run(small, tracking_uri=store))
    assert list((place / "cxchurn-unlogged").iterdir())
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        log_run(small, tracking_uri=store)
    assert runs(store) == ended
    assert models(store) == logged
    assert ("a process was killed while it wrote" in caplog.text) == ("KILLED" in ended)
    assert {one.name for one in place.iterdir()} == {"m.db", "mlruns", "tmp"}
    assert list((place / "tmp").iterdir()) == []


def test_what_is_whole_is_not_written_down_again(small, place, monkeypatch, store_at):
    store = store_at(place / "m.db")
    killed_at(
        monkeypatch, _upload, "_counted", lambda: log_run(small, tracking_uri=store, register_as="r", alias="next")
    )
    assert runs(store) == ["FINISHED"]
    assert len(list((place / "cxchurn-unlogged").iterdir())) == 1
    check_store(store)
    assert runs(store) == ["FINISHED"]
    assert MlflowClient(store).get_model_version_by_alias("r", "next").version == 1
    assert not (place / "cxchurn-unlogged").exists()


@pytest.mark.prove
def test_what_goes_to_another_store_goes_on_waiting(small, place, monkeypatch, caplog, store_at):
    store, other = store_at(place / "m.db"), store_at(place / "other.db")
    killed_at(monkeypatch, _upload, "_write", lambda: log_run(small, tracking_uri=store))
    (waits,) = (place / "cxchurn-unlogged").iterdir()
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        check_store(other)
    assert f"a run for another MLflow store waits in cxchurn-unlogged/{waits.name}" in caplog.text
    # by hand it can go anywhere, and then it is nobody's any more
    log_saved(waits, tracking_uri=store)
    assert runs(store) == ["FINISHED", "RUNNING"]
    check_store(store)
    assert runs(store) == ["FINISHED", "KILLED"]
    assert not (place / "cxchurn-unlogged").exists()


@pytest.mark.prove
def test_it_is_a_run_of_its_own_though_another_is_going_on(small, place, monkeypatch, store_at):
    """What the killed process had logged is not mixed with what this one logs."""
    store = store_at(place / "m.db")
    killed_at(monkeypatch, _upload, "_write", lambda: log_run(small, tracking_uri=store))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    mlflow.set_tracking_uri(store)
    try:
        with mlflow.start_run() as going_on:
            log_run(small)
        client = MlflowClient(store)
        found = client.search_runs([one.experiment_id for one in client.search_experiments()])
    finally:
        mlflow.set_tracking_uri(None)
    whole = [run for run in found if run.info.status == "FINISHED"]
    assert len(whole) == 2
    (taken_up,) = [run for run in whole if run.info.run_id != going_on.info.run_id]
    assert "mlflow.parentRunId" not in taken_up.data.tags
    assert len(client.search_logged_models([taken_up.info.experiment_id])) == 1


def test_what_another_process_is_writing_down_is_left_alone(small, place, monkeypatch, store_at):
    store = store_at(place / "m.db")
    seen = []

    def looked(*given: object, **asked: object) -> None:
        check_store(store)
        seen.append([one.name for one in (place / "cxchurn-unlogged").iterdir()])

    monkeypatch.setattr(_upload, "_write", looked)
    log_run(small, tracking_uri=store)
    assert len(seen) == len(seen[0]) == 1
    assert runs(store) == ["FINISHED"]


@pytest.mark.prove
def test_a_store_that_is_killed_while_it_is_made_is_made_again(small, place, monkeypatch):
    """MLflow makes its tables one by one: a file with some of them could never be opened again."""
    from mlflow.store.db import utils

    store = f"sqlite:///{place}/new/m.db"
    killed_at(monkeypatch, utils, "_upgrade_db", lambda: check_store(store))
    assert not (place / "new/m.db").exists()
    check_store(store)
    assert [one.name for one in (place / "new").iterdir()] == ["m.db"]
    assert log_run(small, tracking_uri=store).run_id
