"""What takes processes of its own: serving, a server on PostgreSQL, several first runs at once, Spark.

Run with ``CXCHURN_PROVE=1``.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

import cxchurn as cx
from cxchurn.features import Recency
from cxchurn.interactions import read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.scoring import score
from cxchurn.tracking import log_run, promote
from cxchurn.tracking._alone import alone
from cxchurn.tracking.served import package

from .tracking_servers import free_port, here, serving, tracking_server

pytestmark = pytest.mark.prove

AT = "2024-11-05T13:20:00"
LOGGING = """
import sys, cxchurn as cx
run = cx.log_run(cx.load_model(sys.argv[1]), tracking_uri=sys.argv[2], register_as="churn", alias="challenger")
print(run.run_id, run.registered)
"""


@pytest.fixture(scope="module")
def small(churn, train) -> ChurnModel:
    return ChurnModel(churn, features=[Recency(by=())], classifier=ChurnClassifier(n_estimators=5)).fit(train)


@pytest.fixture(scope="module")
def packed(model, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "model"
    package(model, folder)
    return folder


@pytest.fixture(scope="module")
def some(company) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = sorted(company.interactions["customer_id"].unique())[:25]
    return tuple(frame[frame["customer_id"].isin(ids)] for frame in (company.interactions, company.customers))


@pytest.fixture(scope="module")
def endpoint(packed, tmp_path_factory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("serving"), free_port()
    command = ["models", "serve", "-m", str(packed), "--env-manager", "local", "-h", "127.0.0.1", "-p", str(port)]
    for _ in serving(command, folder, f"http://127.0.0.1:{port}/ping"):
        yield f"http://127.0.0.1:{port}/invocations"


def posted(address: str, said: dict) -> tuple[int, dict]:
    request = urllib.request.Request(address, json.dumps(said).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read(), parse_constant=pytest.fail)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize("how", ["dataframe_split", "dataframe_records", "instances"])
def test_mlflow_models_serve(endpoint, model, some, company_schema, how):
    events, about = some
    named = about.rename(columns=lambda name: name if name == "customer_id" else f"customers.{name}")
    frame = pd.concat([events, named], ignore_index=True)
    times = frame.select_dtypes("datetime").columns
    plain = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name in times})
    plain = plain.astype(object).where(plain.notna(), None)
    said = {how: plain.to_dict("records")}
    if how == "dataframe_split":
        said = {how: {"columns": list(plain), "data": plain.to_numpy().tolist()}}
    status, answer = posted(endpoint, {**said, "params": {"at": AT, "reasons": 3}})
    assert status == 200, answer
    got = pd.DataFrame(answer["predictions"])
    expected = score(model, read_interactions(events, company_schema, customers=about), at=AT, reasons=3)
    got = got.assign(as_of=got["as_of"].astype("datetime64[us]")).astype(expected.dtypes.to_dict())
    pd.testing.assert_frame_equal(got, expected, check_exact=True)
    status, answer = posted(endpoint, {**said, "params": {"att": AT}})
    assert status == 400
    assert "there is no parameter 'att'" in answer["message"]


def at_once(folder: Path, uri: str, cwd: Path, count: int = 3) -> list[str]:
    command = [sys.executable, "-c", LOGGING, str(folder), uri]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    jobs = [subprocess.Popen(command, cwd=cwd, env=here(), **pipes) for _ in range(count)]
    ends = [(*job.communicate(timeout=300), job.returncode) for job in jobs]
    assert [code for *_, code in ends] == [0] * count, ends
    return [out.splitlines()[-1] for out, *_ in ends]


def check_together(uri: str, said: list[str], small: ChurnModel) -> None:
    client = MlflowClient(uri)
    experiments = [one for one in client.search_experiments() if one.name == "cxchurn"]
    assert len(experiments) == 1
    runs = client.search_runs([experiments[0].experiment_id])
    assert {run.info.run_id for run in runs} == {one.split()[0] for one in said}
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert sorted(one.split()[1] for one in said) == [f"models:/churn/{k}" for k in (1, 2, 3)]
    for k in (1, 2, 3):
        assert cx.load_model(f"models:/churn/{k}", tracking_uri=uri).version_ == small.version_


def test_three_first_runs_at_once(small, tmp_path):
    uri = f"sqlite:///{tmp_path}/new/m.db"
    said = at_once(small.save(tmp_path / "model"), uri, tmp_path)
    check_together(uri, said, small)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model", "new"], "no run waits"


@pytest.fixture
def new_database(postgres_address) -> str:
    """A database that nobody has opened yet, as MLflow addresses it."""
    psycopg2 = pytest.importorskip("psycopg2")
    connection = psycopg2.connect(postgres_address)
    connection.autocommit = True
    name = f"new_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    server = postgres_address.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg2://")
    return f"{server}/{name}"


def test_three_first_runs_at_once_on_a_new_postgres(new_database, small, tmp_path):
    """No server stands between: each of the three would make the tables."""
    said = at_once(small.save(tmp_path / "model"), new_database, tmp_path)
    check_together(new_database, said, small)


def test_a_database_is_opened_by_one_at_a_time(new_database, tmp_path):
    held, went_in = threading.Event(), []

    def second() -> None:
        held.wait(30)
        with alone(new_database):
            went_in.append("second")

    other = threading.Thread(target=second)
    other.start()
    with alone(new_database):
        held.set()
        other.join(1.5)
        went_in.append("first is done")
    other.join(30)
    assert went_in == ["first is done", "second"]


class TestServerOnPostgres:
    @pytest.fixture(scope="class")
    def server(self, postgres_address, tmp_path_factory) -> Iterator[str]:
        pytest.importorskip("psycopg2")
        address = postgres_address.replace("postgresql://", "postgresql+psycopg2://")
        yield from tracking_server(tmp_path_factory.mktemp("server"), address)

    def test_three_first_runs_at_once(self, server, small, tmp_path):
        check_together(server, at_once(small.save(tmp_path / "model"), server, tmp_path), small)

    def test_a_whole_run_and_a_promotion(self, server, model, small, test, log, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        run = log_run(
            model,
            cx.evaluate(model, test, replicates=20),
            cx.explain(model, test),
            experiment="whole",
            register_as="whole",
            alias="challenger",
            tracking_uri=server,
        )
        written = MlflowClient(server).get_run(run.run_id)
        assert written.info.status == "FINISHED"
        assert len(MlflowClient(server).get_metric_history(run.run_id, "per_cutoff/roc_auc")) == 3
        assert promote("whole", log=log, tracking_uri=server).promoted
        version = MlflowClient(server).get_model_version_by_alias("whole", "champion")
        assert len(version.description) <= 5000, "more is refused by a database that holds to its columns"
        loaded = cx.load_model("models:/whole@champion", tracking_uri=server)
        np.testing.assert_array_equal(loaded.predict_proba(test), model.predict_proba(test))
        assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore")
def test_sparks_own_way_is_refused_with_the_way_that_works(packed, some, monkeypatch):
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    pyspark = pytest.importorskip("pyspark.sql")
    from pyspark.sql.functions import struct

    session = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        events = some[0].astype(object).where(some[0].notna(), None).astype(str)
        frame = session.createDataFrame(events)
        called = mlflow.pyfunc.spark_udf(session, str(packed), result_type="double", env_manager="local")
        with pytest.raises(Exception, match=r"cx\.score_spark|score_spark"):
            frame.select(called(struct(*frame.columns))).collect()
    finally:
        session.stop()
