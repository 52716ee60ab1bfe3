"""What the simulator knows about the future: the true probability of silence, and what drives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from cxchurn.datasets.days._company import company_day
from cxchurn.datasets.days._customers_day import come_back, customers_day
from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import KINDS, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._rates import rates
from cxchurn.datasets.world._state import State, first_state

_BLOCK = 200_000


def mornings(
    people: People, calendar: Calendar, random_state: int, diary: Diary, until: int
) -> Iterator[tuple[int, State]]:
    """Live through the days one by one; yield the state each morning, before anything of that day has happened."""
    first, days = (np.random.default_rng([random_state, stream]) for stream in (1, 2))
    state = first_state(people, first)
    for day in range(until):
        yield day, state
        company_day(people, state, calendar, day, diary)
        customers_day(people, state, calendar, day, days, diary)
    yield until, state


def at_cutoffs(
    people: People,
    calendar: Calendar,
    random_state: int,
    who: np.ndarray,
    days: np.ndarray,
    answer: Callable[[People, State, int], np.ndarray],
) -> np.ndarray:
    """Live through the days again, and answer for each (customer, day) from her state that morning.

    Parameters
    ----------
    who, days : ndarray of shape (n,)
        Positions of the customers, and the days.
    answer : callable
        From people, their state and the day to an array whose first axis is those people.
    """
    found: list[np.ndarray] = []
    places: list[np.ndarray] = []
    for day, state in mornings(people, calendar, random_state, Diary(), int(days.max(initial=0))):
        here = np.flatnonzero(days == day)
        if len(here):
            places.append(here)
            found.append(answer(people.take(who[here]), state.take(who[here]), day))
    return np.concatenate(found)[np.argsort(np.concatenate(places))]


def quiet_probability(people: People, state: State, calendar: Calendar, day: int, horizon: int) -> np.ndarray:
    r"""Return the probability that a customer does nothing on the days ``[day, day + horizon)``; shape ``(n,)``.

    Without customer-made interactions the state follows from itself, so the probability is exact. With the daily
    hazard of leaving :math:`h_d` and the summed rate :math:`r_d` of doing anything else along that silent path,

    .. math:: s_{d+1} = s_d e^{-h_d - r_d}, \qquad g_{d+1} = g_d + s_d (1 - e^{-h_d}),

    and the answer is :math:`s + g` at the end: still here but silent, or gone before doing anything.
    `state` is used up.
    """
    staying = state.here.astype(float)
    gone = 1.0 - staying
    for today in range(day, day + horizon):
        company_day(people, state, calendar, today, Diary())
        returning = state.back == today
        come_back(state, today)
        staying[returning], gone[returning] = 1.0, 0.0
        daily = rates(people, state, calendar, today)
        gone += staying * -np.expm1(-daily.leave)
        staying *= np.exp(-(daily.leave + daily.need + daily.contact + daily.answer))
    return staying + gone


def drawn_probability(
    people: People,
    state: State,
    calendar: Calendar,
    day: int,
    horizon: int,
    *,
    kinds: Collection[str],
    paths: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the share of `paths` drawn futures without a customer-made interaction of these kinds; shape ``(n,)``."""
    codes = [KINDS.index(kind) for kind in kinds]
    silent = np.empty(len(people))
    for block in np.array_split(np.arange(len(people)), -(-len(people) * paths // _BLOCK)):
        copies = np.repeat(block, paths)
        heard = _futures(people.take(copies), state.take(copies), calendar, day, horizon, codes, rng)
        silent[block] = 1.0 - heard.reshape(len(block), paths).mean(axis=1)
    return silent


def _futures(
    people: People, state: State, calendar: Calendar, day: int, horizon: int, codes: list[int], rng: np.random.Generator
) -> np.ndarray:
    diary = Diary()
    for today in range(day, day + horizon):
        company_day(people, state, calendar, today, diary)
        customers_day(people, state, calendar, today, rng, diary)
    rows = diary.columns()
    heard = np.zeros(len(people), bool)
    heard[rows["who"][(rows["inbound"] == 1) & np.isin(rows["kind"], codes)]] = True
    return heard
