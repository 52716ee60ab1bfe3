from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet, Sessions
from cxchurn.interactions import Schema, read_interactions

from ._experience import mean, spoken
from ._life import FEW

NAN = math.nan
MINUTE = 1 / 1440


def session(name, ago, steps, apart=1.0):
    """Steps of a session that begins some days before the cut-off, minutes apart."""
    return [
        {"session_id": name, "ago": ago - k * apart * MINUTE, "kind": "page", "step": step}
        for k, step in enumerate(steps)
    ]


# bought after four steps and six minutes; gave up in the basket, with an error; searched in vain; found, but began nothing
EVENTS = [
    *session("s1", 80, ["search", "product", "cart", "purchase", "page", "purchase"], 2),
    *session("s2", 60, ["cart", "checkout", "error", "error"]),
    *session("s3", 40, ["search", "product", "search"]),
    *session("s4", 20, ["search", "product"]),
]


def sessions(made, events, **options):
    found = made(Sessions(**{"windows": ("90D",), **options}), events)
    return {name.removeprefix("sessions_").removesuffix("_90d"): value for name, value in found.items()}


def test_what_became_of_sessions(made):
    assert sessions(made, EVENTS) == pytest.approx(
        {
            "count": 4.0,
            "steps_to_goal": 4.0,
            "seconds_to_goal": 360.0,
            "abandoned_share": 1 / 2,  # s2, of s1 and s2
            "error_share": 1 / 4,
            "in_vain_share": 1 / 3,  # s3, of s1, s3 and s4
        }
    )


def test_a_session_that_goes_on_is_not_given_up(made):
    going_on = session("s5", 30 * MINUTE, ["cart", "checkout"])
    assert sessions(made, [*EVENTS, *going_on])["abandoned_share"] == 1 / 2
    assert sessions(made, [*EVENTS, *going_on], idle="5min")["abandoned_share"] == 2 / 3
    # an hour after the last event, to the microsecond
    over = session("s5", 61 * MINUTE, ["cart", "checkout"])
    assert sessions(made, [*EVENTS, *over])["abandoned_share"] == 1 / 2
    assert sessions(made, [*EVENTS, *session("s5", 61.5 * MINUTE, ["cart", "checkout"])])["abandoned_share"] == 2 / 3
    # what comes at the cut-off is the future
    assert sessions(made, [*EVENTS, *over, {**over[1], "ago": 0, "step": "purchase"}])["abandoned_share"] == 1 / 2


def test_a_session_belongs_to_the_window_of_its_last_event(made):
    events = session("s0", 90 + MINUTE / 2, ["cart", "purchase"])
    assert sessions(made, events)["steps_to_goal"] == 2.0
    assert sessions(made, session("s0", 90 + MINUTE / 2, ["cart", "page"]) + EVENTS)["abandoned_share"] == 2 / 3
    assert sessions(made, session("s0", 90 + 2 * MINUTE, ["cart", "page"]) + EVENTS)["abandoned_share"] == 1 / 2


def test_two_customers_may_have_sessions_of_one_id(made):
    others = [{**event, "customer_id": "b"} for event in session("s3", 30, ["cart", "purchase"])]
    assert sessions(made, [*EVENTS, *others]) == sessions(made, EVENTS)


def test_the_kind_may_say_the_step(made):
    events = [{"session_id": "s", "ago": 9 - k * MINUTE, "kind": kind} for k, kind in enumerate(["cart", "purchase"])]
    events += [{"session_id": None, "ago": 3, "kind": "purchase"}]
    assert sessions(made, events) == pytest.approx(
        {
            "count": 1.0,
            "steps_to_goal": 2.0,
            "seconds_to_goal": 60.0,
            "abandoned_share": 0.0,
        },
        abs=1e-3,
    )


def test_a_session_loaded_by_night_has_lasted_as_long(log_of):
    """Known at once, it is in the order in which it happened, and took the time that it took."""
    known = pd.Timestamp("2024-03-02")
    log = log_of([{**event, "known_at": known} for event in session("s", 31, ["cart", "search", "purchase"], 5)])
    rows = pd.DataFrame({"customer_id": ["a"] * 2, "cutoff": [known, known + pd.Timedelta("2h")]})
    found = FeatureSet([Sessions(windows=("90D",))], min_customers=1, log=log).fit_transform(rows)
    assert found["sessions_seconds_to_goal_90d"].tolist() == pytest.approx([NAN, 600.0], nan_ok=True)
    assert found["sessions_steps_to_goal_90d"].tolist() == pytest.approx([NAN, 3.0], nan_ok=True)


