from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._speed import Speed

from ._experience import MONTH, NAN, SOME, features, is_closed, lives, matters, mean, past, spoken


def contact(ago, case, resolved=None, wait_s=None, direction="inbound", kind="call", **more):
    return {
        "ago": ago,
        "case_id": case,
        "resolved": resolved,
        "wait_s": wait_s,
        "direction": direction,
        "kind": kind,
        **more,
    }


# a: closed at once; b: closed by the company after 2 days; c: closed after a day, came up again and is open;
# d: open, the company spoke last; e: told nothing, so open; o: an order; f: closed on the cut-off, so open before it
EVENTS = [
    contact(60, "a", True, 100.0),
    contact(50, "d", False, 300.0),
    contact(49, "d", None, direction="outbound"),
    contact(28, "b", False, 10.0),
    contact(26, "b", True, direction="outbound"),
    contact(25, "c", False, 20.0),
    contact(24, "c", True, 60.0),
    contact(23, "c", True, 0.0),
    contact(22, "c", False),
    contact(20, "o", kind="purchase"),
    contact(12, "e"),
    contact(8, "f", False, 40.0),
    contact(0, "f", True, 9999.0),
]


@pytest.fixture(scope="module")
def says(log_of):
    return spoken(Speed(windows=("30D",)), log_of(EVENTS))


def test_waits_solutions_and_what_is_open(made):
    assert made(Speed(windows=("30D",)), EVENTS) == pytest.approx(
        {
            # c since 25, d since 50, e since 12, f since 8 days
            "speed_open": 4.0,
            "speed_open_days_mean": 95 / 4,
            "speed_open_days_oldest": 50.0,
            # c was closed first after a day
            "speed_resolve_hours_last": 24.0,
            # 0, 10, 20, 40 and 60 seconds; the 90 % quantile lies at 0.9 * 4 = 3.6, between 40 and 60
            "speed_wait_s_q50_30d": 20.0,
            "speed_wait_s_q90_30d": 52.0,
            # 26 seconds on average against 200, each plus one
            "speed_wait_change_30d": math.log(27 / 201),
            # 24 and 48 hours
            "speed_resolve_hours_q50_30d": 36.0,
            "speed_resolve_hours_q90_30d": 45.6,
            # 36 hours against none, each plus one
            "speed_resolve_change_30d": math.log(37),
        }
    )


def test_an_open_matter_has_no_end_yet(made):
    # the same matter, seen before and after it was closed
    matter = [contact(20, "m", False), contact(10, "m", True)]
    after = made(Speed(), matter)
    before = made(Speed(), [{**event, "ago": event["ago"] - 11} for event in matter])
    assert (after["speed_open"], after["speed_resolve_hours_last"]) == (0.0, 240.0)
    assert math.isnan(after["speed_open_days_oldest"])
    assert (before["speed_open"], before["speed_open_days_oldest"]) == (1.0, 9.0)
    assert math.isnan(before["speed_resolve_hours_last"])


def test_a_matter_begins_when_it_happens_and_ends_when_that_is_known(made):
    at = pd.Timestamp("2024-04-01")
    # happened 10 days, known 9 days before the cut-off, and so solved after a day
    solved = contact(10, "m", True, known_at=at - pd.Timedelta("9D"))
    assert made(Speed(), [solved])["speed_resolve_hours_last"] == 24.0
    waiting = contact(10, "m", False, known_at=at - pd.Timedelta("9D"))
    assert made(Speed(), [waiting])["speed_open_days_oldest"] == 10.0
    assert made(Speed(), [{**waiting, "known_at": at}, contact(20, "n", False)])["speed_open"] == 1.0


def test_orders_are_not_open(made):
    events = [contact(20, "o", kind="order"), contact(10, "p", kind="purchase")]
    assert made(Speed(), events)["speed_open_days_oldest"] == 20.0
    assert made(Speed(orders=("order",)), events)["speed_open_days_oldest"] == 10.0


def test_columns_follow_the_roles(made):
    waits = list(made(Speed(windows=("30D",)), [{"ago": 3, "wait_s": 4.0}]))
    assert waits == ["speed_wait_s_q50_30d", "speed_wait_s_q90_30d", "speed_wait_change_30d"]
    matters = list(made(Speed(windows=()), [{"ago": 3, "resolved": True, "case_id": "m"}]))
    assert matters == ["speed_open", "speed_open_days_mean", "speed_open_days_oldest", "speed_resolve_hours_last"]
    assert Speed().lacks(["case_id"]) == ("wait_s|resolved",)


