"""Registered models: versions with cards, aliases, addresses, and failures that leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

import cxchurn as cx
from cxchurn._core import UsageError
from cxchurn.features import Recency
from cxchurn.model import ChurnClassifier, ChurnModel, load_fitted
from cxchurn.tracking import fetch_model, log_run, log_saved

pytestmark = pytest.mark.usefixtures("packed_once")


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    return ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)


@pytest.fixture(scope="module")
def store(tmp_path_factory, store_at) -> str:
    return store_at(tmp_path_factory.mktemp("registry") / "m.db")


@pytest.fixture(scope="module")
def run(small, store):
    return log_run(small, register_as="churn", alias="challenger", tracking_uri=store)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_version_with_its_card_and_alias(run, store, small):
    client = MlflowClient(store)
    version = client.get_model_version_by_alias("churn", "challenger")
    assert run.registered == f"models:/churn/{version.version}"
    assert version.run_id == run.run_id
    logged = client.get_logged_model(run.model_uri.removeprefix("models:/"))
    assert version.source == logged.artifact_location
    assert json.loads(logged.tags["mlflow.modelVersions"]) == [{"name": "churn", "version": version.version}]
    assert version.description.startswith(f"# Churn model {small.version_}")
    assert "It must not be used for" in version.description


def test_a_card_is_shown_with_room_between_columns_and_as_long_as_a_registry_takes_it():
    from cxchurn.tracking._registry import _shown

    card = "# Card\n\n| a | b |\n| :-- | --: |\n| 1 | 2 |\n\nA line | of text.\n"
    room = "\u2003\u200b"
    shown = _shown(card)
    assert shown == f"# Card\n\n| a{room}|b |\n| :-- | --: |\n| 1{room}|2 |\n\nA line | of text.\n"
    assert len(shown) == len(card)
    long = _shown("a line\n" * 1000)
    assert len(long) <= 5000
    assert long.endswith("a line\n\n(The rest is in the run's artifacts: model_card.md.)")


def test_every_address_is_the_model(run, store, small, tmp_path):
    addresses = ["models:/churn@challenger", "models:/churn/1", "models:/churn/latest", run.model_uri]
    for address in [*addresses, f"runs:/{run.run_id}/model"]:
        assert cx.load_model(address, tracking_uri=store).version_ == small.version_
    folder = fetch_model("models:/churn@challenger", to=tmp_path / "built", tracking_uri=store)
    assert cx.load_model(folder).version_ == small.version_
    assert folder.is_relative_to(tmp_path / "built")


def test_an_address_stands_wherever_a_folder_may(run, store, small):
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store)
    try:
        for address in ("models:/churn@challenger", f"runs:/{run.run_id}/model"):
            assert load_fitted(address).version_ == cx.OnlineScorer(address).model_version == small.version_
    finally:
        mlflow.set_tracking_uri(before)


def test_as_mlflow_itself_registers_and_loads(run, store, small):
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store)
    try:
        made = mlflow.register_model(f"runs:/{run.run_id}/model", "by mlflow")
        MlflowClient().set_registered_model_alias("by mlflow", "champion", made.version)
        assert cx.load_model("models:/by mlflow@champion").version_ == small.version_
        served = mlflow.pyfunc.load_model("models:/by mlflow@champion")
        assert len(served.predict(served.input_example)) == 2
    finally:
        mlflow.set_tracking_uri(before)


@pytest.mark.parametrize(
    "address",
    [
        "models:/churn@nobody",
        "models:/none/1",
        "models:/none/latest",
        "models:/m-0123",
        "runs:/0123/model",
        "models:/none",
    ],
)
def test_what_is_not_there(run, store, address):
    with pytest.raises(UsageError, match=r"there is no model(.|\n)*MLFLOW_TRACKING_URI"):
        cx.load_model(address, tracking_uri=store)


def test_a_model_of_somebody_else(run, store, tmp_path):
    client = MlflowClient(store)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "MLmodel").write_text("flavors: {}\n")
    other = client.create_logged_model(run.experiment_id, name="other")
    client.log_model_artifacts(other.model_id, str(tmp_path / "other"))
    client.finalize_logged_model(other.model_id, "READY")
    with pytest.raises(UsageError, match="none that cxchurn logged"):
        cx.load_model(f"models:/{other.model_id}", tracking_uri=store)


@pytest.mark.parametrize(
    ("name", "alias", "said"),
    [
        (None, "champion", "without a name"),
        ("a/b", None, "register_as is 'a/b'"),
        ("", None, "register_as is ''"),
        ("churn", "latest", "alias is 'latest'"),
        ("churn", "v3", "alias is 'v3'"),
        ("churn", "the best", "alias is 'the best'"),
    ],
)
def test_names_are_checked_before_any_work(small, store, name, alias, said, elsewhere):
    with pytest.raises(UsageError, match=said):
        log_run(small, register_as=name, alias=alias, tracking_uri=store)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("tags", [{"team": 7}, {7: "team"}, {"mlflow.user": "me"}, {"cxchurn.churn": "no"}])
def test_tags_are_checked_before_any_work(small, store, tags, elsewhere):
    with pytest.raises(UsageError, match=r"the tag (.|\n)*do not begin with mlflow\. or cxchurn\."):
        log_run(small, tags=tags, tracking_uri=store)
    assert list(elsewhere.iterdir()) == []


def test_a_failure_leaves_no_empty_entry_and_waits(small, store, monkeypatch, elsewhere):
    def refused(*args, **kwargs):
        raise MlflowException("the registry is down")

    monkeypatch.setattr(MlflowClient, "create_model_version", refused)
    with pytest.raises(UsageError, match=r"the registry is down(.|\n)*cx.log_saved"):
        log_run(small, register_as="unlucky", alias="champion", tracking_uri=store)
    monkeypatch.undo()
    client = MlflowClient(store)
    assert "unlucky" not in {one.name for one in client.search_registered_models()}
    (waiting,) = (elsewhere / "cxchurn-unlogged").iterdir()
    later = log_saved(waiting, tracking_uri=store)
    assert later.registered == "models:/unlucky/1"
    assert client.get_model_version_by_alias("unlucky", "champion").run_id == later.run_id
    assert cx.load_model("models:/unlucky@champion", tracking_uri=store).version_ == small.version_


def test_a_server_that_is_down_costs_no_model(small, store, elsewhere):
    with pytest.raises(UsageError, match=r"no server answers(.|\n)*the run waits in cxchurn-unlogged") as caught:
        log_run(small, experiment="away", run_name="mine", tracking_uri="http://127.0.0.1:9")
    (waiting,) = (elsewhere / "cxchurn-unlogged").iterdir()
    assert repr(str(waiting.relative_to(elsewhere))) in str(caught.value)
    run = log_saved(waiting, tracking_uri=store)
    client = MlflowClient(store)
    assert client.get_run(run.run_id).info.run_name == "mine"
    assert client.get_experiment(run.experiment_id).name == "away"
    assert cx.load_model(run.model_uri, tracking_uri=store).version_ == small.version_


def test_what_does_not_wait(tmp_path, store):
    with pytest.raises(cx.DataError, match="holds no run that waits"):
        log_saved(tmp_path, tracking_uri=store)


@pytest.mark.prove
def test_a_folder_is_loaded_without_mlflow(small, tmp_path):
    small.save(tmp_path / "model")
    code = (
        "import sys, cxchurn as cx; cx.load_model(sys.argv[1]);"
        "print([name for name in ('mlflow', 'matplotlib', 'shap') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "model")], capture_output=True, text=True, check=True, env=_here()
    )
    assert done.stdout.strip() == "[]"


def _here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_tags_of_ones_own_are_on_the_run_and_the_model(small, store):
    run = log_run(small, tags={"team": "crm"}, tracking_uri=store)
    client = MlflowClient(store)
    assert client.get_run(run.run_id).data.tags["team"] == "crm"
    tags = client.get_logged_model(run.model_uri.removeprefix("models:/")).tags
    assert (tags["team"], tags["cxchurn.model_version"]) == ("crm", small.version_)
