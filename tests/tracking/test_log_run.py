"""Runs written down in a local store and through a real server on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from cxchurn._core import UsageError
from cxchurn.evaluate import Evaluation, evaluate
from cxchurn.explain import Explanation, explain
from cxchurn.features import Recency
from cxchurn.interactions import fingerprint
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.tracking import Run, log_run

ARTIFACTS = {
    *(f"data/{name}" for name in ("log.json", "panel.csv", "families.csv", "features.csv")),
    *(f"tables/{name}.csv" for name in ("metrics", "differences", "reliability", "lift", "drivers")),
    *(f"figures/{name}.png" for name in ("churn_rate", "drivers", "reliability", "lift")),
    *(f"model/{name}" for name in ("manifest.json", "lightgbm.txt", "features.json", "model.json")),
}


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    """Another model than the one evaluated, to be kept in its place."""
    return ChurnModel(churn, features=[Recency()], classifier=ChurnClassifier(n_estimators=9)).fit(train)


@pytest.fixture(scope="module")
def evaluation(model, test) -> Evaluation:
    return evaluate(model, test, replicates=20)


@pytest.fixture(scope="module")
def explanation(model, test) -> Explanation:
    return explain(model, test)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/m.db"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> Path:
    """Work in an empty folder, where nothing may be left."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """A real tracking server on a free port."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/m.db", "--artifacts-destination", str(folder / "artifacts")]
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with open(folder / "log.txt", "wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **settings}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        if not _answers(address, process):
            pytest.fail(f"the server did not start:\n{(folder / 'log.txt').read_text()[-2000:]}")
        yield address
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def _answers(address: str, process: subprocess.Popen) -> bool:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            if process.poll() is not None:
                return False
            time.sleep(0.5)
    return False


@pytest.fixture(scope="module")
def run(store, model, evaluation, explanation) -> Run:
    return log_run(model, evaluation, explanation, run_name="first", tracking_uri=store)


def names(client: MlflowClient, run_id: str, folder: str = "") -> set[str]:
    found = set()
    for one in client.list_artifacts(run_id, folder):
        found |= names(client, run_id, one.path) if one.is_dir else {one.path}
    return found


class TestLocalStore:
    def test_where(self, run, store):
        client = MlflowClient(store)
        written = client.get_run(run.run_id)
        assert (run.tracking_uri, run.experiment_id) == (store, written.info.experiment_id)
        assert run.artifact_uri == written.info.artifact_uri
        assert written.info.run_name == "first"
        assert written.info.status == "FINISHED"
        assert client.get_experiment(run.experiment_id).name == "cxchurn"

    def test_files_lie_beside_the_store(self, run, store, elsewhere):
        folder = Path(store.removeprefix("sqlite:///")).parent
        assert Path(run.artifact_uri).is_relative_to(folder / "mlruns")
        assert list(elsewhere.iterdir()) == []

    def test_everything_is_there(self, run, store):
        assert names(MlflowClient(store), run.run_id) == ARTIFACTS

    def test_parameters(self, run, store, model):
        written = MlflowClient(store).get_run(run.run_id).data
        assert written.params["churn"] == "Inactivity"
        assert written.params["churn.horizon"] == "60D"
        assert written.params["churn.active_within"] == "90D"
        assert written.params["classifier.n_estimators"] == "60"
        assert written.params["trees"] == str(model.classifier_.n_rounds_)
        assert written.params["features"] == str(len(model.features_.says_))
        assert {"Recency", "Volume", "Effort"} <= set(written.params["families"].split(", "))
        assert written.tags["cxchurn.model_version"] == model.version_
        assert written.tags["cxchurn.note_1"] == model.notes_[0]

    def test_metrics_with_their_intervals(self, run, store, evaluation, train):
        written = MlflowClient(store).get_run(run.run_id).data.metrics
        rows = evaluation.metrics.set_index(["model", "cutoff", "metric"])
        pooled = rows.loc["model", "pooled", "roc_auc"]
        assert written["roc_auc"] == pooled["value"]
        assert (written["roc_auc_low"], written["roc_auc_high"]) == (pooled["low"], pooled["high"])
        assert written["roc_auc_low"] < written["roc_auc"] < written["roc_auc_high"]
        others = [name for name in evaluation.metrics["model"].unique() if name != "model"]
        assert others
        for name in others:
            key = f"{name.replace(' ', '_')}.brier"
            assert written[key] == rows.loc[name, "pooled", "brier"]["value"]
        assert any(name.endswith("_mean_over_cutoffs") for name in written)
        assert written["training_rows"] == len(train)
        assert written["training_churn_rate"] == pytest.approx(train.frame["churned"].mean())
        assert all(np.isfinite(value) for value in written.values())

    def test_tables_come_back(self, run, store, evaluation, explanation, tmp_path):
        folder = Path(MlflowClient(store).download_artifacts(run.run_id, "tables", str(tmp_path)))
        for name, table in (("metrics", evaluation.metrics), ("drivers", explanation.drivers())):
            back = pd.read_csv(folder / f"{name}.csv", float_precision="round_trip")
            pd.testing.assert_frame_equal(back, table.reset_index(drop=True), check_dtype=False, check_exact=True)

    def test_the_log_is_known_by_its_fingerprint(self, run, store, log):
        assert mlflow.artifacts.load_dict(f"{run.artifact_uri}/data/log.json") == fingerprint(log)

    def test_figures_are_pictures(self, run, store, tmp_path):
        folder = Path(MlflowClient(store).download_artifacts(run.run_id, "figures", str(tmp_path)))
        assert all(path.read_bytes()[:4] == b"\x89PNG" for path in folder.iterdir())

    def test_the_model_loads_from_there(self, run, store, model, test, tmp_path):
        folder = MlflowClient(store).download_artifacts(run.run_id, "model", str(tmp_path))
        np.testing.assert_array_equal(load_model(folder).predict_proba(test), model.predict_proba(test))

    def test_no_customer_is_in_it(self, run, store, log, tmp_path):
        client = MlflowClient(store)
        folder = Path(client.download_artifacts(run.run_id, "", str(tmp_path)))
        texts = [path.read_text() for path in folder.rglob("*") if path.is_file() and path.suffix != ".png"]
        data = client.get_run(run.run_id).data
        texts += [str(data.params), str(data.tags)]
        assert len(texts) == len(ARTIFACTS) - 4 + 2
        ids = log.events["customer_id"].unique().to_pylist()
        assert [who for who in ids if any(who in text for text in texts)] == []

    def test_another_experiment_and_a_final_model(self, store, model, small, test, tmp_path, elsewhere):
        report = tmp_path / "report.html"
        report.write_text("<p>report</p>")
        run = log_run(model, final=small, report=report, experiment="other", tracking_uri=store)
        client = MlflowClient(store)
        assert client.get_experiment(run.experiment_id).name == "other"
        found = names(client, run.run_id)
        assert "report.html" in found
        assert not any(name.startswith("tables/") for name in found)
        assert client.get_run(run.run_id).data.tags["cxchurn.model_version"] == small.version_
        kept = load_model(client.download_artifacts(run.run_id, "model", str(tmp_path)))
        np.testing.assert_array_equal(kept.predict_proba(test), small.predict_proba(test))
        again = log_run(small, experiment="other", tracking_uri=store)
        assert (again.experiment_id == run.experiment_id, again.run_id == run.run_id) == (True, False)
        assert list(elsewhere.iterdir()) == []

    def test_a_loaded_model_has_no_panel_to_write_down(self, small, store, tmp_path):
        run = log_run(load_model(small.save(tmp_path / "model")), tracking_uri=store)
        written = MlflowClient(store).get_run(run.run_id)
        assert written.info.status == "FINISHED"
        assert "training_rows" not in written.data.metrics
        assert written.data.metrics["training_churn_rate"] == small.base_rate_

    def test_a_run_that_fails_says_so(self, small, store, tmp_path, monkeypatch):
        with pytest.raises(Exception, match="no such report"):
            log_run(small, report=tmp_path / "no such report", experiment="failing", tracking_uri=store)
        client = MlflowClient(store)
        found = client.search_runs([client.get_experiment_by_name("failing").experiment_id])
        assert [run.info.status for run in found] == ["FAILED"]

    def test_trials_are_runs_inside_the_run(self, churn, train, store):
        pytest.importorskip("optuna")
        classifier = ChurnClassifier(n_estimators=9)
        tuned = ChurnModel(churn, features=[Recency()], classifier=classifier, folds=2, tune=3).fit(train)
        run = log_run(tuned, experiment="tuned", tracking_uri=store)
        client = MlflowClient(store)
        found = client.search_runs([run.experiment_id], f"tags.`mlflow.parentRunId` = '{run.run_id}'")
        inside = sorted(found, key=lambda one: one.info.run_name)
        assert [one.info.run_name for one in inside] == ["trial 0", "trial 1", "trial 2"]
        for one, row in zip(inside, tuned.trials_.to_dict("records"), strict=True):
            assert one.info.status == "FINISHED"
            assert one.data.metrics == {"log_loss_on_folds": row["value"]}
            assert one.data.params["num_leaves"] == str(row["num_leaves"])
            assert len(one.data.params) == 6
            assert one.data.tags["cxchurn.trial_state"] == row["state"] == "complete"
        assert len(client.search_runs([run.experiment_id])) == 4
        assert "tuning/trials.csv" in names(client, run.run_id)

    def test_interrupted_is_failed(self, small, store, monkeypatch):
        monkeypatch.setattr("cxchurn.tracking._log_run._log_all", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            log_run(small, experiment="interrupted", tracking_uri=store)
        client = MlflowClient(store)
        found = client.search_runs([client.get_experiment_by_name("interrupted").experiment_id])
        assert [run.info.status for run in found] == ["FAILED"]


def _interrupted(*args, **kwargs):
    raise KeyboardInterrupt


def test_through_a_server(server, model, evaluation, explanation, test, tmp_path, elsewhere):
    run = log_run(model, evaluation, explanation, tracking_uri=server)
    client = MlflowClient(server)
    written = client.get_run(run.run_id)
    assert written.info.status == "FINISHED"
    assert run.artifact_uri.startswith("mlflow-artifacts:")
    assert names(client, run.run_id) == ARTIFACTS
    assert written.data.metrics["roc_auc_low"] < written.data.metrics["roc_auc_high"]
    folder = client.download_artifacts(run.run_id, "model", str(tmp_path))
    np.testing.assert_array_equal(load_model(folder).predict_proba(test), model.predict_proba(test))
    assert list(elsewhere.iterdir()) == []


def _not_a_database(folder: Path) -> str:
    (folder / "text.db").write_text("this is no database, whatever its name says")
    return f"sqlite:///{folder}/text.db"


@pytest.mark.parametrize(
    "uri",
    [
        lambda folder: f"sqlite:///{folder}/text.txt/below/m.db",
        _not_a_database,
        lambda folder: "ftp://nowhere",
        lambda folder: "http://127.0.0.1:9",
        lambda folder: str(folder / "files"),
    ],
)
def test_a_store_that_cannot_be_used(uri, small, tmp_path):
    (tmp_path / "text.txt").write_text("")
    with pytest.raises(UsageError, match=r"cannot be used(.|\n)*sqlite:///mlflow.db(.|\n)*check the address"):
        log_run(small, tracking_uri=uri(tmp_path))


def test_what_is_no_model_of_ours(store):
    with pytest.raises(UsageError, match=r"not a LogisticRegression(.|\n)*mlflow.sklearn"):
        log_run(LogisticRegression(), tracking_uri=store)


def test_a_model_that_was_never_fitted(small, store):
    for pair in ({"model": clone(small)}, {"model": small, "final": clone(small)}):
        with pytest.raises(NotFittedError):
            log_run(**pair, tracking_uri=store)
