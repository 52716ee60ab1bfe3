"""The activity whose end is churn."""

from __future__ import annotations

from collections.abc import Iterator

from cxchurn.features._builder import Builder
from cxchurn.features._column import Column
from cxchurn.features._themes import MONEY, PROFILE
from cxchurn.history import Seen

CORE = ("activity_days_last", "activity_days_first", "activity_count", "activity_value_sum", "activity_value_mean")


class Activity(Builder):
    """How long ago, how long, how often and how much: the activity whose end is churn, in five numbers.

    Columns: ``activity_days_last`` and ``activity_days_first`` (days since the last and the first activity that is
    seen: what the count and the sum were counted over, where customers may be older than the log no tenure),
    ``activity_count``, and where the log has values ``activity_value_sum`` and ``activity_value_mean`` of it. What counts as
    activity, the churn definition says; without one all own interactions do.
    """

    driver = "activity"
    sees = "activity"
    theme = "rhythm"

    def columns(self, seen: Seen) -> Iterator[Column]:
        """Yield the columns for the rows of an as-of view."""
        never = "has never been active"
        yield Column(
            "activity_days_last",
            seen.age(),
            says="was last active {value:when}",
            missing=never,
            unit="days",
            expects=1,
        )
        yield Column(
            "activity_days_first",
            seen.age_of_first(),
            says="was first seen active {value:when}",
            missing=never,
            unit="days",
            expects=-1,
            theme=PROFILE,
        )
        yield Column("activity_count", seen.count(), says="was active {value:#time} in all", zero=never, expects=-1)
        if seen.has("value"):
            yield from self._worth(seen)

    def _worth(self, seen: Seen) -> Iterator[Column]:
        yield Column(
            "activity_value_sum",
            seen.sum("value"),
            says="has brought in {value:money} in all",
            below="has taken back {value:money} more than they brought in, in all",
            zero="has brought in no money in all",
            unit="money",
            expects=-1,
            theme=MONEY,
        )
        yield Column(
            "activity_value_mean",
            seen.mean("value"),
            says="brings in {value:money} each time on average",
            zero="brings in no money on average",
            below="takes back {value:money} each time on average",
            missing="has shown no activity with an amount on record",
            unit="money",
            expects=-1,
            theme=MONEY,
        )
