from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given

from cxchurn.checks import check_no_leak
from cxchurn.features import Valence
from cxchurn.features.experience._consistency import Consistency

from ._experience import MONTH, NAN, SOME, TOUCHPOINTS, features, felt, lives, matters, mean, moments, past, spoken


def at(ago, touchpoint, sentiment=None, wait_s=None, case=None):
    return {"ago": ago, "touchpoint": touchpoint, "sentiment": sentiment, "wait_s": wait_s, "case_id": case}


EVENTS = [
    at(50, "web", 0.4),
    at(30, "phone", -0.6, 300.0, "m1"),
    at(28, "phone", 0.0, 100.0, "m1"),
    at(26, "web", None, 20.0, "m1"),
    at(25, None, 0.9),
    at(20, "web", 0.2, None, "m1"),
    at(15, "store", 0.5),
    at(10, "web", 0.4, None, "m2"),
    at(5, None, None, None, "m3"),
    at(0, "app", -1.0, 9999.0, "m2"),
]


@pytest.fixture(scope="module")
def says(log_of):
    return spoken(Consistency(windows=("30D",)), log_of(EVENTS))


def test_touchpoints_beside_each_other(made):
    assert made(Consistency(windows=("30D",)), EVENTS) == pytest.approx(
        {
            # phone -0.3, web 0.3, store 0.5; over all five 0.1 (what was nowhere does not count)
            "consistency_valence_spread_30d": 0.8,
            "consistency_worst_gap_30d": 0.1 + 0.3,
            # web to phone -1.0, phone to web 0.2, web to store 0.3, store to web -0.1
            "consistency_switch_30d": -0.6 / 4,
            # phone 200, web 20
            "consistency_wait_s_spread_30d": 180.0,
            # m1 phone and web; m2 only the web until now; m3 none
            "consistency_touchpoints_per_matter_30d": 1.5,
        }
    )


def test_one_touchpoint_is_no_comparison(made):
    features = made(Consistency(windows=("12D",)), EVENTS)
    assert features.pop("consistency_touchpoints_per_matter_12d") == 1.0
    assert features.pop("consistency_switch_12d") == pytest.approx(-0.1)
    assert all(math.isnan(value) for value in features.values())
    nobody = made(Consistency(), EVENTS, who="nobody")
    assert all(math.isnan(value) for value in nobody.values())


def test_alike_everywhere_is_no_gap(made):
    events = [at(ago, place, 0.1, 30.0) for ago, place in enumerate(("web", "phone", "store"), start=1)]
    features = made(Consistency(windows=("30D",)), events)
    assert {name: features[f"consistency_{name}_30d"] for name in ("valence_spread", "wait_s_spread", "switch")} == {
        "valence_spread": 0.0,
        "wait_s_spread": 0.0,
        "switch": 0.0,
    }
    # the mean of three times 0.1 is not quite 0.1, and may be less: still no gap below zero
    assert 0.0 <= features["consistency_worst_gap_30d"] < 1e-12
    assert math.copysign(1, features["consistency_worst_gap_30d"]) == 1


def test_columns_follow_the_roles_and_parameters(made):
    waits = list(made(Consistency(windows=("30D",)), [{"ago": 3, "touchpoint": "web", "wait_s": 4.0}]))
    assert waits == ["consistency_wait_s_spread_30d"]
    feelings = list(made(Consistency(windows=("30D",)), [{"ago": 3, "touchpoint": "web", "resolved": True}]))
    assert feelings == [f"consistency_{name}_30d" for name in ("valence_spread", "worst_gap", "switch")]
    # the most frequent are web and phone
    two = made(Consistency(windows=("30D",), most=2), EVENTS)
    assert two["consistency_valence_spread_30d"] == pytest.approx(0.6)
    indifferent = Consistency(windows=("30D",), valence=Valence(resolved=0.0))
    ended = [{"ago": ago, "touchpoint": f"t{ago}", "resolved": ago > 3} for ago in (4, 2)]
    assert made(indifferent, ended)["consistency_valence_spread_30d"] == 0.0
    assert Consistency().lacks(["wait_s"]) == ("touchpoint",)


