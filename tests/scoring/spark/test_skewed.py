"""One customer with a million events among many with a few, on a local session: a proof that ``make stress`` runs."""

from __future__ import annotations

import os
import time

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx
from cxchurn.features import small
from cxchurn.model import ChurnClassifier

pytestmark = pytest.mark.skipif("CXCHURN_STRESS_S" not in os.environ, reason="takes minutes: make stress")
MOST, SMALL, EACH = 1_000_000, 20_000, 20
AT = "2024-06-01"


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> str:
    random = np.random.default_rng(3)
    who = np.concatenate([np.zeros(MOST, dtype=np.int64), 1 + np.repeat(np.arange(SMALL), EACH)])
    start, span = np.datetime64("2023-06-01", "us"), 366 * 86_400_000_000
    table = pd.DataFrame(
        {
            "customer_id": who,
            "timestamp": start + random.integers(0, span, who.size).astype("m8[us]"),
            "kind": random.choice(["purchase", "visit", "call"], who.size),
            "value": random.gamma(2, 20, who.size).round(2),
        }
    )
    path = tmp_path_factory.mktemp("skewed") / "events.parquet"
    table.sample(frac=1, random_state=1).to_parquet(path, index=False)
    return str(path)


def test_one_with_a_million_among_many(spark, events):
    schema = cx.Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value", duplicates="keep")
    log = cx.read_interactions(events, schema)
    few = cx.read_interactions(pd.read_parquet(events).query("0 < customer_id <= 2000"), schema)
    churn = cx.Inactivity("30D", active_within="60D")
    panel = cx.make_panel(few, churn, cutoffs=cx.monthly("2023-12-01", "2024-04-01"))
    model = cx.ChurnModel(churn, features=small(few), classifier=ChurnClassifier(n_estimators=20), folds=2).fit(panel)
    began = time.perf_counter()
    here = cx.score(model, log, at=AT, reasons=2).sort_values("customer_id", ignore_index=True)
    local = time.perf_counter() - began
    began = time.perf_counter()
    scores = cx.score_spark(model, spark.read.parquet(events), at=AT, reasons=2)
    there = scores.toPandas().sort_values("customer_id", ignore_index=True)
    cluster = time.perf_counter() - began
    for name in ("customer_id", "churn_probability", "band", "reason_1", "reason_2", "not_asked"):
        left, right = (one[name].to_numpy() for one in (here, there))
        both = pd.isna(left) & pd.isna(right)
        assert ((left == right) | both).all(), name
    buckets = scores.attrs["buckets"]
    most = buckets.loc[buckets["largest"].idxmax()]
    assert most["largest"] == MOST
    print(
        f"\nspark: {MOST + SMALL * EACH:,} events, {MOST:,} of one customer; local {local:.1f} s, session {cluster:.1f} s;"
        f" its bucket {most['seconds']:.1f} s, {most['cpu']:.1f} s of CPU, {most['megabytes']:.0f} MB;"
        f" the others at most {buckets['seconds'].drop(most.name).max():.1f} s"
    )
