from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.rhythm._journey import Journey

from ._life import SOME, features, lives, past

NAN = math.nan
# known kinds by frequency: visit four times, call three times, purchase once
EVENTS = [
    {"ago": 60, "kind": "visit"},
    {"ago": 50, "kind": "call"},
    {"ago": 40, "kind": "visit"},
    {"ago": 31, "kind": "purchase"},
    {"ago": 30, "kind": "visit"},
    {"ago": 20, "kind": "call"},
    {"ago": 15, "kind": "call"},
    {"ago": 12, "kind": "visit"},
    {"ago": 0, "kind": "complaint"},
]


def test_steps_from_kind_to_kind(made):
    assert made(Journey(windows=("30D",)), EVENTS) == pytest.approx(
        {
            "journey_last_kind": 0.0,
            "journey_last_kind_2": 1.0,
            "journey_last_kind_3": 1.0,
            "journey_run": 1.0,
            # the last step is from a call to a visit; calls were left twice before, once for a visit; three kinds
            "journey_last_step_chance": (1 + 1) / (2 + 3),
            # purchase to visit (new), visit to call, call to call (new, a loop), call to visit: four steps
            "journey_loops_30d": 1 / 4,
            "journey_new_steps_30d": 2 / 4,
        }
    )


def test_dead_ends(made):
    own = {"kind": "call", "direction": "inbound"}
    events = [
        {"ago": 60, **own, "resolved": False},  # after 7 days sharp comes a visit: in time
        {"ago": 53, **own, "kind": "visit"},
        {"ago": 40, **own, "kind": "complaint"},  # nothing for 8 days
        {"ago": 32, **own, "resolved": False},  # closed by the company after 2 days
        {"ago": 30, **own, "kind": "resolved", "direction": "outbound", "resolved": True},
        {"ago": 20, **own, "resolved": False, "direction": "outbound"},  # not the customer's
        {"ago": 6, **own, "resolved": False},  # a promotion leads nowhere, but 7 days are not over
        {"ago": 3, **own, "kind": "campaign", "direction": "outbound"},
        {"ago": 0, **own, "kind": "visit"},
    ]
    names = ("journey_dead_end", "journey_dead_ends_90d")
    assert [made(Journey(windows=("90D",)), events)[name] for name in names] == [1.0, 1.0]
    # with 6 days to wait the last one is over, and the first answered too late
    assert [made(Journey(windows=("90D",), pause="6D"), events)[name] for name in names] == [1.0, 3.0]
    assert made(Journey(windows=("90D",), dead_ends=()), events)["journey_dead_ends_90d"] == 0.0
    answered = [*events, {"ago": 1, **own, "kind": "visit"}]
    assert made(Journey(windows=("90D",)), answered)["journey_dead_end"] == 0.0


def test_a_kind_that_training_did_not_know_is_missing(log_of):
    log = log_of([*EVENTS, {"ago": -1, "kind": "visit"}])
    fitted = FeatureSet([Journey(windows=("30D",))], min_customers=1, log=log).fit(_rows("2024-04-01"))
    later = fitted.transform(_rows("2024-04-03")).iloc[0]
    assert later[["journey_last_kind", "journey_last_kind_3"]].tolist() == [0.0, 0.0]
    assert math.isnan(later["journey_last_kind_2"])
    assert fitted.categories_["journey_last_kind"] == ("visit", "call", "purchase")


def _rows(cutoff):
    return pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp(cutoff)})


def test_one_kind_is_no_journey_and_one_interaction_no_step(made):
    alone = [{"ago": 5, "customer_id": "b", "kind": "call"}, {"ago": 3}]
    assert made(Journey(windows=("30D",)), alone) == pytest.approx(
        {
            "journey_last_kind": 1.0,
            "journey_last_kind_2": NAN,
            "journey_last_kind_3": NAN,
            "journey_run": 1.0,
            "journey_last_step_chance": NAN,
            "journey_loops_30d": NAN,
            "journey_new_steps_30d": NAN,
        },
        nan_ok=True,
    )
    assert all(math.isnan(value) for value in made(Journey(), alone, who="nobody").values())
    only = made(Journey(windows=("30D",)), [{"ago": 3, "resolved": True}, {"ago": 2, "resolved": True}])
    assert only == {"journey_dead_end": 0.0, "journey_dead_ends_30d": 0.0}


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    made = features(Journey(windows=("7D",)), events)
    known = [event for event in past(events) if event["direction"] != "outbound"]
    kinds = [event["kind"] for event in known]
    if len(set(kinds)) < 2:
        assert not any("kind" in name for name in made)
        return
    ordered = sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))
    for name, nth in (("last_kind", 1), ("last_kind_2", 2), ("last_kind_3", 3)):
        expected = ordered.index(kinds[-nth]) if nth <= len(kinds) else NAN
        assert made[f"journey_{name}"] == pytest.approx(expected, nan_ok=True)
    taken = list(pairwise(kinds))
    left = [to for start, to in taken[:-1] if start == kinds[-2]]
    assert made["journey_last_step_chance"] == (left.count(kinds[-1]) + 1) / (len(left) + len(ordered))
    assert made["journey_run"] == next((n for n, kind in enumerate(kinds[::-1]) if kind != kinds[-1]), len(kinds))
    late = [place for place, event in enumerate(known[1:]) if event["ago"] <= 168]
    for name, chosen in (
        ("loops", [place for place in late if taken[place][0] == taken[place][1]]),
        ("new_steps", [place for place in late if taken[place] not in taken[:place]]),
    ):
        expected = len(chosen) / len(late) if late else NAN
        assert made[f"journey_{name}_7d"] == pytest.approx(expected, nan_ok=True)


def test_the_future_is_unknown(log):
    table = check_no_leak(Journey(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
    assert (table["columns"] == 12).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("last_kind", 0.0, "had a purchase as the last interaction of their own"),
        ("last_kind_3", NAN, "has no third last interaction of their own of a known kind"),
        ("run", 1.0, "has had 1 interaction of their own of the same kind in a row"),
        ("run", 3.0, "has had 3 interactions of their own of the same kind in a row"),
        ("run", NAN, "has had no interaction of their own yet"),
        ("last_step_chance", 0.125, "last did something that was 12% likely, judging by what they did before"),
        ("last_step_chance", NAN, "has not gone on from one interaction of their own to the next yet"),
        ("loops_30d", 0.5, "did the same kind of thing again in 50% of their steps of the last 30 days"),
        ("loops_30d", 0.0, "never did the same kind of thing again right away in the last 30 days"),
        (
            "new_steps_90d",
            0.25,
            "went on in a way new to them in 25% of their steps of the last 90 days",
        ),
        ("new_steps_90d", NAN, "did not go on from one interaction of their own to the next in the last 90 days"),
        ("dead_end", 1.0, "came to a dead end (such as a complaint or a matter left open) and has been silent since"),
        ("dead_end", 0.0, "did not come to a dead end the last time"),
        ("dead_ends_90d", 2.0, "went silent for 7 days or longer after 2 dead ends in the last 90 days"),
        ("dead_ends_90d", 0.0, "never went silent for 7 days or longer after a dead end in the last 90 days"),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([Journey()], min_customers=1, log=log).fit(november).says_}
    assert says[f"journey_{name}"].sentence(value) == sentence
