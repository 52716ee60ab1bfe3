"""People, not technology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._events import at_once
from cxchurn.history import Events, Measure, Seen, Window, where

_HUMAN = where(agent="human", unless={"later": True})
_ANSWERED = where(agent=("human", "bot"), unless={"later": True})


@dataclass(frozen=True)
class Escalated(Measure):
    """Whether a person took over from a bot: the answer before was a bot's, in the same matter or shortly before.

    Where the log tells matters, something that belongs to none (such as a purchase in a store) takes nothing over.

    Parameters
    ----------
    within : str
        How long after the bot's answer a person's still belongs to it.
    """

    within: str

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event that a person answered, NaN for all others."""
        human, bot = (events.is_one_of("agent", who) & at_once(events) for who in ("human", "bot"))
        by_bot = np.where(human | bot, bot, np.nan)
        customers, matters = events.of_customer(), events.of_matter()
        waited = events.place - customers.previous(customers.latest(np.where(human | bot, events.place, np.nan)))
        soon = (customers.previous(customers.latest(by_bot)) == 1) & (waited <= span(self.within).days)
        if "case_id" in events:
            about_something = ~np.isnan(matters.first(events.place))
            soon = (matters.previous(matters.latest(by_bot)) == 1) | (soon & about_something)
        return np.where(human, soon, np.nan)


@dataclass(frozen=True)
class SamePerson(Measure):
    """Whether it was the same person as the time before."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each human contact with an ``agent_id`` that has one before, NaN for all other events."""
        human = events.is_one_of("agent", "human") & at_once(events)
        who, customers = np.where(human, events.codes("agent_id"), np.nan), events.of_customer()
        before = customers.previous(customers.latest(who))
        return np.where(np.isnan(who) | np.isnan(before), np.nan, who == before)


class HumanTouch(Builder):
    """Technology is not the experience, people are: how much of the contact was with a person, and the same one.

    Answered is what a person or a bot took care of; what customers did themselves is not. Columns:
    ``human_touch_share_<window>`` (of the answered interactions those by a person), ``human_touch_shift_<window>`` (that share
    minus the share before the window), ``human_touch_days_last`` (since the last person), ``human_touch_escalations_<window>``
    (times a person followed on a bot, in the same matter or within `within`), and where the log has ``agent_id``
    ``human_touch_same_person_<window>`` (the share of human contacts with the person of the human contact before).

    Parameters
    ----------
    windows : tuple of str
    within : str, default "1D"
        Within how long after a bot's answer a person's counts as following on it.
    """

    driver = "human_touch"
    needs = ("agent",)
    theme = "experience"

    def __init__(self, *, windows: Sequence[str] = ("90D", "365D"), within: str = "1D") -> None:
        self.windows = windows
        self.within = within

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "human_touch_days_last",
            seen.age(_HUMAN),
            says="last dealt with a person {value:when}",
            missing="has never dealt with a person",
            unit="days",
            expects=1,
            missing_tells=True,
        )
        for w in spans(self.windows):
            recent = seen.last(w)
            yield from _shares(recent, seen.before(w), w)
            yield Column(
                f"human_touch_escalations_{w}",
                recent.sum(Escalated(self.within)),
                says="had to go on from a bot to a person {value:#time} in the last {window}",
                zero="never had to go on from a bot to a person in the last {window}",
                window=w,
                expects=1,
            )
            if seen.has("agent_id"):
                yield Column(
                    f"human_touch_same_person_{w}",
                    recent.mean(SamePerson()),
                    says="dealt with the same person again in {value:share} of the contacts with people in the last {window}",
                    zero="dealt with the same person again in none of the contacts with people in the last {window}",
                    missing="has not come back to a person in the last {window}",
                    unit="share",
                    window=w,
                    expects=-1,
                )


def _shares(recent: Window, earlier: Window, w: Span) -> Iterator[Column]:
    share = recent.share(_HUMAN, of=_ANSWERED)
    yield Column(
        f"human_touch_share_{w}",
        share,
        says="was answered by a person {value:share} of the time in the last {window}",
        zero="was never answered by a person in the last {window}",
        missing="had no answered contact in the last {window}",
        unit="share",
        window=w,
        expects=-1,
    )
    yield Column(
        f"human_touch_shift_{w}",
        share - earlier.share(_HUMAN, of=_ANSWERED),
        says="was answered by a person more often in the last {window} than before, by {value:points}",
        below="was answered by a person less often in the last {window} than before, by {value:points}",
        zero="was answered by a person as often in the last {window} as before",
        missing="did not have an answered contact both in the last {window} and before",
        unit="share",
        window=w,
        expects=-1,
        neutral=0.0,
    )
