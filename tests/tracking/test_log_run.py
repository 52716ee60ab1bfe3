"""Runs written down in a local store and through a real server on loopback."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.evaluation import Evaluation, backtest, evaluate
from cxchurn.explanation import Explanation, explain
from cxchurn.features import Recency
from cxchurn.interactions import fingerprint
from cxchurn.model import ChurnClassifier, ChurnModel, load_model
from cxchurn.tracking import Run, log_run

ARTIFACTS = {
    "model_card.md",
    "model_card.html",
    *(f"data/{name}" for name in ("panel.csv", "families.csv", "features.csv")),
    *(f"tables/{name}.csv" for name in ("metrics", "differences", "reliability", "lift", "drivers")),
    *(f"figures/{name}.png" for name in ("churn_rate", "drivers", "reliability", "lift")),
}
MODEL = {
    *(
        "MLmodel",
        "conda.yaml",
        "python_env.yaml",
        "requirements.txt",
        "input_example.json",
        "serving_input_example.json",
    ),
    *(f"data/churn-model/{name}" for name in ("manifest.json", "lightgbm.txt", "features.json", "model.json")),
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
def store(tmp_path_factory, store_at) -> str:
    return store_at(tmp_path_factory.mktemp("store") / "m.db")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> Path:
    """Work in an empty folder, where nothing may be left."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return folder


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

    def test_the_model_is_one_of_mlflows(self, run, store, tmp_path, model):
        client = MlflowClient(store)
        (output,) = client.get_run(run.run_id).outputs.model_outputs
        logged = client.get_logged_model(output.model_id)
        assert run.model_uri == f"models:/{output.model_id}"
        assert (logged.name, logged.status, logged.source_run_id) == ("model", "READY", run.run_id)
        assert logged.tags["cxchurn.model_version"] == model.version_
        assert logged.params["trees"] == str(model.classifier_.n_rounds_)
        assert {metric.key for metric in logged.metrics} >= {"roc_auc", "log_loss"}
        assert {metric.dataset_name for metric in logged.metrics} == {"test panel"}
        repository = Path(logged.artifact_location)
        assert {str(one.relative_to(repository)) for one in repository.rglob("*") if one.is_file()} == MODEL
        assert not [one for one in repository.rglob("*") if one.suffix in (".pkl", ".pickle", ".skops")]

    def test_parameters(self, run, store, model, train):
        written = MlflowClient(store).get_run(run.run_id).data
        assert written.params["churn"] == "Inactivity"
        assert written.params["churn.horizon"] == "60D"
        assert written.params["churn.active_within"] == "90D"
        assert written.params["classifier.n_estimators"] == "60"
        assert written.params["trees"] == str(model.classifier_.n_rounds_)
        assert written.params["features"] == str(len(model.features_.says_))
        assert written.params["builder.Recency"].startswith("Recency(")
        weights = [float(written.params[f"blend.{name}"]) for name in model.blend_.weights]
        assert sum(weights) == pytest.approx(1, abs=1e-3)
        assert written.params["training.rows"] == str(len(train))
        assert written.params["training.last_cutoff"] == "2024-06-01"
        assert written.tags["cxchurn.model_version"] == model.version_
        assert "cxchurn.evaluated" not in written.tags

    def test_where_it_came_from(self, run, store, model):
        # this program is no notebook, also where a library for notebooks is loaded
        written = MlflowClient(store).get_run(run.run_id).data.tags
        assert written["mlflow.source.name"]
        assert written["mlflow.source.type"] == "LOCAL"
        assert model.churn_.says[1:] in written["mlflow.note.content"]
        assert MlflowClient(store).get_experiment(run.experiment_id).tags["mlflow.experimentKind"] == (
            "custom_model_development"
        )
        assert run.url is None

    def test_metrics_with_their_ranges(self, run, store, evaluation, train):
        written = MlflowClient(store).get_run(run.run_id).data.metrics
        rows = evaluation.metrics.set_index(["model", "cutoff", "metric"])
        pooled = rows.loc["model", "pooled", "roc_auc"]
        assert written["roc_auc"] == pooled["value"]
        assert (written["range/roc_auc_low"], written["range/roc_auc_high"]) == (pooled["low"], pooled["high"])
        others = [name for name in evaluation.metrics["model"].unique() if name != "model"]
        assert others
        for name in others:
            key = f"other_models/{name.replace(' ', '_')}/brier"
            assert written[key] == rows.loc[name, "pooled", "brier"]["value"]
        assert "roc_auc_mean_over_cutoffs" in written
        assert written["training/rows"] == len(train)
        assert written["training/churn_rate"] == pytest.approx(train.frame["churned"].mean())
        assert all(np.isfinite(value) for value in written.values())
        assert len(written) < 60

    def test_each_cutoff_is_a_step(self, run, store, evaluation):
        history = MlflowClient(store).get_metric_history(run.run_id, "per_cutoff/log_loss")
        rows = evaluation.metrics.query("model == 'model' and metric == 'log_loss' and cutoff != 'pooled'")
        times = pd.to_datetime(rows["cutoff"]).astype("datetime64[ms]").astype(np.int64)
        assert [(one.step, one.value, one.timestamp) for one in history] == [
            (step, value, at) for step, (value, at) in enumerate(zip(rows["value"], times, strict=True))
        ]

    def test_data_as_inputs_without_rows(self, run, store, log, train, test):
        inputs = MlflowClient(store).get_run(run.run_id).inputs.dataset_inputs
        found = {one.dataset.name: (one.dataset, one.tags[0].value) for one in inputs}
        assert {name: context for name, (_, context) in found.items()} == {
            "interactions": "training",
            "training panel": "training",
            "test panel": "evaluation",
        }
        data = {name: json.loads(one.profile) for name, (one, _) in found.items()}
        assert data["interactions"]["num_rows"] == len(log)
        assert (data["training panel"]["num_rows"], data["test panel"]["num_rows"]) == (len(train), len(test))
        assert found["interactions"][0].digest == fingerprint(log)["sha256"][:16]
        columns = json.loads(found["interactions"][0].schema)["mlflow_colspec"]
        assert {one["name"] for one in columns} == set(log.types.names)

    def test_tables_come_back(self, run, store, evaluation, explanation, tmp_path):
        folder = Path(MlflowClient(store).download_artifacts(run.run_id, "tables", str(tmp_path)))
        for name, table in (("metrics", evaluation.metrics), ("drivers", explanation.drivers())):
            back = pd.read_csv(folder / f"{name}.csv", float_precision="round_trip")
            pd.testing.assert_frame_equal(back, table.reset_index(drop=True), check_dtype=False, check_exact=True)

    def test_figures_are_pictures(self, run, store, tmp_path):
        folder = Path(MlflowClient(store).download_artifacts(run.run_id, "figures", str(tmp_path)))
        assert all(path.read_bytes()[:4] == b"\x89PNG" for path in folder.iterdir())

    def test_the_model_loads_from_there(self, run, store, model, test):
        for address in (run.model_uri, f"runs:/{run.run_id}/model"):
            loaded = cx.load_model(address, tracking_uri=store)
            np.testing.assert_array_equal(loaded.predict_proba(test), model.predict_proba(test))

    def test_no_customer_is_in_it(self, run, store, log, tmp_path):
        client = MlflowClient(store)
        folder = Path(client.download_artifacts(run.run_id, "", str(tmp_path)))
        kept = Path(client.get_logged_model(run.model_uri.removeprefix("models:/")).artifact_location)
        files = [*folder.rglob("*"), *kept.rglob("*")]
        texts = [path.read_text() for path in files if path.is_file() and path.suffix != ".png"]
        written = client.get_run(run.run_id)
        texts += [str(written.data.to_dictionary()), str(written.inputs.to_dictionary())]
        assert len(texts) == len(ARTIFACTS) - 4 + len(MODEL) + 2
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
        written = client.get_run(run.run_id).data
        assert written.tags["cxchurn.model_version"] == small.version_
        assert written.params["classifier.n_estimators"] == "9", "facts of the model that is kept"
        assert model.version_ in written.tags["cxchurn.evaluated"]
        assert written.tags["cxchurn.evaluated"].startswith("another model")
        kept = cx.load_model(run.model_uri, tracking_uri=store)
        np.testing.assert_array_equal(kept.predict_proba(test), small.predict_proba(test))
        again = log_run(small, experiment="other", tracking_uri=store)
        assert (again.experiment_id == run.experiment_id, again.run_id == run.run_id) == (True, False)
        assert list(elsewhere.iterdir()) == []

    def test_a_loaded_model_has_no_panel_to_write_down(self, small, store, tmp_path):
        run = log_run(load_model(small.save(tmp_path / "model")), tracking_uri=store)
        written = MlflowClient(store).get_run(run.run_id)
        assert written.info.status == "FINISHED"
        assert written.inputs.dataset_inputs == []
        assert written.data.metrics["training/churn_rate"] == small.base_rate_
        assert written.info.run_name == f"2024-06-01 {small.version_[:6]}, Inactivity 60D"

    def test_a_report_that_is_not_there(self, small, store, tmp_path):
        with pytest.raises(UsageError, match="there is no report"):
            log_run(small, report=tmp_path / "no such report", experiment="failing", tracking_uri=store)

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

    def test_origins_of_a_backtest_are_runs_inside_the_run(self, churn, train, store):
        blank = ChurnModel(churn, features=[Recency()], classifier=ChurnClassifier(n_estimators=9), folds=2)
        tested = backtest(blank, train, folds=2, replicates=20)
        run = log_run(clone(blank).fit(train), backtest=tested, experiment="backtest", tracking_uri=store)
        client = MlflowClient(store)
        found = client.search_runs([run.experiment_id], f"tags.`mlflow.parentRunId` = '{run.run_id}'")
        origins = sorted(tested.by_origin["origin"].unique())
        assert sorted(one.data.params["origin"] for one in found) == origins
        rows = tested.by_origin.set_index(["origin", "model", "metric"])["value"]
        for one in found:
            at = one.data.params["origin"]
            assert one.data.metrics["roc_auc"] == rows[at, "model", "roc_auc"]
            assert one.data.metrics["other_models/recency_rule/roc_auc"] == rows[at, "recency rule", "roc_auc"]
        history = client.get_metric_history(run.run_id, "over_origins/each/roc_auc")
        assert [point.value for point in history] == [rows[at, "model", "roc_auc"] for at in origins]
        assert {"backtest/by_origin.csv", "figures/backtest.png"} <= names(client, run.run_id)

    def test_interrupted_waits_for_the_next_run(self, small, store, monkeypatch, elsewhere, caplog):
        with monkeypatch.context() as patch:
            patch.setattr("cxchurn.tracking._upload._write", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                log_run(small, experiment="interrupted", tracking_uri=store)
        client = MlflowClient(store)
        experiment = client.get_experiment_by_name("interrupted").experiment_id
        assert [run.info.status for run in client.search_runs([experiment])] == ["KILLED"]
        (waiting,) = (elsewhere / "cxchurn-unlogged").iterdir()
        assert f"the run waits in cxchurn-unlogged/{waiting.name}" in caplog.text
        log_run(small, experiment="next", tracking_uri=store)
        assert sorted(run.info.status for run in client.search_runs([experiment])) == ["FINISHED", "KILLED"]
        assert not any(elsewhere.iterdir())


def _interrupted(*args, **kwargs):
    raise KeyboardInterrupt


def test_through_a_server(server, model, evaluation, explanation, test, tmp_path, elsewhere):
    run = log_run(model, evaluation, explanation, tracking_uri=server)
    client = MlflowClient(server)
    written = client.get_run(run.run_id)
    assert written.info.status == "FINISHED"
    assert run.artifact_uri.startswith("mlflow-artifacts:")
    assert names(client, run.run_id) == ARTIFACTS
    assert written.data.metrics["range/roc_auc_low"] < written.data.metrics["range/roc_auc_high"]
    loaded = cx.load_model(run.model_uri, tracking_uri=server)
    np.testing.assert_array_equal(loaded.predict_proba(test), model.predict_proba(test))
    assert run.url.startswith(f"{server}/#/experiments/{run.experiment_id}/runs/{run.run_id}")
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


def test_the_commit_is_that_of_the_folder_a_command_works_in(tmp_path, monkeypatch):
    from cxchurn.tracking._facts import source

    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run([*git, *command], check=True)
    said = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "away" / "bin").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "away")
    monkeypatch.setattr("sys.argv", [str(tmp_path / "no such place" / "cxchurn")])
    assert source()["mlflow.source.git.commit"] == said
    monkeypatch.chdir("/")
    script = tmp_path / "away" / "train.py"
    script.write_text("")
    monkeypatch.setattr("sys.argv", [str(script)])
    assert (source()["mlflow.source.git.commit"], source()["mlflow.source.name"]) == (said, "train.py")
    (tmp_path / "away" / "bin" / "cxchurn").write_text("")
    monkeypatch.setattr("sys.argv", [str(tmp_path / "away" / "bin" / "cxchurn")])
    assert "mlflow.source.git.commit" not in source(), "where a command is installed is no place of work"
