"""Features and scores on Spark, at one and two cores: python tests/benchmarks/bench_spark.py [--millions 1] [--cores 1 2].

Beside them stand the same 151 features in Spark SQL. Every run is a session of its own on this machine (``local[cores]``) that
reads the log from Parquet and writes what it made to Parquet; what was shuffled is read from Spark's event log. First everybody
has to agree. The table goes into RESULTS.md, with an estimate of what bounds a cluster; ``--quick`` writes nothing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from engine.columns import WINDOWS, column_names
from engine.equal import agree
from engine.inputs import PER_CUSTOMER, log_file
from engine.ours import SCHEMA, Engine, Features, known_rows
from engine.results import table, write_section
from engine.spark_peer import features as in_sql

import cxchurn as cx

CUTOFF = "2024-12-01"
WAYS = ("cxchurn, 151 features", "Spark SQL, 151 features", "cxchurn, scores and 3 reasons")
# a cluster to plan for: executors of so many cores, and what one of them can send and receive in a second
CORES, NETWORK, EVENTS = 4, 125e6, 1_000_000_000


def main() -> None:
    """Measure, and say what a cluster would be bounded by."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=1)
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--quick", action="store_true", help="200,000 interactions on two cores; nothing is written")
    wanted = parser.parse_args()
    millions, cores = (0.2, [2]) if wanted.quick else (wanted.millions, wanted.cores)
    path = str(log_file(millions, "text"))
    with tempfile.TemporaryDirectory() as folder:
        found = [_apart(way, path, count, folder) for count in cores for way in WAYS]
    text = _report(found, millions)
    print(f"\n{text}\n")
    if not wanted.quick:
        write_section("spark", text)


def _apart(way: str, path: str, cores: int, folder: str) -> dict[str, Any]:
    """Run in a process of its own: a session's cores are fixed when it starts."""
    print(f"{way}, {cores} cores", flush=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (way, path, cores, folder))


def _measured(way: str, path: str, cores: int, folder: str) -> dict[str, Any]:
    events_of, out = f"{folder}/events-{cores}-{WAYS.index(way)}", f"{folder}/out-{cores}-{WAYS.index(way)}"
    Path(events_of).mkdir()
    model = _model(path) if "scores" in way else None
    session = _session(cores, events_of)
    frame = session.read.parquet(path)
    events = frame.withColumn("timestamp", frame["timestamp"].cast("timestamp"))
    _warm(session)
    begun = time.perf_counter()
    if way == WAYS[1]:
        made = in_sql(session, events, CUTOFF, WINDOWS)
    elif model is None:
        made = _features(events, path)
        begun = time.perf_counter() - made.seconds
        made = made.frame
    else:
        made = cx.score_spark(model, events, at=CUTOFF, reasons=3)
    made.write.parquet(out)
    seconds = time.perf_counter() - begun
    buckets = getattr(made, "attrs", {}).get("buckets")
    rows = session.read.parquet(out).count()
    session.stop()
    if "151" in way:
        _check(out, path, folder)
    return {
        "way": way,
        "cores": cores,
        "seconds": seconds,
        "rows": rows,
        "shuffled": _shuffled(events_of),
        "in tasks": float("nan") if buckets is None else float(buckets["cpu"].sum()),
        "megabytes": float("nan") if buckets is None else float(buckets["megabytes"].max()),
        "buckets": 0 if buckets is None else len(buckets),
    }


class _Made:
    """Features on their way, and how long it took until there was something to write."""

    def __init__(self, frame: Any, seconds: float) -> None:
        self.frame = frame
        self.seconds = seconds


def _features(events: Any, path: str) -> _Made:
    few = cx.read_interactions(path, SCHEMA)
    fitted = cx.FeatureSet([Engine()], log=few).fit(known_rows(few, [CUTOFF]).head(1000))
    begun = time.perf_counter()
    made = cx.features_spark(fitted, events, at=CUTOFF, schema=SCHEMA)
    return _Made(made, time.perf_counter() - begun)


