from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import Valence
from cxchurn.features.experience._moments import Moments

from ._experience import CUTOFF, MONTH, NAN, SOME, TOUCHPOINTS, features, felt, lives, mean, moments, past, spoken

# 70 days ago the first interaction; good moments 50 and 12 days ago, two of them on the same day, and exactly 30 days ago
EVENTS = [
    {"ago": 70, "touchpoint": "web", "sentiment": None},
    {"ago": 50, "touchpoint": "web", "sentiment": 0.5},
    {"ago": 30, "touchpoint": "phone", "sentiment": 0.2},
    {"ago": 20, "touchpoint": "phone", "sentiment": -0.6},
    {"ago": 18, "touchpoint": "store", "sentiment": -0.9},
    {"ago": 11.5, "touchpoint": "web", "sentiment": 0.4},
    {"ago": 11.3, "touchpoint": "web", "sentiment": 0.6},
    {"ago": 6, "touchpoint": "chat", "sentiment": None},
    {"ago": 0, "touchpoint": "chat", "sentiment": 1.0},
]


@pytest.fixture(scope="module")
def says(log_of):
    return spoken(Moments(windows=("30D",)), log_of(EVENTS))


def test_good_moments(made, says):
    features = made(Moments(windows=("30D",)), EVENTS)
    weakest = features.pop("moments_weakest_touchpoint_30d")
    assert features == pytest.approx(
        {
            "moments_days_last": 11.3,
            # from the first interaction 20 days to the first good moment, then 20, then 18.5 days, 0.2 days, 11.3 up to now
            "moments_days_without": 20.0,
            # three good moments on the days 30, 20, 18, 12 (both) and 6 before the cut-off
            "moments_good_per_day_30d": 3 / 5,
            # phone and web of phone, store, web and chat
            "moments_touchpoints_share_30d": 0.5,
            # phone 0.2 and -0.6; web 0.4 and 0.6; store and chat have fewer than two
            "moments_weakest_valence_30d": -0.2,
        }
    )
    assert says["weakest_touchpoint_30d"].levels[int(weakest)] == "phone"


def test_one_valence_may_be_enough(made, says):
    features = made(Moments(windows=("30D",), least=1), EVENTS)
    assert features["moments_weakest_valence_30d"] == pytest.approx(-0.9)
    assert says["weakest_touchpoint_30d"].levels[int(features["moments_weakest_touchpoint_30d"])] == "store"


def test_the_running_time_without_may_be_the_longest(made):
    waiting = made(Moments(windows=()), [{"ago": 40, "sentiment": 0.5}, {"ago": 35, "sentiment": 0.5}])
    assert waiting == pytest.approx({"moments_days_last": 35.0, "moments_days_without": 35.0})
    never = made(Moments(windows=()), [{"ago": 40, "sentiment": -0.5}, {"ago": 10, "sentiment": None}])
    assert never == pytest.approx({"moments_days_last": NAN, "moments_days_without": 40.0}, nan_ok=True)


def test_an_empty_window_and_nobody(made):
    quiet = made(Moments(windows=("5D",)), EVENTS)
    assert [name for name, value in quiet.items() if not math.isnan(value)] == [
        "moments_days_last",
        "moments_days_without",
    ]
    assert all(math.isnan(value) for value in made(Moments(), EVENTS, who="nobody").values())


def test_columns_follow_the_roles_and_parameters(made):
    names = list(made(Moments(windows=("30D",)), [{"ago": 3, "resolved": True}]))
    assert names == ["moments_days_last", "moments_days_without", "moments_good_per_day_30d"]
    # of the two most frequent touchpoints, web and phone, both are used and good
    assert made(Moments(windows=("30D",), most=2), EVENTS)["moments_touchpoints_share_30d"] == 1.0
    unmoved = made(Moments(windows=("30D",), valence=Valence(kinds=(("visit", -1.0),))), [{"ago": 3, "resolved": None}])
    assert unmoved["moments_good_per_day_30d"] == 0.0


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(Moments(windows=("30D",)), drawn), strict=True):
        weakest = made.pop("moments_weakest_touchpoint_30d")
        assert made == pytest.approx(_expected(life), nan_ok=True)
        means = _means(life)
        assert weakest in [place for place, value in means.items() if value == min(means.values())] or not means
        assert (weakest is None) == (not means)


def _expected(life):
    ever, recent = past(life), past(life, MONTH)
    good = [e["ago"] for e in moments(ever) if felt(e) > 0]
    own = [e for e in ever if e["direction"] != "outbound" and not e["later"]]
    # from the first own interaction; what comes before it is no time without
    marks = [max([own[0]["ago"], *good[:1]]), *good, 0] if own else [*good, 0]
    places = {e["touchpoint"] for e in own if e["ago"] <= MONTH} - {None}
    happy = {e["touchpoint"] for e in moments(recent) if felt(e) > 0} & places
    days = {int((CUTOFF.hour - e["ago"]) // 24) for e in own if e["ago"] <= MONTH}
    return {
        "moments_days_last": min(good, default=NAN) / 24,
        "moments_days_without": max((a - b for a, b in pairwise(marks)), default=NAN) / 24,
        "moments_good_per_day_30d": sum(ago <= MONTH for ago in good) / len(days) if days else NAN,
        "moments_touchpoints_share_30d": len(happy) / len(places) if places else NAN,
        "moments_weakest_valence_30d": min(_means(life).values(), default=NAN),
    }


def _means(life):
    at = {place: [felt(e) for e in moments(past(life, MONTH)) if e["touchpoint"] == place] for place in TOUCHPOINTS}
    return {place: mean(signs) for place, signs in at.items() if len(signs) >= 2}


def test_nothing_leaks(log):
    table = check_no_leak(Moments(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 10).all()
    assert (table["future_events"] > 0).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("days_last", 1.0, "last had a good moment 1 day ago"),
        ("days_last", 12.0, "last had a good moment 12 days ago"),
        ("days_last", NAN, "has never had a good moment"),
        ("days_without", 40.0, "has gone 40 days without a good moment at the longest"),
        ("days_without", NAN, "has had no interaction of their own and no good moment yet"),
        (
            "good_per_day_30d",
            0.5,
            "had 0.5 good moments per active day in the last 30 days",
        ),
        ("good_per_day_30d", 0.0, "had no good moment on any active day of the last 30 days"),
        ("good_per_day_30d", NAN, "had no interaction of their own in the last 30 days"),
        ("touchpoints_share_30d", 0.25, "had a good moment at 25% of the touchpoints used in the last 30 days"),
        ("touchpoints_share_30d", 0.0, "had a good moment at none of the touchpoints used in the last 30 days"),
        ("touchpoints_share_30d", NAN, "used no touchpoint in the last 30 days"),
        (
            "weakest_valence_30d",
            -0.5,
            "had moments that were bad on average at the weakest touchpoint of the last 30 days",
        ),
        ("weakest_valence_30d", NAN, "had too few moments at any touchpoint in the last 30 days that show how it went"),
        ("weakest_touchpoint_30d", 0.0, "had the weakest experience of the last 30 days at the touchpoint web"),
        (
            "weakest_touchpoint_30d",
            NAN,
            "had too few moments at any touchpoint in the last 30 days that show how it went",
        ),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
