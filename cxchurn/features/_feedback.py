"""What customers said when asked, and when they said nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen, where

_NAMES = {"nps": "recommendation score", "csat": "satisfaction score", "ces": "ease score"}
_INVITED = where(invited=1)
_DETRACTOR = where(score_type="nps", at_most={"score": 6})


class Feedback(Builder):
    """What customers said when they were asked, and when they said nothing.

    Columns for each known score type: ``feedback_<type>_last``, ``feedback_<type>_change`` (last minus the one before),
    ``feedback_<type>_mean_<window>``, ``feedback_<type>_min_<window>``; ``feedback_days_last`` (since the last answer),
    ``feedback_detractions_<window>`` (recommendation scores of 6 or less). Where invitations are on record:
    ``feedback_invitations_<window>``, ``feedback_silent_<window>`` (invitations beyond the answers given) and
    ``feedback_answer_share_<window>``.

    Parameters
    ----------
    windows : tuple of str
    """

    driver = "feedback"
    needs = ("score",)

    def __init__(self, *, windows: Sequence[str] = ("90D", "365D")) -> None:
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield Column(
            "feedback_days_last",
            seen.age(column="score"),
            says="answered a survey {value:days} ago",
            missing="has never answered a survey",
            unit="days",
        )
        for scale in seen.known("score_type"):
            yield from self._scale(seen, scale)
        for w in spans(self.windows):
            recent = seen.last(w)
            if "nps" in seen.known("score_type"):
                yield Column(
                    f"feedback_detractions_{w}",
                    recent.count(_DETRACTOR),
                    says="would not recommend us, said {value:#time} in the last {window}",
                    zero="gave no bad recommendation score in the last {window}",
                    window=w,
                    expects=1,
                )
            if seen.has("invited"):
                invited, answered = recent.count(_INVITED), recent.count_of("score")
                yield Column(
                    f"feedback_invitations_{w}", invited, says="was asked {value:#time} in the last {window}", window=w
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
                    np.divide(answered, invited, out=np.full(invited.size, np.nan), where=invited > 0),
                    says="answered {value:.0%} of the surveys in the last {window}",
                    zero="answered none of the surveys in the last {window}",
                    missing="was not asked in the last {window}",
                    unit="share",
                    window=w,
                    expects=-1,
                )

    def _scale(self, seen: Seen, scale: str) -> Iterator[Column]:
        name = _NAMES.get(scale, f"{scale} score")
        given = where(score_type=scale)
        never = f"has never given a {name}"
        last = seen.latest("score", given)
        yield Column(
            f"feedback_{scale}_last",
            last,
            says=f"gave a {name} of {{value:.0f}} the last time",
            missing=never,
            unit=f"points ({scale})",
            expects=-1,
        )
        yield Column(
            f"feedback_{scale}_change",
            last - seen.latest("score", given, nth=2),
            says=f"changed the {name} by {{value:+.0f}} between the last two answers",
            zero=f"gave the same {name} the last two times",
            missing=f"has not given a {name} twice",
            unit=f"points ({scale})",
            expects=-1,
        )
        for w in spans(self.windows):
            for statistic, values, words in (
                ("mean", seen.last(w).mean("score", given), "on average"),
                ("min", seen.last(w).min("score", given), "at worst"),
            ):
                yield Column(
                    f"feedback_{scale}_{statistic}_{w}",
                    values,
                    says=f"gave a {name} of {{value:.1f}} {words} in the last {{window}}",
                    missing=f"gave no {name} in the last {{window}}",
                    unit=f"points ({scale})",
                    window=w,
                    expects=-1,
                )
