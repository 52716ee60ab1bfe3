"""The demonstration, from sample to report."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.cli._config import ModelPart
from cxchurn.cli.commands import _commands

from .cli_runs import ran, too_wide


def test_the_demo(
    here: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    store_at: Callable[[Path], str],
):
    # one test for all of it: with several workers each would run what tests share.
    # A sample of 150 customers and few trees, for the sake of time.
    store_at(here / "mlflow.db")
    sample = cx.write_simulation(cx.simulate(150), tmp_path_factory.mktemp("sample"))
    monkeypatch.setattr(cx, "load_sample", lambda: sample)
    monkeypatch.setattr(_commands, "ModelPart", lambda: ModelPart(classifier={"n_estimators": 10}, folds=2))
    told = ran("demo")
    assert told.code == 0, told.err
    assert {path.name for path in here.iterdir()} == {"demo", "mlflow.db", "mlruns"}
    assert {path.name for path in Path("demo").iterdir()} == {"model", "report.html", "scores.parquet"}
    scores = pd.read_parquet("demo/scores.parquet")
    check_scores(scores, customers=pd.read_parquet(sample.interactions)["customer_id"].unique().tolist())
    check_top(scores, cx.read_interactions(sample.interactions, sample.schema))
    check_report(Path("demo/report.html").read_text(encoding="utf-8"), shown=str(scores["customer_id"].iloc[0]))
    check_store(Path("mlflow.db"))
    check_printed(told.out, told.err)
    check_same_drivers(told.out, Path("demo/report.html").read_text(encoding="utf-8"))
    model = cx.load_model("demo/model")
    assert set(scores["model_version"]) == {model.version_}
    assert model.churn_ == cx.Inactivity("60D", active_within="60D", ended_by=("cancel",))


def check_scores(scores: pd.DataFrame, *, customers: list[str]) -> None:
    """Every customer once, a reason for everybody at risk, and three for some."""
    assert sorted(scores["customer_id"]) == sorted(customers)
    asked = scores[scores["band"] != "not eligible"]
    assert asked["churn_probability"].between(0, 1).all()
    # so few customers may have nobody in the top tenth of what was said before
    at_risk = asked[asked["band"] != "low"]
    assert len(at_risk) > 0
    assert (at_risk["reason_1"] != "").all()
    assert (at_risk["reason_3"] != "").any()


def check_top(scores: pd.DataFrame, log: cx.InteractionLog) -> None:
    """None of the first fifty has left: no end is their last word, and none has been silent for the horizon."""
    top, at = set(scores["customer_id"].head(50)), scores["as_of"].iloc[0]
    events = log.events.select(["customer_id", "known_at", "kind", "direction", "later"]).to_pandas()
    events = events[events["customer_id"].isin(top) & (events["direction"] != "outbound") & ~events["later"]]
    last = events.sort_values("known_at", kind="stable").groupby("customer_id").tail(1).set_index("customer_id")
    assert len(last) == len(top) == 50
    assert not (last["kind"] == "cancel").any()
    assert (last["known_at"] >= at - pd.Timedelta("60D")).all()
    assert not scores["already_silent"].any()
    gone = scores[scores["not_asked"] == "ended"]
    assert len(gone) > 0
    assert gone.index.min() > scores.index[scores["not_asked"] == ""].max()


def check_report(page: str, *, shown: str) -> None:
    """It shows customers and its figures, and asks nothing of any other place."""
    assert shown in page
    assert page.count("<svg") == 8
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)[^"']*|@import|url\((?!["']?(?:#|data:))""", page) == []


def check_store(database: Path) -> None:
    """One finished run, with its metrics."""
    store = sqlite3.connect(database)
    runs = store.execute("SELECT r.status, e.name FROM runs r JOIN experiments e USING (experiment_id)").fetchall()
    metrics = {key for (key,) in store.execute("SELECT key FROM metrics")}
    store.close()
    assert runs == [("FINISHED", "cxchurn")]
    assert {"roc_auc", "brier", "training/rows"} <= metrics


def check_printed(out: str, err: str) -> None:
    """Results within 80 columns, progress beside."""
    assert too_wide(out) == []
    assert "How good on later cut-offs" in out
    assert re.search(r"A cancel ends a customer: \d+ of \d+ with one were active again within", " ".join(out.split()))
    assert out.count("What counts as activity:") == 1
    assert re.search(r"not asked about: \d+ ended", " ".join(out.split()))
    assert "mlflow ui --backend-store-uri sqlite:///mlflow.db\n" in out
    assert re.search(r"Z training: \d+\.\d s$", err, re.MULTILINE)
    assert not re.search(r": \d+\.\d s$", out, re.MULTILINE)


def check_same_drivers(out: str, page: str) -> None:
    """What moves the risk is said in the same words, in the same order and with the same shares as in the report."""
    table = page.split("drivers</summary>")[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row" class="words">(.*?)</th>.*?<td>\s*([\d.]+)%', table, re.DOTALL)
    told = out.split("What moves the risk")[1].split("How it was made")[0]
    printed = re.findall(r"^  (.*?) +(\d+)%", told, re.MULTILINE)
    assert len(printed) == 6
    assert [words for words, _ in printed] == [unescape(words) for words, _ in rows[:6]]
    assert all(abs(float(share) - float(shown[1])) < 0.6 for (_, share), shown in zip(printed, rows, strict=False))


def test_without_the_repository_the_demo_makes_its_sample(monkeypatch: pytest.MonkeyPatch):
    def absent() -> None:
        raise cx.UsageError("not there")

    monkeypatch.setattr(cx, "load_sample", absent)
    monkeypatch.setattr(cx, "sample_files", lambda folder: f"made in {folder}")
    assert _commands._sample(Path("demo")) == f"made in {Path('demo/sample')}"
