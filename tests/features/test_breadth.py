from __future__ import annotations

import math
from collections import Counter

import pandas as pd
import pytest
from hypothesis import assume, given, settings

from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.rhythm._breadth import Breadth

from ._life import SOME, features, lives, past

NAN = math.nan
# in the last 30 days: web, app, app (one 30 days ago sharp); before: web, web, store, and once nowhere
EVENTS = [
    {"ago": 90, "touchpoint": "web"},
    {"ago": 80, "touchpoint": "web"},
    {"ago": 70, "touchpoint": "store"},
    {"ago": 60, "touchpoint": None},
    {"ago": 30, "touchpoint": "web"},
    {"ago": 20, "touchpoint": "app"},
    {"ago": 10, "touchpoint": "app"},
    {"ago": 0, "touchpoint": "social"},
]


def test_labels_lately_and_before(made):
    # over the life: three times web, twice app, once store
    entropy = -(1 / 2 * math.log(1 / 2) + 1 / 3 * math.log(1 / 3) + 1 / 6 * math.log(1 / 6))
    assert made(Breadth(windows=("30D",)), EVENTS) == pytest.approx(
        {
            "breadth_touchpoint_variety": math.exp(entropy),
            "breadth_touchpoint_largest_share": 1 / 2,
            "breadth_touchpoint_count_30d": 2.0,
            "breadth_touchpoint_new_30d": 1 / 2,  # the app, of web and app
            # web 1/3 now and 2/3 before, app 2/3 and 0, store 0 and 1/3: half of 1/3 + 2/3 + 1/3
            "breadth_touchpoint_drift_30d": 2 / 3,
        }
    )


def test_nothing_to_compare(made):
    quiet = made(Breadth(windows=("5D",)), EVENTS)
    assert quiet["breadth_touchpoint_count_5d"] == 0.0
    assert math.isnan(quiet["breadth_touchpoint_new_5d"])
    assert math.isnan(quiet["breadth_touchpoint_drift_5d"])
    newcomer = made(Breadth(windows=("90D",)), EVENTS)
    assert newcomer["breadth_touchpoint_count_90d"] == 3.0
    assert math.isnan(newcomer["breadth_touchpoint_new_90d"])
    assert math.isnan(newcomer["breadth_touchpoint_drift_90d"])
    nobody = made(Breadth(windows=("30D",)), EVENTS, who="nobody")
    assert nobody.pop("breadth_touchpoint_count_30d") == 0.0
    assert all(math.isnan(value) for value in nobody.values())


def test_what_the_company_sends_is_no_use_made_of_it(made):
    events = [{**event, "direction": "inbound"} for event in EVENTS]
    sent = [{"ago": ago, "touchpoint": "email", "kind": "campaign", "direction": "outbound"} for ago in (50, 4)]
    with_kinds, without = (made(Breadth(windows=("30D",)), listed) for listed in (events + sent, events))
    assert {name: value for name, value in with_kinds.items() if "touchpoint" in name} == without


def test_own_categories_in_own_words(log_of):
    log = log_of([{"ago": 9, "Shop {x}": "north"}, {"ago": 8, "Shop {x}": "south"}], categories=("Shop {x}",))
    rows = pd.DataFrame({"customer_id": ["a"], "cutoff": pd.Timestamp("2024-04-01")})
    says = (
        FeatureSet([Breadth(windows=("30D",), by=("Shop {x}", "touchpoint"))], min_customers=1, log=log).fit(rows).says_
    )
    assert says[0].name == "breadth_shop_x_variety"
    assert says[2].sentence(1.0) == 'had to do with 1 "Shop {x}" in the last 30 days'


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    own = [(event["ago"], event["kind"]) for event in past(events) if event["direction"] != "outbound"]
    # one kind alone makes no column
    assume(len({kind for _, kind in own}) != 1)
    made = features(Breadth(windows=("7D",), by=("kind",)), events)
    late, early = (Counter(kind for ago, kind in own if (ago <= 168) is recent) for recent in (True, False))
    whole = late + early
    shares = [count / whole.total() for count in whole.values()]
    assert made["breadth_kind_variety"] == pytest.approx(
        math.exp(-sum(share * math.log(share) for share in shares)) if shares else NAN, nan_ok=True
    )
    assert made["breadth_kind_largest_share"] == pytest.approx(max(shares, default=NAN), nan_ok=True)
    assert made["breadth_kind_count_7d"] == len(late)
    if not (late and early):
        assert math.isnan(made["breadth_kind_new_7d"])
        assert math.isnan(made["breadth_kind_drift_7d"])
        return
    assert made["breadth_kind_new_7d"] == len(set(late) - set(early)) / len(late)
    drift = sum(abs(late[kind] / late.total() - early[kind] / early.total()) for kind in whole) / 2
    assert made["breadth_kind_drift_7d"] == pytest.approx(drift)


def test_the_future_is_unknown(log):
    builder = Breadth(by=("kind", "touchpoint", "product_group"))
    table = check_no_leak(builder, log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
    assert (table["columns"] == 3 * (2 + 2 * 3)).all()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("kind_variety", 2.34, "has had what amounts to 2.3 kinds of interaction of their own"),
        ("touchpoint_variety", 1.0, "has used what amounts to 1 touchpoint"),
        ("touchpoint_variety", NAN, "has used no touchpoint on record"),
        ("kind_largest_share", 0.8, "has kept to one kind of interaction 80% of the time"),
        ("kind_count_30d", 3.0, "had 3 kinds of interaction of their own in the last 30 days"),
        ("touchpoint_count_30d", 0.0, "used no touchpoint in the last 30 days"),
        ("touchpoint_new_90d", 0.5, "used 50% of their touchpoints of the last 90 days for the first time"),
        ("kind_new_90d", 0.0, "had no kind of interaction for the first time in the last 90 days"),
        ("kind_drift_30d", 0.4, "moved 40% of their interactions of the last 30 days to other kinds than before"),
        (
            "touchpoint_drift_30d",
            0.0,
            "moved none of their interactions of the last 30 days to other touchpoints than before",
        ),
        (
            "kind_drift_30d",
            NAN,
            "has no interactions of their own both in the last 30 days and before",
        ),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([Breadth()], min_customers=1, log=log).fit(november).says_}
    assert says[f"breadth_{name}"].sentence(value) == sentence
