"""A promise still not kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import DAY, Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._outreach import CONTACTS, PROMOTIONS, ROUTINE
from cxchurn.features.shared._promises import Open, SpokeFirst
from cxchurn.history import Seen, matters


class Overdue(Builder):
    """A promise still not kept: what customers are waiting for now, how long past its day, and who spoke first of it.

    An event that names ``promised_at`` is a promise; it is kept once an event is known that names the same instant and says
    that it was delivered. Columns as of the cut-off, missing where there was no promise: ``overdue_waiting`` (promises that
    are not kept, due or not) and ``overdue_days`` (since the oldest of these was due, 0 where none is due yet); those of which
    nothing was heard within `within` are forgotten, as what was called off is seldom told. With ``direction`` for each window
    ``overdue_told_share_<window>``: of what was late the share of which we sent word before the customer asked; looked at is
    the promise that was named last, and it is missing where nobody spoke.

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    within : str, default "180D"
    contacts : tuple of str, default ("call", "chat", "complaint", "email")
        The kinds of inbound interactions with which customers ask.
    silent : tuple of str, default ("campaign", "delivery", "peer_back", "peer_left", "refund", "resolved", "survey")
        The kinds of outbound interactions that are no word about it.
    """

    driver = "overdue"
    needs = ("promised_at", "delivered_at")
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        within: str = "180D",
        contacts: tuple[str, ...] = CONTACTS,
        silent: tuple[str, ...] = PROMOTIONS + ROUTINE,
    ) -> None:
        self.windows = windows
        self.within = within
        self.contacts = contacts
        self.silent = silent

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        never = seen.lag("promised_at")
        waiting = matters(seen.last(span(self.within, name="within")), Open(), by="promised_at")
        late = np.maximum(seen.cutoffs / DAY - np.where(waiting.matters > 0, waiting.smallest, np.inf), 0.0)
        yield Column(
            "overdue_waiting",
            np.where(np.isnan(never), np.nan, waiting.matters),
            says="is waiting for {value:#delivery} that we promised",
            zero="is waiting for nothing that we promised",
            missing="was never promised anything",
        )
        yield Column(
            "overdue_days",
            np.where(np.isnan(never), np.nan, late),
            says="has been waiting for {value:days} past the day that we promised",
            zero="is waiting for nothing that is late",
            missing="was never promised anything",
            unit="days",
            expects=1,
        )
        if seen.has("direction"):
            for w in spans(self.windows):
                yield self._column(seen, w)

    def _column(self, seen: Seen, w: Span) -> Column:
        return Column(
            f"overdue_told_share_{w}",
            seen.last(w).mean(SpokeFirst(self.contacts, self.silent)),
            says="heard from us about {value:share} of what came late in the last {window} before they had to ask",
            zero="had to ask about all that came late in the last {window} before they heard from us",
            missing="neither asked nor heard about anything late in the last {window}",
            unit="share",
            window=w,
            expects=-1,
        )
