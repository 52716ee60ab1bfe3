"""Which store, experiment and run are meant, stores that are down, and stores that several processes open at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from cxchurn._core import UsageError
from cxchurn.evaluation import backtest
from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.tracking import check_store, log_run

VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_ID")

pytestmark = pytest.mark.usefixtures("packed_once")


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    return ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)


@pytest.fixture(scope="module")
def place(tmp_path_factory, store_at) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    for name in ("mine", "other", "environment"):
        store_at(folder / f"{name}.db")
    return folder


@pytest.fixture
def mine(place, monkeypatch, request) -> Iterator[str]:
    """A program that has said where it keeps its runs."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)
    before, uri = mlflow.get_tracking_uri(), f"sqlite:///{place}/mine.db"
    mlflow.set_tracking_uri(uri)
    yield uri
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(before)


def experiment_of(run) -> str:
    return MlflowClient(run.tracking_uri).get_experiment(run.experiment_id).name


class TestWhereItIsWritten:
    def test_where_nothing_is_said(self, mine, small):
        run = log_run(small)
        assert (run.tracking_uri, experiment_of(run)) == (mine, "cxchurn")

    def test_the_experiment_that_was_set(self, mine, small, monkeypatch, place):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "")  # given back afterwards
        mlflow.set_experiment("set")
        assert experiment_of(log_run(small)) == "set"
        assert experiment_of(log_run(small, experiment="named")) == "named"
        other = log_run(small, tracking_uri=f"sqlite:///{place}/other.db")
        assert experiment_of(other) == "cxchurn", "what is set there says nothing about another store"

    def test_the_experiment_of_the_environment(self, mine, small, monkeypatch):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "of the environment")
        assert experiment_of(log_run(small)) == "of the environment"
        number = MlflowClient().create_experiment("by its number")
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", number)
        assert log_run(small).experiment_id == number
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "31415926")
        with pytest.raises(UsageError, match="no experiment with the id '31415926'"):
            log_run(small)

    def test_the_store_of_the_environment(self, mine, small, monkeypatch, place):
        mlflow.set_tracking_uri(None)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{place}/environment.db")
        assert log_run(small).tracking_uri == f"sqlite:///{place}/environment.db"

    def test_the_run_that_is_going_on(self, mine, small, place):
        mlflow.set_experiment("going on")
        with mlflow.start_run() as going_on:
            mlflow.log_param("mine", 1)
            run = log_run(small)
            assert mlflow.active_run().info.run_id == run.run_id == going_on.info.run_id
            assert MlflowClient().get_run(run.run_id).info.status == "RUNNING"
            inside = log_run(small, run_name="inside")
            other = log_run(small, tracking_uri=f"sqlite:///{place}/other.db")
        written = MlflowClient().get_run(run.run_id)
        assert (written.info.status, written.data.params["mine"]) == ("FINISHED", "1")
        assert written.data.tags["cxchurn.model_version"] == small.version_
        nested = MlflowClient().get_run(inside.run_id)
        assert (nested.data.tags["mlflow.parentRunId"], nested.info.status) == (run.run_id, "FINISHED")
        assert other.run_id not in (run.run_id, inside.run_id)

    def test_what_the_run_that_is_going_on_holds_stays(self, mine, small, caplog):
        mlflow.set_experiment("held")
        with mlflow.start_run():
            mlflow.log_params({"folds": "mine", "churn": "Inactivity"})
            run = log_run(small)
            again = log_run(small)
        assert run.run_id == again.run_id
        assert "holds other values of folds: they stay" in caplog.text
        params = MlflowClient().get_run(run.run_id).data.params
        assert (params["folds"], params["churn.horizon"]) == ("mine", "60D")
        model = MlflowClient().get_logged_model(run.model_uri.removeprefix("models:/"))
        assert model.params["folds"] == str(small.folds)

    def test_a_run_that_is_going_on_is_left_going_on_by_a_failure(self, mine, small, monkeypatch):
        monkeypatch.setattr("cxchurn.tracking._upload._write", lambda *parts: 1 / 0)
        with mlflow.start_run() as going_on:
            with pytest.raises(ZeroDivisionError):
                log_run(small)
            assert MlflowClient().get_run(going_on.info.run_id).info.status == "RUNNING"

    def test_the_run_of_the_environment(self, mine, small, monkeypatch):
        client = MlflowClient()
        given = client.create_run(client.create_experiment("project")).info.run_id
        monkeypatch.setenv("MLFLOW_RUN_ID", given)
        assert log_run(small).run_id == given
        assert client.get_run(given).info.status == "RUNNING", "who started it ends it"


