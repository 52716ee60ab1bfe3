"""Why a customer is not asked about, in words."""

from __future__ import annotations

from datetime import date
from functools import reduce

import numpy as np

from cxchurn._core import DAY, Span, span
from cxchurn.history import History, Where, where
from cxchurn.panel import ENDED, NEW, SILENT, ChurnDefinition, OwnLabels
from cxchurn.scoring._words import NEVER_SEEN
from cxchurn.words import said, value_words


def why_not(why: str, churn: ChurnDefinition, history: History, at: int) -> str:
    """Say why a customer is not asked about, with the day that it is about, in the language that is spoken.

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
    if why == NEVER_SEEN:
        return _never_seen(history)
    if why == ENDED and churn.populations.ended_by:
        place = _last(history, where(kind=churn.populations.ended_by), at)
        return value_words("not_asked", why) if place is None else _ended(history, place)
    if why == SILENT:
        return _silent(churn, history, at)
    return said("why_not", "new") if why == NEW else value_words("not_asked", why)


def _never_seen(history: History) -> str:
    if not len(history):
        return value_words("not_asked", NEVER_SEEN)
    return said("why_not", "first_known", day=_day(history, int(history.place[0])))


def _ended(history: History, place: int) -> str:
    kinds = history.columns["kind"]
    kind, day = kinds.levels[kinds.values[place]], _day(history, _happened(history, place))  # type: ignore[union-attr]
    if kind.lower().startswith("cancel"):
        return said("why_not", "cancelled", day=day)
    return said("why_not", "ended", kind=kind, day=day)


def _silent(churn: ChurnDefinition, history: History, at: int) -> str:
    place = _last(history, churn.populations.activity if _counts(churn) else churn.populations.own, at)
    within = _within(churn)
    known = {} if place is None else {"day": _day(history, _happened(history, place))}
    longer = {} if within is None else {"within": within}
    key = "_".join(["silent", *(["since"] if known else []), *(["longer"] if longer else [])])
    return said("why_not", key, **known, **longer)


def _counts(churn: ChurnDefinition) -> bool:
    inner = churn.churn if isinstance(churn, OwnLabels) and churn.churn is not None else churn
    return hasattr(inner, "kinds")


def _within(churn: ChurnDefinition) -> Span | None:
    inner = churn.churn if isinstance(churn, OwnLabels) and churn.churn is not None else churn
    length = getattr(inner, "active_within", None)
    return None if length is None else span(length, name="active_within")


def _last(history: History, condition: Where, at: int) -> int | None:
    """Return the place of the last event of a condition that was known before the cut-off."""
    known = int(np.searchsorted(history.place, at))
    holds = reduce(np.logical_and, condition.masks(history), np.ones(len(history), dtype=bool))[:known]
    found = np.flatnonzero(holds)
    return int(found[-1]) if found.size else None


def _happened(history: History, place: int) -> int:
    return int(history.columns["timestamp"].values[place])


def _day(history: History, moment: int) -> date:
    days = int(history.zone.local(np.array([moment]))[0]) // DAY
    found: date = np.datetime64(days, "D").item()
    return found
