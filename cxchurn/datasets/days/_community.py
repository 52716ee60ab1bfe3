"""Other customers, in a company whose customers know each other: questions they answer or leave, and friends who leave."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import APP, SELF, Diary
from cxchurn.datasets.world._state import NEVER, State

PEERS = 10_000
_ASKS, _ANSWERED = 0.5, 0.5
_PATIENCE = 7  # days


def ask_others(
    state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary
) -> None:
    """Let some of `who` put a question to other customers; whether and when one answers is decided then."""
    if "network" not in calendar.also:
        return
    asks, answered = rng.random((2, len(who))) < [[_ASKS], [_ANSWERED]]
    takes, replier = rng.integers(1, 5, len(who)), rng.integers(0, PEERS, len(who))
    # one question at a time
    asks &= day - state.question[who] > _PATIENCE
    asking = who[asks]
    diary.write(day, asking, "question", inbound=1, touchpoint=APP, agent=SELF)
    state.question[asking] = day
    state.reply[asking] = np.where(answered, day + takes, NEVER)[asks]
    state.replier[asking] = replier[asks]


def bring(state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return whom `who` bring, -1 where nobody says; the day on which that friend will leave is decided with it."""
    if "network" not in calendar.also:
        return np.full(len(who), -1)
    friend, stays = rng.integers(0, PEERS, len(who)), rng.exponential(90, len(who))
    state.friend[who] = friend
    state.friend_gone[who] = day + 1 + stays.astype(np.int32)
    return friend


def news_of_others(state: State, day: int, diary: Diary) -> None:
    """Bring the day's answers and the news of friends who left; a question is left unanswered after a week."""
    answered = np.flatnonzero(state.reply == day)
    diary.write(day, answered, "answer", touchpoint=APP, peer=state.replier[answered])
    state.move("network", answered, 0.5)
    ignored = (state.question == day - _PATIENCE) & (state.reply < state.question)
    state.move("network", np.flatnonzero(ignored), -1.0)
    gone = np.flatnonzero(state.friend_gone == day)
    diary.write(day, gone, "peer_left", peer=state.friend[gone])
    state.move("network", gone, -1.5)
