"""Why a customer is not asked about, in words."""

from __future__ import annotations

from functools import reduce

import numpy as np

from cxchurn._core import DAY, span
from cxchurn.history import History, Where, where
from cxchurn.panel import ENDED, NEW, SILENT, ChurnDefinition, OwnLabels
from cxchurn.scoring._words import NEVER_SEEN

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def why_not(why: str, churn: ChurnDefinition, history: History, at: int) -> str:
    """Say why a customer is not asked about, with the day that it is about.

    Parameters
    ----------
    why : str
        In the word that a batch of scores has for it.
    churn : ChurnDefinition
        Who is asked about.
    history : History
        The customer's.
    at : int
        The cut-off, in microseconds since 1970.
    """
    populations = churn.populations
    if why == NEVER_SEEN:
        return _never_seen(history)
    if why == ENDED and populations.ended_by:
        place = _last(history, where(kind=populations.ended_by), at)
        return why if place is None else f"{_left(history, place)} on {_day(history, _happened(history, place))}"
    if why == SILENT:
        place = _last(history, populations.activity if _counts(churn) else populations.own, at)
        within = _within(churn)
        since = "" if place is None else f" since {_day(history, _happened(history, place))}"
        return f"silent{since}" + (f", for longer than {within}" if within else "")
    return "new: no activity of their own yet" if why == NEW else why


def _never_seen(history: History) -> str:
    if not len(history):
        return NEVER_SEEN
    return f"{NEVER_SEEN} before: first known of on {_day(history, int(history.place[0]))}"


def _left(history: History, place: int) -> str:
    kinds = history.columns["kind"]
    kind = kinds.levels[kinds.values[place]]  # type: ignore[union-attr]
    return "cancelled" if kind.lower().startswith("cancel") else f"ended ({kind})"


def _counts(churn: ChurnDefinition) -> bool:
    inner = churn.churn if isinstance(churn, OwnLabels) and churn.churn is not None else churn
    return hasattr(inner, "kinds")


def _within(churn: ChurnDefinition) -> str | None:
    inner = churn.churn if isinstance(churn, OwnLabels) and churn.churn is not None else churn
    length = getattr(inner, "active_within", None)
    return None if length is None else span(length, name="active_within").words


def _last(history: History, condition: Where, at: int) -> int | None:
    """Return the place of the last event of a condition that was known before the cut-off."""
    known = int(np.searchsorted(history.place, at))
    holds = reduce(np.logical_and, condition.masks(history), np.ones(len(history), dtype=bool))[:known]
    found = np.flatnonzero(holds)
    return int(found[-1]) if found.size else None


def _happened(history: History, place: int) -> int:
    return int(history.columns["timestamp"].values[place])


def _day(history: History, moment: int) -> str:
    days = int(history.zone.local(np.array([moment]))[0]) // DAY
    day = np.datetime64(days, "D").item()
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
