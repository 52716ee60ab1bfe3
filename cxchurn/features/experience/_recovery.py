"""Putting it right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Seen, followed


class Recovery(Builder):
    """Putting it right: whether a bad moment was made good by a good one.

    Good and bad are told by the `Valence` of an interaction. Columns for each window: ``recovery_share_<window>`` (the share
    of the bad moments followed by a good one in time, of those where that is settled), ``recovery_days_<window>`` (mean days
    to it), ``recovery_failed_<window>`` (bad moments not followed by a good one in time). As of the cut-off:
    ``recovery_open`` (bad moments since the last good one) and ``recovery_open_days_oldest`` (days since the first of
    these).

    Parameters
    ----------
    windows : tuple of str, default ("90D", "365D")
    within : str, default "30D"
        How soon a good moment makes good for a bad one.
    valence : Valence
        How an interaction's feeling is read.
    """

    driver = "recovery"
    needs = ("sentiment|score|resolved",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        within: str = "30D",
        valence: Valence = Valence(),  # noqa: B008 - frozen
    ) -> None:
        self.windows = windows
        self.within = within
        self.valence = valence

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for w in spans(self.windows):
            yield from self._put_right(seen, w)
        yield from self._open(seen)

    def _put_right(self, seen: Seen, w: Span) -> Iterator[Column]:
        soon = span(self.within, name="within")
        bad, good = self.valence.part(-1), self.valence.part(1)
        made_good = followed(seen.last(w), None, None, within=soon, first_column=bad, by_column=good)
        yield Column(
            f"recovery_share_{w}",
            made_good.share,
            says="saw {value:share} of the bad moments of the last {window} put right within {soon}",
            zero="saw none of the bad moments of the last {window} put right within {soon}",
            missing="had no bad moment in the last {window} that is at least {soon} old",
            slots={"soon": soon},
            unit="share",
            window=w,
            expects=-1,
        )
        yield Column(
            f"recovery_days_{w}",
            made_good.delay,
            says="had a good moment {value:days} after a bad one on average in the last {window}",
            zero="had a good moment right after every bad one in the last {window}",
            missing="had no bad moment in the last {window} that was put right within {soon}",
            slots={"soon": soon},
            unit="days",
            window=w,
            expects=1,
        )
        yield Column(
            f"recovery_failed_{w}",
            made_good.decided - made_good.followed,
            says="had {value:#bad moment} in the last {window} that nobody put right within {soon}",
            zero="had no bad moment in the last {window} that nobody put right within {soon}",
            slots={"soon": soon},
            window=w,
            expects=1,
        )

    def _open(self, seen: Seen) -> Iterator[Column]:
        bad, good = self.valence.part(-1), self.valence.part(1)
        since = followed(seen, None, None, within=self.within, first_column=bad, by_column=good)
        none = "has no bad moment waiting to be put right"
        yield Column(
            "recovery_open",
            since.pending,
            says="has {value:#bad moment} waiting to be put right",
            zero=none,
            expects=1,
        )
        yield Column(
            "recovery_open_days_oldest",
            since.oldest,
            says="has waited {value:days} for a bad moment to be put right",
            missing=none,
            unit="days",
            expects=1,
        )
