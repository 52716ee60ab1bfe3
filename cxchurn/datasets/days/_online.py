"""Page after page, in a company that keeps a record of it: what came of each look and each order on the web or in the app."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._diary import APP, SELF, WEB, Diary
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import State

STEPS = ("home", "product", "search", "error", "cart", "checkout", "order_confirmed")
_HOME, _PRODUCT, _SEARCH, _ERROR, _CART, _CHECKOUT, _CONFIRMED = range(len(STEPS))
# how a look around ends: with a product, in vain, with an error, or with an order given up
_BEFORE = np.array([_SEARCH, _HOME, _PRODUCT, _CART])
_LAST = np.array([_PRODUCT, _SEARCH, _ERROR, _CHECKOUT])
_HURTS = np.array([0.0, 0.8, 1.0, 0.6])
_ODDS = np.array([0.20, 0.15, 0.20])  # of the bad ends, the last first, for whom things go wrong as often as for most
_STUMBLES = 0.1  # orders with an error on the way, likewise


def order_online(
    people: People,
    state: State,
    calendar: Calendar,
    day: int,
    who: np.ndarray,
    touchpoint: np.ndarray,
    rng: np.random.Generator,
    diary: Diary,
) -> tuple[np.ndarray, np.ndarray]:
    """Write the pages before an order; return the session and the step of the order itself, -1 where it was not online."""
    session = _sessions(calendar, touchpoint, diary)
    online = session >= 0
    if "sessions" not in calendar.also:
        return session, session
    stumbles = online & (rng.random(len(who)) < _STUMBLES * people.trouble[who])
    for step, on in ((_CART, online), (_ERROR, stumbles), (_CHECKOUT, online)):
        _page(day, who[on], step, touchpoint[on], session[on], diary)
    state.move("sessions", who[online], np.where(stumbles, 0.8, -0.2)[online])
    return session, np.where(online, _CONFIRMED, -1)


def look_around(
    people: People,
    state: State,
    calendar: Calendar,
    day: int,
    who: np.ndarray,
    touchpoint: np.ndarray,
    rng: np.random.Generator,
    diary: Diary,
) -> tuple[np.ndarray, np.ndarray]:
    """Write the page before the last of each look around; return the session and the last step, -1 where it was not online."""
    session = _sessions(calendar, touchpoint, diary)
    online = session >= 0
    if "sessions" not in calendar.also:
        return session, session
    odds = np.minimum(people.trouble[who], 2.0) * _ODDS[:, None]
    # nothing goes wrong where the draw is above all of them
    end = (rng.random(len(who)) < np.cumsum(odds, axis=0)).sum(axis=0)
    _page(day, who[online], _BEFORE[end][online], touchpoint[online], session[online], diary)
    state.move("sessions", who[online], _HURTS[end][online])
    return session, np.where(online, _LAST[end], -1)


def _sessions(calendar: Calendar, touchpoint: np.ndarray, diary: Diary) -> np.ndarray:
    online = np.isin(touchpoint, (WEB, APP)) & ("sessions" in calendar.also)
    session = np.full(len(touchpoint), -1)
    session[online] = diary.number_sessions(int(online.sum()))
    return session


def _page(
    day: int, who: np.ndarray, step: np.ndarray | int, touchpoint: np.ndarray, session: np.ndarray, diary: Diary
) -> None:
    diary.write(day, who, "page", inbound=1, touchpoint=touchpoint, agent=SELF, step=step, session=session)
