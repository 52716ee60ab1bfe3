"""On how many days customers were there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen, ratio


class ActiveDays(Builder):
    """On how many days and in how many weeks customers were there, however much they did on each.

    Their own interactions count. Columns: ``active_days_count_<window>``, ``active_days_weeks_<window>``,
    ``active_days_per_day_<window>`` (interactions per such day, missing without one), and the same over the life.

    Parameters
    ----------
    windows : tuple of str
    """

    driver = "active_days"
    sees = "own"
    theme = "rhythm"

    def __init__(self, *, windows: Sequence[str] = ("30D", "90D", "365D")) -> None:
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for w, window in [*((w, seen.last(w)) for w in spans(self.windows)), (None, seen)]:
            name = "life" if w is None else f"{w}"
            when = "in all" if w is None else "in the last {window}"
            none = "has had no interaction of their own yet" if w is None else f"had no interaction of their own {when}"
            days = window.active_days()
            yield Column(
                f"active_days_count_{name}",
                days,
                says=f"had interactions of their own on {{value:#day}} {when}",
                zero=none if w is None else f"had interactions of their own on no day {when}",
                unit="days",
                window=w,
                expects=-1,
            )
            yield Column(
                f"active_days_weeks_{name}",
                window.active_days(length="7D"),
                says=f"had interactions of their own in {{value:#week}} {when}",
                zero=none if w is None else f"had interactions of their own in no week {when}",
                unit="weeks",
                window=w,
                expects=-1,
            )
            yield Column(
                f"active_days_per_day_{name}",
                ratio(window.count(), days),
                says=f"had {{value:#interaction}} of their own per active day {when}",
                missing=none,
                window=w,
                expects=-1,
            )
