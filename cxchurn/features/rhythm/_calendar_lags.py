"""Which of the last weeks customers were active in, and the same time last year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxchurn._core import Span, span
from cxchurn.features._builder import Builder, spans
from cxchurn.features._column import Column
from cxchurn.history import Seen

_YEAR = span("365D")


class CalendarLags(Builder):
    """How active customers were in each of the last weeks, and at the same time last year.

    Weeks are seven days counted back from the cut-off; missing are those that ended before the first activity. Columns:
    ``calendar_lags_week_<n>`` (active days in the n-th last week), then ``calendar_lags_weeks_<n>_to_<n>`` (active days
    in four weeks together); ``calendar_lags_year_ago_<window>``: activities in the time that began 365 days before
    the cut-off, as long as the window; missing for those not known then.

    Parameters
    ----------
    weeks : int, default 8
        How many weeks one by one.
    until : int, default 28
        Up to which week in fours.
    windows : tuple of str
        How much to look at from a year ago on; what is longer than a year is left out, as part of it is still to come.
    """

    driver = "calendar_lags"
    sees = "activity"
    theme = "rhythm"

    def __init__(
        self,
        *,
        weeks: int = 8,
        until: int = 28,
        windows: Sequence[str] = ("30D", "60D"),
    ) -> None:
        self.weeks = weeks
        self.until = until
        self.windows = windows

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        for week in range(1, self.weeks + 1):
            yield self._days(seen, week, week)
        for week in range(self.weeks + 1, self.until + 1, 4):
            yield self._days(seen, week, min(week + 3, self.until))
        for w in spans(self.windows):
            if w <= _YEAR:
                yield self._year_ago(seen, w)

    def _days(self, seen: Seen, start: int, stop: int) -> Column:
        known = seen.before(f"{7 * (start - 1)}D") if start > 1 else seen
        when = "in the last week" if stop == 1 else "between {start} and {stop} weeks ago"
        return Column(
            f"calendar_lags_week_{start}" if start == stop else f"calendar_lags_weeks_{start}_to_{stop}",
            np.where(known.count() > 0, known.last(f"{7 * stop}D").active_days(), np.nan),
            says=f"was active on {{value:#day}} {when}",
            zero=f"was not active {when}",
            missing=f"had not been active yet {when}",
            slots={"start": start - 1, "stop": stop},
            unit="days",
            expects=-1,
        )

    def _year_ago(self, seen: Seen, w: Span) -> Column:
        rest = (_YEAR.microseconds - w.microseconds) // 1_000_000
        known = seen.before(f"{rest}s") if rest else seen
        return Column(
            f"calendar_lags_year_ago_{w}",
            np.where(known.count() > 0, known.last(_YEAR).count(), np.nan),
            says="was active {value:#time} in the {window} that began a year ago",
            zero="was not active in the {window} that began a year ago",
            missing="had not been active yet a year ago",
            window=w,
            expects=-1,
        )
