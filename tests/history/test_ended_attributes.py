from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxchurn.history import History, as_of, times_ahead
from cxchurn.interactions import InteractionLog, Schema, known_before, read_customers, read_interactions

EVENTS = pd.DataFrame({"customer_id": ["a", "b"], "timestamp": "2024-01-01", "kind": "visit"})
SCHEMA = Schema(customer_id="customer_id", timestamp="timestamp", kind="kind")


def log_with(frame: pd.DataFrame, **about) -> InteractionLog:
    return read_interactions(EVENTS, SCHEMA, customers=read_customers(frame, **about))


def day(number: int) -> pd.Timestamp:
    return pd.Timestamp("2024-01-01") + pd.Timedelta(days=number)


def seats(log: InteractionLog, who: str, at: pd.Timestamp) -> float:
    moment = np.array([at.to_datetime64()], dtype="datetime64[us]")
    return as_of(History(log), np.array([who], dtype=object), moment).attribute("seats")[0]


@pytest.fixture(scope="module")
def dated() -> InteractionLog:
    # a: 1 seat for ten days, nothing for ten days, 3 seats since; b: 5 seats, 9 beside them for ten days
    rows = [("a", 0, 10, 1.0), ("a", 20, None, 3.0), ("b", 0, None, 5.0), ("b", 10, 20, 9.0)]
    frame = pd.DataFrame(rows, columns=["customer_id", "valid_from", "valid_to", "seats"])
    for name in ("valid_from", "valid_to"):
        frame[name] = [None if pd.isna(number) else day(int(number)) for number in frame[name]]
    return log_with(frame)


MICRO = pd.Timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("who", "at", "expected"),
    [
        ("a", day(0), np.nan),  # what begins at the cut-off is the future
        ("a", day(0) + MICRO, 1),
        ("a", day(10), 1),  # and so is what ends there
        ("a", day(10) + MICRO, np.nan),  # a gap
        ("a", day(20), np.nan),
        ("a", day(20) + MICRO, 3),
        ("b", day(10), 5),
        ("b", day(15), 9),  # of two that hold, the one that began last
        ("b", day(20) + MICRO, 5),  # after it, the one that still holds
    ],
)
def test_the_row_that_holds(dated, who, at, expected):
    np.testing.assert_equal(seats(dated, who, at), expected)
    np.testing.assert_equal(seats(known_before(dated, at), who, at), expected)


few = settings(max_examples=60, deadline=None)
spells = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 8), st.none() | st.integers(0, 10)), max_size=8)


@few
@given(spells, st.integers(0, 10), st.sampled_from([-1, 0, 1]))
def test_the_row_is_that_of_an_obvious_search(found, number, micros):
    spells = {(who, start): (who, start, end) for who, start, end in found if end is None or end > start}
    rows = [("a", -9, -8), *spells.values()]
    frame = pd.DataFrame(
        [
            (who, day(start), None if end is None else day(end), float(place))
            for place, (who, start, end) in enumerate(rows)
        ],
        columns=["customer_id", "valid_from", "valid_to", "seats"],
    )
    at = day(number) + micros * MICRO
    # "names the last moment" is another convention, which such small tables may look like: say the ends as they are
    log = log_with(pd.concat([frame, frame.assign(customer_id=frame["customer_id"] + "!")]), attributes=("seats",))
    if log.customers.table["valid_to"].to_pylist() != sorted_ends(frame):
        return
    for who in "ab":
        held = [
            (start, place)
            for place, (owner, start, end) in enumerate(rows)
            if owner == who and day(start) < at and (end is None or day(end) >= at)
        ]
        expected = float(max(held)[1]) if held else np.nan
        np.testing.assert_equal(seats(log, who, at), expected)
        np.testing.assert_equal(seats(known_before(log, at), who, at), expected)


def sorted_ends(frame: pd.DataFrame) -> list:
    both = pd.concat([frame, frame.assign(customer_id=frame["customer_id"] + "!")])
    ordered = both.sort_values(["customer_id", "valid_from"], kind="stable")["valid_to"]
    return [None if pd.isna(end) else pd.Timestamp(end).to_pydatetime() for end in ordered]


def test_a_date_of_its_own_is_known_when_it_has_come():
    frame = pd.DataFrame(
        {"customer_id": ["a", "b"], "signup": [day(5), day(20)], "contract_end": [day(30), None], "plan": "x"}
    )
    log = log_with(frame, known_ahead=("contract_end",))
    at = np.full(2, day(10).to_datetime64()).astype("datetime64[us]")
    who = np.array(["a", "b"], dtype=object)
    seen = as_of(History(log), who, at)
    np.testing.assert_array_equal(seen.attribute("signup"), [5, np.nan])
    np.testing.assert_array_equal(seen.attribute("contract_end"), [-20, np.nan])
    assert seen.known_ahead("contract_end")
    assert not seen.known_ahead("signup")
    assert seen.attributes_asked_for() == ("contract_end", "signup")
    assert times_ahead(log.customers, "signup", who, at).tolist() == [False, True]
    exactly = as_of(History(log), who, np.full(2, day(5).to_datetime64()).astype("datetime64[us]"))
    assert np.isnan(exactly.attribute("signup")).all()
