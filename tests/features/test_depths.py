"""Where the log begins that a feature set learned from, and how far back its histories reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxchurn.features import Depths, FeatureSet, Recency, features_from_plain, features_to_plain
from cxchurn.interactions import Schema, read_interactions

ZERO = pd.Timestamp("2024-01-01")


def log_of(days):
    """A log of customers 0, 1, 2 ... first (and last) seen so many days after 2024-01-01."""
    times = ZERO + pd.to_timedelta(np.asarray(days, dtype=float), unit="D")
    frame = pd.DataFrame({"customer_id": np.arange(len(days)), "timestamp": times, "kind": "visit"})
    return read_interactions(
        frame, Schema(customer_id="customer_id", timestamp="timestamp", kind="kind"), now="2030-01-01"
    )


def learned(log, rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "day"])
    frame["cutoff"] = ZERO + pd.to_timedelta(frame.pop("day").astype(float), unit="D")
    return FeatureSet([Recency(by=())], log=log).fit(frame).depths_


def begins(depths):
    return None if depths.log_start is None else (pd.Timestamp(depths.log_start, unit="us") - ZERO).days


def test_by_hand():
    # seen first on the days 3.5, 10 and 100; asked about on day 50 and on day 200
    depths = learned(log_of([3.5, 10, 100]), [(0, 50), (1, 50), (1, 200), (2, 200)])
    assert begins(depths) == 3  # the day, not the instant at which somebody came
    assert (depths.shallowest, depths.deepest) == (47, 190)  # from day 3 to day 50, from day 10 to day 200
    # 40, 46.5, 100 and 190 days: three quarters of the rows are older than the first
    assert depths.first_seen[49] == 73  # half way from 46.5 to 100
    assert depths.share_older(39) == 1.0
    assert depths.share_older(190) == 0.0
    assert 0.3 < depths.share_older(99) < 0.4
    assert depths.capped(60.5) == Depths(depths.log_start, 47, 60, depths.first_seen)


def test_a_stray_row_is_no_beginning():
    days = [0.0, *np.linspace(200, 210, 1499)]
    rows = [(k, 400) for k in range(1500)]
    depths = learned(log_of(days), rows)
    assert (begins(depths), depths.deepest) == (200, 200)
    # among fewer than 1,000 customers none counts as one
    depths = learned(log_of(days[:900]), rows[:900])
    assert (begins(depths), depths.deepest) == (0, 400)


def test_what_comes_later_is_not_looked_at():
    before = learned(log_of([3, 10, 100]), [(0, 20), (1, 20)])
    assert before == learned(log_of([3, 10]), [(0, 20), (1, 20)])


@pytest.mark.parametrize("rows", [[(7, 50)], [(0, 3)]])
def test_where_nobody_was_known_before(rows):
    depths = learned(log_of([3, 10]), rows)
    assert depths == Depths(None, 0, 0, ())
    assert depths.share_older(5) == 0.0


def test_they_come_back_as_they_were(log, november):
    features = FeatureSet([Recency()], log=log, lookback="99D", horizon="30D").fit(november)
    loaded = features_from_plain(features_to_plain(features))
    assert loaded.depths_ == features.depths_
    assert loaded.depth_ == features.depth_
    assert (features.depth_.lookback, features.depth_.unsure) == (99 * 86_400_000_000, 30 * 86_400_000_000)
    assert pd.Timestamp(features.depth_.start, unit="us") == pd.Timestamp("2023-07-01")
