"""How long a night of scores takes: python tests/benchmarks/bench_score.py [customers] [--memory-limit 2GB] [--no-table].

Interactions are drawn with numpy, fifty a customer, and kept in ``tests/benchmarks/cache``; a model with the standard set is
trained once on 20,000 of the customers. Then the command line's own way is run: reading, scoring with three reasons,
Parquet. Each run is a process of its own. What is written is asserted to be what `score` says for a sample of customers.

Writes its table into RESULTS.md at 100,000 customers and more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from engine.results import table, write_section

import cxchurn as cx

CACHE = Path(__file__).parent / "cache"
EACH, TRAINED_ON = 50, 20_000
AT = "2025-01-01"
_DAY = 86_400_000_000
_FIRST, _LAST = (int(np.datetime64(day, "us").astype(np.int64)) for day in ("2023-07-01", AT))
_KINDS = ("purchase", "visit", "call", "chat", "email", "complaint", "survey", "campaign", "delivery", "refund")
_ROWS = 1_000_000


def main() -> None:
    """Make the log and the model where they are missing, and measure one night."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("customers", nargs="?", type=int, default=20_000)
    parser.add_argument("--memory-limit", help="such as 2GB: the log is divided on disk")
    parser.add_argument("--no-table", action="store_true", help="write nothing into RESULTS.md")
    wanted = parser.parse_args()
    log, model = made_log(wanted.customers), made_model()
    said, wall = night(log, model, wanted.memory_limit)
    checked(log, model, wanted.customers)
    line = {
        "customers": f"{wanted.customers:,}",
        "interactions": f"{said['log']['rows']:,}",
        "columns": len(cx.load_model(model).features_.says_),
        "memory limit": wanted.memory_limit or "none",
        "wall, s": f"{wall:.0f}",
        **{f"{name}, s": f"{spent:.1f}" for name, spent in said["seconds"].items()},
        **{
            f"{name}, CPU us a row": f"{spent / said['asked'] * 1e6:.1f}" for name, spent in said["cpu_seconds"].items()
        },
        "peak, GB": f"{said['peak_memory_mb'] / 1024:.2f}",
    }
    head = (
        "**A night of scores** (`python tests/benchmarks/bench_score.py N`): `cxchurn score --reasons 3` in a process of its"
        " own, the standard set, Parquet in and out; CPU of all threads by asked customer. With reasons the log-odds come with"
        " the contributions."
    )
    text = f"{head}\n\n{table([line])}"
    print(text, flush=True)
    if wanted.customers >= 100_000 and not wanted.no_table:
        write_section("score", text)


