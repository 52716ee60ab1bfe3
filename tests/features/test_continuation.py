from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from cxchurn._core import UsageError
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.rhythm._continuation import Continuation

from ._life import SOME, features, lives, past

# weeks before the cut-off, the present one being 0: active in 0 (7 days ago sharp is its first instant), 1, 3 and 7
EVENTS = [{"ago": 50}, {"ago": 21.5}, {"ago": 7.1}, {"ago": 7}, {"ago": 3}, {"ago": 0.5}, {"ago": 0}]


def test_weeks_and_what_followed(made):
    # of weeks 7 to 1 three were active (7, 3, 1), one of them followed by an active one (1 by 0): (3 + 1) / (7 + 2) of all;
    # four were silent (6, 5, 4, 2), two of them followed by an active one (4 by 3, 2 by 1)
    # of weeks 3 to 1 two were active, one followed by an active one, and one was silent and followed by an active one
    assert made(Continuation(lately="28D"), EVENTS) == pytest.approx(
        {
            "continuation_stay_life": (1 + 4 / 9) / (3 + 1),
            "continuation_return_life": (2 + 4 / 9) / (4 + 1),
            "continuation_stay_28d": (1 + 3 / 5) / (2 + 1),
            "continuation_return_28d": (1 + 3 / 5) / (1 + 1),
            "continuation_active_share_28d": 2 / 3,
            "continuation_streak": 2.0,
            "continuation_longest_silence": 28.5,
        }
    )


def test_the_silence_of_now_counts(made):
    # last active in week 4; weeks 4 (active) and 3 to 1 (silent) were followed by silent ones
    assert made(Continuation(weight=2.0), [{"ago": 30}]) == pytest.approx(
        {
            "continuation_stay_life": 2 * (2 / 6) / (1 + 2),
            "continuation_return_life": 2 * (2 / 6) / (3 + 2),
            "continuation_stay_91d": 2 * (2 / 6) / (1 + 2),
            "continuation_return_91d": 2 * (2 / 6) / (3 + 2),
            "continuation_active_share_91d": 1 / 4,
            "continuation_streak": 0.0,
            "continuation_longest_silence": 30.0,
        }
    )


def test_newcomers_and_strangers_have_no_weeks(made):
    features = made(Continuation(), [{"ago": 3}])
    assert (features.pop("continuation_streak"), features.pop("continuation_longest_silence")) == (1.0, 3.0)
    assert all(math.isnan(value) for value in features.values())
    nobody = made(Continuation(), [{"ago": 3}], who="nobody")
    assert nobody.pop("continuation_streak") == 0.0
    assert all(math.isnan(value) for value in nobody.values())


def test_two_weeks_at_least(made):
    with pytest.raises(UsageError, match="lately is 13D"):
        made(Continuation(lately="13D"), [{"ago": 3}])


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    made = features(Continuation(lately="35D"), events)
    # a week is ahead of its first instant and up to its last: ago in (168 k, 168 (k + 1)]
    active = {(event["ago"] - 1) // 168 for event in past(events) if event["direction"] != "outbound"}
    for name, most in (("life", 1000), ("35d", 5)):
        weeks = range(1, min(max(active, default=0) + 1, most))
        lively, silent = [k for k in weeks if k in active], [k for k in weeks if k not in active]
        share = (len(lively) + 1) / (len(weeks) + 2)
        for what, looked_at in (("stay", lively), ("return", silent)):
            went_on = sum(k - 1 in active for k in looked_at)
            expected = (went_on + share) / (len(looked_at) + 1) if looked_at else math.nan
            assert made[f"continuation_{what}_{name}"] == pytest.approx(expected, nan_ok=True)
    streak = next(k for k in range(1000) if k not in active)
    assert made["continuation_streak"] == streak


def test_the_future_is_unknown(log):
    check_no_leak(Continuation(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("stay_life", 0.4, "is 40% likely to be active in the week after an active one, judging by their past"),
        (
            "return_91d",
            0.1,
            "is 10% likely to be active in the week after a silent one, judging by the last 91 days",
        ),
        ("return_life", math.nan, "has had no silent week to come back from so far"),
        ("active_share_91d", 0.5, "was active in 50% of the weeks in the last 91 days, the present one apart"),
        ("streak", 1.0, "has been active for 1 week in a row"),
        ("streak", 3.0, "has been active for 3 weeks in a row"),
        ("streak", 0.0, "was not active in the last week"),
        ("longest_silence", 12.2, "has gone without activity for 12 days at the longest"),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([Continuation()], log=log).fit(november).says_}
    assert says[f"continuation_{name}"].sentence(value) == sentence
