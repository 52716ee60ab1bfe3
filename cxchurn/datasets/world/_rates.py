"""How likely each thing a customer may do is on one day, given her hidden state."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._effects import BASELINE
from cxchurn.datasets.world._hazard import contributions
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import State

CANCELS = 0.5  # share of those leaving who say so
ANSWER_DAYS = 5
_FADE = 0.6
_MOST = 1.8
_TYPICAL = -0.6


class Rates(NamedTuple):
    """Daily rates of what a customer does; the chance of each that day is ``1 - exp(-rate)``; shape ``(n,)``."""

    leave: np.ndarray
    need: np.ndarray
    contact: np.ndarray
    answer: np.ndarray


def rates(people: People, state: State, calendar: Calendar, day: int) -> Rates:
    """Return the daily rates of leaving, of a need, of contact about a matter and of answering a survey.

    One index, the sum of the drivers, works twice: it raises the hazard of leaving and lowers the rate of needs
    brought to this company, so customers fade before they go.
    """
    index = contributions(people, state, calendar, day).sum(axis=0)
    here = state.here
    need = people.rate * calendar.need[day] * np.minimum(np.exp(-_FADE * (index - _TYPICAL)), _MOST)
    pressing = np.where(state.is_open, 0.09 * np.exp(-np.minimum(day - state.opened, 400) / 8.0), 0.0)
    wait = day - state.asked
    balance = np.clip(state.balance, -2.0, 2.0)
    answer = np.where((wait >= 0) & (wait < ANSWER_DAYS), 0.3 * people.answering * np.exp(0.2 * balance), 0.0)
    return Rates(
        leave=here * np.exp(BASELINE + index),
        need=here * need,
        contact=here * (0.25 * state.worry + pressing),
        answer=here * answer,
    )
