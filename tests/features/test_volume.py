from __future__ import annotations

import math

import pytest

from cxchurn.checks import check_no_leak
from cxchurn.features import Volume

# in the last 30 days: two calls and the visit exactly 30 days ago; before: two visits
EVENTS = [
    {"ago": 200, "items": 9.0},
    {"ago": 30.001, "items": 9.0},
    {"ago": 30, "items": 1.0},
    {"ago": 12, "kind": "call", "items": None},
    {"ago": 2, "kind": "call", "items": 4.0},
    {"ago": 0, "kind": "call", "items": 100.0},
]
NAN = float("nan")


def test_counts_and_measures_by_window_and_label(made):
    builder = Volume(windows=("30D", "365D"), detail=("30D",), rates=(), measures=("items",))
    assert made(builder, EVENTS, measures=("items",)) == pytest.approx(
        {
            "volume_count_life": 5.0,
            "volume_count_30d": 3.0,
            "volume_share_recent_30d": 3 / 5,
            "volume_count_365d": 5.0,
            "volume_share_recent_365d": 1.0,
            "volume_count_kind_visit_30d": 1.0,
            "volume_count_kind_call_30d": 2.0,
            "volume_items_sum_30d": 5.0,  # 1 + 4; the call without a number adds nothing
            "volume_items_mean_30d": 2.5,
            "volume_items_std_30d": math.sqrt(4.5),  # (1.5**2 + 1.5**2) / (2 - 1)
            "volume_items_min_30d": 1.0,
            "volume_items_max_30d": 4.0,
        }
    )


def test_nothing_counts_zero_and_has_no_mean(made):
    builder = Volume(windows=("1D",), detail=("1D",), rates=(), by=(), measures=("items",))
    assert made(builder, EVENTS, measures=("items",)) == pytest.approx(
        {
            "volume_count_life": 5.0,
            "volume_count_1d": 0.0,
            "volume_share_recent_1d": 0.0,
            "volume_items_sum_1d": 0.0,
            "volume_items_mean_1d": NAN,
            "volume_items_std_1d": NAN,
            "volume_items_min_1d": NAN,
            "volume_items_max_1d": NAN,
        },
        nan_ok=True,
    )
    nobody = made(builder, EVENTS, who="nobody", measures=("items",))
    assert (nobody["volume_count_life"], nobody["volume_items_sum_1d"]) == (0.0, 0.0)
    assert math.isnan(nobody["volume_share_recent_1d"])


def test_measures_that_read_alike_are_told_apart(made):
    events = [{"ago": 3, "Qty Sold": 1.0, "qty_sold": 5.0}]
    builder = Volume(windows=(), detail=("30D",), by=(), measures=("Qty Sold", "qty_sold"))
    features = made(builder, events, measures=("Qty Sold", "qty_sold"))
    assert (features["volume_qty_sold_sum_30d"], features["volume_qty_sold_2_sum_30d"]) == (1.0, 5.0)


@pytest.mark.parametrize(
    ("agos", "window", "rate"),
    [
        ((70,), "365D", 1 / 10),  # one in the 10 weeks since
        ((70, 14, 0), "365D", 2 / 10),
        ((500, 70, 14), "140D", 2 / 20),  # watched for the whole window of 20 weeks
        ((500,), "140D", 0.0),
        ((7, 1), "140D", 2.0),
        ((2, 1), "140D", 2.0),  # never less than a week
        ((20, 2, 1), "3D", 2.0),
    ],
)
def test_rates_over_the_time_watched(made, agos, window, rate):
    builder = Volume(windows=(), detail=(), rates=(window,), measures=("items",))
    features = made(builder, [{"ago": ago, "items": 3.0} for ago in agos], measures=("items",))
    name = window.lower()
    assert features["volume_count_life"] == sum(ago > 0 for ago in agos)
    assert features[f"volume_rate_{name}"] == pytest.approx(rate)
    assert features[f"volume_items_rate_{name}"] == pytest.approx(3 * rate)


@pytest.mark.parametrize(
    ("first", "window", "weeks"),
    [
        # the log begins 420 days before the cut-off with somebody else; the horizon is 60 days
        (365, "500D", 420 / 7),  # who may have been there before was watched all the time
        (360, "500D", 360 / 7),
        (350, "500D", 350 / 7),
        (365, "70D", 10.0),
    ],
)
def test_who_may_be_older_than_the_log_was_watched_since_it_began(made, first, window, weeks):
    events = [{"ago": first}, {"ago": 3}, {"customer_id": "old", "ago": 420}]
    features = made(Volume(windows=(), detail=(), rates=(window,)), events)
    assert features[f"volume_rate_{window.lower()}"] == pytest.approx((2 if window == "500D" else 1) / weeks)


def test_who_was_never_here_has_no_rate(made):
    assert math.isnan(made(Volume(windows=(), detail=()), [{"ago": 3}], who="nobody")["volume_rate_365d"])


def test_the_future_is_unknown(log):
    check_no_leak(Volume(), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)
