"""The loyalty scheme of a company that has one: points for purchases, vouchers for points, and tiers by the last quarter."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import SEGMENTS, Calendar
from cxchurn.datasets.world._diary import Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import State

TIERS = ("silver", "gold", "platinum")
POINTS = 10.0  # for each purchase
_QUARTER = 91
_RISES, _FALLS = 6, 2  # purchases in a quarter: so many at least, so many at most
_VOUCHER = 100.0
GIVEN_UP = 180  # days without any sign of life after which nobody is reviewed, or sent a promotion


def review(people: People, state: State, calendar: Calendar, day: int, diary: Diary) -> None:
    """Let the tiers of a part of the customers follow what they bought since their last review, and turn points into vouchers.

    Nothing is drawn: who will rise or fall is decided by what was bought. A fall weighs twice as much as a rise.
    """
    turn = people.segment * (_QUARTER // SEGMENTS) == day % _QUARTER
    # nobody is judged by less than a whole quarter, nor before there was one
    member = (day - np.maximum(people.signup, 0) >= _QUARTER) & ~state.cancelled & (day - state.last <= GIVEN_UP)
    who = np.flatnonzero(turn & member)
    if "loyalty" not in calendar.also or not len(who):
        return
    bought, tier = state.bought[who], state.tier[who]
    step = np.where(bought >= _RISES, 1, np.where(bought <= _FALLS, -1, 0))
    moved = np.clip(tier + step, 0, len(TIERS) - 1).astype(np.int8)
    voucher = state.points[who] >= _VOUCHER
    state.tier[who], state.bought[who] = moved, 0
    state.points[who] -= _VOUCHER * voucher
    state.move("loyalty", who, np.where(moved > tier, 1.0, np.where(moved < tier, -2.0, 0.0)) + 0.5 * voucher)
    told = (moved != tier) | voucher
    points = np.where(voucher, -_VOUCHER, np.nan)
    diary.write(day, who[told], "membership", tier=moved[told], points=points[told])
