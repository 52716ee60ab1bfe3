"""Promises and what became of them, as far as an event can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
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
