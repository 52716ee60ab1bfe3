from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DAY, UsageError, zone

# set forward at 1, 2 and 0 o'clock, by half an hour and by two, for a month of fasting, by a whole day, never
ZONES = (
    "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
    "Pacific/Apia", "America/St_Johns", "Asia/Kolkata", "UTC",
)  # fmt: skip
names = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2180, 1, 1))
SOME = settings(max_examples=60, deadline=None)


def number(moment: datetime) -> int:
    return int(np.datetime64(moment, "us").astype(np.int64))


def near_changes(name: str) -> st.SearchStrategy[datetime]:
    """Moments within three hours of an instant at which the clock was set, or any moments."""
    changes = [int(at) for at in zone(name).since[1:]]
    if not changes:
        return moments
    near = st.tuples(st.sampled_from(changes), st.integers(-3 * 3600, 3 * 3600))
    return near.map(lambda pair: datetime(1970, 1, 1) + timedelta(microseconds=pair[0], seconds=pair[1])) | moments


@SOME
@given(st.data(), names)
def test_a_clock_shows_what_the_time_zone_database_says(data, name):
    moment = data.draw(near_changes(name))
    expected = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None)
    assert zone(name).local(np.array([number(moment)])).tolist() == [number(expected)]


@SOME
@given(st.data(), names)
def test_what_a_clock_shows_is_read_as_its_first_coming_or_as_the_jump(data, name):
    moment = data.draw(near_changes(name))
    first = moment.replace(tzinfo=ZoneInfo(name), fold=0).astimezone(UTC)
    found = zone(name).utc(np.array([number(moment)]))[0]
    if first.astimezone(ZoneInfo(name)).replace(tzinfo=None) == moment:
        assert found == number(first.replace(tzinfo=None))
    else:
        # the clock never showed it: one microsecond before the moment of the jump it showed less, from then on more
        before, after = zone(name).local(np.array([found - 1, found]))
        assert before < number(moment) < after


@SOME
@given(st.data(), names)
def test_the_order_of_what_was_written_stays(data, name):
    shown = sorted(number(one) for one in data.draw(st.lists(near_changes(name), min_size=2, max_size=20)))
    assert (np.diff(zone(name).utc(np.array(shown))) >= 0).all()


@SOME
@given(st.data(), names)
def test_days_follow_the_clock_and_never_go_back(data, name):
    clock, at = zone(name), number(data.draw(near_changes(name)))
    # once a day has begun it goes on, though clocks are set back before its beginning (St. John's at one past midnight)
    moments = [at, *(int(change) - 1 for change in clock.since[1:] if at - 2 * DAY < change <= at)]
    expected = max(int(clock.local(np.array([moment]))[0]) // DAY for moment in moments)
    assert clock.days(np.array([at])).tolist() == [expected]


@pytest.mark.parametrize(
    ("name", "shown", "expected"),
    [
        # clocks go from 1:00 to 2:00 in London on the last Sunday of March 2023
        ("Europe/London", "2023-03-26T00:59:59", "2023-03-26T00:59:59"),
        ("Europe/London", "2023-03-26T01:00:00", "2023-03-26T01:00:00"),
        ("Europe/London", "2023-03-26T01:30:00", "2023-03-26T01:00:00"),
        ("Europe/London", "2023-03-26T02:00:00", "2023-03-26T01:00:00"),
        ("Europe/London", "2023-03-26T02:10:00", "2023-03-26T01:10:00"),
        # and from 2:00 back to 1:00 in October: 1:30 comes at 0:30 and at 1:30 UTC
        ("Europe/London", "2023-10-29T00:59:59", "2023-10-28T23:59:59"),
        ("Europe/London", "2023-10-29T01:30:00", "2023-10-29T00:30:00"),
        ("Europe/London", "2023-10-29T02:00:00", "2023-10-29T02:00:00"),
        # no midnight in Brazil on the day summer begins: the day begins at 1:00
        ("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00"),
        # no 30 December 2011 on Samoa
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00"),
    ],
)
def test_the_hours_that_come_twice_or_never(name, shown, expected):
    read = zone(name).utc(np.array([np.datetime64(shown, "us").astype(np.int64)]))
    assert str(read.astype("datetime64[us]")[0])[:19] == expected


def test_midnight_and_day_of_one_instant():
    clock = zone("Australia/Sydney")
    assert str(clock.midnight(19723))[:16] == "2023-12-31T13:00"
    assert [clock.day(np.datetime64(at, "us")) for at in ("2023-12-31T12:59", "2023-12-31T13:00")] == [19722, 19723]


def test_zones_as_python_holds_them():
    noon = np.array([number(datetime(2024, 7, 1, 12))])
    for one in (timezone(timedelta(hours=2)), ZoneInfo("Europe/Berlin"), "Europe/Berlin"):
        assert zone(one).local(noon).tolist() == [number(datetime(2024, 7, 1, 14))]
    assert zone("UTC").changes == []


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc/passwd"])
def test_what_is_no_zone(name):
    with pytest.raises(UsageError, match="no known zone"):
        zone(name)


def test_the_changes_of_a_zone_are_looked_up_once():
    assert zone("Pacific/Auckland") is zone("Pacific/Auckland")
