"""The edge of what is seen: the look-back's or the log's, and who may have been there before it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.history import Depth, as_of, history_of, tenure, watched, where
from cxchurn.interactions import Schema, read_interactions

DAY = 86_400_000_000
ZERO = pd.Timestamp("2024-01-01")


def history(days: dict[str, list[float]]):
    """Events on days after 2024-01-01, by customer; a "call" where the day is no whole one."""
    rows = [
        {"customer_id": who, "timestamp": ZERO + pd.Timedelta(day, unit="D"), "kind": "call" if day % 1 else "visit"}
        for who, theirs in days.items()
        for day in theirs
    ]
    schema = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")
    return history_of(read_interactions(pd.DataFrame(rows), schema, now="2030-01-01"))


def view(past, who, at, **depth):
    """The view of customers at days after 2024-01-01; lengths of the depth in days."""
    base = ZERO.value // 1000
    scaled = {name: int(value * DAY) + (base if name == "start" else 0) for name, value in depth.items()}
    cutoffs = (ZERO + pd.to_timedelta(np.atleast_1d(at), unit="D")).to_numpy().astype("datetime64[us]")
    return as_of(past, np.array(who, dtype=object), cutoffs, depth=Depth(**scaled))


@pytest.mark.parametrize(
    ("lookback", "count", "first"),
    [(90, 3, 90.0), (89.9999, 2, 40.0), (40, 2, 40.0), (10, 1, 10.0), (9, 0, math.nan), (1000, 4, 99.5)],
)
def test_what_lies_exactly_on_the_edge_is_seen(lookback, count, first):
    # 99.5, 90, 40 and 10 days before the cut-off, and on it
    seen = view(history({"a": [0.5, 10, 60, 90, 100]}), ["a"], 100, lookback=lookback)
    assert seen.count()[0] == count
    assert seen.age_of_first()[0] == pytest.approx(first, nan_ok=True)
    assert seen.last("50D").count()[0] == min(count, 2)


@pytest.mark.parametrize(
    ("start", "lookback", "known", "seen_for"),
    [
        (None, None, True, 70.0),  # nobody knows where the log begins
        (0, None, True, 70.0),  # first seen on day 30: a horizon of 30 days after the start
        (1, None, False, 99.0),
        (30, None, False, 70.0),
        (0, 100, True, 70.0),
        (0, 99, False, 99.0),
        (0, 72, False, 72.0),
        (29, 72, False, 71.0),  # the later of the two edges
        (29, 200, False, 71.0),
    ],
)
def test_tenure_is_told_from_a_horizon_after_the_edge(start, lookback, known, seen_for):
    depth = {name: value for name, value in (("start", start), ("lookback", lookback)) if value is not None}
    seen = view(history({"a": [30, 99], "b": [0]}), ["a", "nobody"], [100, 100], unsure=30, **depth)
    assert tenure(seen).tolist() == pytest.approx([70.0 if known else math.nan, math.nan], nan_ok=True)
    assert watched(seen).tolist() == pytest.approx([seen_for, math.nan], nan_ok=True)


def test_of_some_events():
    seen = view(history({"a": [2, 50.5, 60]}), ["a"], 100, start=0, unsure=30)
    assert math.isnan(tenure(seen)[0])
    assert tenure(seen, where(kind="call"))[0] == 49.5
    assert watched(seen, where(kind="visit"))[0] == 100.0


_days = st.lists(st.integers(0, 400).map(lambda quarter: quarter / 4), max_size=8, unique=True)


@settings(max_examples=80, deadline=None)
@given(
    a=_days,
    b=_days,
    at=st.lists(st.integers(0, 110), min_size=1, max_size=5),
    back=st.sampled_from([1, 7, 10, 50, 300]),
)
def test_rows_of_one_customer_are_as_if_each_had_a_log_of_its_own(a, b, at, back):
    past = history({"a": a, "b": b, "c": [0]})
    who = ["a", "b"] * len(at)
    cutoffs = np.repeat(at, 2)
    seen = view(past, who, cutoffs, lookback=back)
    for row, (customer, cutoff) in enumerate(zip(who, cutoffs, strict=True)):
        days = sorted(day for day in (a if customer == "a" else b) if cutoff - back <= day < cutoff)
        gaps = np.diff(days)
        assert seen.count()[row] == len(days)
        assert seen.gaps("max")[row] == pytest.approx(gaps.max() if gaps.size else math.nan, nan_ok=True)
        assert seen.only(np.array([row])).count()[0] == len(days)