def made_log(customers: int) -> Path:
    """Draw a log of so many customers once, and return its file."""
    file = CACHE / f"score-{customers}" / "interactions.parquet"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        with pq.ParquetWriter(fresh, _some(0, 1).schema, compression="zstd") as writer:
            for first in range(0, customers, _ROWS // EACH):
                writer.write_table(_some(first, min(first + _ROWS // EACH, customers)))
        fresh.rename(file)
        (file.parent / "schema.toml").write_text(_schema().to_toml(), encoding="utf-8")
    return file


def made_model() -> Path:
    """Train on the smaller log once, and return the model's folder."""
    folder = CACHE / f"score-model-{cx.__version__}"
    try:
        cx.load_model(folder)
    except cx.CxchurnError:
        log = cx.read_interactions(made_log(TRAINED_ON), _schema(), observed_until=AT)
        churn = cx.Inactivity("60D", active_within="90D", kinds=("purchase", "visit"))
        panel = cx.make_panel(log, churn, cutoffs=cx.every("60D", "2024-02-01", "2024-11-01"))
        cx.ChurnModel(churn).fit(panel).save(folder)
    return folder


def night(log: Path, model: Path, memory_limit: str | None) -> tuple[dict, float]:
    """Run the command line as at night, and return its summary and the seconds of the whole process."""
    out = log.parent / "scores.parquet"
    command = [
        sys.executable,
        "-m",
        "cxchurn",
        "score",
        "--model",
        model,
        "--log",
        log,
        "--schema",
        log.parent / "schema.toml",
    ]
    command += ["--at", AT, "--observed-until", AT, "--reasons", 3, "--out", out, "--json"]
    command += ["--memory-limit", memory_limit] if memory_limit else []
    began = time.perf_counter()
    ran = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(ran.stdout), time.perf_counter() - began


def checked(log: Path, model: Path, customers: int) -> None:
    """Assert that a sample of customers alone gets what was written."""
    some = [f"C{k:08d}" for k in range(0, customers, max(1, customers // 50))]
    events = pq.read_table(log, filters=[("customer_id", "in", some)])
    alone = cx.read_interactions(events, _schema(), observed_until=AT)
    wanted = cx.score(cx.load_model(model), alone, at=AT, reasons=3).set_index("customer_id")
    written = pq.read_table(log.parent / "scores.parquet", filters=[("customer_id", "in", some)]).to_pandas()
    pd.testing.assert_frame_equal(
        written.set_index("customer_id").sort_index(), wanted.sort_index(), check_exact=True, check_dtype=False
    )


def _schema() -> cx.Schema:
    names = {role: role for role in _some(0, 1).column_names if role not in ("items", "product_group")}
    return cx.Schema(**names, measures=("items",), categories=("product_group",))


def _some(first: int, stop: int) -> pa.Table:
    """Draw the events of some customers, the same ones however they are asked for in blocks."""
    draw = np.random.default_rng([7, first])
    who = np.repeat(np.arange(first, stop), draw.poisson(EACH, stop - first))
    size = who.size
    leaving = np.random.default_rng([8, first]).random(stop - first) < 0.3
    until = np.where(leaving, draw.uniform(0.5, 1.0, stop - first), 1.0)[who - first]
    at = (_FIRST + draw.random(size) * until * (_LAST - _FIRST - 1)).astype(np.int64)
    kind = draw.choice(len(_KINDS), size, p=[0.3, 0.25, 0.08, 0.07, 0.06, 0.04, 0.05, 0.08, 0.05, 0.02])
    contact = np.isin(kind, [2, 3, 4, 5])
    late = draw.exponential(0.4, size) * _DAY

    def only(where: np.ndarray, values: np.ndarray, kind: pa.DataType | None = None) -> pa.Array:
        return pa.array(values, type=kind, mask=~where)

    def label(codes: np.ndarray, names: tuple[str, ...], where: np.ndarray) -> pa.Array:
        return pa.DictionaryArray.from_arrays(only(where, codes.astype(np.int32)), list(names)).cast(pa.string())

    there = np.ones(size, dtype=bool)
    promised = at + draw.integers(1, 6, size) * _DAY
    delivered = promised + (draw.normal(0, 1.5, size) * _DAY).astype(np.int64)
    stamp = pa.timestamp("us", "UTC")
    return pa.table(
        {
            "customer_id": pa.array([f"C{k:08d}" for k in range(first, stop)]).take(pa.array(who - first)),
            "timestamp": pa.array(at).cast(stamp),
            "known_at": pa.array(np.minimum(at + np.where(contact, late.astype(np.int64), 0), _LAST - 1)).cast(stamp),
            "kind": label(kind, _KINDS, there),
            "touchpoint": label(draw.integers(0, 5, size), ("store", "web", "app", "phone", "email"), there),
            "direction": label((kind == 7).astype(int), ("inbound", "outbound"), there),
            "case_id": only(contact, draw.integers(0, 1 << 40, size)).cast(pa.string()),
            "agent": label(draw.integers(0, 3, size), ("human", "bot", "self"), contact),
            "wait_s": only(contact, np.round(draw.exponential(240, size), 1)),
            "duration_s": only(contact, np.round(draw.exponential(300, size), 1)),
            "transfers": only(contact, draw.poisson(0.4, size).astype(np.int64)),
            "resolved": only(contact, draw.random(size) < 0.8),
            "score": only((kind == 6) & (draw.random(size) < 0.5), draw.integers(0, 11, size).astype(np.float64)),
            "score_type": label(np.zeros(size, dtype=int), ("nps",), kind == 6),
            "sentiment": only(contact, np.round(np.clip(draw.normal(0.1, 0.4, size), -1, 1), 2)),
            "value": only(
                (kind == 0) | (kind == 9), np.round(draw.lognormal(3, 1, size) * np.where(kind == 9, -1, 1), 2)
            ),
            "promised_at": only(kind == 0, promised).cast(stamp),
            "delivered_at": only((kind == 0) & (delivered < _LAST) & (delivered > at), delivered).cast(stamp),
            "items": only(kind == 0, draw.integers(1, 6, size).astype(np.float64)),
            "product_group": label(draw.integers(0, 6, size), ("a", "b", "c", "d", "e", "f"), kind == 0),
        }
    )


if __name__ == "__main__":
    main()
