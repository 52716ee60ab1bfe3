"""Contacts about a matter: waiting, being passed on, a person or a bot, solved at once or left open."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.days._bots import met_bot
from cxchurn.datasets.days._company import close_matters, invite
from cxchurn.datasets.days._staff import deal_with
from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import APP, BOT, CHAT, EMAIL, HUMAN, KINDS, PHONE, SOCIAL, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import NEVER, State

USUAL_WAIT = np.array([60.0, 45.0, 18_000.0, 150.0, 7_200.0, 0.0, 60.0])  # seconds, by touchpoint
_PLAN_WAIT = np.array([1.25, 1.0, 0.5])
_KIND = np.array([KINDS.index(kind) for kind in ("chat", "chat", "email", "call", "chat", "visit", "chat")], np.int8)
_COMPLAINT = KINDS.index("complaint")
_PATIENCE = 30  # days after which an unanswered matter is given up
_REOPENS = 14


def contact(
    people: People,
    state: State,
    calendar: Calendar,
    day: int,
    who: np.ndarray,
    upset: np.ndarray,
    rng: np.random.Generator,
    diary: Diary,
) -> None:
    """Let `who` get in touch about a new matter, a complaint where `upset`, or about the one they have."""
    again = _matters(state, day, who, upset, diary)
    touchpoint = _touchpoints(people.digital[who], state.complaint[who], rng)
    plan, complaint = state.plan[who], state.complaint[who]
    bot = met_bot(state, calendar, who, touchpoint, again, rng)
    strain = 0.35 * np.sqrt(people.trouble[who]) * (1 + 0.5 * complaint)
    transfers = rng.poisson(strain) + (bot & (rng.random(len(who)) < 0.4))
    slow = np.minimum(rng.normal(0, 0.8, len(who)) + np.log(_PLAN_WAIT[plan] * calendar.load[day]), 2.0)
    ease = 1.0 - 0.5 * transfers - 0.4 * complaint - 0.7 * bot + 0.3 * (plan == 2)
    solved = rng.random(len(who)) < 1 / (1 + np.exp(-ease))
    valence = 0.05 + 0.45 * solved - 0.25 * ~solved - 0.2 * transfers - 0.2 * slow - 0.25 * again + 0.2 * ~bot
    valence = np.clip(valence + rng.normal(0, 0.25, len(who)), -1.0, 1.0)
    diary.write(
        day, who, np.where(complaint & ~again, _COMPLAINT, _KIND[touchpoint]), inbound=1, touchpoint=touchpoint,
        agent=np.where(bot, BOT, HUMAN), case=state.case[who], wait_s=USUAL_WAIT[touchpoint] * np.exp(slow),
        transfers=transfers, resolved=solved, valence=valence,
        person=deal_with(people, state, calendar, who, ~bot, rng),
    )  # fmt: skip
    switched = again & (touchpoint != state.touched[who])
    state.move("effort", who, 0.5 * transfers + 1.0 * again + 0.5 * switched)
    state.move("speed", who, 0.5 * np.maximum(slow, -1.0))
    state.move("human_touch", who, np.where(bot, -1.0 * ~solved, 1.0))
    state.move("word_of_mouth", who, -1.0 * (complaint & (touchpoint == SOCIAL)))
    state.feel(who, valence)
    state.touched[who] = touchpoint
    state.last[who] = day
    _end(state, day, who, solved, valence, rng, diary)


def _matters(state: State, day: int, who: np.ndarray, upset: np.ndarray, diary: Diary) -> np.ndarray:
    """Open a new matter for those without a live one; return who of `who` is back with the same."""
    live = state.is_open[who] & (day - state.opened[who] <= _PATIENCE)
    again = live | (upset & ~state.is_open[who] & (day - state.closed[who] <= _REOPENS))
    new = who[~again]
    state.case[new] = diary.number_cases(len(new))
    state.opened[new] = day
    state.resolve[new] = NEVER
    state.complaint[new] = upset[~again]
    return again


def _end(
    state: State,
    day: int,
    who: np.ndarray,
    solved: np.ndarray,
    valence: np.ndarray,
    rng: np.random.Generator,
    diary: Diary,
) -> None:
    """Close what was solved; leave the rest open until the day the company will have it solved, if ever."""
    close_matters(state, day, who[solved], diary)
    takes = 1 + np.minimum(rng.geometric(1 / 6, len(who)), 40)
    promised = np.where(rng.random(len(who)) < 0.15, NEVER, day + takes)
    asks, effort_asked = rng.random((2, len(who))) < [[0.3], [0.4]]
    state.worry[who] = np.where(solved, 0.0, 0.3)
    state.is_open[who] = ~solved
    undecided = ~solved & (state.resolve[who] < day)
    state.resolve[who[undecided]] = promised[undecided]
    state.ask_resolved[who] = asks
    ask = solved & asks
    invite(state, day, who[ask], (~effort_asked[ask]).astype(np.int8), valence[ask], diary)


def _touchpoints(digital: np.ndarray, complaint: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose phone, chat, email, social or app by liking for screens; only complaints go public."""
    phone, chat, email = 0.55 * (1 - digital) + 0.1, 0.35 * digital + 0.05, np.full(len(digital), 0.15)
    steps = np.cumsum([phone, chat, email, np.where(complaint, 0.08, 0.0)], axis=0)
    choices = np.array([PHONE, CHAT, EMAIL, SOCIAL, APP], np.int8)
    return choices[(rng.random(len(digital)) >= steps).sum(axis=0)]