class TestAutologging:
    @pytest.fixture
    def on(self, mine) -> Iterator[str]:
        mlflow.set_experiment("autologging")
        mlflow.autolog(silent=True, log_models=False)
        yield "autologging"
        mlflow.autolog(disable=True, silent=True)

    def test_no_part_of_a_fit_becomes_a_run(self, on, churn, train, test):
        model = ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5))
        model.fit(train)
        ChurnClassifier(n_estimators=5).fit(model.features_of(train), train.y)
        backtest(model, train, folds=1, replicates=20)
        assert len(mlflow.search_runs(experiment_names=[on])) == 0

    def test_the_programs_own_fits_still_do(self, on, train, small):
        from sklearn.linear_model import LogisticRegression

        features = small.features_of(train).fillna(0)
        with pytest.raises(UsageError):
            ChurnClassifier(n_estimators=0).fit(features, train.y)
        LogisticRegression(max_iter=1000).fit(features, train.y)
        assert len(mlflow.search_runs(experiment_names=[on])) == 1


def test_trainings_at_once_switch_it_on_again(mine):
    """The last of several at once switches it on, not the first."""
    from mlflow.utils import autologging_utils

    from cxchurn._core import not_autologged

    first, second = not_autologged(), not_autologged()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED
    second.__exit__(None, None, None)
    assert not autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED


def test_what_somebody_else_has_switched_off_stays_off(mine):
    from mlflow.utils import autologging_utils

    from cxchurn._core import not_autologged

    with autologging_utils.disable_autologging():
        with not_autologged():
            assert autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED
        assert autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED
    assert not autologging_utils._AUTOLOGGING_GLOBALLY_DISABLED


def test_mlflow_is_not_imported_for_it():
    code = "import sys; from cxchurn._core import not_autologged\nwith not_autologged(): print('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_here())
    assert done.stdout.strip() == "False"


OPENING = "import sys; from cxchurn.tracking import check_store; check_store(sys.argv[1])"


@pytest.mark.prove
def test_several_processes_open_a_new_store_at_once(tmp_path):
    uri = f"sqlite:///{tmp_path}/below/new.db"
    command = [sys.executable, "-c", OPENING, uri]
    jobs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_here()) for _ in range(2)]
    ends = [(job.communicate()[1], job.returncode) for job in jobs]
    assert [code for _, code in ends] == [0, 0], ends
    assert sorted(path.name for path in (tmp_path / "below").iterdir()) == ["new.db"]
    assert [one.name for one in MlflowClient(uri).search_experiments()] == ["Default"]


@contextmanager
def answering(code: int, after: int = 0) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that answers everything with a code, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            good = len(asked) <= after
            self.send_response(200 if good else code)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *parts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestStoresThatAreDown:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr("cxchurn.tracking._store._PAUSES", (0, 0, 0))

    @pytest.mark.parametrize("code", [500, 502, 503, 504])
    def test_a_server_that_says_it_cannot(self, code):
        with answering(code) as (address, asked):
            with pytest.raises(UsageError, match=rf"it answers {code}"):
                check_store(address)
            assert asked == ["/health"] * 3

    def test_a_server_that_fails_on_the_way(self, small, monkeypatch):
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with answering(503, after=3) as (address, asked):
            with pytest.raises(UsageError, match=r"Nothing trained is lost(.|\n)*cx.log_saved"):
                log_run(small, tracking_uri=address)
            assert len(asked) < 10

    def test_nobody_answers(self, small):
        with pytest.raises(UsageError, match=r"no server answers(.|\n)*Nothing trained is lost(.|\n)*cx.log_saved"):
            log_run(small, tracking_uri="http://127.0.0.1:9")

    def test_a_password_is_not_shown(self):
        with pytest.raises(UsageError) as caught:
            check_store("http://somebody:secret@127.0.0.1:9")
        assert "secret" not in str(caught.value)


def _here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