def test_ids_of_sessions_are_no_labels():
    """A model knows none of them; a category of the name is one as before."""
    rows = pd.DataFrame({"customer_id": [f"c{n % 30}" for n in range(300)], "kind": "page", "step": "search"})
    rows["timestamp"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rows.index, unit="h")
    rows["session_id"] = [f"s{n // 60}" for n in range(300)]
    roles = {name: name for name in ("customer_id", "kind", "timestamp")}
    at = pd.DataFrame({"customer_id": ["c1"], "cutoff": ["2024-03-01"]})
    for schema, known in (
        (Schema(**roles, session_id="session_id", step="step"), False),
        (Schema(**roles, categories=("session_id", "step")), True),
    ):
        fitted = FeatureSet(log=read_interactions(rows, schema, now="2030-01-01")).fit(at)
        assert ("session_id" in fitted.known_) == known


_EVENT = st.fixed_dictionaries(
    {
        "ago": st.sampled_from([-1, 0, 30, 59, 60, 61, 90, 1439, 1440, 1441, *range(2000, 2012)]),
        "session_id": st.sampled_from([None, "s", "s", "t", "u"]),
        "step": st.sampled_from([None, "search", "cart", "purchase", "error", "page"]),
        "kind": st.sampled_from(["visit", "visit", "visit", "purchase"]),
    }
)
_GUIDE = [{**event, "customer_id": "guide"} for event in session("g", 900, ["search", "cart", "error", "purchase"])]


_LIFE = st.lists(_EVENT, min_size=1, max_size=12, unique_by=lambda event: event["ago"])


@FEW
@given(lives=st.lists(_LIFE, min_size=6, max_size=6))
def test_is_what_one_pass_says(lives, made_each):
    """In minutes before the cut-off; the window is a day."""
    minutes = [[{**event, "ago": event["ago"] * MINUTE} for event in life] for life in lives]
    for one, life in zip(made_each(Sessions(windows=("1D",)), minutes, _GUIDE), lives, strict=True):
        told = {f"sessions_{name}_1d": value for name, value in slowly(life).items()}
        assert one == pytest.approx(told, nan_ok=True, abs=1e-3)


def slowly(life):
    seen = sorted((event for event in life if event["ago"] > 0), key=lambda event: -event["ago"])
    by_session = {name: [event for event in seen if event["session_id"] == name] for name in "stu"}
    steps, seconds, abandoned, errors, vain = [], [], [], [], []
    for own in by_session.values():
        done = [{event["step"], event["kind"]} for event in own]
        goal = next((place for place, what in enumerate(done) if "purchase" in what), None)
        if goal is not None and own[goal]["ago"] <= 1440:
            steps.append(goal + 1)
            seconds.append(60 * (own[0]["ago"] - own[goal]["ago"]))
        if own and 60 < own[-1]["ago"] <= 1440:
            errors.append(any("error" in what for what in done))
            vain += ["search" in done[-1]] if any("search" in what for what in done) else []
            abandoned += [goal is None] if goal is not None or any("cart" in what for what in done) else []
    return {
        "count": len({event["session_id"] for event in seen if event["ago"] <= 1440} - {None}),
        "steps_to_goal": mean(steps),
        "seconds_to_goal": mean(seconds),
        "abandoned_share": mean(abandoned),
        "error_share": mean(errors),
        "in_vain_share": mean(vain),
    }


def test_sentences(log_of):
    says = spoken(Sessions(), log_of(EVENTS))
    assert says["count_90d"].sentence(4.0) == "had 4 sessions in the last 90 days"
    assert (
        says["steps_to_goal_90d"].sentence(4.0).startswith("needed 4 steps on average to get online what they came for")
    )
    assert says["seconds_to_goal_90d"].sentence(360.0).startswith("needed 6 minutes on average to get online")
    assert says["abandoned_share_90d"].sentence(0.5) == "gave up 50% of what they began online in the last 90 days"
    assert says["error_share_90d"].sentence(0.25).endswith("in 25% of their sessions of the last 90 days")
    assert says["in_vain_share_90d"].sentence(0.0).startswith("went on from every search")


def test_the_future_is_unknown(log_of):
    events = [{**event, "customer_id": f"c{n}", "ago": event["ago"] + n} for n in range(20) for event in EVENTS]
    check_no_leak(Sessions(), log_of(events), cutoffs=["2024-01-22T23:59", "2024-03-01"], customers=20)
