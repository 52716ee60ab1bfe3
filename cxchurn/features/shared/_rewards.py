"""Rewards: tiers that customers rise to or fall from, and what says thank you."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure

THANKS = ("anniversary", "birthday", "gift", "reward", "thank_you", "thanks", "voucher")
# the lowest first
TIERS = (
    "member", "basic", "standard", "classic", "blue", "bronze", "silver", "gold", "platinum", "diamond", "black",
)  # fmt: skip


def ranks(tiers: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Return where each tier stands, however it begins: with a capital letter, or all in capitals."""
    return tuple((form, float(place)) for place, tier in enumerate(tiers) for form in _forms(tier))


def _forms(tier: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((tier, tier.lower(), tier.capitalize(), tier.upper())))


@dataclass(frozen=True)
class Rank(Measure):
    """Where the tier stands that an event names: a number that is larger for a better one.

    Parameters
    ----------
    tiers : tuple of str
        From the lowest on.
    """

    tiers: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each event with a tier that is known, NaN for all other events."""
        return events.mapped("tier", dict(ranks(self.tiers)))


@dataclass(frozen=True)
class TierChange(Measure):
    """1 for an event that names another tier than the customer was in, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each change, NaN elsewhere."""
        tier, customers = events.codes("tier"), events.of_customer()
        before = customers.previous(customers.latest(tier))
        return np.where(~np.isnan(tier) & ~np.isnan(before) & (tier != before), 1.0, np.nan)


@dataclass(frozen=True)
class TierMove(Measure):
    """1 for an event that names a better tier than the customer was in (or a worse one), missing elsewhere.

    Parameters
    ----------
    tiers : tuple of str
        From the lowest on.
    sign : {1, -1}
        Whether the move is up or down.
    """

    tiers: tuple[str, ...]
    sign: int

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such move, NaN elsewhere."""
        rank, customers = events[Rank(self.tiers)], events.of_customer()
        before = customers.previous(customers.latest(rank))
        return np.where((rank - before) * self.sign > 0, 1.0, np.nan)


@dataclass(frozen=True)
class Thanked(Measure):
    """1 where a customer was rewarded: points redeemed, a better tier, a present or a word of thanks; missing elsewhere.

    Parameters
    ----------
    tiers : tuple of str
        From the lowest on.
    kinds : tuple of str
        The kinds of interactions that say thank you.
    """

    tiers: tuple[str, ...]
    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each reward, NaN elsewhere."""
        thanked = events.is_one_of("kind", *self.kinds) & at_once(events)
        if "points" in events:
            thanked = thanked | (events["points"] < 0)
        if "tier" in events:
            thanked = thanked | (events[TierMove(self.tiers, 1)] > 0)
        return np.where(thanked, 1.0, np.nan)
