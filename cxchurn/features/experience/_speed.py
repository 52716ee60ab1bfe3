"""How quick the answer was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY, Span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.features.shared._events import Settled
from cxchurn.history import Events, Measure, Seen, Window, elapsed, matters


@dataclass(frozen=True)
class HoursToResolve(Measure):
    """How many hours it took from a matter's first event to the first one that closed it."""

    def compute(self, events: Events) -> np.ndarray:
        """Return the hours for each event that closed its matter for the first time, NaN for all others."""
        matter, closes = events.of_matter(), events["resolved"] == 1
        first = closes & (matter.running(closes.astype(np.float64)) == 1)
        return np.where(first, (events.place - matter.first(_happened(events))) * 24, np.nan)


@dataclass(frozen=True)
class OpenSince(Measure):
    """When a matter that is open after an event began: one that nothing has closed, or that came up again.

    Parameters
    ----------
    orders : tuple of str
        A matter that begins with one of these kinds is an order, which nobody closes.
    """

    orders: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return days since 1970 for each event after which its matter is open, NaN for all others."""
        matter = events.of_matter()
        order = matter.first(events.is_one_of("kind", *self.orders).astype(np.float64))
        still = (order == 0) & (events[Settled()] != 1)
        return np.where(still, matter.first(_happened(events)), np.nan)


class Speed(Builder):
    """A quick answer: how long customers wait, how long until a matter is solved, what is still open.

    Columns, as far as the log has the roles: ``speed_wait_s_q<50|90>_<window>`` (quantiles, seconds) and
    ``speed_wait_change_<window>`` (logarithm of the mean wait in the window over the one before it, each plus a second);
    ``speed_resolve_hours_q<50|90>_<window>``, ``speed_resolve_hours_last`` (from a matter's first event to the first that
    closed it) and ``speed_resolve_change_<window>`` (as for waits, each plus an hour). Of the matters open at the cut-off,
    whose end nobody knows: ``speed_open`` (how many), ``speed_open_days_mean`` and ``speed_open_days_oldest`` (days gone by
    since they began). The mean and the longest wait are in `Effort`.

    Parameters
    ----------
    windows : tuple of str
    orders : tuple of str, default ("purchase",)
        Matters that begin with one of these kinds are orders; they are never open.
    """

    driver = "speed"
    needs = ("wait_s|resolved",)
    theme = "experience"

    def __init__(self, *, windows: Sequence[str] = ("90D", "365D"), orders: tuple[str, ...] = ("purchase",)) -> None:
        self.windows = windows
        self.orders = orders

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        knows_ends = seen.has("resolved") and seen.has("case_id")
        if knows_ends:
            yield from self._open(seen)
            yield Column(
                "speed_resolve_hours_last",
                seen.latest(HoursToResolve()),
                says="had the last matter solved within {value:hours}",
                zero="had the last matter solved at once",
                missing="has had no matter solved yet",
                unit="hours",
                expects=1,
            )
        for w in spans(self.windows):
            if seen.has("wait_s"):
                yield from _waits(seen.last(w), seen.before(w), w)
            if knows_ends:
                yield from _solutions(seen.last(w), seen.before(w), w)

    def _open(self, seen: Seen) -> Iterator[Column]:
        since = matters(seen, OpenSince(self.orders))
        none = "has no matter open"
        yield Column("speed_open", since.matters, says="has {value:#matter} open", expects=1)
        yield Column(
            "speed_open_days_mean",
            elapsed(seen, since.mean),
            says="has been waiting {value:days} on average for the matters still open",
            missing=none,
            unit="days",
            expects=1,
        )
        yield Column(
            "speed_open_days_oldest",
            elapsed(seen, since.smallest),
            says="has had a matter open for {value:days}",
            missing=none,
            unit="days",
            expects=1,
        )


def _waits(recent: Window, earlier: Window, w: Span) -> Iterator[Column]:
    for percent, says, zero in (
        (50, "usually waited {value:seconds}", "usually did not wait"),
        (90, "waited {value:seconds} or longer one time in ten", "hardly ever waited"),
    ):
        yield Column(
            f"speed_wait_s_q{percent}_{w}",
            recent.quantile("wait_s", percent / 100),
            says=says + " in the last {window}",
            zero=zero + " in the last {window}",
            missing="had no contact with a wait in the last {window}",
            unit="seconds",
            window=w,
            expects=1,
        )
    yield Column(
        f"speed_wait_change_{w}",
        np.log1p(recent.mean("wait_s")) - np.log1p(earlier.mean("wait_s")),
        says="waited {value:degree} longer in the last {window} than before",
        zero="waited as long in the last {window} as before",
        below="waited {value:degree} less in the last {window} than before",
        missing="did not wait both in the last {window} and before",
        unit="log ratio",
        window=w,
        expects=1,
        neutral=0.0,
    )


def _solutions(recent: Window, earlier: Window, w: Span) -> Iterator[Column]:
    for percent, says, zero in (
        (50, "usually waited {value:hours} for a matter to be solved", "usually had a matter solved at once"),
        (
            90,
            "waited {value:hours} or longer for one matter in ten to be solved",
            "hardly ever waited for a matter to be solved",
        ),
    ):
        yield Column(
            f"speed_resolve_hours_q{percent}_{w}",
            recent.quantile(HoursToResolve(), percent / 100),
            says=says + " in the last {window}",
            zero=zero + " in the last {window}",
            missing="had no matter solved in the last {window}",
            unit="hours",
            window=w,
            expects=1,
        )
    yield Column(
        f"speed_resolve_change_{w}",
        np.log1p(recent.mean(HoursToResolve())) - np.log1p(earlier.mean(HoursToResolve())),
        says="waited {value:degree} longer for a solution in the last {window} than before",
        zero="waited as long for a solution in the last {window} as before",
        below="waited {value:degree} less for a solution in the last {window} than before",
        missing="did not have matters solved both in the last {window} and before",
        unit="log ratio",
        window=w,
        expects=1,
        neutral=0.0,
    )


def _happened(events: Events) -> np.ndarray:
    return events["timestamp"].astype(np.int64) / DAY
