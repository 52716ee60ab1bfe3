"""Days, weeks and hours follow the log's zone, on every way on which features are made."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.features import (
    ActiveDays,
    Cadence,
    CalendarLags,
    Clock,
    FeatureSet,
    Renewal,
    features_from_plain,
    features_to_plain,
    vector_of,
)
from cxchurn.interactions import Schema, in_zone, read_interactions

BASE = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind", "duplicates": "keep"}
BUILDERS = (
    ActiveDays(windows=("30D",)),
    Cadence(last=2),
    Renewal(horizons=("30D",)),
    CalendarLags(weeks=2, until=6),
    Clock(),
)
HOUR = np.timedelta64(1, "h")
# hours in the winter and spring of 2023 and 2024: clocks are set on days 84 and 302 in Berlin, 91 and 273 in Sydney
hours = st.lists(st.integers(0, 24 * 366), min_size=1, max_size=40, unique=True)
zones = st.sampled_from(["Europe/Berlin", "Australia/Sydney", "America/St_Johns"])


def log_of(times, timezone, **how):
    """Two customers with the same times (UTC), and one who makes the log long enough."""
    rows = [(name, time) for name in "ab" for time in times] + [("z", np.datetime64("2022-06-01", "us"))]
    frame = pd.DataFrame(rows, columns=["customer_id", "timestamp"]).assign(kind="visit")
    frame["timestamp"] = frame["timestamp"].astype("datetime64[us]").dt.tz_localize("UTC")
    return read_interactions(frame, Schema(**BASE, timezone=timezone), now="2026-01-01", **how)


def instants_of(drawn):
    return [np.datetime64("2023-01-01", "us") + hour * HOUR for hour in drawn]


def shown(time, timezone):
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))


AT = np.datetime64("2024-02-01T03:30", "us")
ROWS = pd.DataFrame({"customer_id": ["a", "b"], "cutoff": [AT, AT]})


@settings(max_examples=25, deadline=None)
@given(hours, zones)
def test_days_and_hours_are_those_of_the_zone(drawn, timezone):
    times = instants_of(drawn)
    found = FeatureSet(BUILDERS, log=log_of(times, timezone)).fit_transform(ROWS).iloc[0]
    local = [shown(time, timezone) for time in sorted(times) if time < AT]
    days = sorted({one.date() for one in local})
    assert found["active_days_count_life"] == len(days)
    assert found["active_days_weeks_life"] == len({(one - datetime(1970, 1, 1).date()).days // 7 for one in days})
    if len(days) > 1:
        assert found["cadence_gap_last"] == (days[-1] - days[-2]).days
    timed = [one for one in local if (one.hour, one.minute) != (0, 0)]
    if local:
        assert found["clock_weekend_share"] == pytest.approx(np.mean([one.weekday() >= 5 for one in local]))
    if timed:
        assert found["clock_night_share"] == pytest.approx(np.mean([one.hour >= 22 or one.hour < 6 for one in timed]))


@settings(max_examples=6, deadline=None)
@given(hours, zones)
def test_every_way_gives_the_same_bits(drawn, timezone):
    times = instants_of(drawn)
    log = log_of(times, timezone)
    features = FeatureSet(BUILDERS, log=log).fit(ROWS)
    expected = features.transform(ROWS)
    assert features.timezone_ == timezone
    assert expected.iloc[0].equals(expected.iloc[1])
    # in parts on disk; over a log read in another zone; saved and loaded; one customer alone
    parts = features.with_log(log_of(times, timezone, memory_limit="1GB")).transform(ROWS)
    pd.testing.assert_frame_equal(parts, expected, check_exact=True)
    other = log_of(times, "UTC")
    pd.testing.assert_frame_equal(features.with_log(other).transform(ROWS), expected, check_exact=True)
    loaded = features_from_plain(features_to_plain(features))
    pd.testing.assert_frame_equal(loaded.with_log(other).transform(ROWS), expected, check_exact=True)
    own = log.events.filter(np.array(log.events["customer_id"].to_pylist()) == "a")
    for one in (features, loaded):
        np.testing.assert_array_equal(vector_of(one, "a", own, AT), expected.iloc[0].to_numpy())


def test_without_clocks_that_are_set_a_zone_is_a_shift():
    # Tokyo is nine hours ahead all year: what its clock showed, read as UTC, has the same features
    times = [np.datetime64("2023-01-01", "us") + hour * HOUR for hour in range(0, 9000, 37)]
    here = FeatureSet(BUILDERS, log=log_of(times, "Asia/Tokyo")).fit_transform(ROWS)
    ahead = ROWS.assign(cutoff=AT + 9 * HOUR)
    there = FeatureSet(BUILDERS, log=log_of([time + 9 * HOUR for time in times], "UTC")).fit_transform(ahead)
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    utc = FeatureSet(BUILDERS, log=log_of(times, "UTC")).fit_transform(ROWS)
    assert not utc.equals(here)


def test_written_cutoffs_are_read_on_the_clock_of_the_log():
    log = log_of([np.datetime64("2024-01-31T20:00", "us")], "Asia/Tokyo")
    # 20:00 UTC is five in the morning of the first of February in Tokyo
    features = FeatureSet([ActiveDays(windows=("1D",))], log=log).fit(ROWS)
    counts = [
        features.transform(ROWS.assign(cutoff=cutoff))["active_days_count_1d"].iloc[0]
        for cutoff in (
            "2024-02-01",
            "2024-02-01T05:00",
            "2024-02-01T05:01",
            "2024-01-31T20:01Z",
            np.datetime64("2024-01-31T20:01"),
        )
    ]
    assert counts == [0, 0, 1, 1, 1]


def test_a_handle_on_the_same_events_in_another_zone():
    log = log_of([np.datetime64("2024-01-31T20:00", "us")], "Asia/Tokyo")
    other = in_zone(log, "UTC")
    assert other is in_zone(log, "UTC")
    assert in_zone(log, "Asia/Tokyo") is log
    assert other.events is log.events
    assert (other.timezone, other.observed_until, other.arrivals) == ("UTC", log.observed_until, log.arrivals)
