from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.datasets import Simulation, simulate

HORIZON, ACTIVE = np.timedelta64(60, "D"), np.timedelta64(90, "D")


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return simulate()


@pytest.fixture(scope="session")
def eligible(simulation: Simulation) -> pd.DataFrame:
    """Every customer active within 90 days, with what came of it and what the simulator knew."""
    rows = simulation.interactions
    own = rows[(rows["direction"] == "inbound") & (rows["kind"] != "cancel")]
    parts = []
    for cutoff in pd.date_range("2024-01-01", "2024-11-01", freq="MS"):
        past = own[own["timestamp"].between(cutoff - ACTIVE, cutoff, inclusive="left")].groupby("customer_id")[
            "timestamp"
        ]
        part = past.agg(["size", "max"]).reset_index()
        future = own.loc[own["timestamp"].between(cutoff, cutoff + HORIZON, inclusive="left"), "customer_id"]
        churned = (~part["customer_id"].isin(future)).astype(int)
        silent_days = (cutoff - part["max"]).dt.total_seconds() / 86_400
        parts.append(part.assign(cutoff=cutoff, churned=churned, silent_days=silent_days))
    pairs = pd.concat(parts, ignore_index=True)
    return pairs.assign(truth=simulation.true_probability(pairs, horizon="60D"))
