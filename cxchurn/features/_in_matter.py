"""What became of a matter: measures that look at the events of the same matter that came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class ToResolution(Measure):
    """How many contacts a matter had taken when it stood closed, missing while it is open: the state after each event."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the contacts so far for each event after which its matter is closed, NaN elsewhere."""
        contacts = events.of_matter().running(_contacts(events).astype(np.float64))
        closed = events.of_matter().latest(_state(events)) == 1
        return np.where(closed & (contacts > 0), contacts, np.nan)


@dataclass(frozen=True)
class Reopening(Measure):
    """1 for a contact about a matter that had been closed, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each reopening, NaN elsewhere."""
        matter = events.of_matter()
        was_closed = matter.previous(matter.latest(_state(events))) == 1
        return np.where(_contacts(events) & was_closed, 1.0, np.nan)


@dataclass(frozen=True)
class TouchpointSwitch(Measure):
    """1 for a contact over another touchpoint than the contact before in the same matter, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each switch, NaN elsewhere."""
        matter = events.of_matter()
        codes = pd.factorize(events["touchpoint"])[0].astype(np.float64)
        here = np.where(_contacts(events) & (codes >= 0), codes, np.nan)
        before = matter.previous(matter.latest(here))
        return np.where(~np.isnan(here) & ~np.isnan(before) & (here != before), 1.0, np.nan)


def _contacts(events: Events) -> np.ndarray:
    """Where a customer was in touch: not outbound, not a later-known value, not an answer to a survey."""
    contact = ~events.is_one_of("direction", "outbound")
    if "later" in events:
        contact &= ~(events["later"] > 0)
    if "score" in events:
        contact &= np.isnan(events["score"])
    return contact


def _state(events: Events) -> np.ndarray:
    """1 where an event closes its matter, 0 where it opens it (as a contact does unless told otherwise), NaN elsewhere."""
    return np.where(_contacts(events) & np.isnan(events["resolved"]), 0.0, events["resolved"])
