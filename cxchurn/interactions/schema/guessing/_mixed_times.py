"""Columns of times that are written in several ways: which ways read all values together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from cxchurn.interactions.schema._text import EPOCHS
from cxchurn.interactions.schema._time_ways import NO_DAY, WAYS
from cxchurn.interactions.schema.guessing._looks import moment

# the more usual ways first
_EVERY = ("iso", *WAYS, *EPOCHS, "excel")
# a column that is written in more ways than this is a mess that nobody can name
_MOST_WAYS = 3
# ways are looked for by a few values, and then tried on all
_FEW = 50
# so many different days of 12 or less, and of more than 12, are no chance
_DAYS = 8

Ways = tuple[str, ...]


@dataclass(frozen=True)
class Mixed:
    """Ways of writing times that read all values of a column together.

    Parameters
    ----------
    ways : tuple of tuple of str
        Every possibility, where the values do not tell the day from the month.
    exchanged : bool
        Whether a spreadsheet looks to have taken days for months in one of the ways: the first possibility puts it right.
    """

    ways: tuple[Ways, ...]
    exchanged: bool = False

    def says(self, column: str) -> str:
        """Return in words how a column is written."""
        written = f"the values of {column} are written in {len(self.ways[0])} ways"
        if self.exchanged:
            return (
                f"{written}: all days of the one are 12 or less, and all of the other more, as where a spreadsheet took days "
                "for months"
            )
        return written if len(self.ways) == 1 else f"{written}, and no day tells it from the month"


def mixed_times(values: Iterable[str]) -> Mixed | None:
    """Return the ways of writing times that read all values, one after the other; None where one way does, or none do.

    Examples
    --------
    >>> mixed_times(["2024-01-05", "15.2.2024"])
    Mixed(ways=(('iso', '%d.%m.%Y'),), exchanged=False)
    >>> mixed_times(["2024-01-05", "1/2/2024"]).ways
    (('iso', '%m/%d/%Y'), ('iso', '%d/%m/%Y'))
    """
    left, parts = [one for one in dict.fromkeys(values) if not re.fullmatch(NO_DAY, one)], list[list[str]]()
    read: list[list[str]] = []
    while left and len(parts) < _MOST_WAYS:
        best = _best(left)
        if not best:
            return None
        parts.append(best)
        read.append([one for one in left if moment(one, best[0]) is not None])
        left = [one for one in left if moment(one, best[0]) is None]
    if left or len(parts) < 2:
        return None
    exchanged = _exchanged(parts, read)
    texts = [one for own in read for one in own]
    clear = [ways for ways in (*exchanged, *product(*parts)) if _one_meaning(ways, texts)]
    found = tuple(tuple(sorted(ways, key=_how_usual)) for ways in clear)
    return Mixed(found, bool(exchanged)) if found else None


def _how_usual(way: str) -> int:
    return _EVERY.index(way) if way in _EVERY else 0


def _best(values: list[str]) -> list[str]:
    """Return the ways that read the first value, and of the others the most: several where they read them differently."""
    # texts that are ISO are read by nothing else
    ways = ("iso",) if moment(values[0], "iso") is not None else _EVERY
    first = [way for way in ways if moment(values[0], way) is not None]
    few = values[:: len(values) // _FEW + 1]
    counts = {way: sum(moment(one, way) is not None for one in few) for way in first}
    likely = [way for way in first if counts[way] == max(counts.values())]
    fits = {way: frozenset(one for one in values if moment(one, way) is not None) for way in likely}
    most = max(map(len, fits.values()), default=0)
    same = [way for way in likely if len(fits[way]) == most and fits[way] == fits[likely[0]]]
    meant = {tuple(moment(one, way) for one in values): way for way in reversed(same)}
    return list(reversed(meant.values()))


def _one_meaning(ways: Iterable[str], values: Iterable[str]) -> bool:
    """Whether no value is a time by one way and another time by the next."""
    own = list(ways)
    return all(len({moment(one, way) for way in own} - {None}) == 1 for one in values)


def _exchanged(parts: list[list[str]], read: list[list[str]]) -> list[Ways]:
    """Return the ways with days and months exchanged in one of them, where a spreadsheet looks to have done so.

    It reads 5/6 as the fifth month or the fifth day, as its country does, and leaves 13/6 as text where that is no day:
    the days of one way are then 12 or less, and those of another all more.
    """
    if len(parts) != 2 or any(len(ways) > 1 for ways in parts):
        return []
    for here, there in ((0, 1), (1, 0)):
        low, high = _days(read[here], parts[here][0]), _days(read[there], parts[there][0])
        other = _with_exchange(parts[here][0], read[here])
        if other and min(len(low), len(high)) >= _DAYS and max(d for d, _ in low) <= 12 < min(d for d, _ in high):
            ways = [parts[0][0], parts[1][0]]
            ways[here] = other
            return [tuple(ways)]
    return []


def _days(values: Iterable[str], way: str) -> set[tuple[int, int]]:
    moments = [datetime.fromtimestamp(found, UTC) for one in values if (found := moment(one, way)) is not None]
    return {(found.day, 100 * found.year + found.month) for found in moments}


def _with_exchange(way: str, values: list[str]) -> str | None:
    """Return a way with the day and the month in each other's place."""
    ways = [one for one in WAYS if one.startswith("%Y-%m-%d")] if way == "iso" else [way]
    written = next((one for one in ways if all(moment(value, one) is not None for value in values)), None)
    if written is None or "%m" not in written or "%d" not in written:
        return None
    return written.replace("%m", "%_").replace("%d", "%m").replace("%_", "%d")
