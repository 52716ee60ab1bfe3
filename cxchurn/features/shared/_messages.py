"""Messages that go out to many, and the signs that somebody looked at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import span
from cxchurn.features.shared._events import at_once, contacts
from cxchurn.history import Events, Measure, Window, followed, ratio

MESSAGES = ("campaign", "email", "mailing", "message", "newsletter", "notification", "promotion", "push", "sms")
_SIGNS = ("opened", "clicked")


def _reacted(events: Events, *signs: str) -> np.ndarray:
    """Return 1 where an event says yes to one of these roles, 0 where to none, NaN where it says nothing."""
    there = [events[sign] for sign in signs if sign in events]
    if not there:
        return np.full(len(events), np.nan)
    return there[0] if len(there) == 1 else np.fmax(there[0], there[1])


@dataclass(frozen=True)
class Reaction(Measure):
    """1 for a sign that a message was opened, missing elsewhere; a click is one, too.

    Parameters
    ----------
    only_clicks : bool, default False
        Whether links followed count alone.
    """

    only_clicks: bool = False

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each sign, NaN elsewhere."""
        signs = _SIGNS[1:] if self.only_clicks else _SIGNS
        return np.where(_reacted(events, *signs) > 0, 1.0, np.nan)


@dataclass(frozen=True)
class Sent(Measure):
    """1 for a message, missing elsewhere: outbound, by nobody in person, of a kind that is one or with a word on its opening.

    Parameters
    ----------
    kinds : tuple of str
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each message, NaN elsewhere."""
        out = events.is_one_of("direction", "outbound") & at_once(events) & ~events.is_one_of("agent", "human")
        message = events.is_one_of("kind", *self.kinds) | ~np.isnan(_reacted(events, *_SIGNS))
        return np.where(out & message, 1.0, np.nan)


@dataclass(frozen=True)
class Marked(Measure):
    """1 or 0 for a message whose own row says whether it was opened, missing for all other events.

    Parameters
    ----------
    kinds : tuple of str
    only_clicks : bool
    """

    kinds: tuple[str, ...]
    only_clicks: bool

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each such message, NaN elsewhere."""
        reacted = _reacted(events, *(_SIGNS[1:] if self.only_clicks else _SIGNS))
        return np.where(np.isnan(events[Sent(self.kinds)]), np.nan, reacted)


@dataclass(frozen=True)
class Unmarked(Measure):
    """1 for a message whose own row does not say whether it was opened, missing for all other events.

    Parameters
    ----------
    kinds : tuple of str
    only_clicks : bool
    """

    kinds: tuple[str, ...]
    only_clicks: bool

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such message, NaN elsewhere."""
        untold = np.isnan(events[Marked(self.kinds, self.only_clicks)])
        return np.where(untold, events[Sent(self.kinds)], np.nan)


@dataclass(frozen=True)
class Unopened(Measure):
    """How many messages had been sent since the last opening, after each message and each opening.

    Parameters
    ----------
    kinds : tuple of str
    """

    kinds: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each message and opening, NaN for all other events."""
        sent, opened, customers = events[Sent(self.kinds)], events[Reaction()], events.of_customer()
        count = customers.running(sent)
        at_last = customers.latest(np.where(np.isnan(opened), np.nan, count))
        since = count - np.where(np.isnan(at_last), 0.0, at_last)
        return np.where(np.isnan(sent) & np.isnan(opened), np.nan, since)


@dataclass(frozen=True)
class Way(Measure):
    """Over which touchpoint customers opened something or got in touch, as a number that only tells touchpoints apart."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the touchpoint of each opening and contact, NaN for all other events."""
        reached = (events[Reaction()] > 0) | contacts(events)
        return np.where(reached, events.codes("touchpoint"), np.nan)


@dataclass(frozen=True)
class Reply(Measure):
    """Whether a person answered the first contact after a message, over the same touchpoint and soon after it.

    Parameters
    ----------
    kinds : tuple of str
        Which outbound interactions are messages.
    within : str
        How long after a message a contact replies to it.
    """

    kinds: tuple[str, ...]
    within: str

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each reply, NaN for all other events."""
        sent, customers = events[Sent(self.kinds)] > 0, events.of_customer()
        place, touchpoint = customers.latest(np.where(sent, events.place, np.nan)), events.codes("touchpoint")
        same = customers.latest(np.where(sent, np.where(np.isnan(touchpoint), -1.0, touchpoint), np.nan)) == touchpoint
        replies = contacts(events) & same & (events.place - place <= span(self.within).days)
        # a message is replied to once
        count = customers.running(replies.astype(np.float64))
        before = customers.latest(np.where(sent, count, np.nan))
        return np.where(replies & (count - before == 1), events.is_one_of("agent", "human"), np.nan)


def opened_share(window: Window, kinds: tuple[str, ...], within: str, *, only_clicks: bool = False) -> np.ndarray:
    """Return the share of a window's messages that were opened within the time, of those for which that is decided.

    Parameters
    ----------
    window : Window
    kinds : tuple of str
        Which outbound interactions are messages.
    within : str
        How long after a message, whose own row does not say it, an opening counts as one of it.
    only_clicks : bool, default False
        Whether links followed count alone.
    """
    marked, unmarked = Marked(kinds, only_clicks), Unmarked(kinds, only_clicks)
    later = followed(window, None, None, within=within, first_column=unmarked, by_column=Reaction(only_clicks))
    opened = window.sum(marked) + later.followed
    return ratio(opened, window.count_of(marked) + later.decided)
