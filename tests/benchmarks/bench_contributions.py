"""How long exact contributions take beside LightGBM: python tests/benchmarks/bench_contributions.py [--quick].

One processor, CPU time, all in one process in turns; the answers are asserted equal first. Writes its table into RESULTS.md;
``--quick`` takes few trees and rows and writes nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from statistics import median

# one thread for everybody, said before LightGBM is loaded
os.environ["OMP_NUM_THREADS"] = "1"

import lightgbm as lgb
import numpy as np
from engine.results import met, table, write_section

from cxchurn.model.trees import Forest, read_forest

_COLUMNS, _LABELS = 400, 8


def main(*, quick: bool) -> None:
    """Measure trees of 8, 16, 31 and 63 leaves."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rounds, rows = (20, 2_000) if quick else (450, 20_000)
    lines = [_line(leaves, rounds, rows) for leaves in (8, 16, 31, 63)]
    head = (
        f"**Exact contributions** (`python tests/benchmarks/bench_contributions.py`): {rounds} trees on {_COLUMNS} columns "
        f"({_LABELS} of labels, a fifth of all values missing), CPU microseconds a row on one processor over {rows:,} rows, "
        "medians of three turns. Log-odds are asserted equal to the bit, contributions to 1e-12, one row to the bit among many."
    )
    text = f"{head}\n\n{table(lines)}"
    print(f"\n{text}", flush=True)
    if not quick:
        write_section("contributions", text)


def _line(leaves: int, rounds: int, rows: int) -> dict[str, object]:
    booster = _trained(leaves, rounds)
    began = time.process_time()
    forest = read_forest(booster.model_to_string())
    made = time.process_time() - began
    X, few = _table(rows, 1)[0], 300
    apart = _checked(booster, forest, X[:few])
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "predict": (lambda: booster.predict(X, raw_score=True, num_threads=1), rows),
        "log-odds": (lambda: forest.raw_score(X), rows),
        "pred_contrib": (lambda: booster.predict(X[:few], pred_contrib=True, num_threads=1), few),
        "contributions": (lambda: forest.contributions(X), rows),
        "one row": (lambda: [forest.contributions(X[k : k + 1]) for k in range(few)], few),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(3):
        for name, (ask, count) in ways.items():
            began = time.process_time()
            ask()
            took[name].append((time.process_time() - began) / count * 1e6)
    micro = {name: median(times) for name, times in took.items()}
    share, times = micro["contributions"] / micro["predict"], micro["pred_contrib"] / micro["contributions"]
    line: dict[str, object] = {"leaves": leaves, **{name: f"{value:.1f}" for name, value in micro.items()}}
    line |= {"of predict": f"{share:.2f}", "times faster": f"{times:.0f}", "largest difference": f"{apart:.0e}"}
    line |= {"tables, MB": f"{forest.flat.shares.nbytes / 1e6:.1f}", "made in, s": f"{made:.2f}"}
    return line | (met(share, most=0.5) if leaves == 8 else met(times, least=10) if leaves <= 31 else {})


def _checked(booster: lgb.Booster, forest: Forest, X: np.ndarray) -> float:
    found = forest.contributions(X)
    apart = float(np.abs(found - booster.predict(X, pred_contrib=True)).max())
    assert apart < 1e-12
    assert np.array_equal(forest.raw_score(X), booster.predict(X, raw_score=True))
    assert np.array_equal(forest.contributions(X[7:8])[0], found[7])
    return apart


def _trained(leaves: int, rounds: int) -> lgb.Booster:
    X, y = _table(12_000, 0)
    settings = {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": 0.03,
        "feature_fraction": 0.3,
        "verbosity": -1,
    }
    data = lgb.Dataset(X, y, categorical_feature=list(range(_LABELS)))
    return lgb.train({**settings, "min_data_in_leaf": 50, "num_threads": 1, "seed": 0}, data, rounds)


def _table(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    X = draw.lognormal(size=(rows, _COLUMNS))
    X[:, :_LABELS] = draw.integers(0, 12, (rows, _LABELS))
    X[draw.random(X.shape) < 0.2] = np.nan
    effects = np.random.default_rng(99).normal(size=_COLUMNS) / 8
    z = np.nan_to_num(np.log1p(X)) @ effects + (X[:, 0] % 3 == 1) + draw.normal(size=rows)
    return X, (z > np.median(z)).astype(float)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
