"""Time zones: what a clock on the wall shows, and when it is set forward or back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from cxchurn._core._cached import cached_property
from cxchurn._core._errors import UsageError
from cxchurn._core.times._spans import DAY

# clocks were first set by law in the 19th century; what holds in 2200 is taken to hold for ever
_FIRST, _LAST = "1850-01-01", "2200-01-01"
# added to as a length, not by fromtimestamp, which refuses times before 1970 on some systems
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UTC = ("UTC", "Etc/UTC")


@dataclass(frozen=True, eq=False)
class Zone:
    """The clock of a time zone, as a table of the instants at which it was set.

    Parameters
    ----------
    name : str
        Such as ``"Europe/London"``.
    since : ndarray of int64, shape (n,)
        From when on each offset holds, in microseconds since 1970, UTC; the first one always did.
    offset : ndarray of int64, shape (n,)
        What the clock shows more than UTC, in microseconds.
    """

    name: str
    since: np.ndarray
    offset: np.ndarray

    def local(self, times: np.ndarray) -> np.ndarray:
        """Return what the clock shows at some instants; both int64 microseconds since 1970."""
        return self._shown(times, self.since)

    def days(self, times: np.ndarray) -> np.ndarray:
        """Return the days of some instants, counted from 1970 on; they never go back, even where clocks do at midnight."""
        return self._shown(times, self._new_days) // DAY

    def _shown(self, times: np.ndarray, since: np.ndarray) -> np.ndarray:
        if since.size == 1:
            return times + self.offset[0] if self.offset[0] else times
        return times + self.offset[np.maximum(np.searchsorted(since, times, side="right") - 1, 0)]

    @cached_property
    def _new_days(self) -> np.ndarray:
        """The instants of `since`; where a new day has begun when clocks are set back, not before it begins once more."""
        begun = (self.since[1:] + self.offset[:-1] - 1) // DAY * DAY - self.offset[1:]
        return np.concatenate([self.since[:1], np.maximum(self.since[1:], begun)])

    def utc(self, shown: np.ndarray) -> np.ndarray:
        """Return the instants at which the clock shows some times, in the order of these times.

        A time that comes twice, as clocks are set back, is its first coming. A time that never comes, as clocks jump over
        it, is the moment of the jump.
        """
        # a time belongs to the last offset under which it has come by the end of that offset; the next begins no earlier
        until = self.since[1:] + self.offset[:-1]
        which = np.searchsorted(np.maximum.accumulate(until), shown, side="right")
        return np.maximum(shown - self.offset[which], self.since[which])

    def day(self, at: np.datetime64) -> int:
        """Return the day of one instant, counted from 1970 on."""
        return int(self.days(np.array([at], dtype="datetime64[us]").astype(np.int64))[0])

    def midnight(self, day: int) -> np.datetime64:
        """Return the instant at which a day, counted from 1970 on, begins."""
        return self.utc(np.array([day * DAY])).astype("datetime64[us]")[0]

    @property
    def changes(self) -> list[tuple[int, int, int, bool]]:
        """The times of the clock that never come or come twice, as (begin, end, the instant `begin` is read as, twice)."""
        found = []
        for at, before, after in zip(self.since[1:], self.offset[:-1], self.offset[1:], strict=True):
            if after > before:
                found.append((int(at + before), int(at + after), int(at), False))
            elif after < before:
                found.append((int(at + after), int(at + before), int(at + after - before), True))
        return found


def on_clock(value: Any, timezone: str | tzinfo) -> np.datetime64:
    """Return what the clock of a zone shows at an instant, for people to read; datetime64[us].

    Examples
    --------
    >>> on_clock(np.datetime64("2025-06-30T22:00", "us"), "Europe/Berlin")
    np.datetime64('2025-07-01T00:00:00.000000')
    """
    moment = np.array([value], dtype="datetime64[us]").astype(np.int64)
    return zone(timezone).local(moment).astype("datetime64[us]")[0]


@lru_cache(maxsize=64)
def zone(name: str | tzinfo) -> Zone:
    """Return a time zone by its name in the time zone database, or as Python's libraries hold one.

    Examples
    --------
    >>> new_year = np.array([np.datetime64("2025-01-01", "us").astype(int)])
    >>> zone("Asia/Tokyo").local(new_year).astype("datetime64[us]")
    array(['2025-01-01T09:00:00.000000'], dtype='datetime64[us]')
    """
    try:
        clock = ZoneInfo(name) if isinstance(name, str) else name
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"timezone is {name!r}, which is no known zone.",
            allowed="a name of the time zone database",
            hint="for example 'Europe/London'.",
        ) from error
    if name in _UTC or clock is UTC:
        return Zone(str(name), np.array([np.iinfo(np.int64).min]), np.array([0]))
    days = np.arange(np.datetime64(_FIRST, "us"), np.datetime64(_LAST, "us"), np.timedelta64(1, "D"))
    offsets = _offsets(days, clock)
    last = np.flatnonzero(offsets[1:] != offsets[:-1])
    since = np.concatenate([[np.iinfo(np.int64).min], _moments(days[last], clock, offsets[last])])
    return Zone(str(name), since, np.concatenate([offsets[:1], offsets[last + 1]]))


def _moments(days: np.ndarray, clock: tzinfo, before: np.ndarray) -> np.ndarray:
    """Return the first instant, in the day after each of these, at which the offset is not what it was before."""
    low, high = days.astype(np.int64), days.astype(np.int64) + DAY
    while (high - low > 1).any():
        middle = low + (high - low) // 2
        same = _offsets(middle.astype("datetime64[us]"), clock) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return high


def _offsets(times: np.ndarray, clock: tzinfo) -> np.ndarray:
    if not times.size:
        return np.empty(0, dtype=np.int64)
    moments = (_EPOCH + timedelta(microseconds=at) for at in times.astype(np.int64).tolist())
    return np.array([_microseconds(moment.astimezone(clock).utcoffset()) for moment in moments], dtype=np.int64)


def _microseconds(length: timedelta | None) -> int:
    return 0 if length is None else length // timedelta(microseconds=1)
