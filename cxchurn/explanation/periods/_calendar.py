"""Months, quarters or weeks of a log, as the clock of its zone counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import DAY, DataError, UsageError, cached_property, did_you_mean, instant, iso, listed, zone
from cxchurn.interactions import InteractionLog

EVERY = ("month", "quarter", "week")
# a log that begins so early in a period is taken to hold all of it: the first day may have been a Sunday
_SLACK = 0.1


@dataclass(frozen=True, eq=False)
class Calendar:
    """Periods of time, one beside the other.

    Parameters
    ----------
    every : {"month", "quarter", "week"}
    shown : ndarray of datetime64[D], shape (n + 1,)
        The first day of each period, and the day after the last, as the clock of the log's zone shows them.
    edges : ndarray of int64, shape (n + 1,)
        The same as instants, in microseconds since 1970, UTC.
    since, until : int
        What is looked at: from `since` on, before `until`.
    begun : int
        Since when the log is whole: `since`, or its first interaction.
    observed : int
        Before when it is whole.
    """

    every: str
    shown: np.ndarray
    edges: np.ndarray
    since: int
    until: int
    begun: int
    observed: int

    def __len__(self) -> int:
        return self.edges.size - 1

    @cached_property
    def days(self) -> np.ndarray:
        """How many days each period has; float64, shape ``(n,)``."""
        return np.diff(self.shown).astype(np.float64)

    @cached_property
    def labels(self) -> list[str]:
        """What the periods are called, such as "2024-03", "2024-Q1" or, of a week, the date of its Monday."""
        months = self.shown[:-1].astype("datetime64[M]")
        if self.every == "month":
            return [str(month) for month in months]
        if self.every == "week":
            return [str(day) for day in self.shown[:-1]]
        return [f"{str(month)[:4]}-Q{(int(str(month)[5:7]) + 2) // 3}" for month in months]

    def whole(self, later: int = 0) -> np.ndarray:
        """Return which periods the log holds from beginning to end, and `later` microseconds beyond; bool, shape ``(n,)``."""
        begins = self.edges[:-1] + (np.diff(self.edges) * _SLACK).astype(np.int64) >= self.begun
        ends = (self.edges[1:] <= self.until) & (self.edges[1:] + later <= self.observed)
        return begins & (self.edges[:-1] >= self.since) & ends

    def of(self, times: np.ndarray) -> np.ndarray:
        """Return the period of each instant, -1 for those that are not looked at; int64, shape ``(times,)``."""
        period = np.searchsorted(self.edges, times, side="right") - 1
        return np.where((times >= self.since) & (times < self.until), period, -1)


def calendar_of(log: InteractionLog, every: str, since: Any, until: Any) -> Calendar:
    """Return the periods from the one that holds `since` to the one that ends at `until` or later.

    Parameters
    ----------
    log : InteractionLog
    every : {"month", "quarter", "week"}
    since, until : instant, optional
        Default: the first interaction, and the end of the log.
    """
    if every not in EVERY:
        raise UsageError(f"every is {every!r}.", allowed=listed(EVERY), hint=did_you_mean(str(every), EVERY))
    if log.start is None:
        raise DataError("the log has no interaction.", hint="read a log that has some.")
    first = log.start if since is None else instant(since, name="since", timezone=log.timezone)
    last = log.observed_until if until is None else instant(until, name="until", timezone=log.timezone)
    last = min(last, log.observed_until)
    if first >= last:
        raise UsageError(
            f"since ({iso(first)}) is not before until ({iso(last)}).",
            allowed=f"a span within {iso(log.start)} to {iso(log.observed_until)}",
            hint="give an earlier since.",
        )
    clock = zone(log.timezone)
    begin, end = clock.local(np.array([first, last]).astype(np.int64)) // DAY
    shown = _first_days(int(begin), int(end), every)
    edges = clock.utc(shown.astype("datetime64[us]").astype(np.int64))
    # a period that begins just where the last instant lies holds nothing
    kept = np.append(True, edges[1:-1] < last.astype(np.int64))
    chosen = np.append(np.flatnonzero(kept), int(kept.sum()))
    begun = max(first, log.start)
    begin_us, last_us, begun_us, observed = (
        int(at.astype(np.int64)) for at in (first, last, begun, log.observed_until)
    )
    begin_us = int(edges[0]) if since is None else begin_us
    return Calendar(every, shown[chosen], edges[chosen], begin_us, last_us, begun_us, observed)


def _first_days(begin: int, end: int, every: str) -> np.ndarray:
    """Return the first day of every period from the one with the day `begin` to the one after the day `end`."""
    if every == "week":
        # the first of January 1970 was a Thursday
        monday = (begin + 3) // 7 * 7 - 3
        return np.arange(monday, end + 8, 7).astype("datetime64[D]")
    months = np.array([begin, end]).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    step = 3 if every == "quarter" else 1
    first = months[0] // step * step
    return np.arange(first, months[1] + step + 1, step).astype("datetime64[M]").astype("datetime64[D]")
