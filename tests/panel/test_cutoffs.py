from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError
from cxchurn.history import histories_of
from cxchurn.interactions import Schema, read_interactions
from cxchurn.panel import Inactivity, after_first, every, make_panel, monthly, weekly
from cxchurn.panel.cutoffs._cutoffs import to_cutoffs

from .panel_rows import at, log_of

END = np.datetime64("2024-12-31", "us")


def days(cutoffs, end: np.datetime64 = END) -> list[str]:
    return [str(one).removesuffix("T00:00:00.000000") for one in cutoffs.times(end)]


@pytest.mark.parametrize(
    ("cutoffs", "expected"),
    [
        (monthly("2024-01-01", "2024-04-01"), ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]),
        (monthly("2024-01-15", "2024-03-14"), ["2024-01-15", "2024-02-15"]),
        (monthly("2024-01-31", "2024-04-30"), ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        (monthly("2024-11-01"), ["2024-11-01", "2024-12-01"]),
        (monthly("2024-12-31"), ["2024-12-31"]),
        (weekly("2024-01-01", "2024-01-15"), ["2024-01-01", "2024-01-08", "2024-01-15"]),
        (weekly("2024-12-20"), ["2024-12-20", "2024-12-27"]),
        (every("36h", "2024-01-01", "2024-01-04"), ["2024-01-01", "2024-01-02T12:00:00.000000", "2024-01-04"]),
        (every("2W", "2024-01-01T00:00:00+01:00", "2024-01-14"), ["2023-12-31T23:00:00.000000"]),
    ],
)
def test_regular_cutoffs(cutoffs, expected):
    assert days(cutoffs) == expected


@given(start=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2023, 1, 1)), months=st.integers(0, 30))
def test_monthly_looks_once_in_every_month(start, months):
    end = pd.Timestamp(start) + pd.DateOffset(months=months)
    times = monthly(start, end).times(END)
    assert len(times) == months + 1
    assert times[0] == np.datetime64(start, "us")
    assert (np.diff(times.astype("datetime64[M]").astype(int)) == 1).all()
    assert times[-1] <= end.to_datetime64()


def test_cutoffs_print_as_typed():
    assert repr(weekly("2024-01-01")) == "Regular(distance='7D', start='2024-01-01')"
    assert monthly("2024-01-01") == monthly("2024-01-01")
    assert monthly("2024-01-01") != monthly("2024-02-01")


def test_rows_are_the_customers_known_before_each_cutoff():
    # c happened on day 1 and became known on day 5
    log = log_of([("b", 0, "visit"), ("a", 2, "visit"), ("c", 1, "visit", 5)], until=20)
    customers, times, labels = to_cutoffs([at(5.5), at(5), at(2), at(5)]).rows(histories_of(log), log)
    # sorted, each once; an event at the cut-off is the future
    assert customers.tolist() == ["b", "a", "b", "a", "b", "c"]
    assert times.tolist() == [at(day).item() for day in (2, 5, 5, 5.5, 5.5, 5.5)]
    assert labels.tolist() == ["2024-01-03"] + ["2024-01-06"] * 2 + ["2024-01-06T12:00:00"] * 3


@pytest.mark.parametrize(
    "given_as",
    [
        "2024-01-06",
        dt.date(2024, 1, 6),
        pd.Timestamp("2024-01-06 01:00", tz="Europe/Berlin"),
        ["2024-01-06"],
        ("2024-01-06T00:00:00Z",),
        np.array(["2024-01-06"], "datetime64[D]"),
        pd.Series(pd.to_datetime(["2024-01-06"])),
        pd.DatetimeIndex(["2024-01-06"], tz="UTC"),
    ],
)
def test_instants_in_many_forms(given_as):
    log = log_of([("a", 0, "visit")], until=20)
    assert to_cutoffs(given_as).rows(histories_of(log), log)[1].tolist() == [at(5).item()]


def test_cutoffs_after_the_first_interaction_stay_inside_the_log():
    log = log_of([("a", 0, "visit"), ("b", 8, "visit")], until=10)
    customers, times, labels = after_first("1D", "2D", "5D").rows(histories_of(log), log)
    # b's second day ends with the log; its fifth is after it
    assert list(zip(customers, times, labels, strict=True)) == [
        ("a", at(1), "first + 1d"),
        ("b", at(9), "first + 1d"),
        ("a", at(2), "first + 2d"),
        ("b", at(10), "first + 2d"),
        ("a", at(5), "first + 5d"),
    ]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ((), ["no span", "after_first('3D', '7D')"]),
        ((3,), ["after_first is 3"]),
        (("3M",), ["months and years differ"]),
    ],
)
def test_wrong_spans(spans, words):
    with pytest.raises(UsageError) as error:
        after_first(*spans)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_span_given_twice_counts_once():
    assert after_first("7D", "1W", "3D").spans in (("7D", "3D"), ("1W", "3D"))


