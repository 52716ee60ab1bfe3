"""Other customers whom customers know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._peers import AnswerOfPeer, Peer, PeerGone, SponsorGone
from cxchurn.history import Seen, followed, matters, where
from cxchurn.panel import PEER_BACK, PEER_LEFT

_NOBODY = "is not known to have had to do with another customer"


class Network(Builder):
    """Customers are contagious: whom they brought, who brought them, which of these have left, and who answers them.

    ``peer_id`` is the other customer who had to do with an event. Columns for each window: ``network_peers_<window>`` (how
    many others) and, where the log knows `questions` and a ``direction``, ``network_answered_share_<window>`` (of what was
    asked, that to which another customer answered within `within`: outbound, with a ``peer_id``) and
    ``network_unanswered_<window>`` (questions without an answer so far). As of the cut-off, as far as the log knows such
    kinds: ``network_brought`` (others whom the customer brought); and with news of others who left (`peers_left`):
    ``network_gone`` and ``network_gone_share`` (of all others ever met, those who have left and not come back),
    ``network_days_gone`` (since the last one left) and ``network_sponsor_gone`` (1 where the one through whom the customer
    came has left, else 0; missing for those who came through nobody).

    No column looks into another customer's past: that somebody has left is an event of those who know them, from when on it
    could be known. So a service that is told of it says the same as a batch.

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    brought : tuple of str, default ("referral",)
        The kinds with which customers bring others.
    came : tuple of str, default ("invited", "joined", "referred", "registration", "signup")
        The kinds with which one comes; who is named with the first of them brought the customer.
    questions : tuple of str, default ("comment", "post", "question", "review")
        The kinds to which one hopes for an answer.
    within : str, default "7D"
        How soon an answer counts.
    """

    driver = "network"
    needs = ("roles.peer_id",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        brought: tuple[str, ...] = ("referral",),
        came: tuple[str, ...] = ("invited", "joined", "referred", "registration", "signup"),
        questions: tuple[str, ...] = ("comment", "post", "question", "review"),
        within: str = "7D",
    ) -> None:
        self.windows = windows
        self.brought = brought
        self.came = came
        self.questions = questions
        self.within = within

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        kinds = set(seen.known("kind"))
        if kinds & set(self.brought):
            yield self._brought(seen)
        if kinds & {PEER_LEFT, PEER_BACK}:
            yield from _gone(seen)
            if kinds & set(self.came):
                yield self._sponsor(seen)
        for w in spans(self.windows):
            yield _peers(seen, w)
            if kinds & set(self.questions) and seen.has("direction"):
                yield from self._answered(seen, w)

    def _brought(self, seen: Seen) -> Column:
        return Column(
            "network_brought",
            seen.own.distinct(Peer(self.brought)),
            says="has brought {value:#other customer}",
            zero="has brought no other customer",
            expects=-1,
        )

    def _sponsor(self, seen: Seen) -> Column:
        return Column(
            "network_sponsor_gone",
            seen.latest(SponsorGone(self.came)),
            says="came through another customer, who has left",
            zero="came through another customer, who is not known to have left",
            missing="is not known to have come through another customer",
            unit="yes/no",
            expects=1,
        )

    def _answered(self, seen: Seen, w: Span) -> Iterator[Column]:
        asked = where(kind=self.questions, unless={"direction": "outbound"})
        soon = span(self.within, name="within")
        answers = followed(seen.last(w), asked, None, within=soon, by_column=AnswerOfPeer())
        yield Column(
            f"network_answered_share_{w}",
            answers.share,
            says="got an answer from others within {soon} to {value:share} of what they asked in the last {window}",
            zero="got no answer from others within {soon} to what they asked in the last {window}",
            missing="asked others nothing in the last {window} that could have been answered by now",
            unit="share",
            window=w,
            slots={"soon": soon},
            expects=-1,
        )
        yield Column(
            f"network_unanswered_{w}",
            answers.pending,
            says="has had no answer from others to {value:#question} of the last {window}",
            zero="has had an answer from others to all that they asked in the last {window}, or asked nothing",
            window=w,
            expects=1,
        )


def _gone(seen: Seen) -> Iterator[Column]:
    known = matters(seen, PeerGone(), by="peer_id")
    yield Column(
        "network_gone",
        known.total,
        says="knows {value:#other customer} gone by now",
        zero="knows no other customer who has left",
        expects=1,
    )
    yield Column(
        "network_gone_share",
        known.mean,
        says="has seen {value:share} of the other customers leave with whom they had to do",
        zero="has seen none of the other customers leave with whom they had to do",
        missing=_NOBODY,
        unit="share",
        expects=1,
    )
    yield Column(
        "network_days_gone",
        seen.age(where(kind=PEER_LEFT)),
        says="last saw another customer leave {value:when}",
        missing="has never seen another customer leave",
        unit="days",
        expects=-1,
    )


def _peers(seen: Seen, w: Span) -> Column:
    return Column(
        f"network_peers_{w}",
        seen.last(w).distinct(Peer()),
        says="had to do with {value:#other customer} in the last {window}",
        zero="had to do with no other customer in the last {window}",
        window=w,
        expects=-1,
    )
