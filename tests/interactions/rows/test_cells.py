from __future__ import annotations

import datetime
from contextlib import ExitStack
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxchurn.interactions import read_interactions
from cxchurn.interactions.reading._engine import engine, rows
from cxchurn.interactions.reading.casts._casts import Texts, cast
from cxchurn.interactions.rows._cells import UNREADABLE, plain, read_flag, read_id, read_label, read_number
from cxchurn.interactions.rows._times import Times

OPEN = ExitStack()
TIMES = Times(Texts())
odd = st.sampled_from(
    [
        "", " ", "null", " NaN ", "None", "n/a", "-", "\\N", "<NA>", "yes", "No ", "T", "1.0", "0.0", "2", "inf", "-Infinity",
        "nan", "+nan", "1e5", "1E-3", ".5", "5.", "+7", "--3", "1 000", "0x10", "1e", "1e400", "007", " 42", "1001.0", "Z",
        "true", "2024-02-30", "2024-1-5", "2024-01-05T7:03", "2024-01-05 07:03:59.123456789", "2024-01-05T07:03:59Z",
        "2024-01-05 07:03 UTC", "2024-01-05T07:03:59.5 +02", "2024-01-05T07:03+0530", "2024-01-05T24:00", "2024-01-05T23:59:60",
        "2024-01-05Z", "0001-01-01T00:00:00+05:00", "9999-12-31 23:59:59.9999999", "2024-03-31 02:30", "2024-10-27 02:30",
        "1884-01-01", "2070-07-01", "2024-01-05T07:03:59.", "2024-01-05t07:03", "  2024-01-05\t", "2024-01-05T07:03:59-23:59",
    ]
)  # fmt: skip
texts = odd | st.text(alphabet="0123456789.eE+-: TZ", max_size=12) | st.text(max_size=5)
moments = st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31))


@cache
def opened_once() -> Any:
    return OPEN.enter_context(engine())


def by_the_engine(value: object, kind: pa.DataType, role: str, texts: Texts = Texts()) -> object:  # noqa: B008
    """What the engine's cast makes of one cell: UNREADABLE, None, or the value (instants in microseconds)."""
    con = opened_once()
    con.register("raw", pa.table({"c0": pa.array([value], kind)}))
    sql_type = rows(con, "DESCRIBE raw")[0][1]
    read = cast("x", sql_type, role, held='"c0"', says="", texts=texts)  # type: ignore[arg-type]
    asked = f"epoch_us({read.value})" if role == "instant" else read.value
    found, there = rows(con, f"SELECT {asked}, {read.present} FROM raw")[0]
    return UNREADABLE if there and found is None else found if there else None


@settings(max_examples=80, deadline=None)
@given(value=texts)
def test_text_is_read_as_the_engine_reads_it(value):
    value = value.encode("utf-8", "replace").decode().replace("\0", "")
    for role, read in {"id": read_id, "category": read_label, "number": read_number, "flag": read_flag}.items():
        assert read(value) == by_the_engine(value, pa.string(), role), role


@settings(max_examples=80, deadline=None)
@given(value=texts | moments.map(str) | moments.map(lambda at: f"{at.isoformat()}+01:00"))
def test_written_times_are_read_as_the_engine_reads_them(value):
    value = value.encode("utf-8", "replace").decode().replace("\0", "")
    assert TIMES(value) == by_the_engine(value, pa.string(), "instant")


@settings(max_examples=60, deadline=None)
@given(value=st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3))
@example(value=2**53)
def test_whole_numbers(value):
    for role, read in {"id": read_id, "category": read_label, "number": read_number, "flag": read_flag}.items():
        assert read(plain(np.int64(value))) == by_the_engine(value, pa.int64(), role), role


@settings(max_examples=60, deadline=None)
@given(
    value=st.floats()
    | st.floats(-1e18, 1e18).map(round).map(float)
    | st.sampled_from([0.0, 1.0, 0.5, 1e16, 1e-5, 1e15 + 0.5])
)
def test_decimal_numbers(value):
    for role, read in {"id": read_id, "category": read_label, "number": read_number, "flag": read_flag}.items():
        own = plain(np.float64(value))
        found = None if own is None else read(own)
        expected = by_the_engine(value, pa.float64(), role)
        assert found == expected or (role == "category" and float(found) == float(expected)), role


@settings(max_examples=60, deadline=None)
@given(
    at=st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2059, 12, 30)),
    zone=st.sampled_from([None, datetime.UTC, datetime.timezone(datetime.timedelta(hours=3))]),
)
def test_times(at, zone):
    kind = pa.timestamp("us", None if zone is None else "UTC")
    value = at if zone is None else at.replace(tzinfo=zone)
    for clock in ("UTC", "America/New_York"):
        assert Times(Texts(clock))(value) == by_the_engine(value, kind, "instant", Texts(clock))
        assert Times(Texts(clock))(str(value)) == by_the_engine(str(value), pa.string(), "instant", Texts(clock))


@settings(max_examples=60, deadline=None)
@given(
    value=st.integers(-(10**15), 10**15)
    | st.floats(-1e12, 1e12)
    | st.decimals(-(10**11), 10**11, places=7).map(str)
    | odd
)
@pytest.mark.parametrize("unit", ["epoch_s", "epoch_ms"])
def test_numbers_of_seconds(value, unit):
    kind = {int: pa.int64(), float: pa.float64(), str: pa.string()}[type(value)]
    assert Times(Texts(formats=(unit,)))(value) == by_the_engine(value, kind, "instant", Texts(formats=(unit,)))


