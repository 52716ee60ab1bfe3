"""Looking at a table of which nobody has said what it means: what its columns hold, and in which order its times are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice, permutations
from typing import Any

import numpy as np

from cxchurn.interactions.reading._engine import arrow, rows
from cxchurn.interactions.reading._ids import NOTHING
from cxchurn.interactions.reading.casts._casts import NO, YES, family
from cxchurn.interactions.reading.casts.texts._spans import span_of
from cxchurn.interactions.reading.guessing._against import against
from cxchurn.interactions.reading.guessing._of_customer import of_customer
from cxchurn.interactions.reading.guessing._sample import SAMPLE, take_sample
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._text import yes_and_no
from cxchurn.interactions.schema.guessing._facts import ColumnFacts, TableFacts
from cxchurn.interactions.schema.guessing._left_out import CLOCK, is_clock_name, is_length_name, says_time
from cxchurn.interactions.schema.guessing._looks import (
    NEARLY_ALL,
    are_numbers,
    moment,
    number_styles,
    number_type,
    percents,
    time_formats,
)
from cxchurn.interactions.schema.guessing._mixed_times import mixed_times

# values that formats are tried on
_TRIED = 2_000
_SHOWN, _FEW = 3, 5
_NOTHING = {"", *NOTHING}
# seconds in what lengths are told in
_UNITS = (1.0, 60.0, 3_600.0, 86_400.0, 0.001)
# every pair of times is compared, row by row: sixty-six pairs
_TIMES_MOST = 12
Cells = Mapping[str, list[str | None]]


def facts_of(data: Opened) -> TableFacts:
    """Return what is seen of opened data: of its first rows."""
    take_sample(data)
    cells = _cells(data)
    count = len(next(iter(cells.values()), []))
    columns = {column: _column(column, data, values, count) for column, values in cells.items()}
    different = rows(data.con, f"SELECT count(DISTINCT hash({', '.join(map(data.held, columns))})) FROM {SAMPLE}")[0][0]
    written = ((column, _ways(seen)) for column, seen in columns.items())
    times = islice(((column, ways) for column, ways in written if ways), _TIMES_MOST)
    moments = {column: _moments(cells[column], ways) for column, ways in times}
    before, days = _compared(moments)
    within, spans = _within(columns, cells, moments), _spans(cells, columns, moments)
    opposed, alike = against(columns, cells), of_customer(columns, cells)
    return TableFacts(
        columns, data.label, different, before, within, spans, days, _joined(data), opposed, alike, data.form.unusual
    )


def _joined(data: Opened) -> dict[str, tuple[str, ...]]:
    return {column: tuple(parts) for column, parts in data.derived.items() if len(parts) > 1}


def _cells(data: Opened) -> Cells:
    # a day and the time of it are seen together alone
    parts = {part for two in _joined(data).values() for part in two}
    columns = [column for column in data.columns if column not in parts]
    listing = ", ".join(f"CAST({data.held(column)} AS VARCHAR) AS {data.held(column)}" for column in columns)
    table = arrow(data.con, f"SELECT {listing} FROM {SAMPLE}")
    cells = {column: values.to_pylist() for column, values in zip(columns, table.columns, strict=True)}
    repeats = _repeat_header(cells)
    return {
        column: [
            None if cell is None or cell.strip().lower() in _NOTHING else cell.strip()
            for cell, again in zip(values, repeats, strict=True)
            if not again
        ]
        for column, values in cells.items()
    }


def _repeat_header(cells: Cells) -> list[bool]:
    """Which rows are the header once more, as where files were put together: they say nothing of what a column holds."""
    return [
        2 * sum(cell is not None and cell.strip() == column for column, cell in zip(cells, row, strict=True))
        > len(cells)
        for row in zip(*cells.values(), strict=True)
    ]


def _column(column: str, data: Opened, values: list[str | None], count: int) -> ColumnFacts:
    counts = Counter(value for value in values if value is not None)
    holds = family(data.columns[column])
    tried = list(counts)[:_TRIED]
    formats: tuple[str, ...] = ()
    more: dict[str, Any] = {}
    if holds in ("text", "integer", "number"):
        formats = time_formats(tried, named_so=_named_so(column), share=NEARLY_ALL)
    if holds == "text":
        # what is inside JSON is text, whatever it is
        plain = not data.typed or column in data.derived
        holds, more = _of_text(counts, formats, plain=plain)
        mixed = mixed_times(tried) if holds == "text" and not formats else None
        more |= {"mixed": mixed} if mixed else {}
        if holds == "text" and not (formats or mixed) and _are_lengths(column, list(counts)[:_TRIED]):
            holds = "span"
            more |= {"brief": any(span_of(one, brief=False) is None for one in tried)}
    numbers = (
        [number for one in counts if (number := _number(one)) is not None] if holds in ("integer", "number") else []
    )
    odd = _misfits(counts, formats)
    return ColumnFacts(
        holds,
        len(counts),
        sum(counts.values()) / count if count else 0.0,
        tuple(value for value, _ in counts.most_common(_SHOWN)),
        formats,
        sum(odd.values()),
        next(iter(odd), None),
        low=min(numbers, default=None),
        high=max(numbers, default=None),
        **more,
    )


def _of_text(counts: Mapping[str, int], formats: tuple[str, ...], *, plain: bool) -> tuple[str, dict[str, Any]]:
    """Return what texts hold, and how their numbers are written; `plain` texts are all that a file has for numbers."""
    tried = list(counts)[:_TRIED]
    styles = () if formats and formats != ("excel",) else number_styles(tried)
    percent = percents(tried)
    if styles or not (plain or percent):
        return "text", {"styles": styles, "percent": percent}
    if not are_numbers(tried):
        return "text", {"words": () if formats else _words(counts), "percent": percent}
    holds = number_type(tried)
    return holds, {"point": holds == "number" and any("." in one for one in tried), "percent": percent}


def _are_lengths(column: str, values: Sequence[str]) -> bool:
    """Whether all values are lengths of time that are written as such, such as 1h 05m: by a clock, where the name says so."""
    if not values or (is_clock_name(column) and all(map(CLOCK.fullmatch, values))):
        return False
    return all(span_of(one, brief=is_length_name(column)) is not None for one in values)


def _words(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the few words that stand among numbers; none where most rows have no number, or zeros before one."""
    words = tuple(islice((value for value in counts if not are_numbers([value])), _FEW + 1))
    numbers = [value for value in counts if value not in words]
    if len(words) > _FEW or 2 * sum(counts[word] for word in words) >= sum(counts.values()):
        return ()
    return () if number_type(numbers) == "text" else words


