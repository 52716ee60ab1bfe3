"""One cell as the time at which something ended: what says that it has not, and what cannot be."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from cxchurn._core import DAY, zone
from cxchurn.interactions.reading.casts._ends import NEVER
from cxchurn.interactions.reading.casts._placeholders import ZERO
from cxchurn.interactions.rows._cells import Unreadable, text_of
from cxchurn.interactions.rows._times import Times

_NEVER = re.compile(NEVER)


class End(NamedTuple):
    """An end: its instant (None where nothing has ended), whether there is anything in the cell, and the rules it breaks."""

    value: int | None
    given: bool
    broken: tuple[str, ...] = ()


def read_end(cell: Any, times: Times, *, began: int | None, now: int, timezone: str) -> End:
    """Read a cell that says when something ended that began at an instant; instants in microseconds since 1970."""
    if cell is None:
        return End(None, False)
    value = times(cell)
    if isinstance(value, Unreadable):
        never = isinstance(cell, date) or _NEVER.search((text_of(cell) or "").lower()) is not None
        return End(None, True, ("not_ended_yet",) if never else ("time_unreadable",))
    if value is None:
        return End(None, False)
    if value > now or (began is not None and value < began and _is_zero(value, timezone)):
        return End(None, True, ("not_ended_yet",))
    if began is not None and value < began and _local(value, timezone) != _local(began, timezone) // DAY * DAY:
        return End(value, True, ("end_before_start",))
    return End(value, True)


def _is_zero(value: int, timezone: str) -> bool:
    return value < ZERO or value == 0 or _local(value, timezone) == 0


def _local(moment: int, timezone: str) -> int:
    return moment if timezone == "UTC" else int(zone(timezone).local(np.array([moment]))[0])
