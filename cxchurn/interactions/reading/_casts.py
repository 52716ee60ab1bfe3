"""How a column of any type is read as an id, an instant, a number, a flag or a label: SQL that fails on no row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from cxchurn._core import DataError, zone
from cxchurn.interactions.reading._engine import text
from cxchurn.interactions.reading._ids import EXACT, LONGEST, NOTHING
from cxchurn.interactions.schema._roles import RoleType

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_WIDE = ("UBIGINT", "HUGEINT", "UHUGEINT")
_TIMES = ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE")
_ZONED_TIMES = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
YES, NO = ("true", "yes", "y", "1", "1.0", "t"), ("false", "no", "n", "0", "0.0", "f")
_FIRST, _LAST = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'"
_THOUSANDS = r"[+-]?\d{1,3}([.]\d{3})+"
_FINE_TIMES = ("TIMESTAMP_NS", "TIMESTAMPTZ_NS")
EPOCH = {"epoch_s": "1000000", "epoch_ms": "1000"}
# in these years times are read by the table of a zone's clock, both included
CLOCK_YEARS = (1970, 2059)
# The engine's own cast drops an offset and an 'PM' without a word, so the shape of a time is checked first.
_NAIVE = r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?"
_ZONED = r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?( ?([Zz]|UTC|[+-]\d{2}(:?\d{2})?))"


@dataclass(frozen=True)
class Cast:
    """SQL for one column: its value, whether there was one at all, and whether it carries no zone where others do.

    `tells` is SQL for "this cell says how others are meant", where the texts of a column are read by all of its cells.
    """

    value: str
    present: str
    without_zone: str | None = None
    certain: bool = False
    tells: str | None = None

    @property
    def unreadable(self) -> str | None:
        """SQL for "there is something, but it could not be read"; None where everything can be."""
        return None if self.certain else f"({self.present} AND ({self.value}) IS NULL)"


def family(sql_type: str) -> str:
    """Return what kind of type the engine's type is: text, integer, number, flag, time, span or other."""
    if sql_type in ("VARCHAR", "UUID") or sql_type.startswith("ENUM"):
        return "text"
    if sql_type in _INTEGERS or sql_type in _WIDE:
        return "integer"
    if sql_type in ("DOUBLE", "FLOAT") or sql_type.startswith("DECIMAL"):
        return "number"
    if sql_type in (*_TIMES, *_ZONED_TIMES):
        return "time"
    return {"BOOLEAN": "flag", "INTERVAL": "span"}.get(sql_type, "other")


def cast(
    column: str,
    sql_type: str,
    role: RoleType,
    *,
    held: str,
    says: str,
    timezone: str = "UTC",
    time_format: str | None = None,
    table: str = "raw",
    told: bool | None = None,
) -> Cast:
    """Return the SQL that reads a column in a role.

    Parameters
    ----------
    column, sql_type : str
        The user's column and the engine's type of it.
    role : {"id", "instant", "category", "number", "flag"}
        How to read it.
    held : str
        The engine's name of the column, quoted.
    says : str
        What the column is for, in an error.
    timezone, time_format : str
        As in the schema.
    table : str
        The table the column stands in.
    told : bool, optional
        Whether some cell of the column says how others are meant (`Cast.tells`), where that is known of all of its cells and
        the table holds some of them. Default: the table says it.
    """
    kind, anywhere = family(sql_type), partial(_anywhere, table=table, told=told)
    if role == "instant" and kind in ("time", "text", "integer", "number"):
        quoted = f"{table}.{held}"
        return _instant(
            column, sql_type, kind, quoted, says=says, timezone=timezone, time_format=time_format, anywhere=anywhere
        )
    if role == "number":
        found = _number(f"{table}.{held}", sql_type, kind, anywhere)
    else:
        readers = {"id": _id, "category": _category, "flag": _flag}
        found = readers[role](f"{table}.{held}", sql_type, kind) if role in readers else None
    if found is None:
        raise DataError(
            f"the column {column!r} is of type {sql_type}, which cannot be read as {says}.", hint="map another column."
        )
    return found


