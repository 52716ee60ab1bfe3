from __future__ import annotations

import math

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import Valence
from cxchurn.features.experience._peak_end import PeakEnd

from ._experience import MONTH, NAN, SOME, features, felt, lives, matters, mean, moments, past, spoken

# the strongest moment is the worst, 40 days ago; in the last 30 days there are two equally strong ones, the good one later
EVENTS = [
    {"ago": 40, "sentiment": -0.9, "case_id": "m1"},
    {"ago": 30, "sentiment": -0.6, "case_id": "m2"},
    {"ago": 20, "sentiment": 0.6, "case_id": "m2"},
    {"ago": 15, "sentiment": None, "case_id": "m2"},
    {"ago": 10, "sentiment": -0.2, "case_id": "m3"},
    {"ago": 5, "sentiment": None, "case_id": "m4"},
    {"ago": 0, "sentiment": -1.0, "case_id": "m3"},
]


@pytest.fixture(scope="module")
def says(log_of):
    return spoken(PeakEnd(windows=("30D",)), log_of(EVENTS))


def test_peak_and_end(made):
    assert made(PeakEnd(windows=("30D", "100D")), EVENTS) == pytest.approx(
        {
            "peak_end_days_peak": 40.0,
            "peak_end_days_worst": 40.0,
            # an event exactly 30 days ago is in the window
            "peak_end_best_30d": 0.6,
            "peak_end_peak_30d": 0.6,
            "peak_end_memory_30d": (0.6 - 0.2) / 2,
            # m2 ended well (its last event tells nothing), m3 not, m4 shows no feeling
            "peak_end_good_ends_30d": 0.5,
            "peak_end_best_100d": 0.6,
            "peak_end_peak_100d": -0.9,
            "peak_end_memory_100d": (-0.9 - 0.2) / 2,
            # m1 not, m2, m3 not
            "peak_end_good_ends_100d": 1 / 3,
        }
    )


def test_an_end_need_not_be_the_end(made):
    # a matter ends well as long as nothing else is known: seen 12 days ago the same matter was still bad
    events = [{"ago": 20, "sentiment": -0.5, "case_id": "m"}, {"ago": 10, "sentiment": 0.5, "case_id": "m"}]
    builder = PeakEnd(windows=("30D",))
    earlier = [{**event, "ago": event["ago"] - 12} for event in events]
    assert made(builder, events)["peak_end_good_ends_30d"] == 1.0
    assert made(builder, earlier)["peak_end_good_ends_30d"] == 0.0


def test_no_past_and_no_feeling(made):
    nobody = made(PeakEnd(windows=("30D",)), EVENTS, who="nobody")
    assert len(nobody) == 6
    assert all(math.isnan(value) for value in nobody.values())
    glad = made(PeakEnd(windows=()), [{"ago": 3, "sentiment": 0.5}, {"ago": 2, "sentiment": 0.0}])
    assert (glad["peak_end_days_peak"], glad["peak_end_days_worst"]) == pytest.approx((3.0, NAN), nan_ok=True)


def test_columns_follow_the_roles_and_parameters(made):
    events = [{"ago": 3, "resolved": True}]
    assert "peak_end_good_ends_90d" not in made(PeakEnd(), events)
    assert made(PeakEnd(valence=Valence(resolved=0.8)), events)["peak_end_memory_90d"] == 0.8
    assert PeakEnd().lacks(["case_id"]) == ("sentiment|score|resolved",)


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(PeakEnd(windows=("30D",)), drawn), strict=True):
        assert made == pytest.approx(_expected(life), nan_ok=True)


def _expected(life):
    signs, recent = moments(past(life)), moments(past(life, MONTH))
    bad = [event for event in signs if felt(event) < 0]
    ends = [moments(matter) for matter in matters(past(life)).values() if matter[-1]["ago"] <= MONTH]
    peak = felt(_strongest(recent)) if recent else NAN
    return {
        "peak_end_days_peak": _strongest(signs)["ago"] / 24 if signs else NAN,
        "peak_end_days_worst": _strongest(bad)["ago"] / 24 if bad else NAN,
        "peak_end_best_30d": max(map(felt, recent), default=NAN),
        "peak_end_peak_30d": peak,
        "peak_end_memory_30d": (peak + felt(recent[-1])) / 2 if recent else NAN,
        "peak_end_good_ends_30d": mean([felt(signs[-1]) > 0 for signs in ends if signs]),
    }


def _strongest(events):
    return max(reversed(events), key=lambda event: abs(felt(event)))


def test_nothing_leaks(log):
    table = check_no_leak(PeakEnd(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 10).all()
    assert (table["future_events"] > 0).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("days_peak", 12.0, "had their strongest moment 12 days ago"),
        ("days_peak", 1.0, "had their strongest moment 1 day ago"),
        ("days_peak", NAN, "has left no sign of how it went"),
        ("days_worst", 0.5, "had their worst moment 12 hours ago"),
        ("days_worst", NAN, "has never had a bad moment"),
        ("best_30d", 0.9, "had a best moment in the last 30 days that was very good"),
        ("peak_30d", -0.9, "had a strongest moment in the last 30 days that was very bad"),
        ("memory_30d", 0.0, "is likely to remember the last 30 days as neither good nor bad"),
        ("memory_30d", NAN, "had no moment in the last 30 days that shows how it went"),
        ("good_ends_30d", 0.5, "left 50% of the matters of the last 30 days on a good note"),
        ("good_ends_30d", 0.0, "left none of the matters of the last 30 days on a good note"),
        ("good_ends_30d", NAN, "had no matter in the last 30 days that shows how it went"),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