def _misfits(counts: Mapping[str, int], formats: Sequence[str]) -> dict[str, int]:
    """Return the values that no way of writing times fits, though one fits nearly all, with how many rows have each."""
    if not formats:
        return {}
    return {value: rows for value, rows in counts.items() if all(_moment(value, way) is None for way in formats)}


def _moment(value: str, way: str) -> float | None:
    return moment(value.replace("+00", "+00:00") if way == "iso" and value.endswith("+00") else value, way)


def _first_moment(value: str, ways: Sequence[str]) -> float | None:
    return next((found for way in ways if (found := _moment(value, way)) is not None), None)


def _named_so(column: str) -> bool:
    return says_time(column) or column.lower().endswith(("datum", "until")) or column.lower() in ("when", "at")


def _ways(seen: ColumnFacts) -> tuple[str, ...]:
    """Return how a column's times are written, the first ways that fit; none where it holds no times."""
    ways = ("iso",) if seen.holds == "time" else seen.mixed.ways[0] if seen.mixed else seen.formats[:1]
    return () if seen.holds == "number" and ways == ("excel",) else tuple(ways)


def _moments(values: list[str | None], ways: tuple[str, ...]) -> np.ndarray:
    """Return times in seconds, NaN for none."""
    known = {value: _first_moment(value, ways) for value in set(values) if value is not None}
    return np.array([known.get(value) for value in values], dtype=np.float64)  # type: ignore[arg-type]


def _compared(
    moments: Mapping[str, np.ndarray],
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    before, days = {}, {}
    for first, second in permutations(moments, 2):
        start, end = moments[first], moments[second]
        both = ~(np.isnan(start) | np.isnan(end))
        if both.any():
            start, end = start[both], end[both]
            # an end of which only the day is known lies on the day of the start
            same_day = (end % 86_400 == 0) & (start - 86_400 < end)
            before[first, second] = float(np.mean((start <= end) | same_day))
            days[first, second] = float(np.median(end - start)) / 86_400
    return before, days


def _within(
    columns: Mapping[str, ColumnFacts], cells: Cells, moments: Mapping[str, np.ndarray]
) -> dict[tuple[str, str], float]:
    found = {}
    # a time that cannot be read is there: its row says nothing of what is known from when on
    read = {time: ~np.isnan(at) for time, at in moments.items()}
    tells = {time: read[time] | _is_none(cells[time]) for time in moments}
    for column, values in cells.items():
        said = np.array(_says(columns[column], values), dtype=bool)
        for time in moments:
            rows = said & tells[time]
            if time != column and rows.any():
                found[column, time] = float(np.mean(read[time][rows]))
    return found


def _is_none(values: list[str | None]) -> np.ndarray:
    return np.array([value is None for value in values], dtype=bool)


def _says(seen: ColumnFacts, values: list[str | None]) -> list[bool]:
    """Where a column says something: of yes and no the yes, for a no without a time says "not yet"."""
    words = {value.lower() for value in seen.examples}
    if words and seen.distinct is not None and seen.distinct <= 2:
        pair = yes_and_no(words)
        yes, no = ({pair[0]}, {pair[1]}) if pair else (set(YES), set(NO))
        if words <= yes | no:
            return [value is not None and value.lower() in yes for value in values]
    return [value is not None for value in values]


def _spans(
    cells: Cells, columns: Mapping[str, ColumnFacts], moments: Mapping[str, np.ndarray]
) -> dict[str, tuple[str, str]]:
    """Return the columns of numbers that are what lies between two times, in seconds, minutes, hours, days or milliseconds."""
    found: dict[str, tuple[str, str]] = {}
    gaps = {(first, second): moments[second] - moments[first] for first, second in permutations(moments, 2)}
    for column, seen in columns.items():
        if seen.holds not in ("integer", "number") or column in moments or (seen.distinct or 0) < _SHOWN - 1:
            continue
        numbers = np.array([_number(value) for value in cells[column]])
        pairs = [pair for pair, gap in gaps.items() if _is_between(numbers, gap)]
        found |= {column: pairs[-1]} if pairs else {}
    return found


def _is_between(numbers: np.ndarray, gaps: np.ndarray) -> bool:
    both = ~(np.isnan(numbers) | np.isnan(gaps))
    numbers, gaps = numbers[both], gaps[both]
    if not numbers.size or not (gaps >= 0).all() or len(np.unique(numbers)) < _SHOWN - 1:
        return False
    # what differs by less than the unit may be anything that is counted
    units = [unit for unit in _UNITS if gaps.max() - gaps.min() > 2 * unit]
    return any(bool((np.abs(numbers * unit - gaps) <= max(unit, 1.0)).all()) for unit in units)


def _number(value: str | None) -> float:
    try:
        return np.nan if value is None else float(value)
    except ValueError:
        return np.nan
