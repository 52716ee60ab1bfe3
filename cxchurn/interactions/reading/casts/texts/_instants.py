"""Times in any form, as SQL that reads them as instants in UTC."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import pairwise

import numpy as np

from cxchurn._core import DataError, zone
from cxchurn.interactions.reading._cell_sql import (
    ZONED_TIMES,
    Cast,
    Texts,
    given,
    nothing_in,
    said,
    there,
    whole,
)
from cxchurn.interactions.reading._engine import one_of
from cxchurn.interactions.schema._months import ends_in_point, halves_in, months_in
from cxchurn.interactions.schema._sql import text
from cxchurn.interactions.schema._time_ways import NO_DAY, names_utc

_FIRST, _LAST = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'"
_NO_DAY = "TIMESTAMP '1900-01-01 00:00:00'"
# the years 1 to 9999, which Python's own times hold too: a batch and a service refuse the same
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
_FINE_TIMES = ("TIMESTAMP_NS", "TIMESTAMPTZ_NS")
# How numbers of a unit since 1970 become microseconds: how many decimals count, and the factor. As they are written, for
# binary fractions would fall on either side of the microsecond that was meant.
EPOCH = {"epoch_s": (12, "1000000"), "epoch_ms": (12, "1000"), "epoch_us": (12, "1"), "epoch_ns": (6, "0.001")}
# a number below this many is of the unit: seconds to the year 5138, milliseconds from 1973 on, and so forth
REACH = {"epoch_s": 10**11, "epoch_ms": 10**14, "epoch_us": 10**17, "epoch_ns": 10**20}
# days as spreadsheets count them: the first one that they count rightly is the 61st, and 1970 begins with this one
EXCEL_TRUE, EXCEL_1970, EXCEL_LAST = 60, 25_569, 2_958_466
# where a spreadsheet writes decimal commas, its days have one too; before thousands there are fewer figures
EXCEL_COMMA = "^([0-9]{5}),([0-9]+)$"
# in these years times are read by the table of a zone's clock, both included
CLOCK_YEARS = (1970, 2059)
# The engine's own cast drops an offset and an 'PM' without a word, so the shape of a time is checked first.
_NAIVE = r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?"
_ZONED = r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?( ?([Zz]|UTC|[+-]\d{2}(:?\d{2})?))"
# what a cell tells of its column: it has a zone; it is not written as times usually are
ZONED, ODD = "zoned", "odd"


def instant_cast(
    column: str,
    sql_type: str,
    kind: str,
    quoted: str,
    *,
    says: str,
    texts: Texts,
    told: Collection[str],
    anywhere: Callable[[str, str], str],
) -> Cast:
    """Return how a column of times, text or numbers is read as instants; see `cast`."""
    if kind == "time":
        fine = _cut_off(quoted) if sql_type in _FINE_TIMES else None
        if sql_type in ZONED_TIMES:
            read = fine or f"CAST({quoted} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        else:
            read = to_utc(fine or f"TRY_CAST({quoted} AS TIMESTAMP)", texts.timezone)
        return Cast(_in_reach(read), f"({quoted} IS NOT NULL)")
    if kind != "text" and set(texts.formats) == {"iso"}:
        raise DataError(
            f"the column {column!r} ({says}) holds numbers.",
            hint='say how in the schema, under [format]: time_format = "epoch" for seconds, milliseconds and so forth since '
            'the year 1970, "%Y%m%d" for figures such as 20240501, or "excel" for the days of a spreadsheet.',
        )
    words = nothing_in(texts.missing)
    shown = f"CAST({whole(quoted)} AS VARCHAR)" if kind == "number" else given(quoted)
    present = there(quoted, sql_type) if kind != "text" else f"(({said(quoted, words)}) IS NOT NULL)"
    reads = [_read(written, quoted, shown, kind, texts.timezone, told) for written in texts.formats]
    if kind == "text":
        # a day 0 is the first of some system's calendar, as is 1900-01-01: what that means is decided there
        reads.append(f"CASE WHEN regexp_full_match({shown}, {text(NO_DAY)}) THEN {_NO_DAY} END")
    read = reads[0] if len(reads) == 1 else f"coalesce({', '.join(reads)})"
    return _with_told(Cast(_in_reach(read), present), kind, shown, texts, anywhere)


def _with_told(cast: Cast, kind: str, shown: str, texts: Texts, anywhere: Callable[[str, str], str]) -> Cast:
    """Add what the cells tell of each other."""
    tells: dict[str, str] = {}
    without_zone = None
    if kind == "text" and "iso" in texts.formats:
        zoned, naive = (f"regexp_full_match({shown}, {text(shape)})" for shape in (_ZONED, _NAIVE))
        tells[ZONED] = zoned
        without_zone = f"({naive} AND {anywhere(zoned, ZONED)})"
    if kind == "text" and texts.formats == ("iso",):
        # nearly all that is no time of the usual form differs from it here
        tells[ODD] = f"(instr({shown}, '-') <> 5 AND {cast.present})"
    if "epoch" in texts.formats:
        number = f"abs(TRY_CAST({shown} AS DOUBLE))"
        least = [0, *REACH.values()]
        tells |= {
            unit: f"({number} > {low} AND {number} >= {low} AND {number} < {most})"
            for (unit, most), low in zip(REACH.items(), least, strict=False)
        }
    return Cast(cast.value, cast.present, without_zone, tells=tells, text=shown)


def _read(written: str, quoted: str, shown: str, kind: str, timezone: str, told: Collection[str]) -> str:
    if written == "iso":
        return "NULL::TIMESTAMP" if kind != "text" else _iso(shown, timezone)
    if written == "epoch":
        units = [unit for unit in EPOCH if unit in told]
        # of several, none is plainly meant; where nobody looked at the others, the number alone says it
        return _epoch(quoted, units[0]) if len(units) == 1 else "NULL::TIMESTAMP" if units else _epoch_by_size(quoted)
    if written in EPOCH:
        return _epoch(quoted, written)
    if written == "excel":
        return to_utc(_excel(quoted), timezone)
    read = _strptime(shown, written)
    read = _cut_off(read) if "%n" in written else read
    if names_utc(written):
        return read
    return f"{read} AT TIME ZONE 'UTC'" if "%z" in written or "%Z" in written else to_utc(read, timezone)


def _strptime(shown: str, written: str) -> str:
    """SQL: a time by a format; its month and half of the day may be in another language, as `in_english` has it."""
    words, lower = months_in(written), f"lower({shown})"
    for half, pattern in halves_in(written).items():
        lower = f"regexp_replace({lower}, {text(pattern)}, '\\1{half}', 'g')"
    plain = f"try_strptime({shown}, {text(written)})"
    if halves_in(written) and not words:
        plain = f"coalesce({plain}, try_strptime({lower}, {text(written)}))"
    # to the engine words such as infinity and epoch are times of any form, and 199 is a year
    figures = "[0-9]{4}" if "%Y" in written else "[0-9]"
    plain = f"CASE WHEN regexp_matches({shown}, '{figures}') THEN {plain} END"
    if not words:
        return plain
    english = f"[{', '.join(map(text, words.values()))}][list_position([{', '.join(map(text, words))}], w)]"
    word = f"list_filter(regexp_extract_all(t, '\\pL{{3,}}'), lambda w: {one_of('w', words)})[1]"
    short = "w" if ends_in_point(written) else "CASE WHEN contains(t, w || '.') THEN w || '.' ELSE w END"
    again = f"list_transform([{word}], lambda w: try_strptime(replace(t, {short}, {english}), {text(written)}))[1]"
    return f"coalesce({plain}, list_transform([{lower}], lambda t: {again})[1])"


def _iso(shown: str, timezone: str) -> str:
    zoned, naive = (f"regexp_full_match({shown}, {text(shape)})" for shape in (_ZONED, _NAIVE))
    return (
        f"CASE WHEN {naive} THEN {to_utc(f'TRY_CAST({shown} AS TIMESTAMP)', timezone)} "
        f"WHEN {zoned} THEN TRY_CAST(regexp_replace({shown}, ' ([+-])', '\\1') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END"
    )


def _epoch(quoted: str, unit: str) -> str:
    decimals, factor = EPOCH[unit]
    return _moment(f"floor(TRY_CAST(CAST({quoted} AS VARCHAR) AS DECIMAL(28, {decimals})) * {factor})")


def _epoch_by_size(quoted: str) -> str:
    size = f"abs(TRY_CAST({quoted} AS DOUBLE))"
    whens = " ".join(f"WHEN {size} < {most} THEN {_epoch(quoted, unit)}" for unit, most in REACH.items())
    return f"CASE {whens} END"


def _excel(quoted: str) -> str:
    plain = f"regexp_replace(trim(CAST({quoted} AS VARCHAR)), '{EXCEL_COMMA}', '\\1.\\2')"
    days = f"TRY_CAST({plain} AS DECIMAL(28, 12))"
    # spreadsheets count a 29 February 1900, and keep times of day to the millisecond
    day = f"(d - {EXCEL_1970} + CASE WHEN d < {EXCEL_TRUE} THEN 1 ELSE 0 END)"
    moment = f"floor({day} * 86400000 + 0.5) * 1000"
    inside = f"d >= 0 AND d < {EXCEL_LAST}"
    return f"list_transform([{days}], lambda d: CASE WHEN {inside} THEN {_moment(moment)} END)[1]"


def _moment(microseconds: str) -> str:
    """SQL: the time of so many microseconds since 1970."""
    inside = f"{microseconds} BETWEEN {_EARLIEST} AND {_LATEST}"
    # only values within reach are handed on: the engine stops at others
    safe = f"CAST(CASE WHEN {inside} THEN {microseconds} ELSE 0 END AS BIGINT)"
    return f"CASE WHEN {inside} THEN make_timestamp({safe}) END"


def _cut_off(moment: str) -> str:
    """SQL for a time in nanoseconds without the fraction of its last microsecond; the engine's own cast rounds it up."""
    fine = f"epoch_ns({moment})"
    return f"make_timestamp(({fine} - (({fine} % 1000) + 1000) % 1000) // 1000)"


