"""Programs whose tests turn warnings into errors can use every entrance, with times in any zone and unit."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import cxchurn as cx

SCHEMA = cx.Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", value="value")


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def frame_of(zone: str | None, unit: str = "us") -> pd.DataFrame:
    """Purchases and calls of 60 customers through half of 2023, at a steady pace of their own."""
    random = np.random.default_rng(3)
    rows = [
        (f"C{customer:02}", pd.Timestamp("2023-01-01") + pd.Timedelta(hours=int(hours)), kind, float(customer))
        for customer in range(60)
        for hours in np.cumsum(random.integers(60, 200 + 30 * (customer % 20), 20))
        for kind in [("purchase", "call")[int(hours) % 2]]
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "timestamp", "kind", "value"])
    times = frame["timestamp"].dt.as_unit(unit)
    return frame.assign(timestamp=times if zone is None else times.dt.tz_localize("UTC").dt.tz_convert(zone))


@pytest.fixture(scope="module")
def plain() -> cx.InteractionLog:
    return cx.read_interactions(frame_of(None), SCHEMA)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_frames_with_zoned_times_are_read(zone: str, unit: str, plain: cx.InteractionLog) -> None:
    log = cx.read_interactions(frame_of(zone, unit), SCHEMA)
    assert cx.fingerprint(log) == cx.fingerprint(plain)


def test_customers_with_zoned_times_are_read(plain: cx.InteractionLog) -> None:
    people = pd.DataFrame({"customer_id": [f"C{k:02}" for k in range(60)], "plan": ["basic", "pro"] * 30})
    dated = people.assign(valid_from=pd.Timestamp("2022-06-01", tz="Europe/Berlin"))
    log = cx.read_interactions(frame_of("UTC"), SCHEMA, customers=dated)
    assert log.customers is not None
    assert len(log.customers.table) == 60


def test_from_rows_to_scores_with_zoned_times(plain: cx.InteractionLog) -> None:
    churn = cx.Inactivity("20D", active_within="20D")
    cutoffs = pd.date_range("2023-02-01", "2023-05-01", freq="MS", tz="UTC").tz_convert("Europe/Berlin")
    panel = cx.make_panel(plain, churn, cutoffs=pd.Series(cutoffs))
    assert panel.frame.equals(cx.make_panel(plain, churn, cutoffs=cx.monthly("2023-02-01", "2023-05-01")).frame)
    train, test = panel.split(pd.Timestamp("2023-05-01", tz="UTC"))
    zoned = test.frame.assign(cutoff=test.frame["cutoff"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
    labels = zoned[["customer_id", "cutoff", "churned"]]
    assert cx.panel_from_labels(plain, labels, horizon="20D").frame["cutoff"].equals(test.frame["cutoff"])
    trees = cx.ChurnClassifier(n_estimators=5)
    model = cx.ChurnModel(churn, features=[cx.Recency(by=())], classifier=trees, log=plain).fit(train)
    np.testing.assert_array_equal(model.predict_proba(zoned), model.predict_proba(test))
    judged = cx.evaluate(model, zoned, replicates=20)
    assert judged.predictions["cutoff"].equals(test.frame["cutoff"])
    at = pd.Timestamp("2023-05-01 09:00", tz="Asia/Tokyo")
    assert cx.score(model, plain, at=at).equals(cx.score(model, plain, at="2023-05-01"))
