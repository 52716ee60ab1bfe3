"""What became of a matter: measures that look at the events of the same matter that came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import Settled, contacts
from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class ContactMatter(Measure):
    """Which matter a contact is about, as a number that only tells matters apart."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the matter of each contact, NaN for all other events and for contacts of none."""
        return np.where(contacts(events), events.codes("case_id"), np.nan)


@dataclass(frozen=True)
class Reopening(Measure):
    """1 for a contact about a matter that had been closed, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each reopening, NaN elsewhere."""
        was_closed = events.of_matter().previous(events[Settled()]) == 1
        return np.where(contacts(events) & was_closed, 1.0, np.nan)


@dataclass(frozen=True)
class TouchpointSwitch(Measure):
    """1 for a contact over another touchpoint than the contact before in the same matter, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each switch, NaN elsewhere."""
        matter = events.of_matter()
        here = np.where(contacts(events), events.codes("touchpoint"), np.nan)
        before = matter.previous(matter.latest(here))
        return np.where(~np.isnan(here) & ~np.isnan(before) & (here != before), 1.0, np.nan)