FEBRUARY = np.datetime64("2024-02-01", "us")


def shown(times, timezone):
    return pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(timezone).strftime("%d %H:%M").tolist()


@pytest.mark.parametrize(
    ("cutoffs", "zone", "clock", "expected"),
    [
        # by the zone that start names: the offset of a zone, a zone with clocks that are set, or the log's
        (monthly("2023-03-01T00:00:00+01:00"), "UTC", "Etc/GMT-1", ["01 00:00"] * 12),
        (monthly(pd.Timestamp("2023-03-01", tz="Asia/Tokyo")), "UTC", "Asia/Tokyo", ["01 00:00"] * 12),
        (monthly(pd.Timestamp("2023-03-01", tz="Europe/Berlin")), "Asia/Tokyo", "Europe/Berlin", ["01 00:00"] * 12),
        (monthly("2023-03-01"), "Australia/Sydney", "Australia/Sydney", ["01 00:00"] * 12),
        (monthly("2023-03-01", "2023-05-01"), "Australia/Sydney", "Australia/Sydney", ["01 00:00"] * 3),
        # an offset that the log's clock had then is that clock, in summer too; UTC is UTC
        (monthly("2023-03-01T00:00+01:00", "2023-05-01"), "Europe/Berlin", "Europe/Berlin", ["01 00:00"] * 3),
        (monthly("2023-03-01T00:00Z", "2023-05-01"), "Europe/London", "UTC", ["01 00:00"] * 3),
        (
            monthly("2023-01-31"),
            "Asia/Tokyo",
            "Asia/Tokyo",
            [f"{day} 00:00" for day in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31)],
        ),
        # days and weeks stay at their hour when clocks are set on 26 March
        (
            every("1D", "2023-03-25T09:00", "2023-03-27T09:00"),
            "Europe/London",
            "Europe/London",
            ["25 09:00", "26 09:00", "27 09:00"],
        ),
        (weekly("2023-03-20", "2023-04-03"), "Europe/London", "Europe/London", ["20 00:00", "27 00:00", "03 00:00"]),
        # hours are hours: at 1:00 the clock shows 2:00
        (
            every("12h", "2023-03-25T18:00", "2023-03-27"),
            "Europe/London",
            "Europe/London",
            ["25 18:00", "26 07:00", "26 19:00"],
        ),
        # no midnight on the day on which summer begins in Brazil: the day begins at one
        (
            every("1D", "2018-11-03", "2018-11-05"),
            "America/Sao_Paulo",
            "America/Sao_Paulo",
            ["03 00:00", "04 01:00", "05 00:00"],
        ),
    ],
)
def test_months_weeks_and_days_follow_a_clock(cutoffs, zone, clock, expected):
    assert shown(cutoffs.times(FEBRUARY, zone), clock) == expected


def test_cutoffs_are_named_as_the_clock_shows_them():
    times = pd.date_range("2024-01-01", "2024-12-31", freq="7h", tz="UTC")
    frame = pd.DataFrame({"customer_id": "a", "timestamp": times, "kind": "visit"})
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind", timezone="Australia/Sydney")
    log = read_interactions(frame, schema)
    panel = make_panel(log, Inactivity("10D"), cutoffs=monthly("2024-02-01", "2024-11-01"))
    assert panel.summary["group"].tolist() == [f"2024-{month:02}-01" for month in range(2, 12)]
    assert str(panel.cutoffs[0])[:16] == "2024-01-31T13:00"
    # what is written down is read on the same clock
    train, test = panel.split("2024-08-01")
    assert test.summary["group"].tolist()[0] == "2024-08-01"
    listed = make_panel(log, Inactivity("10D"), cutoffs=["2024-08-01", "2024-08-02T09:30"])
    assert listed.summary["group"].tolist() == ["2024-08-01", "2024-08-02T09:30:00+10:00"]
    # what programs hand on is in UTC
    again = make_panel(log, Inactivity("10D"), cutoffs=np.unique(panel.cutoffs))
    assert again.cutoffs.tolist() == panel.cutoffs.tolist()
    assert len(train)
