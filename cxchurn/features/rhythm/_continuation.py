"""Whether activity goes on from week to week."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder
from cxchurn.features._column import Column
from cxchurn.history import Persistence, Seen, persistence, ratio


class Continuation(Builder):
    """Whether activity goes on from week to week, and comes back after a silent one.

    Weeks are seven days counted back from the cut-off, as far as the first activity; the present one has no follower yet
    and only follows. Of ``n`` weeks looked at, ``k`` were followed by an active one: the chance is
    ``(k + weight * p) / (n + weight)``, missing where ``n`` is 0. It is drawn towards ``p``, what it would be if one week said
    nothing of the next: the share of active weeks among all looked at, ``(active + 1) / (weeks + 2)`` (Laplace's rule).

    Columns: ``continuation_stay_<window>`` (probability that an active week is followed by an active one) and
    ``continuation_return_<window>`` (the same of a silent week), over the life and lately;
    ``continuation_active_share_<window>`` (of the late weeks looked at), ``continuation_streak`` (active weeks in a row up to
    now), ``continuation_longest_silence`` (days, the silence of now included).

    Parameters
    ----------
    lately : str, default "91D"
        How long ago "lately" begins.
    weight : float, default 1.0
        How many weeks ``p`` is worth.
    """

    driver = "continuation"
    sees = "activity"
    theme = "rhythm"

    def __init__(self, *, lately: str = "91D", weight: float = 1.0) -> None:
        self.lately = lately
        self.weight = weight

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        life = persistence(seen, "7D")
        yield from self._chances(life, None)
        w = span(self.lately, name="lately")
        late = persistence(seen, "7D", lately=w)
        yield from self._chances(late, w)
        weeks = late.active + late.silent
        yield Column(
            f"continuation_active_share_{w}",
            ratio(late.active, weeks),
            says="was active in {value:share} of the weeks in the last {window}, the present one apart",
            zero="was active in no week of the last {window}, the present one apart",
            missing="has been active for the first time less than a week ago, or never",
            unit="share",
            window=w,
            expects=-1,
        )
        yield Column(
            "continuation_streak",
            life.streak,
            says="has been active for {value:#week} in a row",
            zero="was not active in the last week",
            unit="weeks",
            expects=-1,
        )
        yield Column(
            "continuation_longest_silence",
            np.fmax(seen.gaps("max"), seen.age()),
            says="has gone without activity for {value:days} at the longest",
            missing="has not been active yet",
            unit="days",
            expects=1,
        )

    def _chances(self, weeks: Persistence, w: Span | None) -> Iterator[Column]:
        name = "life" if w is None else f"{w}"
        when = "so far" if w is None else "in the last {window}"
        past = "their past" if w is None else "the last {window}"
        share = (weeks.active + 1) / (weeks.active + weeks.silent + 2)
        for what, went_on, n, week, none in (
            ("stay", weeks.stayed, weeks.active, "an active one", "has had no active week to go on from"),
            (
                "return",
                weeks.returned,
                weeks.silent,
                "a silent one",
                "has had no silent week to come back from",
            ),
        ):
            yield Column(
                f"continuation_{what}_{name}",
                np.where(n > 0, (went_on + self.weight * share) / (n + self.weight), np.nan),
                says=f"is {{value:share}} likely to be active in the week after {week}, judging by {past}",
                missing=f"{none} {when}",
                unit="probability",
                window=w,
                expects=-1,
                neutral=0.5,
            )
