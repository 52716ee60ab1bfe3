"""What ends a customer: kinds that sound like leaving, and whether the log shows that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import DAY, span
from cxchurn.history import Where, ask_as_of, asked_between, histories_of, where
from cxchurn.interactions import InteractionLog
from cxchurn.panel.churn._kinds import labels_in, named_like
from cxchurn.panel.churn._leaving_words import LEAVING
from cxchurn.words import Phrase

# at most so many of those who ended are active again soon, or it ended nothing
MOST_AGAIN = 0.2


@dataclass(frozen=True)
class Departure:
    """A kind of interaction, and how many were active again after their first one of it.

    Attributes
    ----------
    kind : str
    customers : int
        Customers with one whose following horizon lies within the log.
    again : int
        Those of them who were active again within that horizon.
    horizon : str
    """

    kind: str
    customers: int
    again: int
    horizon: str

    @property
    def ends(self) -> bool:
        """Whether the log shows that it ends a customer."""
        return self.customers > 0 and self.again <= MOST_AGAIN * self.customers

    def __add__(self, other: Departure) -> Departure:
        return Departure(self.kind, self.customers + other.customers, self.again + other.again, self.horizon)

    def words(self, said: tuple[str, ...] | None) -> str:
        """Say whether it ends a customer, by whose word, and what the log shows.

        Parameters
        ----------
        said : tuple of str or None
            ``ended_by`` as it was given; None where the log decides.
        """
        length, typed = span(self.horizon), f"ended_by=({self.kind!r},)"
        shown = Phrase("churn", "not_yet", horizon=length)
        if self.customers:
            shown = Phrase("churn", "again", n=self.customers, again=self.again, horizon=length)
        if said is not None:
            key = "said_ends" if self.kind in said else "said_act"
        else:
            key = "found_ends" if self.ends else "found_act" if self.customers else "found_nothing"
        return Phrase("churn", key, kind=self.kind, shown=shown, typed=typed)


def leaving_kinds(log: InteractionLog) -> tuple[str, ...]:
    """Return the kinds of a log that sound like leaving, whether they end a customer or not."""
    return tuple(named_like(labels_in(log, "kind"), LEAVING))


def departures_in(
    log: InteractionLog, horizon: str, counts: Where, *, kinds: tuple[str, ...] = (), at: np.datetime64 | None = None
) -> tuple[Departure, ...]:
    """Look at every kind that sounds like leaving.

    Parameters
    ----------
    log : InteractionLog
    horizon : str
        How soon after it somebody who is active again shows that it ended nothing.
    counts : Where
        What counts as being active again, beside these kinds themselves.
    kinds : tuple of str
        Further kinds to look at.
    at : datetime64, optional
        Only what was known before it counts. Default: the end of the log.
    """
    moment = log.observed_until if at is None else at.astype("datetime64[us]")
    present = labels_in(log, "kind", at=moment)
    names = dict.fromkeys([*(kind for kind in kinds if kind in present), *named_like(present, LEAVING)])
    # a second cancellation shows nobody back
    active = counts & where(unless={"kind": tuple(names)})
    cache = histories_of(log).cache
    found = []
    for kind in names:
        key = ("departure", kind, horizon, active, int(moment.astype(np.int64)))
        if key not in cache:
            cache[key] = _looked_at(log, kind, horizon, active, moment)
        found.append(cache[key])
    return tuple(found)


def known_departures(log: InteractionLog) -> dict[Any, Departure]:
    """Return what was found of departures in a log: `preset_departures` lets another log answer by it."""
    cache = histories_of(log).cache
    return {key: found for key, found in cache.items() if isinstance(found, Departure)}


def preset_departures(log: InteractionLog, found: Mapping[Any, Departure]) -> None:
    """Let a log that has no events itself answer by departures that were counted elsewhere."""
    histories_of(log).cache.update(found)


def _looked_at(log: InteractionLog, kind: str, horizon: str, active: Where, moment: np.datetime64) -> Departure:
    ids = histories_of(log).ids
    one = where(kind=kind)
    days = ask_as_of(log, ids, np.full(ids.size, moment), lambda seen: seen.age_of_first(one))
    who = np.flatnonzero(~np.isnan(days))
    first = moment.astype(np.int64) - np.round(days[who] * DAY).astype(np.int64)
    length = span(horizon, name="horizon")
    finished = first + length.microseconds <= moment.astype(np.int64)
    # what comes at the very instant of the end is part of the end, and what comes a horizon later shows them back; what comes
    # at the moment itself is not known before it
    after = first[finished] + 1
    until = np.minimum(after + length.microseconds, moment.astype(np.int64))
    span_after = (after.astype("datetime64[us]"), until.astype("datetime64[us]"))
    again = asked_between(log, ids[who[finished]], *span_after, lambda window: window.count(active) > 0, clock="known")
    return Departure(kind, int(finished.sum()), int(again.sum()), horizon)