def _model(path: str) -> cx.ChurnModel:
    """A model of the standard families, trained on a few customers."""
    few = pd.read_parquet(path)
    few = few[few["customer_id"].isin(few["customer_id"].unique()[:1500])]
    log = cx.read_interactions(few, SCHEMA)
    churn = cx.Inactivity("60D", active_within="90D")
    return cx.ChurnModel(churn, folds=2).fit(cx.make_panel(log, churn, cutoffs=cx.monthly("2024-01-01", "2024-09-01")))


def _session(cores: int, events: str) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(one for one in sys.path if one)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "4g",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(4 * cores),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file://{events}",
        "spark.eventLog.compress": "false",
    }
    builder = SparkSession.builder.master(f"local[{cores}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _warm(session: Any) -> None:
    """Let Java and the workers of Python start, and import what they need."""

    def load(batches: Any) -> Any:
        import cxchurn.scoring.spark._tasks  # noqa: F401

        yield from batches

    session.range(0, 8, 1, 4).mapInArrow(load, "id bigint").count()


def _check(out: str, path: str, folder: str) -> None:
    expected = f"{folder}/expected.parquet"
    if not Path(expected).exists():
        Features(path, [CUTOFF], WINDOWS).write_parquet(expected)
    whole = f"{out}.parquet"
    frame = pd.read_parquet(out)
    cutoffs = pd.to_datetime(frame["cutoff"]).dt.tz_localize(None)
    names = [f"engine_{name}" if f"engine_{name}" in frame else name for name in column_names()]
    frame = frame.assign(cutoff=cutoffs.astype("datetime64[us]"))[["customer_id", "cutoff", *names]]
    frame.to_parquet(whole)
    agree(whole, expected, 1e-9)


def _shuffled(folder: str) -> int:
    """Return how many bytes tasks wrote for others to read, from Spark's event log."""
    written = 0
    for file in Path(folder).rglob("*"):
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
            event = json.loads(line) if '"SparkListenerTaskEnd"' in line else {}
            metrics = event.get("Task Metrics") or {}
            written += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
    return written


def _report(found: list[dict[str, Any]], millions: float) -> str:
    events = millions * 1e6
    rows = [
        {
            "way": one["way"],
            "cores": one["cores"],
            "seconds": f"{one['seconds']:.1f}",
            "events a second": f"{events / one['seconds']:,.0f}",
            "shuffled, bytes an event": f"{one['shuffled'] / events:.0f}",
            "CPU s in our tasks": "" if one["buckets"] == 0 else f"{one['in tasks']:.1f}",
            "a task's process, MB": "" if one["buckets"] == 0 else f"{one['megabytes']:.0f}",
        }
        for one in found
    ]
    said = f"{events:,.0f} interactions of {events / PER_CUSTOMER:,.0f} customers, from Parquet to Parquet, on this machine."
    return f"### Spark\n\n{said}\n\n{table(rows)}\n\n{_cluster(found, events)}"


def _cluster(found: list[dict[str, Any]], events: float) -> str:
    """Say what would bound a cluster: the cores, by what tasks took here, or the network, by what was shuffled."""
    rows = []
    for one in found:
        if one["buckets"] == 0 or one["cores"] != max(each["cores"] for each in found):
            continue
        for executors in (10, 100):
            working = one["in tasks"] / events * EVENTS / (executors * CORES)
            sending = one["shuffled"] / events * EVENTS / (executors * NETWORK)
            rows.append(
                {
                    "way": one["way"],
                    "executors": executors,
                    "cores, s": f"{working:,.0f}",
                    "network, s": f"{sending:,.0f}",
                    "bound by": "cores" if working > sending else "network",
                }
            )
    said = (
        f"An estimate for {EVENTS:,} interactions on executors of {CORES} cores like these and {NETWORK / 1e6:.0f} MB/s each:"
        " processor seconds in our tasks divided by the cores, and bytes shuffled divided by the network. Reading the source,"
        " Spark's own work (handing rows over to Python) and a customer with very many events, who is one task, come on top."
    )
    return f"{said}\n\n{table(rows)}"


if __name__ == "__main__":
    main()
