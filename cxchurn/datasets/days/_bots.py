"""Bots that customers cannot get past, where a company has such."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._state import State

_BOT = np.array([0.4, 0.5, 0.0, 0.15, 0.0, 0.0, 0.4])  # by touchpoint
_PLAN_BOT = np.array([1.2, 1.0, 0.4])
# in a company of bots: how often one answers, wherever customers turn to, and how often again who came from one
_FIRST, _AGAIN = 0.5, 0.9


def met_bot(
    state: State,
    calendar: Calendar,
    who: np.ndarray,
    touchpoint: np.ndarray,
    again: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return which of `who` a bot answers; where loops drive leaving, let those tell who are `again` with one."""
    chance = _BOT[touchpoint] * _PLAN_BOT[state.plan[who]]
    caught = again & (state.bots[who] > 0)
    if "bot_loops" in calendar.also:
        chance = np.where(caught, _AGAIN, _FIRST)
    bot = rng.random(len(who)) < chance
    state.bots[who] = np.where(bot, np.where(again, state.bots[who], 0) + 1, 0)
    state.move("bot_loops", who, 1.0 * (bot & caught))
    return bot
