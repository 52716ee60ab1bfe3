from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import UsageError, instant, instants, iso

NEW_YEAR = np.datetime64("2025-01-01", "us")
BERLIN = pd.to_datetime(["2025-01-01 01:00", "2025-06-01 02:00"]).tz_localize("Europe/Berlin")
EXPECTED = np.array(["2025-01-01", "2025-06-01"], "datetime64[us]")


@pytest.mark.parametrize(
    "value",
    [
        "2025-01-01",
        "2025-01-01T00:00:00Z",
        "2025-01-01T01:00:00+01:00",
        dt.date(2025, 1, 1),
        dt.datetime(2025, 1, 1),
        dt.datetime(2024, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-1))),
        pd.Timestamp("2025-01-01 09:00", tz="Asia/Tokyo"),
        np.datetime64("2025-01-01"),
        np.datetime64("2025-01-01T00:00:00.000000999", "ns"),
    ],
)
def test_one_instant_in_many_forms(value):
    found = instant(value)
    assert found == NEW_YEAR
    assert found.dtype == "datetime64[us]"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, ["at is 5, a bare number"]),
        (5.0, ["at is 5.0, a bare number"]),
        (True, ["at is True, a bare number"]),
        (np.int64(5), ["a bare number"]),
        (np.timedelta64(5, "D"), ["a bare number"]),
        ("soon", ["at is 'soon', which is not a time", "ISO 8601"]),
        ("2025-13-01", ["'2025-13-01', which is not a time"]),
        ([1, 2], ["which is not a time"]),
        (None, ["at is missing"]),
        (float("nan"), ["at is missing"]),
        (pd.NaT, ["at is missing"]),
        (np.datetime64("NaT"), ["at is missing"]),
        ("", ["at is missing"]),
    ],
)
def test_what_is_no_instant(value, words):
    with pytest.raises(UsageError) as error:
        instant(value, name="at")
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(BERLIN),
        pd.Series(BERLIN).astype(object),
        pd.Series(BERLIN).astype(pd.ArrowDtype(pa.timestamp("ns", tz="Europe/Berlin"))),
        list(BERLIN),
        BERLIN,
        EXPECTED,
        EXPECTED.astype("datetime64[D]"),
        EXPECTED.astype("datetime64[ns]"),
        pd.Series(EXPECTED).astype("datetime64[s]"),
        pd.Series(["2025-01-01", "2025-06-01"]),
        pd.Series(["2025-01-01T00:00:00Z", "2025-06-01T02:00:00+02:00"], dtype="string"),
        (dt.date(2025, 1, 1), "2025-06-01"),
    ],
)
def test_many_instants_in_many_forms(values):
    found = instants(values)
    assert found.dtype == "datetime64[us]"
    assert found.tolist() == EXPECTED.tolist()


def test_no_instant_at_all():
    assert instants([]).shape == (0,)
    assert instants([]).dtype == "datetime64[us]"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pd.Series([NEW_YEAR, pd.NaT, pd.NaT]), ["when holds 2 missing times", "drop those rows"]),
        (pd.Series(["2025-01-01", None]), ["when is missing"]),
        ([1, 2], ["when is 1, a bare number"]),
        (np.array([1.0]), ["when is 1.0, a bare number"]),
        (["2025-01-01", "soon"], ["when is 'soon'"]),
    ],
)
def test_what_are_no_instants(values, words):
    with pytest.raises(UsageError) as error:
        instants(values, name="when")
    assert all(word in str(error.value) for word in words), str(error.value)


@given(moment=st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)))
def test_what_is_written_can_be_read(moment):
    text = iso(np.datetime64(moment, "us"))
    assert instant(text) == np.datetime64(moment, "us")
    assert len(text) == (10 if moment.time() == dt.time(0) else 26 if moment.microsecond else 19)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2025-01-01", "2025-01-01"),
        ("2025-01-01T08:00", "2025-01-01T08:00:00"),
        ("2025-01-01T00:00:00.000001", "2025-01-01T00:00:00.000001"),
    ],
)
def test_instants_as_text(value, text):
    assert iso(np.datetime64(value, "us")) == text
