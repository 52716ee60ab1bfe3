from __future__ import annotations

import math

import pytest

from cxchurn.features import Cadence

# active days 50, 30, 20 and 6 days before the cut-off: gaps of 20, 10 and 14 days, oldest first; sorted 10, 14, 20
EVENTS = [{"ago": 50}, {"ago": 30}, {"ago": 20}, {"ago": 6}, {"ago": 5.5}, {"ago": 0}]


def test_gaps_between_active_days(made):
    assert made(Cadence(last=4), EVENTS) == pytest.approx(
        {
            "cadence_gap_mean": 44 / 3,
            # the deviations are 16/3, -14/3 and -2/3: their squares add up to 456/9, and that is divided by 3 - 1
            "cadence_gap_std": math.sqrt(456 / 9 / 2),
            "cadence_gap_min": 10.0,
            "cadence_gap_max": 20.0,
            "cadence_gap_q25": 12.0,  # half way from 10 to 14
            "cadence_gap_q50": 14.0,
            "cadence_gap_q75": 17.0,  # half way from 14 to 20
            "cadence_gap_q90": 18.8,  # 0.8 of the way from 14 to 20
            "cadence_lateness_q50": 5.5 / 14,  # silent since the second interaction of the last day
            "cadence_lateness_q75": 5.5 / 17,
            "cadence_lateness_q90": 5.5 / 18.8,
            "cadence_gap_last": 14.0,
            "cadence_gap_last_2": 10.0,
            "cadence_gap_last_3": 20.0,
            "cadence_gap_last_4": float("nan"),
        },
        nan_ok=True,
    )


def test_one_active_day_is_no_rhythm(made):
    features = made(Cadence(), [{"ago": 5.5}, {"ago": 5.1}])
    assert len(features) == 16
    assert all(math.isnan(value) for value in features.values())
