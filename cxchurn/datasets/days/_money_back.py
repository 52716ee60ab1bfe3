"""Goods that go back, in a company that takes them: sent with a customer's next occasion, paid for on a day decided then."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import WEB, Diary
from cxchurn.datasets.world._state import NEVER, State

_REGRETTED, _SLOW = 0.25, 0.4
_SOON, _LONG = 7, 14  # days


def regret(state: State, calendar: Calendar, who: np.ndarray, rng: np.random.Generator) -> None:
    """Let some of those who bought come to regret it."""
    if "returns" in calendar.also:
        state.regrets[who] = rng.random(len(who)) < _REGRETTED


def send_back(
    state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary
) -> None:
    """Let those of `who` who regret what they bought send it back, unless they still wait for other money."""
    if "returns" not in calendar.also:
        return
    slow, soon, late = rng.random(len(who)) < _SLOW, rng.integers(2, 7, len(who)), rng.integers(20, 50, len(who))
    sends = state.regrets[who] & (state.pay[who] < day)
    back = who[sends]
    diary.write(day, back, "return", inbound=1, touchpoint=WEB)
    state.regrets[back] = False
    state.sent_back[back] = day
    state.pay[back] = day + np.where(slow, late, soon)[sends]


def pay_back(state: State, day: int, diary: Diary) -> None:
    """Pay for what came back on this day; waiting for it tells after two weeks."""
    paid = np.flatnonzero(state.pay == day)
    diary.write(day, paid, "refund")
    state.move("returns", paid, 0.3 * (day - state.sent_back[paid] <= _SOON))
    state.pay[paid] = NEVER
    state.move("returns", np.flatnonzero((state.sent_back == day - _LONG) & (state.pay > day)), -1.5)
