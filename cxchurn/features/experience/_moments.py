"""Good moments, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._valence import Valence
from cxchurn.history import Events, Measure, Seen, Window, by_label, elapsed, ratio


@dataclass(frozen=True)
class GoodAt(Measure):
    """When a good moment was.

    Parameters
    ----------
    valence : Valence
    """

    valence: Valence

    def compute(self, events: Events) -> np.ndarray:
        """Return days since 1970 for each good moment, NaN for all other events."""
        return np.where(events[self.valence] > 0, events.place, np.nan)


@dataclass(frozen=True)
class DaysWithout(Measure):
    """How many days before a good moment there had been none since the last one.

    Parameters
    ----------
    valence : Valence
    """

    valence: Valence

    def compute(self, events: Events) -> np.ndarray:
        """Return the days for each good moment but the first, NaN for all other events."""
        good, customers = events[GoodAt(self.valence)], events.of_customer()
        return good - customers.previous(customers.latest(good))


class Moments(Builder):
    """Every touchpoint is a chance for a small good moment; what counts is how often it is taken.

    A good moment is an event of positive `Valence`, whoever brought it about. Columns: ``moments_good_per_day_<window>``
    (good moments per day with an own interaction), ``moments_days_last`` (since the last one), ``moments_days_without`` (the
    longest time without one so far, counted from the first own interaction, the running one included; days). Where the log
    has touchpoints, of the known ones: ``moments_touchpoints_share_<window>`` (of those the customer used, the share with a
    good moment), ``moments_weakest_valence_<window>`` (the lowest mean valence of a touchpoint) and
    ``moments_weakest_touchpoint_<window>`` (which one that is, a category).

    Parameters
    ----------
    windows : tuple of str
    most : int, default 8
        How many touchpoints to look at, the most frequent.
    least : int, default 2
        How many valences a touchpoint needs to be the weakest.
    valence : Valence
        How an interaction's feeling is read.
    """

    driver = "moments"
    needs = ("sentiment|score|resolved",)
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        most: int = 8,
        least: int = 2,
        valence: Valence = Valence(),  # noqa: B008 - frozen
    ) -> None:
        self.windows = windows
        self.most = most
        self.least = least
        self.valence = valence

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        since = seen.age(column=self.valence.part(1))
        yield Column(
            "moments_days_last",
            since,
            says="last had a good moment {value:when}",
            missing="has never had a good moment",
            unit="days",
            expects=1,
            missing_tells=True,
        )
        yield Column(
            "moments_days_without",
            self._without(seen, since),
            says="has gone {value:days} without a good moment at the longest",
            missing="has had no interaction of their own and no good moment yet",
            unit="days",
            expects=1,
        )
        touchpoints = seen.known("touchpoint")[: self.most]
        for w in spans(self.windows):
            yield self._per_day(seen, w)
            if touchpoints:
                yield self._share(seen, w, touchpoints)
                yield from self._weakest(seen.last(w), w, touchpoints)

    def _without(self, seen: Seen, since: np.ndarray) -> np.ndarray:
        known = seen.own.age_of_first()
        # without a good moment the time has run since the first interaction; else up to the first one, then between them
        until_first = np.maximum(known - elapsed(seen, seen.earliest(GoodAt(self.valence))), 0.0)
        running = np.where(np.isnan(since), known, since)
        return np.fmax(np.fmax(seen.max(DaysWithout(self.valence)), until_first), running)

    def _per_day(self, seen: Seen, w: Span) -> Column:
        good, days = seen.last(w).count_of(self.valence.part(1)), seen.own.last(w).active_days()
        return Column(
            f"moments_good_per_day_{w}",
            ratio(good, days),
            says="had {value:#good moment} per active day in the last {window}",
            zero="had no good moment on any active day of the last {window}",
            missing="had no interaction of their own in the last {window}",
            unit="ratio",
            window=w,
            expects=-1,
        )

    def _share(self, seen: Seen, w: Span, touchpoints: tuple[str, ...]) -> Column:
        used = by_label(seen.own.last(w), "touchpoint", touchpoints).events > 0
        good = by_label(seen.last(w), "touchpoint", touchpoints, self.valence.part(1)).events > 0
        return Column(
            f"moments_touchpoints_share_{w}",
            ratio((good & used).sum(axis=0), used.sum(axis=0)),
            says="had a good moment at {value:share} of the touchpoints used in the last {window}",
            zero="had a good moment at none of the touchpoints used in the last {window}",
            missing="used no touchpoint in the last {window}",
            unit="share",
            window=w,
            expects=-1,
        )

    def _weakest(self, recent: Window, w: Span, touchpoints: tuple[str, ...]) -> Iterator[Column]:
        means = by_label(recent, "touchpoint", touchpoints, self.valence).mean(least=self.least)
        weakest = np.fmin.reduce(means, axis=0)
        few = "had too few moments at any touchpoint in the last {window} that show how it went"
        yield Column(
            f"moments_weakest_valence_{w}",
            weakest,
            says="had moments that were {value:mood} on average at the weakest touchpoint of the last {window}",
            missing=few,
            unit="valence",
            window=w,
            expects=-1,
            neutral=0.0,
        )
        yield Column(
            f"moments_weakest_touchpoint_{w}",
            np.where(np.isnan(weakest), np.nan, np.argmax(means == weakest, axis=0)),
            says="had the weakest experience of the last {window} at the touchpoint {value}",
            missing=few,
            unit="label",
            window=w,
            expects=1,
            levels=touchpoints,
            role="touchpoint",
        )