@settings(max_examples=40, deadline=None)
@given(at=st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2059, 1, 1)))
@pytest.mark.parametrize(
    "written", ["%Y%m%d", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S.%f", "%d-%b-%Y"]
)
def test_times_of_a_form(at, written):
    value = at.strftime(written)
    texts = Texts("Europe/London", (written,))
    assert Times(texts)(value) == by_the_engine(value, pa.string(), "instant", texts)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # figures and blanks of other scripts, years of three figures, and words that are times of any form to the engine
        ("02.07.2024 19:2\u0663", "%d.%m.%Y %H:%M"),
        ("02.07.2024\u00a019:20", "%d.%m.%Y %H:%M"),
        ("05/04/199", "%d/%m/%Y"),
        ("infinity", "%d.%m.%Y"),
        ("epoch", "%d.%m.%Y"),
        ("17145576\u06630", "epoch_s"),
        ("1714557600\u00a0", "epoch_s"),
        ("45413\u0663", "excel"),
    ],
)
def test_what_is_no_time_of_a_form_is_none_to_both(value, written):
    texts = Texts(formats=(written,))
    assert Times(texts)(value) is UNREADABLE
    assert by_the_engine(value, pa.string(), "instant", texts) is UNREADABLE


@pytest.mark.parametrize(
    ("value", "number"), [("8\u017f", 8.0), ("2min46s", 166.0), ("nan(5)", None), ("1:02:0\u0663", UNREADABLE)]
)
def test_lengths_of_time_are_read_as_the_engine_reads_them(value, number):
    texts = Texts(spans="brief")
    assert read_number(value, texts) == number
    assert by_the_engine(value, pa.string(), "number", texts) == number


def test_what_is_missing_in_pandas_is_missing():
    assert plain(pd.NA) is None
    assert plain(pd.NaT) is None
    assert plain(Decimal("sNaN")) is None


def test_what_is_no_cell_is_not_read_and_stops_nothing():
    for value in (np.array([1, 2]), pd.Series([1, 2]), np.datetime64("20000-01-01"), 10**5000):
        assert read_id(plain(value)) is UNREADABLE
        assert read_flag(plain(value)) is UNREADABLE
        assert TIMES(plain(value)) is UNREADABLE
        assert Times(Texts(formats=("epoch_s",)))(plain(value)) is UNREADABLE
    assert read_label(10**5000) is UNREADABLE
    assert read_number(plain(np.datetime64("20000-01-01"))) is UNREADABLE
    outside = datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=5)))
    assert TIMES(outside) is UNREADABLE


def test_half_a_character_is_read_as_in_a_frame():
    frame = pd.DataFrame(
        {"customer_id": ["\ud800"], "timestamp": ["2024-05-01"], "kind": ["caf\u00e9\udfff"]}, dtype=object
    )
    (event,) = read_interactions(frame).events.to_pylist()
    assert (read_id("\ud800"), read_label("caf\u00e9\udfff")) == (event["customer_id"], event["kind"])


def test_what_else_programs_hand_on():
    assert read_number(datetime.timedelta(minutes=2)) == 120.0
    assert read_number(Decimal("1.5")) == 1.5
    assert read_id(Decimal("12")) == 12
    assert read_id(Decimal("1.5")) is UNREADABLE
    assert read_flag(True) is True
    assert read_label(True) == "true"
    assert read_label(["a"]) is UNREADABLE
    assert plain(np.datetime64("NaT")) is None
    assert plain(np.float32("nan")) is None
    assert TIMES(datetime.date(2024, 5, 1)) == 1_714_521_600_000_000
    assert TIMES(True) is UNREADABLE


zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
within = st.datetimes(datetime.datetime(1, 1, 3), datetime.datetime(9999, 12, 29))


@settings(max_examples=60, deadline=None)
@given(moment=within, name=zones)
@example(moment=datetime.datetime(2024, 5, 1, 10, 0, 0, 500_000), name="Europe/Berlin")
def test_an_instant_as_a_label_is_written_as_the_engine_writes_it(moment, name):
    assert read_label(moment) == by_the_engine(moment, pa.timestamp("us"), "category")
    zoned = moment.replace(tzinfo=ZoneInfo(name))
    assert read_label(plain(zoned)) == by_the_engine(zoned, pa.timestamp("us", "UTC"), "category")


@settings(max_examples=60, deadline=None)
@given(length=st.timedeltas(-datetime.timedelta(days=9000), datetime.timedelta(days=9000)))
def test_a_length_of_time_as_a_label_is_written_as_the_engine_writes_it(length):
    assert read_label(length) == by_the_engine(length, pa.duration("us"), "category")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (np.timedelta64(7, "m"), 420.0),
        (np.timedelta64(5, "W"), 3_024_000.0),
        (np.timedelta64(1500, "ns"), 1e-6),
        (np.timedelta64(10**18, "us"), 1e12),
        (np.timedelta64("NaT"), None),
        # more microseconds than are counted: numpy would wrap, the engine refuses the column
        (np.timedelta64(10**18, "s"), UNREADABLE),
        (np.timedelta64(18_446_744_073_710, "s"), UNREADABLE),
        # no length is meant: months and years are of many
        (np.timedelta64(1, "Y"), UNREADABLE),
        (np.timedelta64(2, "M"), UNREADABLE),
        (np.timedelta64(7), UNREADABLE),
    ],
)
def test_lengths_of_numpy_are_seconds_or_nothing_that_can_be_read(given, seconds):
    value = plain(given)
    found = None if value is None else read_number(value)
    assert found is seconds if seconds in (None, UNREADABLE) else found == seconds


def test_an_instant_of_numpy_beyond_the_calendar_does_not_come_back_in_1970():
    # 2**64 microseconds are these seconds and some: what numpy makes of it is half a second after 1970 began
    assert TIMES(plain(np.datetime64(18_446_744_073_710, "s"))) is UNREADABLE
    assert plain(np.datetime64("2024-05", "M")) == datetime.datetime(2024, 5, 1)
