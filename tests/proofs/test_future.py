"""Nothing that happens, or becomes known, at or after an instant moves a feature as of it by one bit.

The rows are changed before they are read, by what stands here alone: the package's own `check_no_leak` has no part in it.
One instant by default; ``CXCHURN_STRESS=12`` (``make stress``) takes so many.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cxchurn.datasets import Simulation, simulate
from cxchurn.features import FeatureSet, every_family
from cxchurn.interactions import InteractionLog, Schema, known_before, read_interactions
from cxchurn.model import ChurnModel
from cxchurn.panel import Inactivity, make_panel, monthly
from cxchurn.scoring import refresh

INSTANTS = int(os.environ.get("CXCHURN_STRESS", "1"))
END = pd.Timestamp("2024-12-01")
CHURN = Inactivity("60D", active_within="90D")
LIFE = ["timestamp", "known_at", "promised_at", "delivered_at"]
# what a survey asked and what was answered fit together
TOGETHER = ["score", "score_type"]
Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def whole() -> Frames:
    company: Simulation = simulate(300, "2023-07-01", str(END), random_state=8)
    rng = np.random.default_rng(8)
    rows = company.interactions.copy()
    # more of it becomes known late than in the simulator, and never before it happens
    late = rng.random(len(rows)) < 0.2
    days = rng.exponential(20 * 86_400e6, len(rows)).astype(np.int64).astype("timedelta64[us]")
    rows["known_at"] = (rows["timestamp"] + days).where(late, rows["known_at"].fillna(rows["timestamp"]))
    customers = company.customers.copy()
    customers["valid_from"] = pd.to_datetime(customers["valid_from"])
    return rows, customers


def gone(frames: Frames, at: pd.Timestamp, rng: np.random.Generator) -> Frames:
    """There is no future."""
    rows, customers = frames
    return rows[rows["known_at"] < at], customers[customers["valid_from"] < at]


def others(frames: Frames, at: pd.Timestamp, rng: np.random.Generator) -> Frames:
    """Every cell of the future is another row's, and its times are others, some of them the instant itself."""
    rows, customers = (frame.copy() for frame in frames)
    ahead = (rows["known_at"] >= at).to_numpy()
    whence = rng.integers(0, len(rows), ahead.sum())
    for name in [*rows.columns.difference([*LIFE, *TOGETHER]), *TOGETHER]:
        if name not in TOGETHER:
            whence = rng.permutation(whence)
        rows.loc[ahead, name] = rows[name].to_numpy()[whence]
    known = at + pd.to_timedelta(rng.choice([0, 1, 3_600_000_000, 10**12], ahead.sum()), unit="us")
    rows.loc[ahead, "known_at"] = known.astype("datetime64[us]")
    # some of what is known later happened long before
    before = pd.to_timedelta(rng.choice([0, 0, 1, 10**12, 10**13], ahead.sum()), unit="us")
    rows.loc[ahead, "timestamp"] = (known - before).astype("datetime64[us]")
    later = (customers["valid_from"] >= at).to_numpy()
    for name in customers.columns.difference(["customer_id", "valid_from"]):
        customers.loc[later, name] = customers[name].to_numpy()[rng.integers(0, len(customers), later.sum())]
    return rows, customers


