from __future__ import annotations

import math

import pandas as pd
import pytest

from cxchurn.features import Balance, FeatureSet

# felt 0.5 twenty days ago, -0.4 ten days ago, 0.2 at five; half-life 10 days, withdrawals count 2.5 times
EVENTS = [
    {"ago": 20, "sentiment": 0.5},
    {"ago": 15, "sentiment": None},
    {"ago": 10, "sentiment": -0.4},
    {"ago": 5, "sentiment": 0.2},
    {"ago": 0, "sentiment": -1.0},
]
ROWS = pd.DataFrame({"customer_id": ["a"], "cutoff": [pd.Timestamp("2024-04-01")]})


def test_the_account(made):
    # 0.5 fades to 0.25 within ten days; 0.25 - 2.5 * 0.4 = -0.75 is the lowest, and the one fall below zero
    # five days later -0.75 / sqrt(2) + 0.2 = -0.3303, still below; at the cut-off that has faded by sqrt(2) again
    # below zero the last 10 of the 20 days
    after = -0.75 / math.sqrt(2) + 0.2
    # slope: t = 0, 10, 15 days with mean 25/3; felt 0.5, -0.4, 0.2 with mean 0.1
    above = -25 / 3 * 0.4 + 5 / 3 * -0.5 + 20 / 3 * 0.1
    below = (25 / 3) ** 2 + (5 / 3) ** 2 + (20 / 3) ** 2
    assert made(Balance(half_lives=("10D",), windows=("12D",)), EVENTS) == pytest.approx(
        {
            "balance_last": 0.2,
            "balance_slope": above / below,
            "balance_level_10d": after / math.sqrt(2),
            "balance_lowest_10d": -0.75,
            "balance_overdrawn_share_10d": 0.5,
            "balance_crossings_10d": 1.0,
            "balance_deposits_12d": 0.2,
            "balance_withdrawals_12d": 0.4,
            "balance_mean_12d": -0.1,
            "balance_worst_12d": -0.4,
        }
    )


def test_weight_one_counts_good_and_bad_alike(made):
    features = made(Balance(half_lives=("10D",), windows=(), weight=1.0), EVENTS)
    assert features["balance_lowest_10d"] == pytest.approx(0.25 - 0.4)


def test_no_feeling_on_record(made):
    features = made(Balance(half_lives=("10D",), windows=("3D",)), EVENTS)
    assert (features["balance_deposits_3d"], features["balance_withdrawals_3d"]) == (0.0, 0.0)
    assert math.copysign(1, features["balance_withdrawals_3d"]) == 1, "no minus before nothing"
    assert math.isnan(features["balance_mean_3d"])
    nobody = made(Balance(half_lives=("10D",), windows=("3D",)), EVENTS, who="nobody")
    assert [name for name, value in nobody.items() if not math.isnan(value)] == [
        "balance_deposits_3d",
        "balance_withdrawals_3d",
    ]


@pytest.mark.parametrize(
    ("weight", "how"),
    [
        # one bad moment and two good ones of the same size: without the weight the good ones would be more
        (2.5, "(a bad one counts 2.5 times; all fade by half in 10 days)"),
        (1.0, "(each counts half after 10 days)"),
    ],
)
def test_a_sentence_says_how_much_a_bad_moment_counts(log_of, weight, how):
    features = FeatureSet([Balance(half_lives=("10D",), weight=weight)], min_customers=1, log=log_of(EVENTS))
    says = {one.name: one for one in features.fit(ROWS).says_}
    assert says["balance_level_10d"].sentence(-0.2) == f"has had bad moments that outweigh the good ones {how}"
    assert says["balance_overdrawn_share_10d"].sentence(0.5).endswith(f"50% of the time {how}")
