from __future__ import annotations

import logging
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxchurn._core import UsageError, span, zone
from cxchurn.interactions import Later, Schema, Source, read_interactions, validate_interactions

BASE = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")


def frame(*rows):
    return pd.DataFrame(rows, columns=["customer_id", "timestamp", "kind"])


ORDERS = frame((1, "2024-05-01 10:00", "order"), (2, "2024-05-10 02:59", "order"))
TICKETS = frame((1, "2024-05-03 10:00", "ticket"), (2, "2024-05-20 23:30", "ticket"))


def schema(**changed):
    return Schema(**{**vars(BASE), **changed})


@pytest.mark.parametrize(
    ("now", "changed", "expected"),
    [
        ("2024-06-01", {}, "2024-05-11T00:00"),
        ("2024-05-10T03:00", {}, "2024-05-10T03:00"),
        # midnight of the zone: 2:59 in Sydney is of the day that ends at 14:00 UTC
        ("2024-06-01", {"timezone": "Australia/Sydney"}, "2024-05-10T14:00"),
        # a source that comes a day late was read a day later at the earliest
        ("2024-06-01", {"arrives": "1D"}, "2024-05-12T00:00"),
    ],
)
def test_the_end_of_a_log_is_the_midnight_after_its_last_row_but_never_after_now(now, changed, expected):
    log = read_interactions(ORDERS, schema(**changed), now=now)
    assert log.observed_until == np.datetime64(expected, "us")
    assert not log.end_given


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2024-06-02", ["observed_until is 2024-06-02, which is after the present (2024-06-01)"]),
        ("2023-05-01", ["observed_until is 2023-05-01", "the first interaction was on 2024-05-01T10:00:00"]),
        ({"the DataFrame": "2023-05-01"}, ["observed_until is 2023-05-01", "the first interaction"]),
        ({"the dataframe": "2024-05-15"}, ["names 'the dataframe', no source", "'the DataFrame'"]),
    ],
)
def test_ends_that_cannot_be(until, words):
    with pytest.raises(UsageError) as error:
        read_interactions(ORDERS, BASE, now="2024-06-01", observed_until=until)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_one_instant_or_one_a_source():
    two = [Source(ORDERS, BASE, observed_until="2024-05-25"), Source(pa.table(dict(TICKETS)), BASE)]
    log = read_interactions(two, now="2024-06-01")
    assert log.observed_until == np.datetime64("2024-05-25", "us")
    assert [str(one.until)[:10] for one in log.arrivals] == ["2024-05-25", "None"]
    log = read_interactions(two, now="2024-06-01", observed_until={"the Table": "2024-05-26"})
    assert [str(one.until)[:10] for one in log.arrivals] == ["2024-05-25", "2024-05-26"]
    assert not log.end_given
    log = read_interactions(two, now="2024-06-01", observed_until="2024-05-21")
    assert log.observed_until == np.datetime64("2024-05-21", "us")
    assert log.end_given


def test_an_end_is_read_on_the_clock_of_the_schema():
    log = read_interactions(ORDERS, schema(timezone="Asia/Tokyo"), now="2024-06-01", observed_until="2024-05-12")
    assert log.observed_until == np.datetime64("2024-05-11T15:00", "us")
    assert log.timezone == "Asia/Tokyo"
    assert "days and hours: Asia/Tokyo" in repr(log)


def test_of_several_zones_the_first_named_counts_and_is_said(caplog):
    sources = [
        Source(data, schema(timezone=name))
        for data, name in ((ORDERS, "UTC"), (TICKETS, "Europe/Berlin"), (ORDERS, "Asia/Tokyo"))
    ]
    with caplog.at_level(logging.WARNING, logger="cxchurn"):
        assert read_interactions(sources[:2], now="2024-06-01").timezone == "Europe/Berlin"
        assert not caplog.records
        assert read_interactions(sources, now="2024-06-01").timezone == "Europe/Berlin"
    assert "several zones (Europe/Berlin, Asia/Tokyo)" in caplog.text


