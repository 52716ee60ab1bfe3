"""What customers tell others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Events, Measure, Seen, Where, where

# the usual reading of the recommendation score: 9 and 10 would recommend
_PROMOTER = 9
_TOLD = (
    ("referrals", "referral", "brought {value:#new customer}", "brought no new customer", "brought a new customer", -1),
    ("complaints", "complaint", "complained in public {value:#time}", "did not complain in public", "complained in public", 1),
)  # fmt: skip


class WordOfMouth(Builder):
    """Delighted customers bring others, and disappointed ones tell the world.

    Columns, as far as the log knows such kinds and touchpoints: ``word_of_mouth_referrals_<window>``,
    ``word_of_mouth_days_referral`` (since the last one); ``word_of_mouth_complaints_<window>``,
    ``word_of_mouth_days_complaint`` (complaints in public); ``word_of_mouth_promoter_quiet_<quiet>`` (1 for a customer whose
    last recommendation score was 9 or 10 and who has given no sign of life for that long, else 0; missing without a score).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    referrals : tuple of str, default ("referral",)
        The kinds that bring others.
    complaints : tuple of str, default ("complaint",)
        The kinds that complain.
    public : tuple of str, default ("social",)
        The touchpoints that everybody can read.
    quiet : str, default "60D"
        After how long without a sign of life a promoter has gone quiet.
    """

    driver = "word_of_mouth"
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        referrals: tuple[str, ...] = ("referral",),
        complaints: tuple[str, ...] = ("complaint",),
        public: tuple[str, ...] = ("social",),
        quiet: str = "60D",
    ) -> None:
        self.windows = windows
        self.referrals = referrals
        self.complaints = complaints
        self.public = public
        self.quiet = quiet

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        referral, complaint = where(kind=self.referrals), where(kind=self.complaints, touchpoint=self.public)
        own = seen.own
        kinds, touchpoints = set(own.known("kind")), set(own.known("touchpoint"))
        if kinds & set(self.referrals):
            yield from self._columns_of(own, referral, *_TOLD[0])
        if kinds & set(self.complaints) and touchpoints & set(self.public):
            yield from self._columns_of(own, complaint, *_TOLD[1])
        if "nps" in seen.known("score_type"):
            yield self._promoter(seen)

    def _columns_of(
        self, seen: Seen, acts: Where, many: str, single: str, says: str, zero: str, did: str, expects: int
    ) -> Iterator[Column]:
        for w in spans(self.windows):
            yield Column(
                f"word_of_mouth_{many}_{w}",
                seen.last(w).count(acts),
                says=f"{says} in the last {{window}}",
                zero=f"{zero} in the last {{window}}",
                window=w,
                expects=expects,
            )
        yield Column(
            f"word_of_mouth_days_{single}",
            seen.age(acts),
            says=f"last {did} {{value:when}}",
            missing=f"has never {did}",
            unit="days",
            expects=-expects,
            # never to have brought anybody may be a reason, never to have complained is none
            missing_tells=expects < 0,
        )

    def _promoter(self, seen: Seen) -> Column:
        quiet = span(self.quiet, name="quiet")
        score = seen.latest("score", where(score_type="nps"))
        silent = (score >= _PROMOTER) & (seen.age(column=SignOfLife()) > quiet.days)
        return Column(
            f"word_of_mouth_promoter_quiet_{quiet}",
            np.where(np.isnan(score), np.nan, silent.astype(np.float64)),
            says="would have recommended us, but has given no sign of life in the last {window}",
            zero="is no promoter gone quiet in the last {window}",
            missing="has never been heard on whether to recommend us",
            unit="yes/no",
            window=quiet,
            expects=1,
        )


@dataclass(frozen=True)
class SignOfLife(Measure):
    """1 for what a customer did, missing for what was done to them: outbound, invited, or only known later."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each sign of life, NaN elsewhere."""
        passive = events.is_one_of("direction", "outbound")
        if "later" in events:
            passive = passive | (events["later"] > 0)
        if "invited" in events:
            passive = passive | (events["invited"] > 0)
        if "score" in events:
            passive = passive & np.isnan(events["score"])
        return np.where(passive, np.nan, 1.0)
