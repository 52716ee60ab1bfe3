"""Other customers whom a customer has had to do with, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure
from cxchurn.panel import PEER_BACK, PEER_LEFT


@dataclass(frozen=True)
class Peer(Measure):
    """Which other customer had to do with it, as a number that only tells them apart; not news of one.

    Parameters
    ----------
    kinds : tuple of str
        Only interactions of these kinds; none: of all.
    """

    kinds: tuple[str, ...] = ()

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each such event, NaN for all other events."""
        news = events.is_one_of("kind", PEER_LEFT, PEER_BACK) | ~at_once(events)
        if self.kinds:
            news = news | ~events.is_one_of("kind", *self.kinds)
        return np.where(news, np.nan, events.codes("peer_id"))


@dataclass(frozen=True)
class PeerGone(Measure):
    """Whether the customer whom an event names had left by then, as far as it is told."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event that names somebody, NaN for all other events."""
        left, back = (events.is_one_of("kind", kind) for kind in (PEER_LEFT, PEER_BACK))
        told = events.of_matter("peer_id").latest(np.where(left, 1.0, np.where(back, 0.0, np.nan)))
        return np.where(np.isnan(events.codes("peer_id")), np.nan, told == 1)


@dataclass(frozen=True)
class SponsorGone(Measure):
    """Whether the customer through whom one came had left by then.

    Parameters
    ----------
    came : tuple of str
        The kinds with which one comes; the first that names somebody says who it was.
    """

    came: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event that names that customer from then on, NaN for all other events."""
        peer, customers = events.codes("peer_id"), events.of_customer()
        arrival = events.is_one_of("kind", *self.came) & ~np.isnan(peer)
        first = arrival & (customers.running(arrival.astype(np.float64)) == 1)
        sponsor = customers.latest(np.where(first, peer, np.nan))
        return np.where(peer == sponsor, events[PeerGone()], np.nan)


@dataclass(frozen=True)
class AnswerOfPeer(Measure):
    """1 for what another customer wrote to the customer, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each answer, NaN elsewhere."""
        answer = events.is_one_of("direction", "outbound") & ~np.isnan(events[Peer()])
        return np.where(answer, 1.0, np.nan)
