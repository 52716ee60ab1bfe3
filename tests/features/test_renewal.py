from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings

from cxchurn._core import UsageError
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.rhythm._renewal import Renewal
from cxchurn.panel import Inactivity

from ._life import SOME, features, lives, past

# active days 50, 30, 20 and 6 days before the cut-off: gaps of 20, 10 and 14 days; silent for 6 days, as long as none
EVENTS = [{"ago": 50}, {"ago": 30}, {"ago": 20}, {"ago": 6}, {"ago": 5.5}, {"ago": 0}]


def test_gaps_beside_the_silence(made):
    # all three gaps are longer than 6 days; 10 and 14 end before 6 + 10 days; without a record 10 / (6 + 10)
    assert made(Renewal(horizons=("10D",)), EVENTS) == pytest.approx(
        {"renewal_chance_10d": (2 + 10 / 16) / (3 + 1), "renewal_gaps_longer": 3.0, "renewal_gaps_longer_share": 1.0}
    )
    assert made(Renewal(horizons=("4D",), weight=2.0), EVENTS)["renewal_chance_4d"] == pytest.approx((0 + 2 * 0.4) / 5)


def test_a_gap_just_as_long_is_still_possible(made):
    # a gap and a silence of 10 days: it would end on the day of the cut-off, which is the future; so would 11 in 2 days
    features = made(Renewal(horizons=("1D",), weight=1.0), [{"ago": 31}, {"ago": 20}, {"ago": 10}])
    assert features == pytest.approx(
        {"renewal_chance_1d": (1 + 1 / 11) / 3, "renewal_gaps_longer": 2.0, "renewal_gaps_longer_share": 1.0}
    )
    # and 12 days of silence are more than either gap
    longer = made(Renewal(horizons=("1D",)), [{"ago": 33}, {"ago": 22}, {"ago": 12}])
    assert longer == pytest.approx(
        {"renewal_chance_1d": 1 / 13, "renewal_gaps_longer": 0.0, "renewal_gaps_longer_share": 0.0}
    )


def test_only_activity_ends_a_silence(made, log_of):
    sent = [{"ago": ago, "kind": "campaign", "direction": "outbound"} for ago in (15, 1)]
    own = [{"ago": ago, "kind": "visit", "direction": "inbound"} for ago in (30, 10)]
    assert made(Renewal(), own + sent) == made(Renewal(), own)
    paid = {"ago": 2, "kind": "purchase", "direction": "inbound"}
    row = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})
    visits = FeatureSet([Renewal()], log=log_of([*own, paid]), churn=Inactivity("30D", kinds=("visit",)))
    assert visits.fit_transform(row).iloc[0].to_dict() == made(Renewal(), own)


def test_without_a_record(made):
    features = made(Renewal(horizons=("30D",)), [{"ago": 20}])
    assert features == pytest.approx(
        {"renewal_chance_30d": 30 / 50, "renewal_gaps_longer": 0.0, "renewal_gaps_longer_share": math.nan}, nan_ok=True
    )
    nobody = made(Renewal(horizons=("30D",)), [{"ago": 20}], who="nobody")
    assert nobody["renewal_gaps_longer"] == 0.0
    assert math.isnan(nobody["renewal_chance_30d"])
    assert math.isnan(nobody["renewal_gaps_longer_share"])


@pytest.mark.parametrize("weight", [0, -1.0, math.nan])
def test_some_weight_is_needed(weight, made):
    with pytest.raises(UsageError, match="weight is"):
        made(Renewal(weight=weight), EVENTS)


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    # hours of the days that begin at midnight; the cut-off is at six o'clock
    days = sorted({(6 - event["ago"]) // 24 for event in past(events) if event["direction"] != "outbound"})
    made = features(Renewal(horizons=("9D",)), events)
    if not days:
        assert math.isnan(made["renewal_chance_9d"])
        return
    silence, gaps = -days[-1], [b - a for a, b in pairwise(days)]
    longer = [gap for gap in gaps if gap >= silence]
    soon = [gap for gap in longer if 24 * (days[-1] + gap) < 6 + 24 * 9]
    assert made["renewal_gaps_longer"] == len(longer)
    assert made["renewal_chance_9d"] == pytest.approx((len(soon) + 9 / (silence + 9)) / (len(longer) + 1))
    assert made["renewal_gaps_longer_share"] == pytest.approx(
        len(longer) / len(gaps) if gaps else math.nan, nan_ok=True
    )


def test_the_future_is_unknown(log):
    check_no_leak(Renewal(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)


def test_sentences(log, november):
    chance, _, times, share = FeatureSet([Renewal()], log=log).fit(november).says_
    assert chance.sentence(0.62) == "is 62% likely to be active again within 30 days, judging by their earlier breaks"
    assert chance.sentence(math.nan) == "has not been active yet"
    assert times.sentence(1.0) == "has become active again once after a break as long as the present one"
    assert times.sentence(0.0) == "has never become active again after a break as long as the present one"
    assert share.sentence(0.25) == "has had 25% of their earlier breaks last as long as the present one"
    assert share.sentence(math.nan) == "has been active on one day at most"