def to_utc(moment: str, timezone: str) -> str:
    """SQL for the instant at which a zone's clock showed a time: its first coming, or the moment at which it was jumped over.

    The engine reads a time of the hour that is jumped over as one after it, which changes the order of what was written; so
    it is asked only for years in which few had clocks.
    """
    if timezone == "UTC":
        return moment
    first, last = CLOCK_YEARS
    holds = f"list_filter(({_clock(timezone)})[year(t) - {first - 1}], lambda c: epoch_us(t) >= c[1])[-1]"
    read = f"make_timestamp(list_transform([{holds}], lambda c: greatest(epoch_us(t) - c[2], c[3]))[1])"
    other = f"(t AT TIME ZONE {text(timezone)}) AT TIME ZONE 'UTC'"
    # in a list of one, so that what the time is read from is worked out once
    chosen = f"CASE WHEN year(t) BETWEEN {first} AND {last} THEN {read} ELSE {other} END"
    return f"list_transform([{moment}], lambda t: {chosen})[1]"


@lru_cache(maxsize=64)
def _clock(timezone: str) -> str:
    """SQL for a list of years, each a list of how a zone's clock was set in it.

    For each setting, in microseconds: the first time shown that is read by it, how far the clock was ahead of UTC, and the
    instant of the setting.
    """
    clock, years = (
        zone(timezone),
        [np.datetime64(str(year), "us") for year in range(CLOCK_YEARS[0], CLOCK_YEARS[1] + 2)],
    )
    begins = np.array(years).astype(np.int64)
    # a time is read by the last setting before which it was not shown yet
    until = np.maximum.accumulate(np.append(clock.since[1:] + clock.offset[:-1], begins[-1]))
    found = []
    for begin, end in pairwise(begins):
        first, stop = np.searchsorted(until[:-1], (begin, end), side="right")
        settings = [(begin, clock.offset[first], max(clock.since[first], -(2**62)))]
        settings += [(until[k - 1], clock.offset[k], clock.since[k]) for k in range(first + 1, stop + 1)]
        found.append("[" + ", ".join(f"[{', '.join(str(int(one)) for one in each)}]" for each in settings) + "]")
    return f"[{', '.join(found)}]::BIGINT[][][]"


def _in_reach(moment: str) -> str:
    return f"list_transform([{moment}], lambda t: CASE WHEN t BETWEEN {_FIRST} AND {_LAST} THEN t END)[1]"
