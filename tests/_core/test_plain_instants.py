from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError, instant
from cxchurn._core.times._instants import _plainly

times = st.datetimes(datetime.datetime(1, 1, 1, 14), datetime.datetime(9999, 12, 31, 9))
zones = st.sampled_from([None, datetime.UTC, datetime.timezone(datetime.timedelta(hours=-9, minutes=-30))])


def by_the_library(value: object) -> np.datetime64:
    stamp = pd.Timestamp(value)  # type: ignore[arg-type]
    stamp = stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)
    return stamp.floor("us").as_unit("us").to_numpy()


@given(
    moment=times, zone=zones, sep=st.sampled_from("T "), places=st.sampled_from(["minutes", "seconds", "microseconds"])
)
def test_plain_times_are_read_as_the_library_for_dates_reads_them(moment, zone, sep, places):
    moment = moment.replace(tzinfo=zone)
    for value in (moment.isoformat(sep, places), moment.date().isoformat(), moment):
        found = _plainly(value)
        assert found is not None
        assert found[0] == by_the_library(value) == instant(value)
        assert found[0].dtype == "datetime64[us]"


@pytest.mark.parametrize("value", ["2025-02-30", "2025-13-01", "2025-01-01T25:00", "yesterday", "", None])
def test_what_is_no_time_is_refused_in_the_same_words(value):
    assert _plainly(value) is None
    with pytest.raises(UsageError, match="cut-off is"):
        instant(value, name="cut-off")


def test_text_is_on_the_clock_of_a_zone_and_what_programs_hand_on_is_not():
    assert instant("2025-07-01T12:00", timezone="Europe/London") == np.datetime64("2025-07-01T11:00", "us")
    assert instant(datetime.datetime(2025, 7, 1, 12), timezone="Europe/London") == np.datetime64(
        "2025-07-01T12:00", "us"
    )
    assert instant("2025-07-01T12:00Z", timezone="Europe/London") == np.datetime64("2025-07-01T12:00", "us")
