from __future__ import annotations

import numpy as np
import pytest

from cxchurn.interactions import IMPLAUSIBLE, stopped
from cxchurn.interactions.log._silence import holes

FIRST = 19_000  # 2022-01-08, a Saturday


def log(rate, days=400, seed=0):
    """Events a day, by chance."""
    return np.random.default_rng(seed).poisson(rate, days)


def calendar(days):
    return (np.arange(days) + FIRST).astype("datetime64[D]")


def ended(counts):
    days = np.flatnonzero(counts)
    return stopped(days + FIRST, counts[days], FIRST + len(counts))


def gaps(counts):
    days = np.flatnonzero(counts)
    return holes(days + FIRST, counts[days], FIRST + len(counts))


def silent(counts, days, *late):
    return np.concatenate([counts, np.zeros(days, dtype=int), np.array(late, dtype=int)])


BUSY = log(20)
CLOSED_AT_WEEKENDS = np.where((calendar(400) - calendar(1)).astype(int) % 7 < 2, 0, BUSY)
CLOSED_FOR_11_DAYS = np.where((np.arange(400) >= 300) & (np.arange(400) < 311), 0, BUSY)
ON_THE_FIRST = np.where(calendar(800) == calendar(800).astype("datetime64[M]").astype("datetime64[D]"), 500, 0)
months = calendar(900).astype("datetime64[M]").astype(int) % 12
IN_SUMMER_ALONE = np.where((months >= 4) & (months <= 8), log(20, 900), 0)


@pytest.mark.parametrize(
    ("counts", "least", "most"),
    [
        # one empty day in about 365, and half the time what made it empty goes on: 0.5 ** 10 / 365 is below 1e-4
        (BUSY, 7, 14),
        (log(20, 60), 7, 14),
        (CLOSED_AT_WEEKENDS, 7, 16),
        # once closed for 11 days: 10 of 11 closed days were followed by one, and (11 / 13) ** 40 / 200 is below 1e-4
        (CLOSED_FOR_11_DAYS, 20, 45),
        # six of ten days are empty anyway (0.6 ** 18 is 1e-4), or nine of ten (0.9 ** 87)
        (log(0.5), 15, 40),
        (log(0.1, 800), 80, 180),
        # four firsts of a month or more
        (ON_THE_FIRST, 120, 190),
    ],
    ids=[
        "busy",
        "busy and short",
        "closed at weekends",
        "closed once",
        "every other day",
        "every tenth day",
        "monthly",
    ],
)
@pytest.mark.sampled(3)
def test_how_long_a_silence_has_to_be(counts, least, most):
    counts = counts[: np.flatnonzero(counts)[-1] + 1]
    asked = [*range(1, 61, 4), *range(61, 250, 16)]
    found = [days for days in asked if ended(silent(counts, days)) is not None]
    # longer silences are no more probable
    assert found == [days for days in asked if days >= found[0]]
    assert least <= found[0] <= most
    stop = ended(silent(counts, 249))
    assert stop.since == FIRST + len(counts)
    assert stop.days == 249
    assert stop.probability < IMPLAUSIBLE


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.2, 1, 5, 50])
def test_chance_is_no_stop(rate):
    draw = np.random.default_rng(int(100 * rate))
    logs = [draw.poisson(rate, int(draw.integers(30, 700))) for _ in range(60)]
    assert [ended(counts) for counts in logs if counts.any()] == [None] * sum(counts.any() for counts in logs)


@pytest.mark.parametrize(
    ("counts", "stops"),
    [
        (silent(BUSY, 60, 1), (400, 60, 1)),
        (silent(BUSY, 60, 1, 0, 0, 2), (400, 62, 3)),
        # three stray rows in the middle of the silence
        (np.concatenate([silent(BUSY, 8, 3), np.zeros(30, dtype=int)]), (400, 38, 3)),
        # a new beginning, on one day and on many
        (silent(BUSY, 60, 20), None),
        (np.concatenate([silent(BUSY, 60), log(20, 30, 1)]), None),
        # the last day that is whole is an ordinary one
        (silent(BUSY, 0), None),
        (silent(BUSY, 3), None),
        (np.zeros(50, dtype=int), None),
        (silent(BUSY[:9], 60), None),
    ],
    ids=[
        "one row",
        "three rows",
        "in the middle",
        "a day as usual",
        "goes on",
        "no silence",
        "a weekend",
        "nothing",
        "no habits",
    ],
)
def test_a_few_late_rows_do_not_hide_a_stop(counts, stops):
    found = ended(counts)
    assert (found and (found.since - FIRST, found.days, found.late)) == stops


def test_what_is_not_whole_yet_tells_nothing():
    # rows after the end, and those of the day in which observation ends, are left out
    days, rows = np.arange(FIRST, FIRST + 100), np.full(100, 20)
    assert stopped(days, rows, FIRST + 60) is None
    assert stopped(np.append(days, FIRST + 150), np.append(rows, 20), FIRST + 150).since == FIRST + 100


def test_what_was_empty_at_the_same_time_of_earlier_years_tells_nothing():
    summer = np.flatnonzero(IN_SUMMER_ALONE)
    last = summer[summer < 700][-1]
    # the second winter is as silent as the first; the first of all could not be known to end
    assert ended(IN_SUMMER_ALONE[: last + 120]) is None
    first = summer[summer < 330][-1]
    assert ended(IN_SUMMER_ALONE[: first + 120]).since == FIRST + first + 1


def test_holes_are_found_wherever_they_are():
    for first, days in ((30, 20), (200, 30), (450, 25)):
        counts = log(20, 500)
        counts[first : first + days] = 0
        assert [(one.since - FIRST, one.days) for one in gaps(counts)] == [(first, days)]
    assert gaps(log(20, 500)) == []
    assert gaps(CLOSED_AT_WEEKENDS) == []
    # what a log ends with is no hole
    assert gaps(silent(BUSY, 60, 1)) == []
