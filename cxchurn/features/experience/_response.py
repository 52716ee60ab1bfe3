"""What customers make of our messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._messages import MESSAGES, Reaction, Reply, Sent, Unopened, Way, opened_share
from cxchurn.history import Seen, label_is

OPTED_OUT = ("opt_out", "optout", "unsubscribe", "unsubscribed")
OPTED_IN = ("opt_in", "optin", "resubscribe", "resubscribed")


class Response(Builder):
    """Keeping the avenues open: whether customers open what we send, or have long stopped looking.

    A message is an outbound interaction of one of the kinds in `messages` (or of any kind, where its own row says whether it
    was opened) that no person took part in. An opening is an event that says that one was opened or clicked, be it the row of
    the message or one that became known later; it is taken for one of all messages of the `within` before it, as logs
    seldom tell which it was of. Columns for each window: ``response_sent_<window>`` (messages),
    ``response_opened_share_<window>`` (of the messages for which that is decided, those opened within `within`),
    ``response_opened_shift_<window>`` (that share minus the share before the window), with the role
    ``clicked`` also ``response_clicked_share_<window>``; with touchpoints ``response_ways_<window>`` (over how many touchpoints
    customers opened something or got in touch), and with ``agent`` too ``response_replies_<window>`` (contacts over the
    touchpoint of a message, within `within` of it) and ``response_personal_share_<window>`` (of these, those that a person
    answered). As of the cut-off: ``response_unopened`` (messages since the last opening), ``response_days_opened`` (since that)
    and, where the log knows such kinds, ``response_days_opted_out`` (since customers told us to stop, missing for those who
    have not, or have taken it back).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    messages : tuple of str
        The kinds of outbound interactions that are messages.
    within : str, default "7D"
        How long after a message an opening, or a reply, belongs to it.
    opted_out, opted_in : tuple of str
        The kinds with which customers tell us to stop, and take that back.
    """

    driver = "response"
    needs = ("direction", "roles.opened|roles.clicked")
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        messages: tuple[str, ...] = MESSAGES,
        within: str = "7D",
        opted_out: tuple[str, ...] = OPTED_OUT,
        opted_in: tuple[str, ...] = OPTED_IN,
    ) -> None:
        self.windows = windows
        self.messages = messages
        self.within = within
        self.opted_out = opted_out
        self.opted_in = opted_in

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield from self._so_far(seen)
        if set(seen.known("kind")) & set(self.opted_out):
            yield self._stopped(seen)
        for w in spans(self.windows):
            yield self._sent(seen, w)
            yield from self._opened(seen, w)
            if seen.has("clicked"):
                yield self._clicked(seen, w)
            if seen.has("touchpoint"):
                yield self._ways(seen, w)
                if seen.has("agent"):
                    yield from self._replies(seen, w)

    def _so_far(self, seen: Seen) -> Iterator[Column]:
        yield Column(
            "response_unopened",
            seen.latest(Unopened(self.messages)),
            says="was sent {value:#message} in a row without opening one",
            zero="opened the last of our messages",
            missing="has not been sent a message yet",
            expects=1,
        )
        yield Column(
            "response_days_opened",
            seen.age(column=Reaction()),
            says="last opened a message of ours {value:when}",
            missing="has never opened a message of ours",
            unit="days",
            expects=1,
            missing_tells=True,
        )

    def _stopped(self, seen: Seen) -> Column:
        stopped, back = (seen.age(label_is("kind", *kinds)) for kinds in (self.opted_out, self.opted_in))
        return Column(
            "response_days_opted_out",
            np.where(back < stopped, np.nan, stopped),
            says="told us {value:when} to send no more messages",
            missing="has not told us to send no more messages",
            unit="days",
            expects=-1,
        )

    def _sent(self, seen: Seen, w: Span) -> Column:
        return Column(
            f"response_sent_{w}",
            seen.last(w).count_of(Sent(self.messages)),
            says="was sent {value:#message} in the last {window}",
            zero="was sent no message in the last {window}",
            window=w,
            expects=1,
        )

    def _opened(self, seen: Seen, w: Span) -> Iterator[Column]:
        share, earlier = (opened_share(part, self.messages, self.within) for part in (seen.last(w), seen.before(w)))
        yield Column(
            f"response_opened_share_{w}",
            share,
            says="opened {value:share} of our messages of the last {window}",
            zero="opened none of our messages of the last {window}",
            missing="was sent no message in the last {window} that could have been opened by now",
            unit="share",
            window=w,
            expects=-1,
        )
        yield Column(
            f"response_opened_shift_{w}",
            share - earlier,
            says="opened our messages more often in the last {window} than before, by {value:points}",
            below="opened our messages less often in the last {window} than before, by {value:points}",
            zero="opened our messages as often in the last {window} as before",
            missing="was not sent messages both in the last {window} and before",
            unit="share",
            window=w,
            expects=-1,
            neutral=0.0,
        )

    def _clicked(self, seen: Seen, w: Span) -> Column:
        return Column(
            f"response_clicked_share_{w}",
            opened_share(seen.last(w), self.messages, self.within, only_clicks=True),
            says="followed a link in {value:share} of our messages of the last {window}",
            zero="followed a link in none of our messages of the last {window}",
            missing="was sent no message in the last {window} whose link could have been followed by now",
            unit="share",
            window=w,
            expects=-1,
        )

    def _ways(self, seen: Seen, w: Span) -> Column:
        return Column(
            f"response_ways_{w}",
            seen.last(w).distinct(Way()),
            says="opened a message or got in touch over {value:#touchpoint} in the last {window}",
            zero="neither opened a message nor got in touch over any touchpoint in the last {window}",
            window=w,
            expects=-1,
        )

    def _replies(self, seen: Seen, w: Span) -> Iterator[Column]:
        recent, reply = seen.last(w), Reply(self.messages, self.within)
        yield Column(
            f"response_replies_{w}",
            recent.count_of(reply),
            says="replied to a message of ours {value:#time} in the last {window}, within {soon} of it",
            zero="replied to no message of ours in the last {window}",
            slots={"soon": span(self.within, name="within")},
            window=w,
            expects=-1,
        )
        yield Column(
            f"response_personal_share_{w}",
            recent.mean(reply),
            says="was answered by a person {value:share} of the time in the last {window} after replying to a message of ours",
            zero="was never answered by a person in the last {window} after replying to a message of ours",
            missing="replied to no message of ours in the last {window}",
            unit="share",
            window=w,
            expects=-1,
        )
