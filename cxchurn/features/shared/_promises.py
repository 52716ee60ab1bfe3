"""Promises and what became of them, as far as an event can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class Lateness(Measure):
    """How many days after the promised instant something was delivered, 0 where in time.

    Only events that name both instants and were known no earlier than the delivery: a delivery that an event announces or
    that was filled in later would be news from the future.
    """

    def compute(self, events: Events) -> np.ndarray:
        """Return the days for each delivery, NaN for all other events."""
        delivered = events["delivered_at"]
        late = (delivered - events["promised_at"]) / np.timedelta64(1, "D")
        return np.where(delivered.astype(np.int64) / DAY <= events.place, np.maximum(late, 0.0), np.nan)


@dataclass(frozen=True)
class Kept(Measure):
    """Whether a delivery kept its promise."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each delivery, NaN for all other events."""
        late = events[Lateness()]
        return np.where(np.isnan(late), np.nan, late == 0)


@dataclass(frozen=True)
class KeptStreak(Measure):
    """How many promises in a row were kept, up to and including each delivery."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each delivery, NaN for all other events."""
        kept, customers = events[Kept()], events.of_customer()
        count = customers.running(kept)
        at_last_broken = customers.latest(np.where(kept == 0, count, np.nan))
        return np.where(np.isnan(kept), np.nan, count - np.where(np.isnan(at_last_broken), 0.0, at_last_broken))


@dataclass(frozen=True)
class Open(Measure):
    """What is promised and still to come after an event that names a promise: for when, in days since 1970.

    A promise is known by its instant: what says that it was kept names the same one.
    """

    def compute(self, events: Events) -> np.ndarray:
        """Return the instant for each event with a promise that is not kept by then, NaN for all others."""
        kept = events.of_matter("promised_at").latest(np.where(np.isnan(events[Lateness()]), np.nan, 1.0))
        return np.where(np.isnan(kept), _promised(events), np.nan)


@dataclass(frozen=True)
class SpokeFirst(Measure):
    """Who spoke first about something late: whether it was we with a word, and not the customer who had to ask.

    Late is the promise that was named last, from its instant on and until it is kept.

    Parameters
    ----------
    contacts : tuple of str
        The kinds of inbound interactions with which customers ask.
    silent : tuple of str
        The kinds of outbound interactions that are no word about it.
    """

    contacts: tuple[str, ...]
    silent: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for the first word or question after each promise that was not kept, NaN for all other events."""
        customers, promised = events.of_customer(), _promised(events)
        # a promise begins to be late when it is due, or later, when it is first heard of; one that is kept never
        named = np.maximum(promised, events.of_matter("promised_at").first(events.place))
        late = np.where(np.isnan(events[Open()]), np.inf, named)
        since = customers.latest(np.where(np.isnan(promised), np.nan, late))
        word = events.is_one_of("direction", "outbound") & ~events.is_one_of("kind", *self.silent)
        asked = events.is_one_of("direction", "inbound") & events.is_one_of("kind", *self.contacts)
        spoke = (word | asked) & at_once(events) & np.isnan(promised)
        before = customers.previous(customers.latest(np.where(spoke, events.place, np.nan)))
        first = spoke & (events.place > since) & ~(before > since)
        return np.where(first, word, np.nan)


def _promised(events: Events) -> np.ndarray:
    """Return for when each event says that something is promised, days since 1970, NaN where it does not."""
    promised = events["promised_at"]
    # no instant less itself is no length of time, and so no number
    nothing = (promised - promised) / np.timedelta64(1, "D")
    return promised.astype(np.int64) / DAY + nothing