@pytest.mark.parametrize("entrance", ["quick", "thorough"])
def test_a_source_that_comes_late_is_known_later(entrance):
    data = ORDERS.assign(closed_at=["2024-05-01 12:00", None], known_at=["2024-05-01 10:30", "2024-05-13"])
    if entrance == "quick":
        times = ["timestamp", "closed_at", "known_at"]
        moments = {name: pd.to_datetime(data[name], format="ISO8601").astype("datetime64[us]") for name in times}
        data = data.assign(**moments)
    late = schema(known_at="known_at", later=(Later(at="closed_at"),), arrives="36h")
    table = read_interactions(data, late, now="2024-06-01").events.to_pandas()
    assert table["known_at"].astype(str).tolist() == [
        "2024-05-02 22:00:00",
        "2024-05-13 00:00:00",
        "2024-05-03 00:00:00",
    ]
    assert table["timestamp"].astype(str).tolist()[:2] == ["2024-05-01 10:00:00", "2024-05-10 02:59:00"]


def test_how_late_a_source_comes_is_written_down_and_checked(tmp_path):
    late = schema(arrives="1D")
    path = tmp_path / "schema.toml"
    path.write_text(late.to_toml())
    assert '[format]\narrives = "1D"' in path.read_text()
    assert Schema.from_toml(path) == late
    with pytest.raises(UsageError, match="arrives cannot be read: '1M' has the unit 'M'"):
        read_interactions(ORDERS, schema(arrives="1M"), now="2024-06-01")
    assert span("1D").microseconds == read_interactions(ORDERS, late, now="2024-06-01").arrivals[0].arrives


@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Auckland"])
@pytest.mark.parametrize("memory", [None, "1GB"])
@pytest.mark.parametrize("as_text", [True, False])
def test_what_arrived_is_counted_by_kind_and_day(timezone, memory, as_text):
    draw = np.random.default_rng(3)
    times = np.datetime64("2024-01-01", "us") + draw.integers(0, 40 * 86400, 500) * np.timedelta64(1_000_000, "us")
    data = pd.DataFrame({"customer_id": draw.integers(1, 30, 500), "timestamp": times})
    data["kind"] = draw.choice(["order", "call", "visit"], 500)
    data["closed_at"] = data["timestamp"] + pd.Timedelta("30h")
    data.loc[::3, "closed_at"] = pd.NaT
    given = data.astype({"timestamp": str}) if as_text else data
    late = schema(timezone=timezone, later=(Later(at="closed_at"),), duplicates="keep")
    log = read_interactions(given, late, now="2024-06-01", memory_limit=memory)
    parts = [log.parts.read(k) for k in range(len(log.parts))] if log.parts is not None else [log.events]
    expected: Counter = Counter()
    for part in parts:
        for row in part.select(["kind", "later", "timestamp"]).to_pylist():
            expected[row["kind"], row["later"], zone(timezone).day(np.datetime64(row["timestamp"], "us"))] += 1
    assert log.arrivals[0].counts == expected
    assert log.arrivals[0].kinds == {"order", "call", "visit"}


def test_what_is_worth_a_look_breaks_no_rule():
    days = pd.date_range("2024-01-01", "2024-06-30 20:00", freq="4h")
    orders = pd.DataFrame({"customer_id": range(len(days)), "timestamp": days, "kind": "order"})
    visits = orders.assign(kind="visit", timestamp=days + pd.Timedelta("1h"))
    hole = orders["timestamp"].between("2024-03-01", "2024-03-15 23:00")
    early = pa.table(
        dict(pd.concat([orders[orders["timestamp"] < "2024-04-01"], visits[visits["timestamp"] < "2024-05-01"]]))
    )
    report = validate_interactions([Source(pd.concat([orders[~hole], visits[~hole]]), BASE), Source(early, BASE)])
    assert report.ok
    assert [one.split(" (")[0] for one in report.notes] == [
        "the DataFrame: no row from 2024-03-01 to 2024-03-15",
        "the Table: rows stop arriving on 2024-05-01",
        "the Table: order rows stop arriving on 2024-04-01",
    ]
    assert "Worth a look:\n  the DataFrame: no row from 2024-03-01" in str(report)
    assert validate_interactions(visits, BASE).notes == ()
