"""The standard set, all families that the simulated log can feed, from the file to the frame."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
from bench_features import inputs

import cxchurn as cx
from cxchurn.history import histories_of

CUTOFF = pd.Timestamp("2025-01-01")


def simulated(millions: float) -> dict[str, Any]:
    """Simulate the log, where that has not been done yet."""
    return {"files": [str(file) for file in inputs(millions)]}


def features(millions: float) -> dict[str, Any]:
    """Make the standard features of all customers at one cut-off, and tell what it took."""
    interactions, customers, schema = inputs(millions)
    begun = time.perf_counter()
    log = cx.read_interactions(interactions, schema, customers=customers)
    read = time.perf_counter()
    rows = pd.DataFrame({"customer_id": histories_of(log).ids, "cutoff": CUTOFF})
    ready = time.perf_counter()
    frame = cx.FeatureSet(log=log).fit(rows).transform(rows)
    done = time.perf_counter()
    return {
        "read": read - begun,
        "sort": ready - read,
        "features": done - ready,
        "events": len(log),
        "rows": frame.shape[0],
        "columns": frame.shape[1],
        "bytes": log.events.nbytes,
        "frame": int(frame.to_numpy().nbytes),
    }
