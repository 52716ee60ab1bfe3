"""Times that systems write where they have none: missing where that is allowed, refused where not, and always counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn import DataError, Later, Schema, read_interactions
from cxchurn.interactions.reading.casts._placeholders import are_placeholders
from cxchurn.interactions.rows import RowReader

SCHEMA = Schema(customer_id="who", timestamp="when", kind_is="order", promised_at="promised", known_at="known")
NOW = "2024-12-31"
# what stands for none: in a time that has been, and in one that may lie ahead
NONE = ["0001-01-01", "1753-01-01 00:00:00", "1899-12-30", "1900-01-01", "1970-01-01", "1970-01-20T17:21:07"]
NEVER = ["9999-12-31", "2999-12-31T23:59:59"]


def rows_of(*cells):
    return pd.DataFrame(cells, columns=["who", "when", "promised", "known"], dtype="str")


def kinds_of(frame, tmp_path):
    """The same rows in a frame of text, in one of times, and as a file."""
    frame.to_csv(tmp_path / "log.csv", index=False)
    yield tmp_path / "log.csv"
    yield frame
    with_times = {name: frame[name].map(np.datetime64, na_action="ignore") for name in ("when", "promised", "known")}
    yield frame.assign(**{name: column.astype("datetime64[us]") for name, column in with_times.items()})


@pytest.mark.parametrize("none", NONE)
@pytest.mark.sampled(3)
def test_rows_at_no_time_are_refused_and_other_times_are_missing(none, tmp_path):
    frame = rows_of(
        ("a", "2024-01-01", none, none), ("b", none, "2024-01-05", None), ("c", "2024-01-03", NEVER[0], None)
    )
    for data in kinds_of(frame, tmp_path):
        log = read_interactions(data, SCHEMA, on_error="quarantine", now=NOW)
        found = {(one.rule, one.column, one.kept): one.rows for one in log.validation.findings if one.rows}
        assert found == {
            ("time_placeholder", "timestamp", False): 1,
            ("time_placeholder", "promised_at", True): 2,
            ("time_placeholder", "known_at", True): 1,
        }
        assert log.events["promised_at"].to_pylist() == [None, None]
        # what does not say when it was known was known when it happened
        assert log.events["known_at"].to_pylist() == log.events["timestamp"].to_pylist()


@pytest.mark.parametrize("none", ["0000-00-00", "0000-00-00 00:00:00"])
def test_a_day_0_of_a_database_is_no_time(none, tmp_path):
    frame = rows_of(("a", "2024-01-01", none, None), ("b", none, "2024-01-05", None))
    frame.to_csv(tmp_path / "log.csv", index=False)
    for data in (frame, tmp_path / "log.csv"):
        log = read_interactions(data, SCHEMA, on_error="quarantine", now=NOW)
        found = {(one.rule, one.column, one.kept): one.rows for one in log.validation.findings if one.rows}
        assert found == {("time_placeholder", "timestamp", False): 1, ("time_placeholder", "promised_at", True): 1}
    kept, refused = RowReader(SCHEMA).read(frame.to_dict("records"))
    assert ("time_placeholder", "promised_at") in kept.broken
    assert not kept.refused
    assert refused.refused
    # what has not ended has no day yet
    ended = Schema(customer_id="who", timestamp="when", kind_is="order", later=(Later(at="promised", kind="cancel"),))
    assert len(read_interactions(frame.head(1), ended, now=NOW)) == 1


def test_a_wrong_unit_is_found_and_said():
    frame = pd.DataFrame({"who": ["a", "b"], "when": [1_704_067_200, 1_704_153_600]})
    schema = Schema(customer_id="who", timestamp="when", kind_is="order", time_format="epoch_ms")
    with pytest.raises(DataError, match=r"2 x time_placeholder(.|\n)*Every value of when reads as epoch_s"):
        read_interactions(frame, schema, now=NOW)


@settings(max_examples=25, deadline=None)
@given(
    times=st.lists(st.one_of(st.sampled_from([*NONE, *NEVER, "2024-05-01"]), st.none()), min_size=3, max_size=3),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo"]),
)
def test_one_row_in_a_service_is_read_as_in_a_file(times, zone):
    schema = Schema(**{**vars(SCHEMA), "timezone": zone})
    row = dict(zip(("when", "promised", "known"), times, strict=True), who="a")
    now = int(datetime(2024, 12, 31, tzinfo=UTC).timestamp() * 1_000_000)
    (one,) = RowReader(schema).read([row], now=now)
    try:
        log = read_interactions(pd.DataFrame([row], dtype=object), schema, on_error="quarantine", now=NOW)
    except DataError:
        assert one.refused
        return
    broken = {(each.rule, each.column) for each in log.validation.findings if each.rows}
    assert broken == {(each.rule, each.column) for each in one.broken}
    assert [log.events[name][0].as_py() is None for name in ("promised_at",)] == [
        "promised_at" not in one.events[0].values
    ]


@settings(deadline=None)
@given(
    moment=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    zone=st.sampled_from(["UTC", "Pacific/Auckland", "America/New_York"]),
    ahead=st.booleans(),
)
def test_nothing_else_is_a_placeholder(moment, zone, ahead):
    micros = np.array([(moment - datetime(1970, 1, 1)) // timedelta(microseconds=1), np.iinfo(np.int64).min])
    found = are_placeholders(micros, zone, ahead=ahead)
    early = moment < datetime(1901, 1, 2)
    # near the edges of January 1970 it depends on the zone
    sure = datetime(1970, 1, 2) <= moment < datetime(1970, 1, 31)
    maybe = datetime(1969, 12, 30) <= moment < datetime(1970, 2, 2)
    never = ahead and moment >= datetime(2099, 12, 31)
    if early or sure or never or not maybe:
        assert ([False, False] if found is None else found.tolist()) == [early or sure or never, False]
