from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from cxchurn.checks import check_no_leak
from cxchurn.features import BotLoops, every_family

from ._experience import MONTH, NAN, SOME, features, lives, past, spoken


def by(ago, agent, case=None, **more):
    return {"ago": ago, "agent": agent, "case_id": case, "direction": "inbound", **more}


EVENTS = [
    by(60, "bot", "m1"),
    by(40, "bot", "m1"),
    by(29, "bot", "m1"),  # three in a row
    by(28, "human", "m1"),
    by(27, "bot", "m1"),  # after a person it begins anew
    by(26, "bot", "m2"),
    by(25, "self", "m2"),
    by(24, "bot", "m3"),
    by(23, "bot", "m2"),  # two in a row, across m3 and what the customer did alone
    by(20, "bot", "m2", direction="outbound"),  # sent, not asked
    by(19, "human", "m3", direction="outbound"),  # a person called back
    by(18, "bot", "m3"),
    by(10, "bot"),  # about nothing that is known
    by(0, "bot", "m3"),
]


def loops(made, events, **options):
    found = made(BotLoops(**{"windows": ("30D",), **options}), events)
    return {name.removeprefix("bot_loops_"): value for name, value in found.items()}


def test_going_round(made):
    assert loops(made, EVENTS) == {"days_last": 23.0, "now": 1.0, "count_30d": 2.0, "longest_30d": 3.0}


def test_a_person_ends_it(made):
    rounds = [by(5, "bot", "m"), by(4, "bot", "m")]
    assert loops(made, rounds)["now"] == 2.0
    assert loops(made, [*rounds, by(3, "human", "m")])["now"] == 0.0
    # on another matter
    assert loops(made, [*rounds, by(3, "human", "n"), by(2, "bot", "m")])["now"] == 3.0


@pytest.mark.parametrize(("within", "count", "longest"), [("1D", 0.0, 1.0), ("2D", 2.0, 2.0), ("3D", 3.0, 4.0)])
def test_without_matters_time_alone_tells(within, count, longest, made):
    # two, three and two days apart
    events = [{"ago": ago, "agent": "bot"} for ago in (9, 7, 4, 2)]
    found = loops(made, events, within=within)
    assert (found["count_30d"], found["longest_30d"]) == (count, longest)


def test_nobody_and_an_empty_window(made):
    assert loops(made, EVENTS, windows=("5D",)) == pytest.approx(
        {"days_last": 23.0, "now": 1.0, "count_5d": 0.0, "longest_5d": NAN}, nan_ok=True
    )
    nobody = made(BotLoops(windows=("5D",)), EVENTS, who="nobody")
    assert [name for name, value in nobody.items() if not math.isnan(value)] == ["bot_loops_count_5d"]
    assert BotLoops().lacks(["case_id"]) == ("agent",)


@settings(SOME, max_examples=15)
@given(drawn=lives())
def test_is_what_one_pass_says(drawn):
    for life, made in zip(drawn, features(BotLoops(windows=("30D",)), drawn), strict=True):
        assert made == pytest.approx({f"bot_loops_{name}": value for name, value in slowly(life).items()}, nan_ok=True)


def slowly(life):
    rounds, told = {}, []
    for event in past(life):
        asked = event["agent"] == "bot" and event["direction"] != "outbound"
        if event["later"] or event["case_id"] is None or not (asked or event["agent"] == "human"):
            continue
        rounds[event["case_id"]] = rounds.get(event["case_id"], 0) + 1 if asked else 0
        told.append((event["ago"], rounds[event["case_id"]]))
    recent = [n for ago, n in told if ago <= MONTH]
    return {
        "days_last": min((ago / 24 for ago, n in told if n >= 2), default=NAN),
        "now": told[-1][1] if told else NAN,
        "count_30d": sum(n >= 2 for n in recent),
        "longest_30d": max(recent, default=NAN),
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("days_last", 1.0, "was last answered by a bot twice in a row 1 day ago"),
        ("now", 1.0, "got 1 answer from bots about their last matter, and none from a person since"),
        ("count_90d", 2.0, "was answered by a bot again instead of a person twice in the last 90 days"),
        ("longest_90d", 3.0, "got up to 3 answers in a row from bots in the last 90 days"),
        ("longest_90d", 0.0, "was answered by people only in the last 90 days"),
    ],
)
def test_sentences(name, value, sentence, log_of):
    assert spoken(BotLoops(), log_of(EVENTS))[name].sentence(value) == sentence


def test_windows_follow_the_horizon(log_of):
    assert BotLoops(windows=("30D", "120D")) in every_family(log_of(EVENTS), "30D")


def test_the_future_is_unknown(log):
    check_no_leak(BotLoops(), log, cutoffs=["2023-09-04T12:00", "2024-03-01"], customers=30)