@SOME
@given(drawn=lives())
def test_as_the_slow_count(drawn):
    for life, made in zip(drawn, features(Consistency(windows=("30D",)), drawn), strict=True):
        assert made == pytest.approx(_expected(life), nan_ok=True, abs=1e-12)


def _expected(life):
    recent = [e for e in past(life, MONTH) if e["touchpoint"] is not None]
    signs, waits = moments(recent), [e for e in recent if e["wait_s"] is not None]
    means, slowness = _means(signs, felt), _means(waits, lambda e: e["wait_s"])
    told = [e for e in moments(past(life)) if e["touchpoint"] is not None and not e["later"]]
    pairs = [(a, b) for a, b in pairwise(told) if b["ago"] <= MONTH]
    touched = [m for m in matters(past(life)).values() if m[-1]["ago"] <= MONTH]
    places = [len({e["touchpoint"] for e in matter} - {None}) for matter in touched]
    return {
        "consistency_valence_spread_30d": max(means) - min(means) if len(means) > 1 else NAN,
        "consistency_worst_gap_30d": mean(list(map(felt, signs))) - min(means) if len(means) > 1 else NAN,
        "consistency_switch_30d": mean([felt(b) - felt(a) for a, b in pairs if a["touchpoint"] != b["touchpoint"]]),
        "consistency_wait_s_spread_30d": max(slowness) - min(slowness) if len(slowness) > 1 else NAN,
        "consistency_touchpoints_per_matter_30d": mean([count for count in places if count]),
    }


def _means(events, value):
    parts = ([value(e) for e in events if e["touchpoint"] == place] for place in TOUCHPOINTS)
    return [mean(values) for values in parts if values]


def test_nothing_leaks(log):
    table = check_no_leak(Consistency(), log, cutoffs=["2024-04-01", "2024-09-15T13:20:07"])
    assert (table["columns"] == 10).all()
    assert (table["future_events"] > 0).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "valence_spread_30d",
            0.75,
            "had far better moments at the best touchpoint than at the worst in the last 30 days",
        ),
        ("valence_spread_30d", 0.0, "had equally good moments at all touchpoints in the last 30 days"),
        (
            "valence_spread_30d",
            NAN,
            "had moments that show how it went at fewer than two touchpoints in the last 30 days",
        ),
        (
            "worst_gap_30d",
            0.4,
            "had clearly worse moments at the worst touchpoint than on average in the last 30 days",
        ),
        ("worst_gap_30d", 0.0, "had worse moments than on average at no touchpoint in the last 30 days"),
        (
            "switch_30d",
            -0.5,
            "had clearly worse moments on average after turning to another touchpoint in the last 30 days",
        ),
        (
            "switch_30d",
            0.25,
            "had clearly better moments on average after turning to another touchpoint in the last 30 days",
        ),
        ("switch_30d", 0.0, "had moments as good as before after turning to another touchpoint in the last 30 days"),
        (
            "switch_30d",
            NAN,
            "had no moment that shows how it went after turning to another touchpoint in the last 30 days",
        ),
        (
            "wait_s_spread_30d",
            3600.0,
            "waited 1 hour longer at the slowest touchpoint than at the quickest in the last 30 days",
        ),
        ("wait_s_spread_30d", 0.0, "waited equally long at all touchpoints in the last 30 days"),
        ("wait_s_spread_30d", NAN, "waited at fewer than two touchpoints in the last 30 days"),
        ("touchpoints_per_matter_30d", 1.5, "went through 1.5 touchpoints per matter in the last 30 days"),
        ("touchpoints_per_matter_30d", NAN, "had no matter in the last 30 days"),
    ],
)
def test_sentences(name, value, sentence, says):
    assert says[name].sentence(value) == sentence