def _whole(column: str) -> str:
    return f"CASE WHEN {column} = trunc({column}) AND abs({column}) < {EXACT} THEN CAST({column} AS BIGINT) END"


def _given(column: str) -> str:
    given = f"CAST({column} AS VARCHAR)"
    # most texts begin and end with a sign: only the others need the slow trim, which also takes tabs
    bare = f"ascii({given}) > 32 AND ascii(right({given}, 1)) > 32"
    return f"CASE WHEN {bare} THEN {given} ELSE nullif(trim({given}, E' \\t\\r\\n'), '') END"


def _said(column: str) -> str:
    """SQL: the text of a cell that says something; none of the words for nothing."""
    whole, given = f"CAST({column} AS VARCHAR)", _given(column)
    words = ", ".join(text(word) for word in NOTHING)
    # most texts are longer than those words, and begin and end with a sign
    plain = f"strlen({whole}) > {LONGEST} AND ascii({whole}) > 32 AND ascii(right({whole}, 1)) > 32"
    return f"CASE WHEN {plain} THEN {whole} WHEN NOT coalesce(lower({given}) IN ({words}), TRUE) THEN {given} END"


def _there(column: str, sql_type: str) -> str:
    return (
        f"({column} IS NOT NULL AND NOT isnan({column}))"
        if sql_type in ("DOUBLE", "FLOAT")
        else f"({column} IS NOT NULL)"
    )


def _id(column: str, sql_type: str, kind: str) -> Cast | None:
    if kind == "text":
        # ids are kept to the letter, but for the blanks around them
        return Cast(_said(column), f"(({_said(column)}) IS NOT NULL)", certain=True)
    if kind == "integer":
        return Cast(f"TRY_CAST({column} AS BIGINT)", f"({column} IS NOT NULL)", certain=sql_type in _INTEGERS)
    if kind == "number" and sql_type.startswith("DECIMAL"):
        return Cast(
            f"CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS BIGINT) END", _there(column, sql_type)
        )
    if kind == "number":
        return Cast(_whole(column), _there(column, sql_type))
    return None


def _category(column: str, sql_type: str, kind: str) -> Cast | None:
    if kind == "other":
        return None
    if kind == "number":
        # whole numbers that became decimal for the sake of missing values read as the whole numbers they were
        label = f"coalesce(CAST({_whole(column)} AS VARCHAR), CAST({column} AS VARCHAR))"
        value = f"CASE WHEN {_there(column, sql_type)} THEN {label} END"
        return Cast(value, _there(column, sql_type), certain=True)
    return Cast(_given(column), f"(({_given(column)}) IS NOT NULL)", certain=True)


def _anywhere(condition: str, *, table: str, told: bool | None) -> str:
    """SQL: a condition holds for some cell of a column, by what was told or else by the table."""
    if told is not None:
        return "TRUE" if told else "FALSE"
    return f"(SELECT coalesce(bool_or({condition}), FALSE) FROM {table})"


def _number(column: str, sql_type: str, kind: str, anywhere: Callable[[str], str]) -> Cast | None:
    if kind in ("time", "other"):
        return None
    if kind == "span":
        return Cast(f"epoch({column})", f"({column} IS NOT NULL)", certain=True)
    if kind == "text":
        number = f"TRY_CAST({_given(column)} AS DOUBLE)"
        # a number is no word for nothing: few cells have to be looked up
        present = f"(CASE WHEN {number} IS NOT NULL THEN NOT isnan({number}) ELSE ({_said(column)}) IS NOT NULL END)"
        # beside decimal commas a point may stand before thousands: 1.234 is then no number that is plain
        comma = f"contains(CAST({column} AS VARCHAR), ',')"
        thousands = f"{anywhere(comma)} AND regexp_full_match({_given(column)}, {text(_THOUSANDS)})"
        value = f"CASE WHEN {thousands} THEN NULL WHEN NOT isnan({number}) THEN {number} END"
        return Cast(value, present, tells=comma)
    number = f"CAST({column} AS DOUBLE)"
    value = f"CASE WHEN NOT isnan({column}) THEN {number} END" if sql_type in ("DOUBLE", "FLOAT") else number
    return Cast(value, _there(column, sql_type), certain=True)


