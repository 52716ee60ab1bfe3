"""Days and the times of them in columns of their own: found, so that a guess may read both as one."""

from __future__ import annotations

import re

from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.reading.guessing._sample import SAMPLE
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._later import column_of
from cxchurn.interactions.schema._roles import plain
from cxchurn.interactions.schema.guessing._left_out import CLOCK, is_clock_name, is_day_text
from cxchurn.interactions.schema.guessing._looks import time_formats

_ROWS = 1_000
# what is left of two names without these is what both are of: "Start Date", "Start Time"
_WHAT = re.compile(
    r"(date|day|datum|tag|fecha|dia|jour|giorno|timeofday|time|clock|hour|uhrzeit|zeit|heure|hora|ora|tijd)"
)


def times_in_two_columns(data: Opened) -> dict[str, tuple[str, ...]]:
    """Return the days that have the time of the day in another column: what both are called together, with the two."""
    clocks = [column for column in data.columns if is_clock_name(column) and _are_clocks(_values(data, column))]
    # looking at all columns is only worth it where there is a clock
    days = (
        [column for column in data.columns if column not in clocks and _are_days(_values(data, column))]
        if clocks
        else []
    )
    pairs = [(day, clock) for clock in clocks for day in days if _of(day) == _of(clock)]
    if not pairs and len(clocks) == len(days) == 1:
        pairs = [(days[0], clocks[0])]
    once = [pair for pair in pairs if all(sum(one in other for other in pairs) == 1 for one in pair)]
    return {column_of(pair): pair for pair in once}


def _values(data: Opened, column: str) -> list[str]:
    shown = f"trim(CAST({data.held(column)} AS VARCHAR))"
    sample = f"SELECT {shown} AS v FROM {SAMPLE} LIMIT {_ROWS}"
    return [value for (value,) in rows(data.con, f"SELECT DISTINCT v FROM ({sample}) WHERE v <> '' ORDER BY v")]


def _are_clocks(values: list[str]) -> bool:
    return bool(values) and all(map(CLOCK.fullmatch, values))


def _are_days(values: list[str]) -> bool:
    """Whether all values are days, in one way or another, without a time of the day."""
    return bool(time_formats(values, named_so=False)) and all(map(is_day_text, values))


def _of(column: str) -> str:
    return _WHAT.sub("", plain(column))
