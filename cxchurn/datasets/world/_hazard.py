"""The log-hazard of leaving in the simulated world, as the sum of its drivers' parts."""

from __future__ import annotations

import numpy as np

from cxchurn.datasets.world._calendar import Calendar
from cxchurn.datasets.world._effects import DRIVERS, LEAKY, coefficients
from cxchurn.datasets.world._people import People
from cxchurn.datasets.world._state import State

_PLAN = np.array([0.3, 0.0, -0.4])
_MOVED = np.array([DRIVERS.index(driver) for driver in LEAKY])


def contributions(people: People, state: State, calendar: Calendar, day: int) -> np.ndarray:
    """Return each driver's part of the log-hazard on one morning; shape ``(drivers, n)``, rows as in `DRIVERS`."""
    values = np.empty((len(DRIVERS), len(people)))
    values[_MOVED] = 2.0 * np.tanh(0.5 * state.moved)  # people get used to what they get much of
    values[DRIVERS.index("overdrawn")] = np.maximum(0.0, -1.0 - state.moved[LEAKY.index("balance")])
    values[DRIVERS.index("recency")] = np.log1p(np.maximum(day - state.last, 0) * people.rate)
    values[DRIVERS.index("tenure")] = np.log1p(np.maximum(day - people.signup, 0) / 365.25)
    values[DRIVERS.index("attributes")] = _PLAN[state.plan]
    values[DRIVERS.index("clock")] = calendar.risk[day]
    values[DRIVERS.index("personality")] = people.frailty
    values *= coefficients(calendar.without)[:, None]
    return values
