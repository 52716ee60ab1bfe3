"""Being present."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._outreach import CONTACTS, PROMOTIONS, ROUTINE, Answer, Question, a_word
from cxchurn.history import Seen, followed, label_is, where

_INBOUND, _OUTBOUND = where(direction="inbound"), where(direction="outbound")
_DIRECTED = where(direction=("inbound", "outbound"))


class Attention(Builder):
    """Being present: who turns to whom, and whether customers who turn to us hear back.

    A word is an outbound interaction that is neither a promotion nor routine; a question is an inbound contact that was not
    settled there and then (one that a person took is one too, where its matter stayed open); the next word, or the closing of
    a matter, answers it. Columns for each window:
    ``attention_inbound_share_<window>`` (of all interactions with a direction), ``attention_words_<window>``,
    ``attention_promotion_share_<window>`` (of the outbound ones), ``attention_unanswered_<window>`` (questions that were not
    answered in time). As of the cut-off: ``attention_waiting`` (questions without any answer so far),
    ``attention_waiting_days`` (since the oldest of these), ``attention_days_word`` (since the last word).

    Parameters
    ----------
    windows : tuple of str, default ("30D", "90D")
    contacts : tuple of str, default ("call", "chat", "complaint", "email")
        The kinds of inbound interactions that call for an answer.
    within : str, default "3D"
        How soon an answer is in time.
    promotions : tuple of str, default ("campaign",)
        The kinds that promote.
    routine : tuple of str, default ("delivery", "peer_back", "peer_left", "refund", "resolved", "survey")
        The kinds that go out by themselves.
    """

    driver = "attention"
    needs = ("direction",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("30D", "90D"),
        contacts: tuple[str, ...] = CONTACTS,
        within: str = "3D",
        promotions: tuple[str, ...] = PROMOTIONS,
        routine: tuple[str, ...] = ROUTINE,
    ) -> None:
        self.windows = windows
        self.contacts = contacts
        self.within = within
        self.promotions = promotions
        self.routine = routine

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for w in spans(self.windows):
            yield from self._present(seen, w)
            yield self._unanswered(seen, w)
        question, answer = Question(self.contacts), Answer(self.promotions, self.routine)
        now = followed(seen, None, None, within=self.within, first_column=question, by_column=answer)
        none = "is not waiting to hear back from us"
        yield Column(
            "attention_waiting",
            now.pending,
            says="turned to us {value:#time} without having heard back from us since",
            zero=none,
            expects=1,
        )
        yield Column(
            "attention_waiting_days",
            now.oldest,
            says="has not heard back from us for {value:days} after turning to us",
            missing=none,
            unit="days",
            expects=1,
        )
        yield Column(
            "attention_days_word",
            seen.age(a_word(self.promotions, self.routine)),
            says="last heard from us {value:when}, apart from promotions and routine messages",
            missing="has never heard from us, apart from promotions and routine messages",
            unit="days",
            expects=1,
            missing_tells=True,
        )

    def _present(self, seen: Seen, w: Span) -> Iterator[Column]:
        recent = seen.last(w)
        yield Column(
            f"attention_inbound_share_{w}",
            recent.share(_INBOUND, of=_DIRECTED),
            says="took the first step in {value:share} of the interactions in the last {window}",
            zero="took the first step in none of the interactions in the last {window}",
            missing="had no interaction with us in the last {window}",
            unit="share",
            window=w,
            expects=-1,
            theme=RHYTHM,
        )
        yield Column(
            f"attention_words_{w}",
            recent.count(a_word(self.promotions, self.routine)),
            says="heard from us {value:#time} in the last {window}, apart from promotions and routine messages",
            zero="did not hear from us in the last {window}, apart from promotions and routine messages",
            window=w,
            expects=-1,
        )
        yield Column(
            f"attention_promotion_share_{w}",
            recent.share(label_is("kind", *self.promotions), of=_OUTBOUND),
            says="was sent promotions in {value:share} of our messages in the last {window}",
            zero="was sent promotions in none of our messages in the last {window}",
            missing="was sent nothing in the last {window}",
            unit="share",
            window=w,
            expects=1,
        )

    def _unanswered(self, seen: Seen, w: Span) -> Column:
        question, answer = Question(self.contacts), Answer(self.promotions, self.routine)
        asked = followed(seen.last(w), None, None, within=self.within, first_column=question, by_column=answer)
        return Column(
            f"attention_unanswered_{w}",
            asked.decided - asked.followed,
            says="turned to us {value:#time} in the last {window} without hearing back within {soon}",
            zero="never waited longer than {soon} to hear back from us in the last {window}",
            slots={"soon": span(self.within, name="within")},
            window=w,
            expects=1,
        )
