from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features.experience._human_touch import HumanTouch

from ._experience import MONTH, NAN, SOME, features, lives, mean, past, spoken


def by(ago, agent, case=None, agent_id=None, **more):
    return {"ago": ago, "agent": agent, "case_id": case, "agent_id": agent_id, **more}


EVENTS = [
    by(50, "human", "m0", "A"),
    by(40, "bot", "m1"),
    by(30, "human", "m1", "B"),
    by(25, "self"),
    by(20, "bot", "m2"),
    by(19.5, "human", None, "A"),
    by(19.2, "human", "m3", "A"),
    by(15, "bot", "m4"),
    by(14, "human", "m5", None),
    by(13, "human", "m4", "A"),
    by(10, None),
    by(5, "bot", "m6"),
    by(4, "bot", "m6"),
    by(0, "human", "m6", "A"),
]


@pytest.fixture(scope="module")
def says(log_of):
    return spoken(HumanTouch(windows=("30D",)), log_of(EVENTS))


def test_people(made):
    assert made(HumanTouch(windows=("30D",)), EVENTS) == pytest.approx(
        {
            "human_touch_days_last": 13.0,
            # since 30 days before: 5 people, 4 bots; before that one of each
            "human_touch_share_30d": 5 / 9,
            "human_touch_shift_30d": 5 / 9 - 1 / 2,
            # in matter m1 after ten days, in m4 across m5; m5 within exactly a day of the bot. 19.5 days ago it was about no
            # matter, and 19.2 days ago the answer before was a person's
            "human_touch_escalations_30d": 3.0,
            # B after A, A after B, A after A, and A after A again, as 14 days ago nobody knows who it was
            "human_touch_same_person_30d": 2 / 4,
        }
    )


def test_without_matters_time_alone_tells(made):
    events = [{"ago": event["ago"], "agent": event["agent"]} for event in EVENTS]
    features = made(HumanTouch(windows=("30D",)), events)
    # 19.5 days ago, and exactly a day after the bot 15 days ago
    assert features["human_touch_escalations_30d"] == 2.0
    assert "human_touch_same_person_30d" not in features
    assert made(HumanTouch(windows=("30D",), within="20h"), events)["human_touch_escalations_30d"] == 1.0
    assert made(HumanTouch(windows=("30D",), within="10D"), events)["human_touch_escalations_30d"] == 3.0


def test_an_empty_window_and_nobody(made):
    quiet = made(HumanTouch(windows=("3D",)), EVENTS)
    assert quiet.pop("human_touch_days_last") == 13.0
    assert quiet.pop("human_touch_escalations_3d") == 0.0
    assert all(math.isnan(value) for value in quiet.values())
    nobody = made(HumanTouch(windows=("3D",)), EVENTS, who="nobody")
    assert [name for name, value in nobody.items() if not math.isnan(value)] == ["human_touch_escalations_3d"]
    assert HumanTouch().lacks(["agent_id"]) == ("agent",)


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(HumanTouch(windows=("30D",)), drawn), strict=True):
        assert made == pytest.approx(_expected(life), nan_ok=True)


def _expected(life):
    answers = [e for e in past(life) if e["agent"] in ("human", "bot") and not e["later"]]
    human = [e for e in answers if e["agent"] == "human"]
    recent, earlier = ([e["agent"] == "human" for e in answers if (e["ago"] <= MONTH) == now] for now in (True, False))
    named = [e for e in human if e["agent_id"] is not None]
    same = [a["agent_id"] == b["agent_id"] for a, b in pairwise(named) if b["ago"] <= MONTH]
    return {
        "human_touch_days_last": human[-1]["ago"] / 24 if human else NAN,
        "human_touch_share_30d": mean(recent),
        "human_touch_shift_30d": mean(recent) - mean(earlier),
        "human_touch_escalations_30d": sum(_took_over(e, answers) for e in human if e["ago"] <= MONTH),
        "human_touch_same_person_30d": mean(same),
    }


def _took_over(event, answers):
    if event["case_id"] is None:
        return False
    before = [e for e in answers if e["ago"] > event["ago"]]
    matter = [e for e in before if e["case_id"] == event["case_id"]]
    soon = bool(before) and before[-1]["agent"] == "bot" and before[-1]["ago"] - event["ago"] <= 24
    return soon or (bool(matter) and matter[-1]["agent"] == "bot")


def test_nothing_leaks(log):
    table = check_no_leak(HumanTouch(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 9).all()
    assert (table["future_events"] > 0).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("days_last", 1.0, "last dealt with a person 1 day ago"),
        ("days_last", NAN, "has never dealt with a person"),
        ("share_30d", 0.5, "was answered by a person 50% of the time in the last 30 days"),
        ("share_30d", 0.0, "was never answered by a person in the last 30 days"),
        ("share_30d", NAN, "had no answered contact in the last 30 days"),
        (
            "shift_30d",
            0.2,
            "was answered by a person more often in the last 30 days than before, by 20 percentage points",
        ),
        (
            "shift_30d",
            -0.2,
            "was answered by a person less often in the last 30 days than before, by 20 percentage points",
        ),
        ("shift_30d", 0.0, "was answered by a person as often in the last 30 days as before"),
        ("shift_30d", NAN, "did not have an answered contact both in the last 30 days and before"),
        ("escalations_30d", 2.0, "had to go on from a bot to a person twice in the last 30 days"),
        ("escalations_30d", 1.0, "had to go on from a bot to a person once in the last 30 days"),
        ("escalations_30d", 0.0, "never had to go on from a bot to a person in the last 30 days"),
        (
            "same_person_30d",
            0.5,
            "dealt with the same person again in 50% of the contacts with people in the last 30 days",
        ),
        (
            "same_person_30d",
            0.0,
            "dealt with the same person again in none of the contacts with people in the last 30 days",
        ),
        ("same_person_30d", NAN, "has not come back to a person in the last 30 days"),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
