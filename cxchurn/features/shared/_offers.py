"""What was taken off the usual price: of what customers bought, and of what they were offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class Reduced(Measure):
    """The part of the usual price that was taken off what a customer bought, missing for all other events.

    Bought is what says a discount, also one that became known later, was not sent by the business, and brought no money back.
    """

    def compute(self, events: Events) -> np.ndarray:
        """Return the discount of each purchase, NaN for all other events."""
        bought = ~events.is_one_of("direction", "outbound")
        if "value" in events:
            bought &= ~(events["value"] < 0)
        return np.where(bought, events["discount"], np.nan)


@dataclass(frozen=True)
class OnOffer(Measure):
    """The discount of what was bought on offer, missing for all other events."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the discount of each purchase on offer, NaN for all other events."""
        off = events[Reduced()]
        return np.where(off > 0, off, np.nan)


@dataclass(frozen=True)
class FullPrice(Measure):
    """1 for what was bought at full price, 0 for what was bought on offer, missing for all other events."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each purchase, NaN for all other events."""
        off = events[Reduced()]
        return np.where(np.isnan(off), np.nan, off <= 0)


@dataclass(frozen=True)
class OffersInRow(Measure):
    """How many purchases on offer there had been since the last one at full price, up to and including each purchase."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each purchase, NaN for all other events."""
        full, customers = events[FullPrice()], events.of_customer()
        count = customers.running(np.where(full == 0, 1.0, np.nan))
        at_last = customers.latest(np.where(full == 1, count, np.nan))
        return np.where(np.isnan(full), np.nan, count - np.where(np.isnan(at_last), 0.0, at_last))


@dataclass(frozen=True)
class Prompted(Measure):
    """Whether a purchase came soon after a promotion was sent.

    Parameters
    ----------
    promotions : tuple of str
        The kinds of outbound interactions that are promotions.
    within : float
        How many days are soon.
    """

    promotions: tuple[str, ...]
    within: float

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each purchase, NaN for all other events."""
        sent = events.is_one_of("direction", "outbound") & events.is_one_of("kind", *self.promotions) & at_once(events)
        since = events.place - events.of_customer().latest(np.where(sent, events.place, np.nan))
        return np.where(np.isnan(events[Reduced()]), np.nan, since <= self.within)
