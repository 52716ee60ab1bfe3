"""What one pays for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features._themes import RHYTHM
from cxchurn.features.shared._events import Settled, contacts
from cxchurn.features.shared._promises import Kept, KeptStreak, Lateness
from cxchurn.history import Events, Measure, Seen, Window, label_is, matters, ratio, where

DEFECTS = ("return", "refund", "complaint")


@dataclass(frozen=True)
class FirstTime(Measure):
    """Whether a matter that stands closed after an event took the customer a single contact."""

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event after which its matter is closed, NaN for all others."""
        count = events.of_matter().running(contacts(events).astype(np.float64))
        return np.where((events[Settled()] == 1) & (count >= 1), count == 1, np.nan)


class Basics(Builder):
    """Results are what one pays for: promises kept, matters settled at the first attempt, nothing defective.

    Columns, as far as the log has the roles: ``basics_kept_share_<window>`` (deliveries no later than promised),
    ``basics_kept_streak`` (kept promises in a row, up to now), ``basics_late_days_mean_<window>`` and
    ``basics_late_days_last`` (days behind the promise, 0 for in time); ``basics_first_time_share_<window>`` (matters with a
    single contact, among the window's matters that are closed by now); ``basics_defects_per_purchase_<window>``;
    ``basics_results_only_<window>`` (1 for customers who bought and got in touch for nothing but purchases and
    defects). A delivery counts once it is known; until then, there is none.

    Parameters
    ----------
    windows : tuple of str
    purchases : tuple of str, default ("purchase",)
        The kinds that are purchases.
    defects : tuple of str, default ("return", "refund", "complaint")
        The kinds that say that something was wrong with a purchase.
    """

    driver = "basics"
    theme = "experience"

    def __init__(
        self,
        *,
        windows: Sequence[str] = ("90D", "365D"),
        purchases: tuple[str, ...] = ("purchase",),
        defects: tuple[str, ...] = DEFECTS,
    ) -> None:
        self.windows = windows
        self.purchases = purchases
        self.defects = defects

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        known = set(seen.known("kind"))
        promises = seen.has("promised_at") and seen.has("delivered_at")
        if promises:
            yield from _last_promise(seen)
        for w in spans(self.windows):
            recent = seen.last(w)
            if promises:
                yield from _promises(recent, w)
            if seen.has("resolved") and seen.has("case_id"):
                yield Column(
                    f"basics_first_time_share_{w}",
                    matters(recent, FirstTime()).mean,
                    says="needed a single contact for {value:share} of the matters settled in the last {window}",
                    zero="needed a single contact for none of the matters settled in the last {window}",
                    missing="had no matter settled in the last {window}",
                    unit="share",
                    window=w,
                    expects=-1,
                )
            if set(seen.own.known("kind")) & set(self.purchases):
                yield from self._purchases(seen, w, known)

    def _purchases(self, seen: Seen, w: Span, known: set[str]) -> Iterator[Column]:
        recent, own = seen.last(w), seen.own.last(w)
        bought = own.count(label_is("kind", *self.purchases))
        nothing = "bought nothing in the last {window}"
        if known & set(self.defects):
            yield Column(
                f"basics_defects_per_purchase_{w}",
                ratio(recent.count(label_is("kind", *self.defects)), bought),
                says="had something wrong {value:#time} per purchase in the last {window}",
                zero="had nothing wrong with a purchase in the last {window}",
                missing=nothing,
                unit="ratio",
                window=w,
                expects=1,
            )
        if set(seen.own.known("kind")) - {*self.purchases, *self.defects}:
            more = own.count(where(unless={"kind": self.purchases + self.defects}))
            yield Column(
                f"basics_results_only_{w}",
                np.where(bought > 0, more == 0, np.nan),
                says="came for nothing but purchases and what was wrong with them in the last {window}",
                zero="came for more than purchases and what was wrong with them in the last {window}",
                missing=nothing,
                unit="yes/no",
                window=w,
                theme=RHYTHM,
            )


def _last_promise(seen: Seen) -> Iterator[Column]:
    never = "has had no delivery with a promised date yet"
    yield Column(
        "basics_kept_streak",
        seen.latest(KeptStreak()),
        says="has had {value:#delivery} as promised in a row",
        zero="has had no delivery as promised since the last one came late",
        missing=never,
        expects=-1,
    )
    yield Column(
        "basics_late_days_last",
        seen.latest(Lateness()),
        says="got the last delivery {value:days} later than promised",
        zero="got the last delivery in time",
        missing=never,
        unit="days",
        expects=1,
    )


def _promises(recent: Window, w: Span) -> Iterator[Column]:
    none = "had no delivery with a promised date in the last {window}"
    yield Column(
        f"basics_kept_share_{w}",
        recent.mean(Kept()),
        says="got {value:share} of the deliveries of the last {window} as promised",
        zero="got none of the deliveries of the last {window} as promised",
        missing=none,
        unit="share",
        window=w,
        expects=-1,
    )
    yield Column(
        f"basics_late_days_mean_{w}",
        recent.mean(Lateness()),
        says="got deliveries {value:days} later than promised on average in the last {window}",
        zero="got every delivery of the last {window} in time",
        missing=none,
        unit="days",
        window=w,
        expects=1,
    )
