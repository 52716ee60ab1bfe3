"""The logs that the engine is measured on: written once, piece by piece, in time order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CACHE = Path(__file__).parents[1] / "cache" / "engine"
KINDS = ("call", "chat", "complaint", "email", "purchase", "return", "survey", "visit")
TOUCHPOINTS = ("app", "branch", "chat", "email", "phone", "social", "store", "web")
MEASURES = ("value", "wait_s", "duration_s", "sentiment")
START, STOP = "2022-12-01", "2025-01-01"
PER_CUSTOMER = 50
PIECE = 1 << 20
SEED = 7


def log_file(millions: float, ids: str) -> Path:
    """Return the log of so many million interactions, with ids that are "text" or "integer"; written when first asked for."""
    path = CACHE / f"{millions:g}M_{ids}.parquet"
    if not path.exists():
        print(f"writing the log of {millions:g} M interactions with {ids} ids", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        write_log(part, round(millions * 1e6), ids)
        part.rename(path)
    return path


def write_log(path: Path, events: int, ids: str) -> None:
    """Write a log piece by piece, so that any size needs the memory of one; a small log in small row groups.

    Several engines share work between threads by row groups: each log has at least eight.
    """
    customers = max(events // PER_CUSTOMER, 1)
    rng = np.random.default_rng(SEED)
    chance = np.cumsum(rng.gamma(1.2, 1.0, customers) + 0.02)
    names = pa.array([f"C{i:08d}" for i in range(customers)]) if ids == "text" else pa.array(np.arange(customers))
    bounds = np.linspace(*np.array([START, STOP], "datetime64[us]").astype(np.int64), -(-events // PIECE) + 1)
    writer = None
    for k, begun in enumerate(range(0, events, PIECE)):
        size = min(PIECE, events - begun)
        table = _piece(np.random.default_rng([SEED, k]), names, chance, size, bounds[k : k + 2].astype(np.int64))
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=PIECE if events > 8 * PIECE else PIECE // 8)
    if writer is not None:
        writer.close()


def _piece(rng: np.random.Generator, names: pa.Array, chance: np.ndarray, size: int, bounds: np.ndarray) -> pa.Table:
    who = np.searchsorted(chance, rng.random(size) * chance[-1], side="right")
    # no two at the same instant: peers may then break ties as they like
    times = np.sort(rng.integers(bounds[0], bounds[1] - size, size)) + np.arange(size)
    return pa.table(
        {
            "customer_id": names.take(pa.array(who)),
            "timestamp": pa.array(times, pa.timestamp("us")),
            "kind": _labels(rng, KINDS, size),
            "touchpoint": _labels(rng, TOUCHPOINTS, size),
            "value": np.round(rng.lognormal(3, 1, size), 2),
            "wait_s": np.round(rng.exponential(120, size), 1),
            "duration_s": np.round(rng.exponential(300, size)),
            "sentiment": np.round(rng.uniform(-1, 1, size), 3),
        }
    )


def _labels(rng: np.random.Generator, labels: tuple[str, ...], size: int) -> pa.Array:
    return pa.array(labels).take(pa.array(rng.integers(0, len(labels), size)))
