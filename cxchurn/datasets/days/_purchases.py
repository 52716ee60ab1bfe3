"""Purchases and visits: promises made, small moments of delight, faults, referrals, changes of plan."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.days._community import ask_others, bring
from cxchurn.datasets.days._company import invite
from cxchurn.datasets.days._money_back import regret
from cxchurn.datasets.days._online import look_around, order_online
from cxchurn.datasets.days._scheme import POINTS
from cxchurn.datasets.days._staff import deal_with
from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import APP, HUMAN, NPS, PHONE, SELF, STORE, WEB, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import NEVER, State

_AGENT = np.array([SELF, SELF, SELF, HUMAN, SELF, HUMAN, SELF], np.int8)  # by touchpoint
_FOLLOWED = np.array([0.18, 0.25, 0.45])  # by plan


def purchase(
    people: People, state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary
) -> None:
    """Let `who` buy: in a store at once, elsewhere with a promised delivery unless one is already under way."""
    touchpoint = _touchpoints(people.digital[who], rng)
    discounted = rng.random(len(who)) < people.bargain[who]
    remote = (touchpoint != STORE) & (state.deliver[who] < day)
    faulty = (rng.random(len(who)) < 0.05 * people.trouble[who]) & (remote | (touchpoint == STORE))
    delight, valence = _moments(touchpoint, 0.2, rng)
    order = _order(people, state, calendar, day, who, remote, faulty, rng)
    session, step = order_online(people, state, calendar, day, who, touchpoint, rng, diary)
    person = deal_with(people, state, calendar, who, _AGENT[touchpoint] == HUMAN, rng)
    diary.write(
        day, who, "purchase", inbound=1, touchpoint=touchpoint, agent=_AGENT[touchpoint], discounted=discounted,
        valence=np.where(_AGENT[touchpoint] == HUMAN, valence, np.nan), promised=order, points=POINTS, tier=state.tier[who],
        session=session, step=step, person=person,
    )  # fmt: skip
    state.bought[who] += 1
    state.points[who] += POINTS
    state.move("value", who, np.where(discounted, -0.6, 0.3))
    state.move("human_touch", who, 0.3 * (_AGENT[touchpoint] == HUMAN))
    state.move("moments", who, 1.0 * delight)
    state.feel(who, 0.5 * valence)
    _afterwards(state, day, who, rng)
    _at_the_till(state, day, who, remote, faulty, valence, rng, diary)
    regret(state, calendar, who, rng)
    _refer(state, calendar, day, who, rng, diary)


def visit(
    people: People, state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary
) -> None:
    """Let `who` look around in a store, on the web or in the app."""
    touchpoint = _touchpoints(people.digital[who], rng)
    touchpoint = np.where(touchpoint == PHONE, STORE, touchpoint)
    delight, valence = _moments(touchpoint, 0.1, rng)
    seen = touchpoint == STORE
    session, step = look_around(people, state, calendar, day, who, touchpoint, rng, diary)
    diary.write(
        day,
        who,
        "visit",
        inbound=1,
        touchpoint=touchpoint,
        agent=_AGENT[touchpoint],
        valence=np.where(seen, valence, np.nan),
        session=session,
        step=step,
        person=deal_with(people, state, calendar, who, _AGENT[touchpoint] == HUMAN, rng),
    )
    state.move("moments", who, 1.0 * delight)
    state.feel(who, 0.3 * valence)
    ask_others(state, calendar, day, who[~seen], rng, diary)


def change_plans(state: State, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary) -> None:
    """Let a few of `who` change plan, upwards when content, downwards when not."""
    changing = who[rng.random(len(who)) < 0.008]
    step = np.where(state.balance[changing] >= 0, 1, -1)
    plan = np.clip(state.plan[changing] + step, 0, len(_FOLLOWED) - 1).astype(np.int8)
    changed = plan != state.plan[changing]
    state.plan[changing] = plan
    diary.plans.append((day, changing[changed], plan[changed]))


def _touchpoints(digital: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    steps = np.cumsum([0.8 * (1 - digital) + 0.05, 0.35 * digital, np.full(len(digital), 0.05)], axis=0)
    return np.array([STORE, APP, PHONE, WEB], np.int8)[(rng.random(len(digital)) >= steps).sum(axis=0)]


def _moments(touchpoint: np.ndarray, chance: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return who had a small moment of delight (likelier with people), and how the visit felt, -1 to 1."""
    delight = rng.random(len(touchpoint)) < chance * np.where(_AGENT[touchpoint] == HUMAN, 1.5, 0.4)
    return delight, np.clip(0.1 + 0.6 * delight + rng.normal(0, 0.2, len(touchpoint)), -1.0, 1.0)


def _order(
    people: People,
    state: State,
    calendar: Calendar,
    day: int,
    who: np.ndarray,
    remote: np.ndarray,
    faulty: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Promise and secretly fix the day of delivery; return the promised day, -1 without a delivery."""
    promised = day + rng.integers(2, 6, len(who))
    odds = people.trouble[who] * np.exp(calendar.late[day] - 1.9)
    late = rng.random(len(who)) < odds / (1 + odds)
    delay = np.where(late, np.minimum(rng.geometric(0.3, len(who)), 12), -rng.integers(0, 2, len(who)))
    ask = rng.random(len(who)) < 0.3
    buyer = who[remote]
    state.promised[buyer] = promised[remote]
    state.deliver[buyer] = (promised + delay)[remote]
    state.faulty[buyer] = faulty[remote]
    state.ask_delivered[buyer] = ask[remote]
    return np.where(remote, promised, -1)


def _afterwards(state: State, day: int, who: np.ndarray, rng: np.random.Generator) -> None:
    followed = rng.random(len(who)) < _FOLLOWED[state.plan[who]]
    state.follow[who] = np.where(followed, day + rng.integers(3, 13, len(who)), NEVER)
    state.silence[who] = np.where(followed, NEVER, day + 30)


def _at_the_till(
    state: State,
    day: int,
    who: np.ndarray,
    remote: np.ndarray,
    faulty: np.ndarray,
    valence: np.ndarray,
    rng: np.random.Generator,
    diary: Diary,
) -> None:
    """Faults of goods taken home show at once; some buyers are asked for a score."""
    wronged = who[faulty & ~remote]
    state.move("basics", wronged, -1.2)
    state.feel(wronged, -0.5)
    state.worry[wronged] += 1.0
    state.refund[wronged] = True
    asked = ~remote & (rng.random(len(who)) < 0.12)
    invite(state, day, who[asked], NPS, np.where(faulty, -0.6, valence)[asked], diary)


def _refer(state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary) -> None:
    likes = 0.03 * np.exp(np.clip(state.balance[who], -2.0, 2.0))
    refers = who[rng.random(len(who)) < likes]
    friend = bring(state, calendar, day, refers, rng)
    diary.write(day, refers, "referral", inbound=1, touchpoint=APP, agent=SELF, peer=friend)
    state.move("word_of_mouth", refers, 1.0)
