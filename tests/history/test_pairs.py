"""Customers and labels brought together, by plain loops over the rows; hashes are the same everywhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.history import Measure, as_of, history_of, over_customers, pairs, pairs_together
from cxchurn.history.data._hashed import hash_of
from cxchurn.interactions import Schema, read_interactions

BEGIN = pd.Timestamp("2024-01-01")
SCHEMA = Schema(customer_id="who", timestamp="at", kind_is="call", agent_id="agent", value="value", duplicates="keep")
EVENT = st.tuples(
    st.sampled_from("abcd"),
    st.integers(0, 9),
    st.sampled_from(["X", "Y", "Z", None]),
    st.sampled_from([None, -1.5, 0.0, 0.25, 2.0]),
)


@dataclass(frozen=True)
class Value(Measure):
    def compute(self, events):
        return events["value"]


def seen_of(events, at, who):
    frame = pd.DataFrame(events, columns=["who", "day", "agent", "value"]).astype({"value": "float64"})
    frame["at"] = BEGIN + pd.to_timedelta(frame.pop("day"), unit="D")
    history = history_of(read_interactions(frame, SCHEMA, now="2030-01-01"))
    cutoffs = np.full(len(who), np.datetime64(BEGIN + pd.Timedelta(days=at), "us"))
    return as_of(history, np.array(who, dtype=object), cutoffs)


@settings(max_examples=80, deadline=None)
@given(
    events=st.lists(EVENT, min_size=1, max_size=20),
    at=st.integers(0, 10),
    days=st.sampled_from([None, 1, 4]),
    who=st.sets(st.sampled_from("abcde"), min_size=1),
    fewest=st.integers(1, 3),
)
def test_are_what_loops_say(events, at, days, who, fewest):
    # so that every column and label is there
    events = [*events, ("z", 0, "X", 1.0)]
    asked = sorted(who)
    views = [seen_of(events, at, asked[:2]), seen_of(events, at, asked[2:])]
    windows = [view if days is None else view.last(f"{days}D") for view in views]
    found = pairs_together(pairs(window, "agent_id", Value(), key="k") for window in windows)
    expected = defaultdict(list)
    for name, day, agent, value in sorted(events, key=lambda event: event[1]):
        if name in who and agent and value is not None and day < at and (days is None or day >= at - days):
            expected[name, agent].append((day, value))
    start = (BEGIN - pd.Timestamp(0)).days
    rows = [
        (
            hash_of(agent, "k"),
            len(told),
            sum(value for _, value in told) * 2**20,
            start + told[0][0],
            start + told[-1][0],
        )
        for (_, agent), told in expected.items()
    ]
    assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(rows)

    together = over_customers(found, fewest)
    labels = sorted({row[0] for row in rows})
    assert together.label.tolist() == labels
    of = [[row for row in rows if row[0] == label] for label in labels]
    assert together.customers.tolist() == [len(some) for some in of]
    assert together.events.tolist() == [sum(row[1] for row in some) for some in of]
    assert together.total.tolist() == [sum(row[2] for row in some) / 2**20 for some in of]
    nan = float("nan")
    met = [sorted(row[3] for row in some)[fewest - 1] if len(some) >= fewest else nan for some in of]
    left = [sorted(row[4] for row in some)[-fewest] if len(some) >= fewest else nan for some in of]
    np.testing.assert_array_equal(together.met, met)
    np.testing.assert_array_equal(together.left, left)


def test_nobody_has_no_pairs():
    found = over_customers(pairs(seen_of([("a", 1, "X", 1.0)], 5, []), "agent_id", Value(), key="k"), 1)
    assert [len(column) for column in found] == [0] * 6


@pytest.mark.parametrize(
    ("label", "key", "expected"),
    [
        ("Ann", "staff", 4085031915545590),
        ("", "staff", 540613504981041),
        ("Ann", "k" * 200, 3628960051749309),
        ("\u00c4nne", "", 3615826574660213),
    ],
)
def test_hashes_are_those_that_models_hold(label, key, expected):
    """52 bits of BLAKE2b, which a float holds to the last one; a saved model knows people by them."""
    assert hash_of(label, key) == expected < 2**52
    assert len({hash_of(label, key), hash_of(label + "x", key), hash_of(label, key + "x")}) == 3
