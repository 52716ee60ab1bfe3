"""What comes after the sale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._outreach import CONTACTS, PROMOTIONS, ROUTINE, Exchange, a_word
from cxchurn.history import Followed, Seen, followed, where


class AfterSale(Builder):
    """The relation goes on after the sale: whether customers hear from the business once they have bought.

    A word is an outbound interaction that is neither a promotion nor routine. Columns for each window:
    ``after_sale_followed_share_<within>_<window>`` (the share of the purchases followed by a word in time, of those where
    the time is over or the word was said), ``after_sale_days_to_word_<window>`` (mean days from purchase to word where it
    came within the longest time). As of the cut-off: ``after_sale_unheard`` (purchases without any word since),
    ``after_sale_unheard_days`` (since the first of these), ``after_sale_days_exchange`` (since both sides had their say: an
    answered survey, a contact that was served or answered within `reply`).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    within : tuple of str, default ("7D", "30D")
        How soon after a purchase a word is a follow-up.
    sales : tuple of str, default ("purchase",)
        The kinds that are sales.
    contacts : tuple of str
        The kinds of inbound interactions that call for an answer.
    promotions : tuple of str, default ("campaign",)
        The kinds that promote.
    routine : tuple of str, default ("delivery", "peer_back", "peer_left", "refund", "resolved", "survey")
        The kinds that go out by themselves.
    reply : str, default "7D"
        For how long after a contact a word from the business is a reply to it.
    """

    driver = "after_sale"
    needs = ("direction",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        within: Sequence[str] = ("7D", "30D"),
        sales: tuple[str, ...] = ("purchase",),
        contacts: tuple[str, ...] = CONTACTS,
        promotions: tuple[str, ...] = PROMOTIONS,
        routine: tuple[str, ...] = ROUTINE,
        reply: str = "7D",
    ) -> None:
        self.windows = windows
        self.within = within
        self.sales = sales
        self.contacts = contacts
        self.promotions = promotions
        self.routine = routine
        self.reply = reply

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        sale = where(kind=self.sales, unless={"direction": "outbound", "later": True})
        word = a_word(self.promotions, self.routine)
        within = sorted(spans(self.within))
        for w in spans(self.windows):
            recent = seen.last(w)
            for soon in within:
                met = followed(recent, sale, word, within=soon)
                yield _share(met, soon, w)
            if within:
                yield _delay(met, within[-1], w)
        since = followed(seen, sale, word, within="1D")
        yield Column(
            "after_sale_unheard",
            since.pending,
            says="has made {value:#purchase} without hearing from us since",
            zero="has made no purchase without hearing from us since",
            expects=1,
        )
        yield Column(
            "after_sale_unheard_days",
            since.oldest,
            says="has not heard from us since a purchase {value:when}",
            missing="has made no purchase without hearing from us since",
            unit="days",
            expects=1,
        )
        reply = span(self.reply, name="reply").days
        yield Column(
            "after_sale_days_exchange",
            seen.age(column=Exchange(self.contacts, self.promotions, self.routine, reply)),
            says="last had an exchange with us {value:when}",
            missing="has never had an exchange with us",
            unit="days",
            expects=1,
            missing_tells=True,
        )


def _share(met: Followed, soon: Span, w: Span) -> Column:
    return Column(
        f"after_sale_followed_share_{soon}_{w}",
        met.share,
        says="heard from us within {soon} after {value:share} of the purchases in the last {window}",
        zero="heard from us within {soon} after none of the purchases in the last {window}",
        missing="made no purchase in the last {window} that is at least {soon} old",
        slots={"soon": soon},
        unit="share",
        window=w,
        expects=-1,
    )


def _delay(met: Followed, soon: Span, w: Span) -> Column:
    return Column(
        f"after_sale_days_to_word_{w}",
        met.delay,
        says="heard from us {value:days} after a purchase on average in the last {window}",
        zero="heard from us right after buying in the last {window}",
        missing="made no purchase in the last {window} that we followed up within {soon}",
        slots={"soon": soon},
        unit="days",
        window=w,
        expects=1,
    )
