from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.rhythm._calendar_lags import CalendarLags

from ._life import SOME, features, lives, past

NAN = math.nan
# first seen 370 days ago; a year ago: 365 days sharp and 340 days, but not 335; last week: one day with two interactions,
# and 7 days ago sharp, which is its first instant; 14.1 days ago is the third last week
EVENTS = [{"ago": ago} for ago in (370, 365, 340, 335, 40, 14.1, 7, 2.3, 2.2, 0)]


def test_weeks_one_by_one_and_in_fours(made):
    assert made(CalendarLags(weeks=3, until=8, windows=("30D",)), EVENTS) == {
        "calendar_lags_week_1": 2.0,
        "calendar_lags_week_2": 0.0,
        "calendar_lags_week_3": 1.0,
        "calendar_lags_weeks_4_to_7": 1.0,
        "calendar_lags_week_8": 0.0,
        "calendar_lags_year_ago_30d": 2.0,
    }


def test_before_the_first_interaction_nothing_is_known(made):
    # first seen 15 days ago, in the third last week
    assert made(CalendarLags(weeks=4, until=4, windows=("60D",)), [{"ago": 15}]) == pytest.approx(
        {
            "calendar_lags_week_1": 0.0,
            "calendar_lags_week_2": 0.0,
            "calendar_lags_week_3": 1.0,
            "calendar_lags_week_4": NAN,
            "calendar_lags_year_ago_60d": NAN,
        },
        nan_ok=True,
    )
    nobody = made(CalendarLags(), [{"ago": 15}], who="nobody")
    assert len(nobody) == 8 + 5 + 2
    assert all(math.isnan(value) for value in nobody.values())


def test_a_whole_year_and_no_more(made):
    # 370 days ago is before the year; all others but that of the cut-off lie in it
    assert made(CalendarLags(weeks=0, until=0, windows=("365D",)), EVENTS) == {"calendar_lags_year_ago_365d": 8.0}
    longer = made(CalendarLags(weeks=1, until=1, windows=("366D", "53W")), EVENTS)
    assert list(longer) == ["calendar_lags_week_1"]


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    made = features(CalendarLags(weeks=2, until=6, windows=()), events)
    own = [event["ago"] for event in past(events) if event["direction"] != "outbound"]
    for name, start, stop in (("week_1", 1, 1), ("week_2", 2, 2), ("weeks_3_to_6", 3, 6)):
        days = {(6 - ago) // 24 for ago in own if 168 * (start - 1) < ago <= 168 * stop}
        known = any(ago > 168 * (start - 1) for ago in own)
        assert made[f"calendar_lags_{name}"] == pytest.approx(len(days) if known else NAN, nan_ok=True)


def test_the_future_is_unknown(log):
    check_no_leak(CalendarLags(), log, cutoffs=["2024-03-01", "2024-09-18T13:45:10"], customers=100)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("week_1", 1.0, "was active on 1 day in the last week"),
        ("week_3", 0.0, "was not active between 2 and 3 weeks ago"),
        ("weeks_9_to_12", 4.0, "was active on 4 days between 8 and 12 weeks ago"),
        ("weeks_25_to_28", NAN, "had not been active yet between 24 and 28 weeks ago"),
        ("year_ago_60d", 2.0, "was active twice in the 60 days that began a year ago"),
        ("year_ago_60d", 0.0, "was not active in the 60 days that began a year ago"),
        ("year_ago_30d", NAN, "had not been active yet a year ago"),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([CalendarLags()], log=log).fit(november).says_}
    assert says[f"calendar_lags_{name}"].sentence(value) == sentence
