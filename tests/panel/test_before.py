"""Cut-offs some time before a date of the customer's own."""

from __future__ import annotations

import pandas as pd
import pytest

from cxchurn._core import CxchurnError
from cxchurn.interactions import read_customers, read_interactions
from cxchurn.panel import Inactivity, before, make_panel

from .panel_rows import at

# a's date is moved on day 50 from day 60 to day 91; b's becomes known on day 55 alone; c names none
EVENTS = [
    ("a", 0, None, 60), ("a", 50, None, 91),
    ("b", 0, None, None), ("b", 54, 55, 70),
    ("c", 0, None, None), ("c", 100, None, None),
]  # fmt: skip


def log_of(customers=None, **more):
    frame = pd.DataFrame(EVENTS, columns=["customer_id", "timestamp", "known_at", "promised_at"]).assign(kind="visit")
    for name in ("timestamp", "known_at", "promised_at"):
        frame[name] = [pd.NaT if pd.isna(day) else pd.Timestamp(at(day)) for day in frame[name]]
    return read_interactions(frame, customers=customers, now="2030-01-01", observed_until=at(120), **more)


def rows(log, cutoffs) -> list[tuple]:
    panel = make_panel(log, Inactivity("10D"), cutoffs=cutoffs)
    days = (panel.frame["cutoff"] - pd.Timestamp(at(0))).dt.total_seconds() / 86_400
    return list(zip(panel.frame["customer_id"], days, panel.frame["group"], strict=True))


@pytest.mark.parametrize("limit", [None, "1MB"])
def test_dates_that_events_name(limit):
    log = log_of(memory_limit=limit)
    # ten days before: a's first date is not the one known by day 50, for it is moved on that day, which is the future;
    # so on day 50 the old one still holds
    assert rows(log, before("promised_at", "10D")) == [
        ("a", 50.0, "promised_at - 10d"),
        ("b", 60.0, "promised_at - 10d"),
        ("a", 81.0, "promised_at - 10d"),
    ]
    # nine days before day 60 the date has moved; fifteen before day 70 b's is not known yet, it becomes known then
    assert rows(log, before("promised_at", "9D", "15D")) == [
        ("a", 45.0, "promised_at - 15d"),
        ("b", 61.0, "promised_at - 9d"),
        ("a", 76.0, "promised_at - 15d"),
        ("a", 82.0, "promised_at - 9d"),
    ]


def test_dated_attributes_hold_from_when_they_are_on_file():
    table = pd.DataFrame(
        {
            "customer_id": ["a", "a", "c"],
            "valid_from": pd.to_datetime([at(0), at(20), at(0)]),
            "contract_end": pd.to_datetime([at(40), at(80), at(60)]),
        }
    )
    log = log_of(customers=read_customers(table))
    # on day 10 the first end is on file, on day 30 it has been moved to day 80; day 50 is 30 days before that
    assert rows(log, before("contract_end", "30D")) == [
        ("a", 10.0, "contract_end - 30d"),
        ("c", 30.0, "contract_end - 30d"),
        ("a", 50.0, "contract_end - 30d"),
    ]
    assert rows(log, before("contract_end", "10D")) == [
        ("c", 50.0, "contract_end - 10d"),
        ("a", 70.0, "contract_end - 10d"),
    ]


def test_features_see_how_far_ahead_the_date_is():
    from cxchurn.history import ask_as_of

    log = log_of()
    panel = make_panel(log, Inactivity("10D"), cutoffs=before("promised_at", "10D"))
    ahead = ask_as_of(log, panel.frame["customer_id"].to_numpy(), panel.cutoffs, lambda seen: -seen.lag("promised_at"))
    assert ahead.tolist() == [10.0, 10.0, 10.0]


@pytest.mark.parametrize(
    ("cutoffs", "words"),
    [
        (lambda: before("promised_on", "10D"), ["'promised_on' is no date", "did you mean 'promised_at'?"]),
        (lambda: before("kind", "10D"), ["'kind' is no date"]),
        (lambda: before("promised_at"), ["before() was given no span"]),
        (lambda: before("promised_at", 10), ["before is 10, a bare int"]),
        (lambda: before("promised_at", "100D"), ["no promised_at was known 100D before it"]),
    ],
)
def test_wrong_calls(cutoffs, words):
    with pytest.raises(CxchurnError) as error:
        make_panel(log_of(), Inactivity("10D"), cutoffs=cutoffs())
    assert all(word in str(error.value) for word in words), str(error.value)


def test_it_prints_as_typed():
    said = before("contract_end", "60D", "60D", "1W")
    assert said == before("contract_end", "60D", "1W")
    assert repr(said) == "Before(date='contract_end', spans=('60D', '1W'))"
