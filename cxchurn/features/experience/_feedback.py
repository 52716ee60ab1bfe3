"""What customers said when asked, and when they said nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._outreach import PROMOTIONS, ROUTINE, a_word
from cxchurn.history import Events, Measure, Seen, Window, followed, ratio, where

_INVITED = where(invited=1)
# the usual reading of the recommendation score: 0 to 6 would not recommend, 9 and 10 would
_DETRACTOR = where(score_type="nps", at_most={"score": 6})
# the lower part of each scale: 0 to 6 of 10, 1 and 2 of 5, 1 to 3 of 7
_LOW = (("nps", 6.0), ("csat", 2.0), ("ces", 3.0))
# from which score on an answer is a good one, and no reason to leave: those who say 7 or 8 are content, if not delighted
_CONTENT = {"nps": 7.0, "csat": 4.0, "ces": 5.0}


class Feedback(Builder):
    """What customers said when they were asked, and when they said nothing.

    Columns for each known score type: ``feedback_<type>_last``, ``feedback_<type>_change`` (last minus the one before),
    ``feedback_<type>_mean_<window>``, ``feedback_<type>_min_<window>``; ``feedback_days_last`` (since the last answer),
    ``feedback_detractions_<window>`` (recommendation scores of 6 or less). Where invitations are on record:
    ``feedback_invitations_<window>``, ``feedback_silent_<window>`` (invitations beyond the answers given) and
    ``feedback_answer_share_<window>`` (answers over invitations, at most 1: some answer without being asked);
    ``feedback_silent_streak`` (invitations since the last answer). Where directions are on record, a low score is acted on
    when the business turns to the customer with more than a promotion or routine: ``feedback_acted_share_<window>`` (of the
    low scores acted on in time, or no longer to be), ``feedback_ignored_<window>`` (low scores not acted on in time).

    Parameters
    ----------
    windows : tuple of str
    acted : str, default "7D"
        How soon after a low score the business has to turn to the customer.
    low : tuple of (score type, score), default (("nps", 6), ("csat", 2), ("ces", 3))
        Up to which score an answer is low.
    promotions : tuple of str, default ("campaign",)
        The kinds that promote.
    routine : tuple of str, default ("delivery", "peer_back", "peer_left", "refund", "resolved", "survey")
        The kinds that go out by themselves.
    """

    driver = "feedback"
    needs = ("score",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        acted: str = "7D",
        low: tuple[tuple[str, float], ...] = _LOW,
        promotions: tuple[str, ...] = PROMOTIONS,
        routine: tuple[str, ...] = ROUTINE,
    ) -> None:
        self.windows = windows
        self.acted = acted
        self.low = low
        self.promotions = promotions
        self.routine = routine

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "feedback_days_last",
            seen.age(column="score"),
            says="last answered a survey {value:when}",
            missing="has never answered a survey",
            unit="days",
            theme=RHYTHM,
            missing_tells=True,
        )
        for scale in seen.known("score_type"):
            yield from self._scale(seen, scale)
        if seen.has("invited"):
            streak = followed(seen, None, None, within=self.acted, first_column=Unanswered(), by_column="score").pending
            yield Column(
                "feedback_silent_streak",
                streak,
                says="has left {value:#invitation} to a survey unanswered so far",
                zero="has left no invitation to a survey unanswered since the last answer",
                expects=1,
            )
        for w in spans(self.windows):
            recent = seen.last(w)
            if "nps" in seen.known("score_type"):
                yield Column(
                    f"feedback_detractions_{w}",
                    recent.count(_DETRACTOR),
                    says="said {value:#time} in the last {window} that they would not recommend us",
                    zero="gave no bad recommendation score in the last {window}",
                    window=w,
                    expects=1,
                )
            if seen.has("invited"):
                yield from self._invitations(recent, w)
            if seen.has("direction"):
                yield from self._acted(recent, w)

    def _invitations(self, recent: Window, w: Span) -> Iterator[Column]:
        invited, answered = recent.count(_INVITED), recent.count_of("score")
        yield Column(
            f"feedback_invitations_{w}",
            invited,
            says="was asked for an opinion {value:#time} in the last {window}",
            zero="was not asked for an opinion in the last {window}",
            window=w,
            expects=1,
        )
        yield Column(
            f"feedback_silent_{w}",
            np.maximum(invited - answered, 0.0),
            says="left {value:#invitation} to a survey unanswered in the last {window}",
            zero="left no invitation to a survey unanswered in the last {window}",
            window=w,
            expects=1,
        )
        yield Column(
            f"feedback_answer_share_{w}",
            ratio(np.minimum(answered, invited), invited),
            says="answered {value:share} of the surveys in the last {window}",
            zero="answered none of the surveys in the last {window}",
            missing="was not asked for an opinion in the last {window}",
            unit="share",
            window=w,
            expects=-1,
        )

    def _acted(self, recent: Window, w: Span) -> Iterator[Column]:
        soon = span(self.acted, name="acted")
        word = a_word(self.promotions, self.routine)
        acted = followed(recent, None, word, within=soon, first_column=LowScore(self.low))
        yield Column(
            f"feedback_acted_share_{w}",
            acted.share,
            says="heard from us within {soon} after {value:share} of the low scores of the last {window}",
            zero="heard from us within {soon} after none of the low scores of the last {window}",
            missing="gave no low score in the last {window} that is at least {soon} old",
            slots={"soon": soon},
            unit="share",
            window=w,
            expects=-1,
        )
        yield Column(
            f"feedback_ignored_{w}",
            acted.decided - acted.followed,
            says="gave {value:#low score} in the last {window} and did not hear from us within {soon}",
            zero="gave no low score in the last {window} that we did not act on within {soon}",
            slots={"soon": soon},
            window=w,
            expects=1,
        )

    def _scale(self, seen: Seen, scale: str) -> Iterator[Column]:
        given = where(score_type=scale)
        last = seen.latest("score", given)
        yield Column(
            f"feedback_{scale}_last",
            last,
            says="gave {label:a} of {value} the last time",
            missing="has never given {label:a}",
            unit=f"points ({scale})",
            label=scale,
            role="score_type",
            expects=-1,
            neutral=_CONTENT.get(scale),
            missing_tells=True,
        )
        yield Column(
            f"feedback_{scale}_change",
            last - seen.latest("score", given, nth=2),
            says="raised the {label:one} by {value:#point} between the last two answers",
            zero="gave the same {label:one} the last two times",
            below="lowered the {label:one} by {value:#point} between the last two answers",
            missing="has not given {label:a} twice",
            unit=f"points ({scale})",
            label=scale,
            role="score_type",
            expects=-1,
            neutral=0.0,
        )
        for w in spans(self.windows):
            yield from self._within(seen.last(w), scale, w)

    def _within(self, recent: Window, scale: str, w: Span) -> Iterator[Column]:
        given = where(score_type=scale)
        for statistic, values, words in (
            ("mean", recent.mean("score", given), "on average"),
            ("min", recent.min("score", given), "at worst"),
        ):
            yield Column(
                f"feedback_{scale}_{statistic}_{w}",
                values,
                says=f"gave {{label:a}} of {{value}} {words} in the last {{window}}",
                missing="gave no {label:one} in the last {window}",
                unit=f"points ({scale})",
                label=scale,
                role="score_type",
                window=w,
                expects=-1,
                neutral=_CONTENT.get(scale),
            )


@dataclass(frozen=True)
class Unanswered(Measure):
    """1 for an invitation that holds no answer itself, missing elsewhere."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 for each such invitation, NaN elsewhere."""
        return np.where((events["invited"] > 0) & np.isnan(events["score"]), 1.0, np.nan)


@dataclass(frozen=True)
class LowScore(Measure):
    """A score that is low on its scale, missing elsewhere.

    Parameters
    ----------
    low : tuple of (score type, score)
        Up to which score an answer is low.
    """

    low: tuple[tuple[str, float], ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return each low score, NaN elsewhere."""
        score = events["score"]
        return np.where(score <= events.mapped("score_type", dict(self.low)), score, np.nan)