def crowded(frames: Frames, at: pd.Timestamp, rng: np.random.Generator) -> Frames:
    """Ten times as much happens as did, of kinds and at touchpoints that nobody knew, by customers that nobody knew."""
    rows, customers = frames
    more = rows.sample(len(rows) // 2, replace=True, random_state=int(rng.integers(2**31)))
    more = more.assign(
        customer_id=np.where(rng.random(len(more)) < 0.3, "C-unknown", more["customer_id"]),
        kind=np.where(rng.random(len(more)) < 0.3, "of tomorrow", more["kind"]),
        touchpoint=np.where(rng.random(len(more)) < 0.3, "nowhere", more["touchpoint"]),
        value=more["value"] * 1e9,
        timestamp=at - pd.to_timedelta(rng.choice([-(10**12), 0, 1, 10**10], len(more)), unit="us"),
        known_at=at + pd.to_timedelta(rng.choice([0, 1, 10**12], len(more)), unit="us"),
    )
    more["known_at"] = more[["known_at", "timestamp"]].max(axis=1)
    file = customers.drop_duplicates("customer_id").assign(valid_from=at, plan="of tomorrow", household=99.0)
    return pd.concat([rows, more], ignore_index=True), pd.concat([customers, file], ignore_index=True)


def shuffled(frames: Frames, at: pd.Timestamp, rng: np.random.Generator) -> Frames:
    """The same rows in another order."""
    seed = int(rng.integers(2**31))
    return tuple(frame.sample(frac=1, random_state=seed).reset_index(drop=True) for frame in frames)


CHANGES: dict[str, Callable[[Frames, pd.Timestamp, np.random.Generator], Frames]] = {
    "gone": gone,
    "others": others,
    "crowded": crowded,
    "shuffled": shuffled,
}


def log_of(frames: Frames, schema: Schema) -> InteractionLog:
    rows, customers = frames
    rows = rows.astype(dict.fromkeys(("timestamp", "known_at"), "datetime64[us]"))
    end = max(END, rows["known_at"].max() + pd.Timedelta("1s"))
    return read_interactions(rows, schema, customers=customers, observed_until=end)


@pytest.fixture(scope="module")
def schema(company_schema: Schema) -> Schema:
    return dataclasses.replace(company_schema, duplicates="keep")


@pytest.fixture(scope="module")
def model(whole, schema) -> ChurnModel:
    log = log_of(whole, schema)
    panel = make_panel(log, CHURN, cutoffs=monthly("2023-12-01", "2024-04-01"))
    return ChurnModel(CHURN, folds=2).fit(panel)


def instant(number: int, rows: pd.DataFrame) -> pd.Timestamp:
    """Some moment of the second half; every other time one at which something happens, or becomes known."""
    rng = np.random.default_rng(100 + number)
    times = rows["known_at" if number % 4 == 3 else "timestamp"].to_numpy()
    times = times[(times > np.datetime64("2024-05-01")) & (times < np.datetime64("2024-11-20"))]
    at = pd.Timestamp(rng.choice(times))
    return at if number % 2 else at + pd.Timedelta(int(rng.integers(1, 10**12)), unit="us").floor("us")


@pytest.mark.prove
@pytest.mark.parametrize("number", range(INSTANTS))
def test_no_future_moves_a_feature(number, whole, schema, model):
    rng = np.random.default_rng(number)
    log = log_of(whole, schema)
    at = instant(number, whole[0])
    past = known_before(log, np.datetime64(at, "us"))
    builders = every_family(past, "60D")
    who = sorted(set(past.events["customer_id"].to_pylist()))
    asked = pd.DataFrame({"customer_id": who, "cutoff": at})

    def made(some: InteractionLog) -> pd.DataFrame:
        return FeatureSet(builders, log=some, churn=CHURN).fit_transform(asked)

    right, tables = made(log), refresh(model, log, at=at, at_least=0.0).version(np.datetime64(at, "us"))
    cells = 0
    for name, change in CHANGES.items():
        other = log_of(change(whole, at, rng), schema)
        found = made(other)
        assert list(found.columns) == list(right.columns), name
        same = found.to_numpy().view(np.int64) == right.to_numpy().view(np.int64)
        assert same.all(), (name, at, list(right.columns[~same.all(axis=0)])[:5])
        assert refresh(model, other, at=at, at_least=0.0).version(np.datetime64(at, "us")) == tables, (name, at)
        cells += same.size
    assert np.isfinite(right.to_numpy()).mean() > 0.2
    print(f"\nas of {at}: {cells:,} cells of {right.shape[1]:,} columns, none moved")