def _flag(column: str, sql_type: str, kind: str) -> Cast | None:
    if kind == "flag":
        return Cast(column, f"({column} IS NOT NULL)", certain=True)
    if kind in ("integer", "number"):
        return Cast(f"CASE WHEN {column} = 1 THEN TRUE WHEN {column} = 0 THEN FALSE END", _there(column, sql_type))
    if kind != "text":
        return None
    given = f"lower({_given(column)})"
    yes, no = (", ".join(text(word) for word in words) for words in (YES, NO))
    return Cast(
        f"CASE WHEN {given} IN ({yes}) THEN TRUE WHEN {given} IN ({no}) THEN FALSE END",
        f"(({_said(column)}) IS NOT NULL)",
    )


def _instant(
    column: str,
    sql_type: str,
    kind: str,
    quoted: str,
    *,
    says: str,
    timezone: str,
    time_format: str | None,
    anywhere: Callable[[str], str],
) -> Cast:
    if kind == "time":
        fine = _cut_off(quoted) if sql_type in _FINE_TIMES else None
        if sql_type in _ZONED_TIMES:
            read = fine or f"CAST({quoted} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        else:
            read = _to_utc(fine or f"TRY_CAST({quoted} AS TIMESTAMP)", timezone)
        return Cast(_in_reach(read), f"({quoted} IS NOT NULL)")
    given = f"CAST({_whole(quoted)} AS VARCHAR)" if kind == "number" else _given(quoted)
    present = _there(quoted, sql_type) if kind == "number" else f"(({_said(quoted)}) IS NOT NULL)"
    if time_format in EPOCH:
        # as it is written: binary fractions would fall on either side of the microsecond that was meant
        moment = f"floor(TRY_CAST(CAST({quoted} AS VARCHAR) AS DECIMAL(28, 12)) * {EPOCH[time_format]})"
        inside = f"{moment} BETWEEN -62135596800000000 AND 253402300799999999"
        # only values within reach are handed on: the engine stops at others
        safe = f"CAST(CASE WHEN {inside} THEN {moment} ELSE 0 END AS BIGINT)"
        read = f"CASE WHEN {inside} THEN make_timestamp({safe}) END"
        return Cast(_in_reach(read), present)
    if time_format is not None:
        read = f"try_strptime({given}, {text(time_format)})"
        read = _cut_off(read) if "%n" in time_format else read
        aware = "%z" in time_format or "%Z" in time_format
        return Cast(_in_reach(f"{read} AT TIME ZONE 'UTC'" if aware else _to_utc(read, timezone)), present)
    if kind != "text":
        raise DataError(
            f"the column {column!r} ({says}) holds numbers.",
            hint="say how in the schema: time_format='epoch_s', 'epoch_ms' or '%Y%m%d'.",
        )
    zoned, naive = (f"regexp_full_match({given}, {text(shape)})" for shape in (_ZONED, _NAIVE))
    read = (
        f"CASE WHEN {naive} THEN {_to_utc(f'TRY_CAST({given} AS TIMESTAMP)', timezone)} "
        f"WHEN {zoned} THEN TRY_CAST(regexp_replace({given}, ' ([+-])', '\\1') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END"
    )
    return Cast(_in_reach(read), present, f"({naive} AND {anywhere(zoned)})", tells=zoned)


def _cut_off(moment: str) -> str:
    """SQL for a time in nanoseconds without the fraction of its last microsecond; the engine's own cast rounds it up."""
    fine = f"epoch_ns({moment})"
    return f"make_timestamp(({fine} - (({fine} % 1000) + 1000) % 1000) // 1000)"


def _to_utc(moment: str, timezone: str) -> str:
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
