"""Whatever is killed at whatever moment: nothing lost, nothing half-made, and nothing left after the next start.

Real processes, killed with SIGKILL and SIGTERM in turn. One moment each of what is quick in ``make prove``;
``CXCHURN_STRESS=20`` (``make stress``) takes so many of everything.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from cxchurn.cli import run
from cxchurn.model import load_model

ALL = "CXCHURN_STRESS" in os.environ
MOMENTS = int(os.environ.get("CXCHURN_STRESS", "1"))
TRAIN = """
[log]
interactions = "sim/interactions.parquet"
schema = "sim/schema.toml"
customers = "sim/customers.parquet"
memory_limit = "4MB"
[churn]
definition = "inactivity"
horizon = "60D"
active_within = "90D"
[cutoffs]
start = "2023-11-01"
end = "2024-04-01"
test_from = "2024-04-01"
[model]
classifier = { n_estimators = 30 }
folds = 2
[output]
folder = "out"
register_as = "churn"
alias = "challenger"
"""
CXCHURN = [sys.executable, "-m", "cxchurn"]
LOG = ["--log", "sim/interactions.parquet", "--schema", "sim/schema.toml", "--customers", "sim/customers.parquet"]
SAVE = "import cxchurn as cx; model = cx.load_model('other'); [model.save('out/model') for _ in range(30)]"
LOG_RUN = (
    "import cxchurn as cx; cx.log_run(cx.load_model('out/model'), tracking_uri='sqlite:///mlflow.db', register_as='m')"
)
# an archive of text that is not in UTF-8, with a quote that stands alone: each is a copy on disk of its own kind
READ = """
import dataclasses
import cxchurn as cx
schema = dataclasses.replace(cx.Schema.from_toml("sim/schema.toml"), encoding="latin-1")
log = cx.read_interactions("odd.zip", schema, memory_limit="1MB", on_error="quarantine")
print(len(log), log.validation.rows_refused)
"""


@dataclass(frozen=True)
class Work:
    """A command, what must be right after it was killed, and whether it is quick."""

    command: list[str]
    seen: Callable[[Path, Path], None]
    quick: bool = False
    again: tuple[str, ...] = ()


def digest(place: Path) -> str:
    """A checksum of a file, or of all files in a folder by name."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    said = hashlib.sha256()
    for file in files:
        said.update(f"{file.relative_to(place)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return said.hexdigest()


def one_of_two_models(place: Path, whole: Path) -> None:
    versions = {load_model(folder).version_ for folder in (whole / "other", place / "before/out/model")}
    assert load_model(place / "out/model").version_ in versions


def yesterdays_or_todays(place: Path, whole: Path) -> None:
    scores = [folder / "scores/s.parquet" for folder in (place, place / "before", whole)]
    assert digest(scores[0]) in {digest(one) for one in scores[1:]}


def a_whole_model(place: Path, whole: Path) -> None:
    assert load_model(place / "out/model").version_


def nothing(place: Path, whole: Path) -> None:
    pass


WORKS = {
    "read": Work([sys.executable, "-c", READ], nothing, quick=True),
    "save": Work([sys.executable, "-c", SAVE], one_of_two_models, quick=True),
    "log_run": Work([sys.executable, "-c", LOG_RUN], a_whole_model),
    "score": Work(
        [*CXCHURN, "score", "--model", "out/model", *LOG, "--memory-limit", "1MB", "--out", "scores/s.parquet"],
        yesterdays_or_todays,
        again=("--resume",),
    ),
    "train": Work([*CXCHURN, "train", "train.toml"], a_whole_model),
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory) -> Path:
    """A company, a model of it, another model, scores of yesterday, and a log that is hard to read."""
    place = tmp_path_factory.mktemp("workshop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert (
            run(["simulate", "--out", "sim", "--customers", "250", "--end", "2024-07-01", "--random-state", "3"]) == 0
        )
        (place / "train.toml").write_text(TRAIN)
        assert run(["train", "train.toml"]) == 0
        (place / "other.toml").write_text(TRAIN.replace("30", "12").replace('"out"', '"elsewhere"'))
        assert run(["train", "other.toml"]) == 0
        (place / "elsewhere/model").rename(place / "other")
        shutil.rmtree(place / "elsewhere")
        (place / "scores").mkdir()
        (place / "scores/s.parquet").write_bytes(b"of yesterday")
        hard_to_read(place)
    return place


def hard_to_read(place: Path) -> None:
    import zipfile

    import pandas as pd

    rows = pd.read_parquet(place / "sim/interactions.parquet")
    rows["note"] = "Grüße"
    text = rows.to_csv(index=False).split("\n")
    text[len(text) // 2] = text[len(text) // 2].replace("Grüße", 'a "stray one')
    with zipfile.ZipFile(place / "odd.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", "\n".join(text).encode("latin-1"))


def copied(workshop: Path, place: Path) -> Path:
    """The workshop as it was before, beside a copy to compare with; MLflow's store begins anew, for it holds addresses."""
    shutil.copytree(workshop, place, ignore=shutil.ignore_patterns("mlflow.db", "mlruns"))
    shutil.copytree(place, place / "before")
    (place / "tmp").mkdir()
    return place


def start(command: list[str], place: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "TMPDIR": str(place / "tmp"), "MLFLOW_DISABLE_TELEMETRY": "true"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=place, env=environment, text=True, **pipes)


def finished(command: list[str], place: Path) -> str:
    process = start(command, place)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def usual(workshop, tmp_path_factory) -> Callable[[str], tuple[Path, float, str]]:
    """Of each work: the place as it leaves it, how long it takes, and what it says."""
    held: dict[str, tuple[Path, float, str]] = {}

    def of(name: str) -> tuple[Path, float, str]:
        if name not in held:
            place = copied(workshop, tmp_path_factory.mktemp("usual") / name)
            finished(WORKS[name].command, place)
            began = time.monotonic()
            said = finished([*WORKS[name].command, *WORKS[name].again], place)
            held[name] = place, time.monotonic() - began, said
        return held[name]

    return of


def kept(place: Path) -> dict[str, str]:
    """What is to be the same after the next start, whatever was killed before: all but what holds times of its own."""
    own = ("mlflow.db", "mlruns", "before", "tmp")
    files = [path for path in place.rglob("*") if path.relative_to(place).parts[0] not in own and path.is_file()]
    dated = {path for path in files if path.name == "report.html"}
    return {str(path.relative_to(place)): "" if path in dated else digest(path) for path in files}


def in_mlflow(place: Path) -> None:
    """No run goes on for ever, no model is half there, every version has one that can be loaded."""
    if not (place / "mlflow.db").exists():
        return
    client = MlflowClient(f"sqlite:///{place}/mlflow.db")
    experiments = [one.experiment_id for one in client.search_experiments()]
    runs = client.search_runs(experiments)
    assert {one.info.status for one in runs} <= {"FINISHED", "KILLED"}
    assert "FINISHED" in {one.info.status for one in runs}
    models = client.search_logged_models(experiments)
    assert {str(one.status) for one in models} <= {"READY", "FAILED"}
    for version in client.search_model_versions():
        load_model(f"models:/{version.name}/{version.version}", tracking_uri=client.tracking_uri)


MANY = [(name, moment) for name, work in WORKS.items() if work.quick or ALL for moment in range(MOMENTS)]


@pytest.mark.prove
@pytest.mark.parametrize(("name", "moment"), MANY)
def test_at_any_moment(name, moment, workshop, usual, tmp_path):
    work, (whole, seconds, said) = WORKS[name], usual(name)
    place = copied(workshop, tmp_path / "place")
    told = (signal.SIGKILL, signal.SIGTERM)[moment % 2]
    process = start(work.command, place)
    # spread evenly, and drawn within each stretch
    share = (moment + random.Random(f"{name} {moment}").random()) / MOMENTS
    time.sleep(share * seconds * 1.05)
    process.send_signal(told)
    process.communicate(timeout=60)
    assert process.returncode in (0, 143, -told)
    work.seen(place, whole)
    again = finished([*work.command, *work.again], place)
    assert kept(place) == kept(whole)
    assert list((place / "tmp").iterdir()) == []
    in_mlflow(place)
    if name == "read":
        assert again == said