def test_nobody(made):
    nobody = made(Speed(windows=("30D",)), EVENTS, who="nobody")
    assert [name for name, value in nobody.items() if not math.isnan(value)] == ["speed_open"]
    assert nobody["speed_open"] == 0.0


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(Speed(windows=("30D",)), drawn), strict=True):
        # a change is the difference of two logarithms, and hours are what is left of days since 1970
        assert made == pytest.approx(_expected(life), nan_ok=True, abs=1e-9)


def _expected(life):
    known = matters(past(life)).values()
    still = [m for m in known if m[0]["kind"] != "purchase" and not is_closed(m)]
    ages = [m[0]["happened"] / 24 for m in still]
    waits, earlier = ([e["wait_s"] for e in part if e["wait_s"] is not None] for part in _parts(past(life)))
    hours, hours_before = ([_hours(e, life) for e in part if _closes(e, life)] for part in _parts(past(life)))
    return {
        "speed_open": len(still),
        "speed_open_days_mean": mean(ages),
        "speed_open_days_oldest": max(ages, default=NAN),
        "speed_resolve_hours_last": [NAN, *hours_before, *hours][-1],
        "speed_wait_s_q50_30d": np.quantile(waits, 0.5) if waits else NAN,
        "speed_wait_s_q90_30d": np.quantile(waits, 0.9) if waits else NAN,
        "speed_wait_change_30d": math.log((mean(waits) + 1) / (mean(earlier) + 1)),
        "speed_resolve_hours_q50_30d": np.quantile(hours, 0.5) if hours else NAN,
        "speed_resolve_hours_q90_30d": np.quantile(hours, 0.9) if hours else NAN,
        "speed_resolve_change_30d": math.log((mean(hours) + 1) / (mean(hours_before) + 1)),
    }


def _parts(events):
    return [e for e in events if e["ago"] <= MONTH], [e for e in events if e["ago"] > MONTH]


def _closes(event, life):
    """Whether nothing had closed the event's matter before it."""
    closings = [e for e in matters(life).get(event["case_id"], []) if e["resolved"]]
    return bool(closings) and closings[0] is event


def _hours(event, life):
    return matters(life)[event["case_id"]][0]["happened"] - event["ago"]


def test_nothing_leaks(log):
    table = check_no_leak(Speed(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 16).all()
    assert (table["future_events"] > 0).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("open", 2.0, "has 2 matters open"),
        ("open", 1.0, "has 1 matter open"),
        ("open", 0.0, "has no matter open"),
        ("open_days_mean", 2.0, "has been waiting 2 days on average for the matters still open"),
        ("open_days_oldest", 1.0, "has had a matter open for 1 day"),
        ("open_days_oldest", NAN, "has no matter open"),
        ("resolve_hours_last", 0.25, "had the last matter solved within 15 minutes"),
        ("resolve_hours_last", 48.0, "had the last matter solved within 2 days"),
        ("resolve_hours_last", 0.0, "had the last matter solved at once"),
        ("resolve_hours_last", NAN, "has had no matter solved yet"),
        ("wait_s_q50_30d", 60.0, "usually waited 1 minute in the last 30 days"),
        ("wait_s_q50_30d", 0.0, "usually did not wait in the last 30 days"),
        ("wait_s_q50_30d", NAN, "had no contact with a wait in the last 30 days"),
        ("wait_s_q90_30d", 7200.0, "waited 2 hours or longer one time in ten in the last 30 days"),
        ("wait_s_q90_30d", 0.0, "hardly ever waited in the last 30 days"),
        ("wait_change_30d", math.log(1.5), "waited clearly longer in the last 30 days than before"),
        ("wait_change_30d", 0.0, "waited as long in the last 30 days as before"),
        ("wait_change_30d", NAN, "did not wait both in the last 30 days and before"),
        ("resolve_hours_q50_30d", 1.0, "usually waited 1 hour for a matter to be solved in the last 30 days"),
        ("resolve_hours_q50_30d", 0.0, "usually had a matter solved at once in the last 30 days"),
        (
            "resolve_hours_q90_30d",
            24.0,
            "waited 1 day or longer for one matter in ten to be solved in the last 30 days",
        ),
        ("resolve_hours_q90_30d", NAN, "had no matter solved in the last 30 days"),
        (
            "resolve_change_30d",
            math.log(2),
            "waited clearly longer for a solution in the last 30 days than before",
        ),
        ("resolve_change_30d", 0.0, "waited as long for a solution in the last 30 days as before"),
        ("resolve_change_30d", NAN, "did not have matters solved both in the last 30 days and before"),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
