from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError
from cxchurn.interactions import Schema, read_interactions

from .interaction_rows import row

BASE = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind"}
moments = st.datetimes(datetime(1900, 1, 1), datetime(2025, 1, 1))
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

few = settings(max_examples=8, deadline=None)


def times(values, **schema):
    frame = pd.DataFrame({"customer_id": range(len(values)), "timestamp": values, "kind": "visit"})
    return read_interactions(frame, Schema(**BASE, **schema), now="2026-01-01").events["timestamp"].to_pylist()


@given(st.lists(st.tuples(moments, offsets), min_size=1, max_size=50))
@few
def test_times_with_an_offset_are_read_as_the_instant_they_name(pairs):
    aware = [moment.replace(tzinfo=offset) for moment, offset in pairs]
    expected = [each.astimezone(UTC).replace(tzinfo=None) for each in aware]
    assert times([each.isoformat() for each in aware]) == expected


@given(st.lists(moments, min_size=1, max_size=50))
@few
def test_times_without_a_zone_are_utc(values):
    assert times([each.isoformat(sep=" ") for each in values]) == values
    assert times(np.array(values, dtype="datetime64[us]")) == values


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-02", "2024-01-02T00:00:00"),
        ("2024-1-2", "2024-01-02T00:00:00"),
        (" 2024-01-02T03:04 ", "2024-01-02T03:04:00"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"),
        ("2024-01-02T03:04:05.678901+02", "2024-01-02T01:04:05.678901"),
        ("2024-01-02 03:04:05 -0530", "2024-01-02T08:34:05"),
        ("2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05"),
    ],
)
def test_iso_8601_in_its_usual_spellings(written, expected):
    assert times([written]) == [datetime.fromisoformat(expected)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
def test_times_of_every_resolution_are_the_same_instants(unit, zone):
    values = [datetime(1969, 7, 20, 20, 17, 40), datetime(2024, 2, 29)]
    column = pa.array(np.array(values, dtype="datetime64[us]")).cast(pa.timestamp(unit, zone))
    table = pa.table({"customer_id": [1, 2], "timestamp": column, "kind": ["visit"] * 2})
    assert read_interactions(table, Schema(**BASE), now="2026-01-01").events["timestamp"].to_pylist() == values


def test_a_zone_in_the_schema_holds_for_times_that_carry_none():
    berlin = ZoneInfo("Europe/Berlin")
    given_times = [datetime(2024, 1, 15, 12), datetime(2024, 7, 15, 12)]
    expected = [each.replace(tzinfo=berlin).astimezone(UTC).replace(tzinfo=None) for each in given_times]
    for form in (given_times, [str(each) for each in given_times]):
        assert times(form, timezone="Europe/Berlin") == expected
    # a time with its own zone keeps it
    assert times(["2024-07-15T12:00:00Z"], timezone="Europe/Berlin") == [datetime(2024, 7, 15, 12)]
    assert times(pd.to_datetime(["2024-07-15T12:00:00+05:00"]), timezone="Europe/Berlin") == [datetime(2024, 7, 15, 7)]


def test_among_times_with_a_zone_those_without_are_refused(read):
    rows = [row("a", "2024-01-01T00:00:00Z"), row("b", "2024-01-01T00:00:00"), row("c", "2024-01-01")]
    log = read(rows, on_error="quarantine")
    assert log.events["customer_id"].to_pylist() == ["a"]
    assert set(log.refused["rule"].to_pylist()) == {"time_without_zone(timestamp)"}


@pytest.mark.parametrize(
    ("values", "form", "expected"),
    [
        (["19970101"], "%Y%m%d", "1997-01-01T00:00:00"),
        ([19970101], "%Y%m%d", "1997-01-01T00:00:00"),
        ([19970101.0], "%Y%m%d", "1997-01-01T00:00:00"),
        (["31/12/1999 23:59"], "%d/%m/%Y %H:%M", "1999-12-31T23:59:00"),
        (["2024-01-01T00:00:00+0100"], "%Y-%m-%dT%H:%M:%S%z", "2023-12-31T23:00:00"),
        ([1_700_000_000], "epoch_s", "2023-11-14T22:13:20"),
        ([1_700_000_000.5], "epoch_s", "2023-11-14T22:13:20.500000"),
        (["1700000000123"], "epoch_ms", "2023-11-14T22:13:20.123000"),
        ([-1], "epoch_s", "1969-12-31T23:59:59"),
    ],
)
def test_times_in_a_declared_format(values, form, expected):
    assert times(values, time_format=form) == [datetime.fromisoformat(expected)]


@pytest.mark.parametrize("value", ["1e300", "inf", "nan.", "-99999999999999"])
def test_seconds_beyond_all_reach_are_unreadable(value):
    with pytest.raises(DataError, match="1 x time_unreadable"):
        times(["0", value], time_format="epoch_s")


def test_numbers_as_times_need_a_format():
    with pytest.raises(DataError, match="time_format='epoch_s'"):
        times([1_700_000_000])


def test_a_wrong_format_is_said():
    with pytest.raises(DataError, match="format"):
        times(["x"], time_format="%q")
    with pytest.raises(UsageError, match="epoch_s"):
        times(["x"], time_format="epoch")


def test_the_present_is_the_default_for_what_is_future():
    ahead = pd.Timestamp.now("UTC") + pd.Timedelta("2D")
    frame = pd.DataFrame([row(timestamp=ahead)])
    with pytest.raises(DataError, match="time_in_future"):
        read_interactions(frame, Schema(**BASE))
