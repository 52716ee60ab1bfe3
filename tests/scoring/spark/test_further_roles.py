"""Families that are asked for by name give the same bits on a cluster: sessions, peers, returns, rewards, people, products."""

from __future__ import annotations

import pytest

import cxchurn as cx
from cxchurn.datasets import write_simulation

from .conftest import as_rows
from .test_score_spark import AT, assert_same

ALSO = ("loyalty", "sessions", "returns", "network", "staff")


@pytest.fixture(scope="module")
def rich() -> cx.Simulation:
    return cx.simulate(150, "2024-01-01", "2024-12-01", also=ALSO, random_state=2)


@pytest.mark.prove
def test_scores_are_those_of_one_machine(rich, spark, tmp_path):
    schema = cx.Schema.from_toml(write_simulation(rich, tmp_path).schema)
    log = cx.read_interactions(rich.interactions, schema, customers=rich.customers)
    churn = cx.Inactivity("60D", active_within="60D")
    panel = cx.make_panel(log, churn, cutoffs=cx.monthly("2024-05-01", "2024-09-01"))
    families = [
        cx.Recency(), cx.Loyalty(), cx.Sessions(), cx.Returns(), cx.Network(), cx.Staff(moments=3),
        cx.TrackRecord(by=("touchpoint", "product_group"), moments=3),
    ]  # fmt: skip
    model = cx.ChurnModel(churn, features=families, classifier=cx.ChurnClassifier(n_estimators=10)).fit(panel)
    drivers = {says.driver for says in model.features_.says_}
    assert {"loyalty", "sessions", "returns", "network", "staff", "track_record"} <= drivers
    events = spark.createDataFrame(as_rows(rich.interactions)).repartition(4)
    found = cx.score_spark(model, events, at=AT, reasons=2, customers=rich.customers, buckets=2)
    assert_same(found, cx.score(model, log, at=AT, reasons=2))
