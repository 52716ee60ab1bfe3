"""The people customers deal with: whom they met, who is their usual one, and what was told of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import at_once
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Events, Measure

# how contacts felt, by their tone or an answer; whether they were solved is told apart
TONE = Valence(kinds=(), resolved=None)
# in days since 1970, whose first day was a Thursday: the fifth was a Monday
_MONDAY, _WEEK = 4.0, 7.0


@dataclass(frozen=True)
class Named(Measure):
    """1 for each event that says which person it was, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such event, NaN elsewhere."""
        # a bot's or a website's id is a person's to nobody
        technology = events.is_one_of("agent", "bot", "self")
        return np.where(np.isnan(events.codes("agent_id")) | technology, np.nan, 1.0)


@dataclass(frozen=True)
class Met(Measure):
    """1 for each contact with a person: what only became known later, such as an answer about one, is none."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each contact, NaN elsewhere."""
        return np.where(at_once(events), events[Named()], np.nan)


@dataclass(frozen=True)
class Person(Measure):
    """Which person it was: their hash.

    Parameters
    ----------
    of : Measure
        Which events are asked about: `Named` or `Met`.
    key : str
        What the persons' ids are hashed with.
    """

    of: Measure
    key: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the hash for each event asked about, NaN elsewhere."""
        return np.where(np.isnan(events[self.of]), np.nan, events.hashed("agent_id", self.key))


@dataclass(frozen=True)
class Known(Measure):
    """When it became known, days since 1970.

    Parameters
    ----------
    of : Measure
        Which events are asked about.
    """

    of: Measure

    def compute(self, events: Events) -> np.ndarray:
        """Return the day for each event asked about, NaN elsewhere."""
        return np.where(np.isnan(events[self.of]), np.nan, events.place)


@dataclass(frozen=True)
class IsUsual(Measure):
    """Whether a contact was with the customer's usual person as of then: the one met most often, and more than once.

    Of several met as often, who was so first.
    """

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each contact from the first with a usual person on, NaN for all other events."""
        return np.where(np.isnan(events[Met()]), np.nan, _is_usual(events, events.codes("agent_id")))


@dataclass(frozen=True)
class UsualPerson(Measure):
    """Who the customer's usual person was as of a contact: their hash.

    Parameters
    ----------
    key : str
        What the persons' ids are hashed with.
    """

    key: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the hash for each contact with the usual person, NaN for all other events."""
        return np.where(events[IsUsual()] == 1, events.hashed("agent_id", self.key), np.nan)


def _is_usual(events: Events, who: np.ndarray) -> np.ndarray:
    met, customers = events[Met()], events.of_customer()
    times = events.of_matter("agent_id").running(met)
    # nobody had been met so often before: as counts go up by one, such a contact is the first to reach its count
    first = customers.new(np.where((met == 1) & (times >= 2), times, np.nan)) == 1
    usual = customers.latest(np.where(first, who, np.nan))
    return np.where(np.isnan(usual), np.nan, who == usual)


@dataclass(frozen=True)
class Others(Measure):
    """How many contacts with other people there had been since the last one with the usual person."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each contact from the first with a usual person on, NaN for all other events."""
        usual, customers = events[IsUsual()], events.of_customer()
        count = customers.running(events[Met()])
        at_last = customers.latest(np.where(usual == 1, count, np.nan))
        return np.where(np.isnan(usual), np.nan, count - at_last)


@dataclass(frozen=True)
class Told(Measure):
    """What an event tells of the person it names.

    Parameters
    ----------
    what : {"tone", "solved"}
        How it felt, or whether the matter was closed.
    """

    what: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each event that tells it, NaN elsewhere."""
        told = events[TONE] if self.what == "tone" else events["resolved"]
        return np.where(np.isnan(events[Named()]), np.nan, told)


@dataclass(frozen=True)
class SoFar(Measure):
    """What a customer's own events had told of the person that an event names.

    Parameters
    ----------
    what : {"tone", "solved"}
    counted : bool
        Whether the events are counted, instead of summed up.
    before_week : bool
        Whether only those are looked at that were known before the event's week (Monday, 00:00 UTC).
    """

    what: str
    counted: bool
    before_week: bool

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each event that names a person, NaN elsewhere."""
        told, person = events[Told(self.what)], events.of_matter("agent_id")
        values = np.where(np.isnan(told), 0.0, 1.0 if self.counted else told)
        found = person.running(values)
        if self.before_week:
            week = np.floor((events.place - _MONDAY) / _WEEK)
            begins = week != person.previous(week)
            found = person.latest(np.where(begins, found - values, np.nan))
        return np.where(np.isnan(events[Named()]), np.nan, found)
