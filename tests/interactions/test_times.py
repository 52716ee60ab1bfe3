from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn._core import DataError, UsageError, zone
from cxchurn.interactions import Schema, read_interactions
from cxchurn.interactions.rows import RowReader

from .interaction_rows import row

BASE = {"customer_id": "customer_id", "timestamp": "timestamp", "kind": "kind"}
# those that stand for no time at all are tried in test_placeholders.py
moments = st.datetimes(datetime(1901, 1, 4), datetime(1969, 12, 28)) | st.datetimes(
    datetime(1970, 2, 3), datetime(2025, 1, 1)
)
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
    ("written", "texts"),
    [
        ("%d. %B %Y", ["5. M\u00e4rz 2024", "5. Marz 2024", "5. March 2024", "05. mrz. 2024", "5. MARS 2024"]),
        ("%d %B %Y", ["1 ao\u00fbt 2024", "1 agosto 2024", "1 Aug 2024", "1 augustus 2024"]),
        ("%d de %B de %Y %H:%M", ["5 de enero de 2024 10:12", "5 de janeiro de 2024 10:12"]),
        ("%d. %b. %Y", ["5. Dez. 2024", "5. d\u00e9c. 2024", "5. Dec. 2024", "5. Dez 2024"]),
        ("%b %d, %Y %I:%M %p", ["Sept 5, 2024 10:12 PM", "Sep. 5, 2024 10:12 pm", "set 5, 2024 10:12 PM"]),
    ],
)
def test_months_have_names_in_other_languages(written, texts):
    schema = Schema(**BASE, time_format=written)
    frame = pd.DataFrame({"customer_id": "a", "timestamp": texts, "kind": "visit"}, index=range(len(texts)))
    log = read_interactions(frame, schema, on_error="quarantine", now="2026-01-01")
    one_by_one = [row.events[0].known for row in RowReader(schema).read(frame.to_dict("records")) if row.events]
    found = log.events["timestamp"].cast(pa.int64()).to_pylist()
    assert found == one_by_one
    # no such month, or a point that is missing
    assert (len(set(found)), log.validation.rows_refused) == (
        1,
        sum(one in texts for one in ("5. Marz 2024", "5. Dez 2024")),
    )


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
    with pytest.raises(DataError, match='time_format = "epoch"'):
        times([1_700_000_000])


def test_a_wrong_format_is_said():
    with pytest.raises(DataError, match="format"):
        times(["x"], time_format="%q")
    with pytest.raises(UsageError, match="epoch_s"):
        times(["x"], time_format="epochs")


def test_the_present_is_the_default_for_what_is_future():
    ahead = pd.Timestamp.now("UTC") + pd.Timedelta("2D")
    frame = pd.DataFrame([row(timestamp=ahead)])
    with pytest.raises(DataError, match="time_in_future"):
        read_interactions(frame, Schema(**BASE))


CHANGES = {name: [int(at) for at in zone(name).since[1:] if at > 0] for name in ("Europe/London", "America/Sao_Paulo")}
# within three hours of an instant between 1970 and 2025 at which the clock was set
near = st.sampled_from(sorted(CHANGES)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(
            st.tuples(
                st.sampled_from([at for at in CHANGES[name] if 5e12 < at < 1.73e15]), st.integers(-10800, 10800)
            ).map(lambda pair: datetime(1970, 1, 1) + timedelta(microseconds=pair[0], seconds=pair[1])),
            min_size=1,
            max_size=30,
        ),
    )
)


@given(near)
@settings(max_examples=25, deadline=None)
def test_times_by_a_clock_that_is_set_are_read_in_their_order(drawn):
    name, values = drawn
    shown = np.array(values, dtype="datetime64[us]")
    expected = zone(name).utc(shown.astype(np.int64)).astype("datetime64[us]").tolist()
    assert times([each.isoformat() for each in values], timezone=name) == expected
    assert times(shown, timezone=name) == expected
    assert (
        times([each.strftime("%Y%m%d %H%M%S") for each in values], timezone=name, time_format="%Y%m%d %H%M%S")
        == expected
    )


LAST = ["2023-01-01T23:59:59.999999999", "1969-12-31T23:59:59.999999999", "2023-06-01T00:00:00.000000500"]
CUT = [datetime(2023, 1, 1, 23, 59, 59, 999999), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2023, 6, 1)]


def nanoseconds(folder, entrance):
    """The same three times in nanoseconds, as an entrance takes them."""
    values = np.array(LAST, dtype="datetime64[ns]")
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "timestamp": values, "kind": "visit"})
    written = frame.assign(timestamp=[one.replace("T", " ") for one in LAST])
    table = pa.table({name: pa.array(frame[name]) for name in frame})
    if entrance == "polars":
        return pytest.importorskip("polars").from_arrow(table)
    if entrance == "parquet":
        pq.write_table(table, folder / "x.parquet")
    elif entrance == "csv":
        written.to_csv(folder / "x.csv", index=False)
    elif entrance == "jsonl":
        written.to_json(folder / "x.jsonl", orient="records", lines=True)
    return {
        "pandas": frame,
        "pandas with a zone": frame.assign(timestamp=frame["timestamp"].dt.tz_localize("UTC")),
        "text": written,
        "text with a zone": written.assign(timestamp=written["timestamp"] + "Z"),
        "arrow": table,
        "arrow with a zone": table.set_column(1, "timestamp", pa.array(values).cast(pa.timestamp("ns", "UTC"))),
        "parquet": folder / "x.parquet",
        "csv": folder / "x.csv",
        "jsonl": folder / "x.jsonl",
    }[entrance]


@pytest.mark.parametrize(
    "entrance",
    [
        "pandas", "pandas with a zone", "polars", "arrow", "arrow with a zone", "parquet", "csv", "jsonl", "text",
        "text with a zone",
    ],
)  # fmt: skip
def test_fractions_of_a_microsecond_are_cut_off(tmp_path, entrance):
    read = read_interactions(nanoseconds(tmp_path, entrance), Schema(**BASE), now="2026-01-01")
    assert read.events["timestamp"].to_pylist() == CUT


@pytest.mark.parametrize(
    ("written", "time_format", "expected"),
    [
        ("1672617599.9999999", "epoch_s", "2023-01-01T23:59:59.999999"),
        ("1672617599.123456", "epoch_s", "2023-01-01T23:59:59.123456"),
        (1672617599.123456, "epoch_s", "2023-01-01T23:59:59.123456"),
        (1672617599999.9998, "epoch_ms", "2023-01-01T23:59:59.999999"),
        ("-0.0000001", "epoch_s", "1969-12-31T23:59:59.999999"),
        ("1.6726176e9", "epoch_s", "2023-01-02T00:00:00"),
        ("2023-01-01 23:59:59.999999999", "%Y-%m-%d %H:%M:%S.%n", "2023-01-01T23:59:59.999999"),
    ],
)
def test_fractions_of_times_in_other_formats_are_cut_off(written, time_format, expected):
    assert times([written], time_format=time_format) == [datetime.fromisoformat(expected)]
