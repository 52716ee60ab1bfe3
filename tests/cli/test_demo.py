"""The demonstration, run once on the real sample."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.cli import _commands
from cxchurn.cli._config import ModelPart

from .cli_runs import Ran, ran, too_wide

# for `--dist loadgroup`: several workers would each run it
pytestmark = pytest.mark.xdist_group("demo")


@dataclass(frozen=True)
class Demo:
    folder: Path
    ran: Ran

    @property
    def scores(self) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "demo" / "scores.parquet")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration on the real sample, run once; with few trees, for the sake of time."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(_commands, "ModelPart", lambda: ModelPart(classifier={"n_estimators": 30}))
        return Demo(folder, ran("demo"))


def test_the_demo_leaves_a_model_scores_a_report_and_a_run(demo: Demo):
    assert demo.ran.code == 0, demo.ran.err
    assert {path.name for path in demo.folder.iterdir()} == {"demo", "mlflow.db", "mlruns"}
    assert {path.name for path in (demo.folder / "demo").iterdir()} == {"model", "report.html", "scores.parquet"}


def test_the_demo_scores_every_customer_once_with_three_reasons(demo: Demo):
    sample = pd.read_parquet(cx.load_sample().interactions, columns=["customer_id"])
    assert sorted(demo.scores["customer_id"]) == sorted(sample["customer_id"].unique())
    asked = demo.scores[demo.scores["band"] != "not eligible"]
    assert asked["churn_probability"].between(0, 1).all()
    at_risk = asked[asked["band"] == "high"]
    assert len(at_risk) > 0
    assert (at_risk[["reason_1", "reason_2", "reason_3"]] != "").all(axis=None)


def test_the_report_of_the_demo_needs_nothing_else(demo: Demo):
    page = (demo.folder / "demo" / "report.html").read_text(encoding="utf-8")
    first = demo.scores["customer_id"].iloc[0]
    assert first in page  # it shows customers
    assert page.count("<svg") == 4
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)[^"']*|@import|url\((?!["']?(?:#|data:))""", page) == []


def test_the_run_of_the_demo_is_in_the_store(demo: Demo):
    with sqlite3.connect(demo.folder / "mlflow.db") as store:
        runs = store.execute("SELECT r.status, e.name FROM runs r JOIN experiments e USING (experiment_id)").fetchall()
        metrics = {key for (key,) in store.execute("SELECT key FROM metrics")}
    store.close()
    assert runs == [("FINISHED", "cxchurn")]
    assert {"roc_auc", "brier", "training_rows"} <= metrics
    assert "mlflow ui --backend-store-uri sqlite:///mlflow.db\n" in demo.ran.out


def test_the_model_of_the_demo_is_the_one_that_scored(demo: Demo):
    model = cx.load_model(demo.folder / "demo" / "model")
    assert set(demo.scores["model_version"]) == {model.version_}
    assert model.churn_ == cx.Inactivity("60D", active_within="90D")


def test_without_the_repository_the_demo_makes_its_sample(here: Path, monkeypatch: pytest.MonkeyPatch):
    def absent() -> None:
        raise cx.UsageError("not there")

    monkeypatch.setattr(cx, "load_sample", absent)
    monkeypatch.setattr(cx, "sample_files", lambda folder: f"made in {folder}")
    assert _commands._sample(Path("demo")) == f"made in {Path('demo/sample')}"


def test_the_demo_prints_results_and_tells_its_progress_beside(demo: Demo):
    assert too_wide(demo.ran.out) == []
    assert "How good on later cut-offs" in demo.ran.out
    assert re.search(r"^training: \d+\.\d s$", demo.ran.err, re.MULTILINE)
    assert not re.search(r": \d+\.\d s$", demo.ran.out, re.MULTILINE)
