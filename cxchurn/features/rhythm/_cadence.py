"""The customer's own rhythm."""

from __future__ import annotations

from collections.abc import Iterator

from cxchurn.features._builder import Builder, last
from cxchurn.features._column import Column
from cxchurn.history import Seen, ratio

_FEW = "has not come back often enough to have a rhythm"


class Cadence(Builder):
    """The customer's own rhythm, and how late they are by it.

    Days between one day with an own interaction and the next, over the whole past. Columns: ``cadence_gap_<mean|std|min|max>``,
    ``cadence_gap_q<25|50|75|90>``, ``cadence_gap_last``, ``..._last_2`` up to `last`, in days, missing where there are too few
    such days; ``cadence_lateness_q<50|75|90>``: the days since the last one over that quantile of the own gaps.

    Parameters
    ----------
    last : int, default 5
        How many of the last gaps to give.
    """

    driver = "cadence"
    sees = "own"
    theme = "rhythm"

    def __init__(self, *, last: int = 5) -> None:
        self.last = last

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        yield from _gaps(seen)
        yield from _lateness(seen)
        for nth in range(1, self.last + 1):
            yield Column(
                "cadence_gap_last" if nth == 1 else f"cadence_gap_last_{nth}",
                seen.latest_gap(nth, daily=True),
                says=f"came back after {{value:days}} the {last(nth)} time",
                missing="has not come back that often",
                unit="days",
                expects=1,
            )


def _gaps(seen: Seen) -> Iterator[Column]:
    words = {
        "mean": "comes back after {value:days} on average",
        "std": "comes back at intervals that vary by {value:days}",
        "min": "came back after {value:days} at the soonest",
        "max": "once stayed away for {value:days}",
    }
    for statistic, says in words.items():
        yield Column(
            f"cadence_gap_{statistic}",
            seen.gaps(statistic, daily=True),
            says=says,
            zero="always comes back after the same time" if statistic == "std" else None,
            missing=_FEW,
            unit="days",
            expects=0 if statistic == "std" else 1,
            missing_tells=True,
        )


def _lateness(seen: Seen) -> Iterator[Column]:
    silence = seen.age()
    for percent in (25, 50, 75, 90):
        gap = seen.gaps(percent / 100, daily=True)
        yield Column(
            f"cadence_gap_q{percent}",
            gap,
            says="came back within {value:days} in {percent:share} of the cases",
            missing=_FEW,
            slots={"percent": percent / 100},
            unit="days",
            expects=1,
        )
        if percent >= 50:
            usual = (
                "usual for them"
                if percent == 50
                else "a long break of theirs ({percent:share} of their breaks are no longer)"
            )
            yield Column(
                f"cadence_lateness_q{percent}",
                ratio(silence, gap),
                says=f"has stayed away {{value:fold}} as long as {usual}",
                slots={"percent": percent / 100},
                missing=_FEW,
                unit="ratio",
                expects=1,
                neutral=1.0,
            )
