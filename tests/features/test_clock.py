from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from cxchurn._core import UsageError
from cxchurn.checks import check_no_leak
from cxchurn.features import FeatureSet
from cxchurn.features.by_name._clock import Clock

from ._life import CUTOFF, SOME, features, lives, past

NAN = math.nan
# the cut-off is Monday, 2024-04-01, midnight; in Berlin summer began on 31 March, two hours before the other zone
EVENTS = [
    {"ago": 40 - 9 / 24},  # Wednesday 2024-02-21, 9:00: working hours
    {"ago": 39 - 17 / 24},  # Thursday 2024-02-22, 17:00: evening
    {"ago": 10 - 22 / 24},  # Friday 2024-03-22, 22:00: night
    {"ago": 9 - 10 / 24},  # Saturday 2024-03-23, 10:00: weekend, no working hours
    {"ago": 5},  # Wednesday 2024-03-27, midnight: the day alone is known
    {"ago": 4 - 5.5 / 24},  # Thursday 2024-03-28, 5:30: night
]
PARTS = ("weekend", "working_hours", "evening", "night")


def test_shares_and_their_shift(made):
    features = made(Clock(windows=("30D",)), EVENTS)
    # the weekend: one of six; lately one of four, before none of two. The hours: five are known; lately three, before two
    assert features == pytest.approx(
        {
            "clock_weekend_share": 1 / 6,
            "clock_weekend_shift_30d": 1 / 4,
            "clock_working_hours_share": 1 / 5,
            "clock_working_hours_shift_30d": -1 / 2,
            "clock_evening_share": 1 / 5,
            "clock_evening_shift_30d": -1 / 2,
            "clock_night_share": 2 / 5,
            "clock_night_shift_30d": 2 / 3,
        }
    )


def test_the_clock_of_a_zone(made):
    # in Berlin it is an hour later: 10:00, 18:00, 23:00, 11:00, 1:00 and 6:30, which is no night
    features = made(Clock(windows=(), timezone="Europe/Berlin"), EVENTS)
    assert features == pytest.approx(
        {
            "clock_weekend_share": 1 / 6,
            "clock_working_hours_share": 1 / 6,
            "clock_evening_share": 1 / 6,
            "clock_night_share": 2 / 6,
        }
    )


@pytest.mark.parametrize("zone", ["Berlin", "", "Europe/../Berlin"])
def test_zones_have_names(zone, made):
    with pytest.raises(UsageError, match="no known zone"):
        made(Clock(timezone=zone), EVENTS)


def test_days_without_a_time_of_day(made):
    features = made(Clock(windows=("30D",)), [{"ago": 50}, {"ago": 3}, {"ago": 2}])
    # 10 February 2024 was a Saturday, 30 March too; 29 March was a Friday
    assert (features["clock_weekend_share"], features["clock_weekend_shift_30d"]) == (2 / 3, 1 / 2 - 1)
    assert all(math.isnan(value) for name, value in features.items() if "weekend" not in name)


def test_the_companys_hours_do_not_count(made):
    own = [{**event, "direction": "inbound"} for event in EVENTS]
    sent = {"ago": 2.1, "kind": "campaign", "direction": "outbound"}
    assert made(Clock(), [*own, sent]) == pytest.approx(made(Clock(), own), nan_ok=True)


def test_strangers_have_no_habits(made):
    nobody = made(Clock(), EVENTS, who="nobody")
    assert len(nobody) == 4 * 3
    assert all(math.isnan(value) for value in nobody.values())


def _inside(part: str, when: datetime) -> bool | None:
    if part == "weekend":
        return when.strftime("%a") in ("Sat", "Sun")
    if when.hour == 0:
        return None
    return {
        "working_hours": when.strftime("%a") not in ("Sat", "Sun") and when.hour in range(9, 17),
        "evening": when.hour in range(17, 22),
        "night": when.hour in (22, 23, *range(6)),
    }[part]


def _share(answers: list[bool | None]) -> float:
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known) if known else NAN


@settings(SOME, max_examples=25)
@given(events=lives())
def test_like_the_oracle(events):
    made = features(Clock(windows=("7D",)), events)
    own = [event["ago"] for event in past(events) if event["direction"] != "outbound"]
    for part in PARTS:
        inside = [(ago, _inside(part, CUTOFF.to_pydatetime() - timedelta(hours=ago))) for ago in own]
        late, early = ([yes for ago, yes in inside if (ago <= 168) is recent] for recent in (True, False))
        assert made[f"clock_{part}_share"] == pytest.approx(_share(late + early), nan_ok=True)
        assert made[f"clock_{part}_shift_7d"] == pytest.approx(_share(late) - _share(early), nan_ok=True)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_future_is_unknown(zone, log):
    check_no_leak(Clock(timezone=zone), log, cutoffs=["2024-03-01", "2024-06-18T13:45:10"], customers=100)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("weekend_share", 0.35, "had 35% of all their own interactions at the weekend"),
        ("night_share", 0.0, "has never had an interaction of their own at night"),
        ("evening_share", NAN, "has no interaction of their own at a known time of day on record"),
        ("weekend_share", NAN, "has no interaction of their own on record"),
        (
            "weekend_shift_30d",
            0.12,
            "had a larger part of their own interactions at the weekend in the last 30 days than before,"
            " by 12 percentage points",
        ),
        (
            "working_hours_shift_90d",
            -0.5,
            "had a smaller part of their own interactions in working hours in the last 90 days than before,"
            " by 50 percentage points",
        ),
        (
            "evening_shift_30d",
            0.0,
            "had as large a part of their own interactions in the evening in the last 30 days as before",
        ),
        (
            "weekend_shift_30d",
            NAN,
            "has no interaction of their own on record to compare the last 30 days with the time before",
        ),
    ],
)
def test_sentences(name, value, sentence, log, november):
    says = {one.name: one for one in FeatureSet([Clock()], log=log).fit(november).says_}
    assert says[f"clock_{name}"].sentence(value) == sentence
