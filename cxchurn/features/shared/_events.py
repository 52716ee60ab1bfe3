"""What the measures of several families ask about events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.history import Events, Measure


def at_once(events: Events) -> np.ndarray:
    """Return where an event is an interaction of its own, not a value that became known later; bool, shape ``(events,)``."""
    return ~(events["later"] > 0) if "later" in events else np.ones(len(events), dtype=bool)


@dataclass(frozen=True)
class Contact(Measure):
    """1 where a customer was in touch: not outbound, not known later, no answer to a survey; else 0."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event."""
        contact = at_once(events) & ~events.is_one_of("direction", "outbound")
        return contact & np.isnan(events["score"]) if "score" in events else contact


def contacts(events: Events) -> np.ndarray:
    """Return where a customer was in touch, see `Contact`; bool, shape ``(events,)``."""
    return events[Contact()] > 0


@dataclass(frozen=True)
class Settled(Measure):
    """Whether an event's matter stood closed after it.

    Closed by an event that says so; open by one that says so, and by a contact that tells nothing of it.
    """

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event of a matter, NaN before anything is told and for all other events."""
        resolved = events["resolved"]
        return events.of_matter().latest(np.where(contacts(events) & np.isnan(resolved), 0.0, resolved))
