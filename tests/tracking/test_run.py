"""A run as it is printed: what was written down, and where to look."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxchurn.tracking import Run
from cxchurn.tracking._run import shown

RUN = {"run_id": "4f2a", "experiment_id": "3", "artifact_uri": "/x/mlruns", "model_uri": "models:/m-07"}

# as one of machine learning: the page opens as one of language models otherwise
PAGE = "#/experiments/3/runs/4f2a?workflowType=machine_learning"


def test_in_a_local_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = Run(
        **RUN,
        tracking_uri=f"sqlite:///{Path.cwd()}/mlflow.db",
        registered="models:/churn/3",
        name="2024-09-01 1ae8ba, Inactivity 60D",
        experiment="cxchurn",
        logged={"parameters": 57, "metrics": 1044, "runs inside": 0},
    )
    assert str(run).splitlines() == [
        "Run 2024-09-01 1ae8ba, Inactivity 60D, experiment cxchurn",
        "  run         4f2a",
        "  model       models:/m-07",
        "  registered  models:/churn/3",
        "  logged      57 parameters, 1,044 metrics",
        "  look        mlflow ui --backend-store-uri sqlite:///mlflow.db",
        f"  then at     http://127.0.0.1:5000/{PAGE}",
    ]


def test_on_a_server():
    run = Run(**RUN, tracking_uri="http://somebody:secret@127.0.0.1:5000/")
    assert run.url == f"http://somebody:secret@127.0.0.1:5000/{PAGE}"
    assert run.look == f"http://...@127.0.0.1:5000/{PAGE}"
    assert "then at" not in repr(run)
    assert "secret" not in repr(run)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:////home/a@b/mlflow.db", "sqlite:////home/a@b/mlflow.db"),
        ("postgresql://u:p@host:5432/db", "postgresql://...@host:5432/db"),
        ("http://host:5000/#/x@y", "http://host:5000/#/x@y"),
        ("mlflow.db", "mlflow.db"),
    ],
)
def test_no_password_is_shown(address, expected):
    assert shown(address) == expected
