"""Whom customers deal with, where it matters who it is: one person in five puts them off, and no tone or outcome shows it."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._people import AGENTS, People
from cxchurn.datasets.world._state import State

QUALITY = np.where(np.arange(AGENTS) % 5 == 0, -1.0, 0.25)
_KNOWN = 0.5  # how often it is the person whom they know best


def deal_with(
    people: People, state: State, calendar: Calendar, who: np.ndarray, human: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return with which person each of `who` deals, -1 where it was not `human`; and let it tell."""
    if "staff" not in calendar.also:
        return np.full(len(who), -1)
    anyone, known = rng.integers(0, AGENTS, len(who)), rng.random(len(who)) < _KNOWN
    person = np.where(human, np.where(known, people.agent[who], anyone), -1)
    state.move("staff", who, np.where(human, QUALITY[person], 0.0))
    return person
