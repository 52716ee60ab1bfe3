"""Who turned to whom: contacts that call for an answer, and words from the business that are meant for one customer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cxchurn.history import Events, Measure, Where, where

PROMOTIONS = ("campaign",)
# news of other customers is nothing that the business says
ROUTINE = ("delivery", "peer_back", "peer_left", "refund", "resolved", "survey")
CONTACTS = ("call", "chat", "complaint", "email")


@lru_cache(maxsize=64)
def a_word(promotions: tuple[str, ...], routine: tuple[str, ...]) -> Where:
    """Say that the business reached out: outbound, and neither a promotion nor what goes out by itself."""
    return where(direction="outbound", unless={"kind": (*promotions, *routine)})


@dataclass(frozen=True)
class Question(Measure):
    """1 for a contact by the customer that was not settled there and then, missing elsewhere.

    Settled is a contact that closed its matter; where that is not on record, one that a person or a bot answered.

    Parameters
    ----------
    kinds : tuple of str
        Which kinds of inbound interactions call for an answer.
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each question, NaN elsewhere."""
        asked = events.is_one_of("direction", "inbound") & events.is_one_of("kind", *self.kinds)
        ended = events["resolved"] if "resolved" in events else np.full(len(events), np.nan)
        closed = np.where(np.isnan(ended), events.is_one_of("agent", "human", "bot"), ended > 0)
        return np.where(asked & ~closed, 1.0, np.nan)


@dataclass(frozen=True)
class Answer(Measure):
    """1 for a word from the business, or the news that a matter is closed; missing elsewhere.

    Parameters
    ----------
    promotions, routine : tuple of str
        Kinds of outbound interactions that answer nothing.
    """

    promotions: tuple[str, ...]
    routine: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each answer, NaN elsewhere."""
        answer = events.is_one_of("direction", "outbound")
        answer &= ~events.is_one_of("kind", *self.promotions, *self.routine)
        if "resolved" in events:
            answer = answer | (events["resolved"] > 0)
        return np.where(answer, 1.0, np.nan)


@dataclass(frozen=True)
class Exchange(Measure):
    """1 where both sides had their say: an answered survey, a contact served, a contact answered; missing elsewhere.

    Parameters
    ----------
    contacts, promotions, routine : tuple of str
        As in `Question` and `Answer`.
    within : float
        For how many days after a contact a word from the business is a reply to it.
    """

    contacts: tuple[str, ...]
    promotions: tuple[str, ...]
    routine: tuple[str, ...]
    within: float

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each exchange, NaN elsewhere."""
        asked = events.is_one_of("direction", "inbound") & events.is_one_of("kind", *self.contacts)
        served = asked & events.is_one_of("agent", "human", "bot")
        since = events.place - events.of_customer().latest(np.where(asked, events.place, np.nan))
        word = events.is_one_of("direction", "outbound")
        word &= ~events.is_one_of("kind", *self.promotions, *self.routine)
        both = served | (word & (since <= self.within))
        if "wait_s" in events:
            both |= asked & ~np.isnan(events["wait_s"])
        if "score" in events:
            both |= ~np.isnan(events["score"])
        return np.where(both, 1.0, np.nan)
