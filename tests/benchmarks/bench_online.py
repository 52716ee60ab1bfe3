"""How long an answer about one customer takes, beside the batch: python tests/benchmarks/bench_online.py [--quick].

The answers are asserted equal to those of the batch first. Then, on one processor, in CPU time of the same run: one customer
at a time (median, 99 %), many at a time, updates, and the batch; and a cold start in a process of its own. Writes its table
into RESULTS.md; ``--quick`` takes few customers and trees and writes nothing.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# one thread for everybody, said before LightGBM is loaded
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
from engine.results import met, table, write_section

from cxchurn.datasets import Simulation, simulate
from cxchurn.interactions import InteractionLog, Schema, read_interactions
from cxchurn.model import ChurnClassifier, ChurnModel
from cxchurn.panel import Inactivity, make_panel, monthly
from cxchurn.scoring import OnlineScorer, score

_AT = "2024-11-05T13:20"
_ROLES = (
    "customer_id", "timestamp", "kind", "known_at", "touchpoint", "case_id", "direction", "agent", "agent_id", "wait_s",
    "duration_s", "transfers", "resolved", "score", "score_type", "invited", "sentiment", "value", "promised_at",
    "delivered_at",
)  # fmt: skip
_COLD = """
import json, time
from cxchurn import OnlineScorer
scorer = OnlineScorer({folder!r})
scorer.update({rows!r})
scorer.score("C-1", at="2024-11-05")
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([time.process_time(), int(most.split()[1]) / 1024]))
"""


def main(*, quick: bool) -> None:
    """Measure, and say it in a table."""
    logging.getLogger("cxchurn").setLevel(logging.ERROR)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    customers, trees, calls = (120, 40, 100) if quick else (600, 300, 2_000)
    company = simulate(customers, "2022-01-01", "2024-12-01", random_state=3)
    schema = Schema(**{role: role for role in _ROLES}, measures=("items", "discount"), categories=("product_group",))
    log = read_interactions(company.interactions, schema, customers=company.customers)
    model = _model(log, trees)
    scorer = OnlineScorer(model)
    scorer.warm(log)
    ids, batch = _equal(model, log, scorer)
    rows = [*_alone(scorer, _near(company, ids), calls), _many(scorer, ids, batch), _updates(model, company)]
    rows += [_cold(model)]
    head = (
        f"**Answers about one customer** (`python tests/benchmarks/bench_online.py`): the standard set, {trees} trees, "
        "probability, band and three reasons, CPU time on one processor. The answers are asserted equal to the batch's first, "
        "probabilities to the bit."
    )
    text = f"{head}\n\n{table(rows)}"
    print(f"\n{text}", flush=True)
    if not quick:
        write_section("online", text)


def _model(log: InteractionLog, trees: int) -> ChurnModel:
    churn = Inactivity("60D", active_within="90D")
    panel = make_panel(log, churn, cutoffs=monthly("2023-06-01", "2024-09-01"))
    return ChurnModel(churn, classifier=ChurnClassifier(n_estimators=trees), folds=2).fit(panel)


def _equal(model: ChurnModel, log: InteractionLog, scorer: OnlineScorer) -> tuple[list[str], float]:
    """Assert that all answers are the batch's; return who is asked about, and the batch's seconds a customer."""
    expected = score(model, log, at=_AT, reasons=3).fillna({"churn_probability": -1.0})
    took = _cpu(lambda: score(model, log, at=_AT, reasons=3))
    found = scorer.score_many(expected["customer_id"].tolist(), _AT)
    assert [-1.0 if one.churn_probability is None else one.churn_probability for one in found] == expected[
        "churn_probability"
    ].tolist()
    told = expected[["reason_1", "reason_2", "reason_3"]].to_numpy().tolist()
    assert [[*one.reasons, *[""] * (3 - len(one.reasons))] for one in found] == told
    assert [(one.band, one.why) for one in found] == list(zip(expected["band"], expected["not_asked"], strict=True))
    asked = [one.customer_id for one in found if one.asked]
    return [str(one) for one in asked], took / len(asked)


def _near(company: Simulation, ids: list[str]) -> list[str]:
    """Return who has about 200 events."""
    counts = company.interactions[pd.to_datetime(company.interactions["timestamp"]) < _AT].groupby("customer_id").size()
    near = counts[counts.index.isin(ids)].sub(200).abs().sort_values()
    return near.index[:20].tolist()


def _alone(scorer: OnlineScorer, ids: list[str], calls: int) -> list[dict[str, str]]:
    at = np.datetime64(_AT, "us")
    for customer in ids:
        scorer.score(customer, at)
    took = np.array([_cpu(lambda: scorer.score(ids[k % len(ids)], at)) for k in range(calls)]) * 1e3  # noqa: B023
    middle, most = float(np.median(took)), float(np.quantile(took, 0.99))
    return [
        {"what": "one customer of about 200 events, median", "ms": f"{middle:.2f}"} | met(middle, most=1.0),
        {"what": "the same, 99 %", "ms": f"{most:.2f}"} | met(most, most=3.0),
    ]


def _many(scorer: OnlineScorer, ids: list[str], batch: float) -> dict[str, str]:
    scorer.score_many(ids, _AT)
    took = min(_cpu(lambda: scorer.score_many(ids, _AT)) for _ in range(3)) / len(ids)
    beside = f"{1 / took:,.0f} a second; the batch takes {batch / took:.1f} times as long a customer (reading left out)"
    return {"what": "many at a time, each", "ms": f"{took * 1e3:.2f}", "beside": beside} | met(1 / took, least=500)


def _updates(model: ChurnModel, company: Simulation) -> dict[str, str]:
    frame = company.interactions.tail(3_000)
    rows = [
        {name: value for name, value in row.items() if value is not None and value == value}
        for row in frame.astype(object).to_dict("records")
    ]
    scorer = OnlineScorer(model)
    scorer.update(rows[:200])
    took = _cpu(lambda: [scorer.update(row) for row in rows[200:]]) / (len(rows) - 200)
    return {"what": "one event as a dict", "ms": f"{took * 1e3:.3f}", "beside": f"{1 / took:,.0f} a second"}


def _cold(model: ChurnModel) -> dict[str, str]:
    rows = [
        {"customer_id": "C-1", "timestamp": f"2024-10-{day:02}T10:00:00Z", "kind": "purchase", "value": 9.5}
        for day in range(1, 20)
    ]
    with tempfile.TemporaryDirectory() as folder:
        saved = model.save(Path(folder) / "model")
        code = _COLD.format(folder=str(saved), rows=rows)
        runs = [json.loads(_fresh(code)) for _ in range(3)]
    seconds, megabytes = min(runs)
    beside = f"{megabytes:.0f} MB at most; kernels were compiled before"
    return {"what": "a cold start with its first answer", "ms": f"{seconds * 1e3:,.0f}", "beside": beside} | met(
        seconds * 1e3, most=1000
    )


def _fresh(code: str) -> str:
    # with the interpreter's own compiled files, as an installed package has them
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    ).stdout


def _cpu(task: Callable[[], object]) -> float:
    began = time.process_time()
    task()
    return time.process_time() - began


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
