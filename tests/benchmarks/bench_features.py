"""How long the standard set takes: python tests/benchmarks/bench_features.py [million interactions], default 1.

The log is simulated once and kept in ``tests/benchmarks/cache``. One cut-off, every customer. The answers for a sample of
customers alone are checked to be the same bits before anything is timed.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from court import schema_of

import cxchurn as cx
from cxchurn.features import columns_of
from cxchurn.history import Seen, Which, each_part, history_of

CACHE = Path(__file__).parent / "cache"
PER_CUSTOMER = 56


def inputs(millions: float) -> tuple[Path, Path, Path]:
    """Simulate the log once: interactions, customers, schema."""
    folder = CACHE / f"{millions:g}M"
    files = folder / "interactions.parquet", folder / "customers.parquet", folder / "schema.toml"
    if not all(file.exists() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        simulation = cx.simulate(int(millions * 1e6 / PER_CUSTOMER), "2023-07-01", "2025-01-01", random_state=3)
        simulation.customers.to_parquet(files[1])
        files[2].write_text(schema_of(simulation).to_toml(), encoding="utf-8")
        simulation.interactions.to_parquet(files[0])
    return files


def timed(what: str, call):  # type: ignore[no-untyped-def]
    """Run, print wall and processor seconds and the peak memory so far, and return the answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = call()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{what:<34} {time.perf_counter() - wall:8.2f} s {time.process_time() - cpu:8.2f} s cpu {peak:6.2f} GB",
        flush=True,
    )
    return answer


def called(features: cx.FeatureSet, rows: pd.DataFrame) -> np.ndarray:
    """Make the features with every builder called as it is, without the plan: part by part, as `transform` does."""
    place = {name: k for k, name in enumerate(features.get_feature_names_out())}
    out = np.empty((len(rows), len(place)))

    def write(which: Which, seen: Seen) -> None:
        for builder in features.builders_:
            for column in columns_of(builder, seen):
                out[which, place[column.name]] = column.values

    about = {**features.about_, "references": features.references_.tables}
    for _ in each_part(features.log, rows["customer_id"].to_numpy(), rows["cutoff"].to_numpy(), write, **about):
        pass
    return out


def _of_a_row(call, rows: pd.DataFrame) -> float:  # type: ignore[no-untyped-def]
    """Return the processor microseconds a row, the least of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return 1e6 * min(taken) / len(rows)


def main(millions: float) -> None:
    """Time reading, sorting, and the standard set at one cut-off."""
    interactions, customers, schema = inputs(millions)
    log = timed("reading and checking", lambda: cx.read_interactions(interactions, schema, customers=customers))
    history = timed("sorting by customer and time", lambda: history_of(log))
    print(
        f"{len(history):,} interactions of {history.ids.size:,} customers, {log.events.nbytes / 2**30:.2f} GB as read"
    )
    rows = pd.DataFrame({"customer_id": history.ids, "cutoff": np.datetime64("2025-01-01", "us")})
    features = cx.FeatureSet(log=log, horizon="60D").fit(rows.head(2000))
    alone = features.transform(rows.head(50))
    history.cache.clear()
    whole = timed(f"the standard set, {len(features.says_)} columns", lambda: features.transform(rows))
    without = timed("the same, every builder called as it is", lambda: called(features, rows))
    assert np.array_equal(whole.to_numpy(), without, equal_nan=True)
    print(
        f"{_of_a_row(lambda: features.transform(rows), rows):.0f} CPU microseconds a row by the plan, "
        f"{_of_a_row(lambda: called(features, rows), rows):.0f} by the builders"
    )
    assert np.array_equal(whole.head(50).to_numpy(), alone.to_numpy(), equal_nan=True)
    wall = time.perf_counter()
    history.cache.clear()
    features.transform(rows)
    seconds = time.perf_counter() - wall
    print(
        f"again: {seconds:.2f} s, {1000 * seconds / whole.shape[1]:.1f} ms a column, "
        f"{whole.size / seconds:,.0f} values a second"
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
