"""The same training in other surroundings writes the same bytes: threads, hash seeds, clocks, the order of rows, the way in.

Each in a process of its own. Two in ``make prove``, all of them with ``CXCHURN_STRESS``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxchurn.datasets import simulate

ALL = bool(os.environ.get("CXCHURN_STRESS"))
TRAINS = """
import json, sys
import cxchurn as cx

told = json.loads(sys.argv[1])
schema = cx.Schema.from_toml(told["schema"])
data = told["log"]
if told.get("as") == "pandas":
    import pandas as pd
    data = pd.read_parquet(data)
elif told.get("as") == "polars":
    import polars as pl
    data = pl.read_parquet(data)
log = cx.read_interactions(data, schema, customers=told["customers"], now="2025-01-01", **told.get("reading", {}))
churn = cx.Inactivity("60D", active_within="90D")
panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2023-12-01", "2024-10-01"))
trees = cx.ChurnClassifier(n_estimators=told["rounds"], n_jobs=told.get("n_jobs"))
model = cx.ChurnModel(churn, classifier=trees, folds=2).fit(panel)
model.save(told["out"])
cx.write_scores(cx.score(model, log, at="2024-11-05T13:20", reasons=3), told["out"] + ".csv")
"""
ROUNDS = 40


@pytest.fixture(scope="module")
def files(tmp_path_factory, company_schema) -> dict[str, str]:
    """A company's log in several forms, its rows in several orders."""
    folder = tmp_path_factory.mktemp("company")
    company = simulate(300, "2023-07-01", "2024-12-01", random_state=1)
    table = pa.Table.from_pandas(company.interactions, preserve_index=False)
    shuffled = table.take(pa.array(company.interactions.sample(frac=1, random_state=5).index))
    (folder / "parts").mkdir()
    for number in range(3):
        pq.write_table(table.slice(number * 4000, 4000 if number < 2 else None), folder / f"parts/{number}.parquet")
    pq.write_table(table, folder / "log.parquet")
    pq.write_table(shuffled, folder / "shuffled.parquet", row_group_size=1000)
    as_text(shuffled.to_pandas()).to_csv(folder / "log.csv", index=False)
    as_text(table.to_pandas()).to_json(folder / "log.jsonl", orient="records", lines=True, double_precision=15)
    company.customers.to_parquet(folder / "customers.parquet")
    (folder / "schema.toml").write_text(company_schema.to_toml())
    return {one.name: str(one) for one in folder.iterdir()}


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    times = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%f") for name in times})


Told = dict[str, object]
# of each: the environment, and what differs in the call
SURROUNDINGS: dict[str, tuple[dict[str, str], Callable[[dict[str, str]], Told]]] = {
    "two threads, another hash seed": (
        {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2", "PYTHONHASHSEED": "77"},
        lambda files: {"log": files["log.parquet"], "n_jobs": 2},
    ),
    "text, its rows in another order": (
        {"PYTHONHASHSEED": "1"},
        lambda files: {"log": files["log.csv"]},
    ),
    "one thread and a job": ({"OMP_NUM_THREADS": "1"}, lambda files: {"log": files["log.parquet"], "n_jobs": 1}),
    "many threads": ({"OMP_NUM_THREADS": "7"}, lambda files: {"log": files["log.parquet"], "n_jobs": 5}),
    "rows in another order": ({}, lambda files: {"log": files["shuffled.parquet"]}),
    "lines of JSON": ({}, lambda files: {"log": files["log.jsonl"]}),
    "several files": ({}, lambda files: {"log": files["parts"]}),
    "in parts on disk": ({}, lambda files: {"log": files["shuffled.parquet"], "reading": {"memory_limit": "8MB"}}),
    "a frame of pandas": ({"PYTHONHASHSEED": "3"}, lambda files: {"log": files["shuffled.parquet"], "as": "pandas"}),
    "a frame of polars": ({}, lambda files: {"log": files["log.parquet"], "as": "polars"}),
    "another clock and language": (
        {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
        lambda files: {"log": files["log.parquet"]},
    ),
    "without vector instructions of the newest kind": (
        {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
        lambda files: {"log": files["log.parquet"]},
    ),
}


def trained(told: Told, files: dict[str, str], environment: dict[str, str], out: Path) -> dict[str, str]:
    """Train in a process of its own, and return the checksum of each file that it wrote."""
    about = {"schema": files["schema.toml"], "customers": files["customers.parquet"], "rounds": ROUNDS, "out": str(out)}
    done = subprocess.run(
        [sys.executable, "-c", TRAINS, json.dumps({**about, **told})],
        capture_output=True,
        text=True,
        cwd=out.parent,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    written = [*sorted(out.iterdir()), Path(f"{out}.csv")]
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in written}


@pytest.fixture(scope="module")
def usual(files, tmp_path_factory) -> dict[str, str]:
    return trained({"log": files["log.parquet"]}, files, {}, tmp_path_factory.mktemp("usual") / "model")


@pytest.mark.prove
@pytest.mark.parametrize("surroundings", list(SURROUNDINGS)[: None if ALL else 2])
def test_the_same_bytes(surroundings, usual, files, tmp_path):
    environment, differs = SURROUNDINGS[surroundings]
    assert trained(differs(files), files, environment, tmp_path / "model") == usual
