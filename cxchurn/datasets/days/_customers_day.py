"""The customers' day: who comes, leaves, buys, asks, complains, answers. All chance of the future is here."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.days._contacts import contact
from cxchurn.datasets.days._money_back import send_back
from cxchurn.datasets.days._purchases import change_plans, purchase, visit
from cxchurn.datasets.world._calendar import LONGEST_HORIZON, Calendar
from cxchurn.datasets.world._diary import EMAIL, HUMAN, PHONE, SELF, WEB, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._rates import ANSWER_DAYS, CANCELS, rates
from cxchurn.datasets.world._state import NEVER, State

_RETURNS = 0.1
_PURCHASE, _VISIT = 0.62, 0.24  # shares of needs; the rest are questions
_SCALES = np.array(
    [[4.8, 2.2, 1, 7], [3.6, 1.6, 1, 5], [7.6, 3.0, 0, 10]]
)  # ces, csat, nps: middle, width, least, most
_LOW = np.array([3, 2, 6])  # the highest score that calls for action


def customers_day(
    people: People, state: State, calendar: Calendar, day: int, rng: np.random.Generator, diary: Diary
) -> None:
    """Draw what the customers do on one day, and let it change their state."""
    came = np.flatnonzero(people.signup == day)
    state.here[came] = True
    come_back(state, day)
    daily = rates(people, state, calendar, day)
    leave, need, ask, answer = rng.random((4, len(people))) < -np.expm1(-np.stack(daily))
    leave[came] = False
    need[came] = True
    _leave(people, state, day, np.flatnonzero(leave), rng, diary)
    _needs(people, state, calendar, day, np.flatnonzero(need & state.here), rng, diary)
    upset = np.flatnonzero(ask & state.here)
    contact(people, state, calendar, day, upset, np.ones(len(upset), bool), rng, diary)
    _answer(state, day, np.flatnonzero(answer & state.here), rng, diary)


def come_back(state: State, day: int) -> None:
    """Let those return whose day it is, with the past forgotten."""
    who = np.flatnonzero(state.back == day)
    state.here[who] = True
    state.cancelled[who] = False
    state.moved[:, who] = 0.0
    state.last[who] = day
    state.back[who] = NEVER


def _leave(people: People, state: State, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary) -> None:
    says, returns = rng.random((2, len(who))) < [[CANCELS], [_RETURNS]]
    state.here[who] = False
    state.worry[who] = 0.0
    state.asked[who] = NEVER
    state.back[who] = np.where(returns, day + LONGEST_HORIZON + 1 + rng.integers(0, 150, len(who)), NEVER)
    gone = who[says]
    state.cancelled[gone] = True
    state.last[gone] = day
    online = people.digital[gone] > 0.5
    diary.write(
        day, gone, "cancel", inbound=1, touchpoint=np.where(online, WEB, PHONE), agent=np.where(online, SELF, HUMAN)
    )


def _needs(
    people: People, state: State, calendar: Calendar, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary
) -> None:
    wish = np.where(people.signup[who] == day, 0.0, rng.random(len(who)))
    buys, asks = wish < _PURCHASE, wish >= _PURCHASE + _VISIT
    state.last[who] = day
    send_back(state, calendar, day, who, rng, diary)
    visit(people, state, calendar, day, who[~buys & ~asks], rng, diary)
    purchase(people, state, calendar, day, who[buys], rng, diary)
    contact(people, state, calendar, day, who[asks], np.zeros(int(asks.sum()), bool), rng, diary)
    change_plans(state, day, who[buys], rng, diary)


def _answer(state: State, day: int, who: np.ndarray, rng: np.random.Generator, diary: Diary) -> None:
    survey = state.survey[who]
    middle, width, least, most = _SCALES[survey].T
    feeling = 0.8 * state.mood[who] + 0.5 * np.tanh(state.balance[who]) + rng.normal(0, 0.3, len(who))
    score = np.clip(np.round(middle + width * feeling), least, most)
    diary.write(day, who, "survey", inbound=1, touchpoint=EMAIL, score=score, score_type=survey)
    low = score <= _LOW[survey]
    well = rng.random(len(who)) < 0.45
    due = day + np.where(well, rng.integers(1, 6, len(who)), 10)
    state.act[who] = np.where(low, due, NEVER)
    state.act_well[who] = well
    state.asked[who] = day - ANSWER_DAYS  # no longer waited for
    state.last[who] = day
