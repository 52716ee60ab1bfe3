"""What the columns of a customers table hold: numbers, times or labels, by their types and, of text, by every value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cxchurn._core import DataError, listed, logger
from cxchurn.interactions.reading._casts import EPOCH, Cast, cast, family
from cxchurn.interactions.reading._engine import LINE, name, rows, text
from cxchurn.interactions.reading._ids import NOTHING
from cxchurn.interactions.reading._sources import Opened
from cxchurn.interactions.schema._roles import RoleType

_READ_AS = {"integer": "number", "number": "number", "span": "number", "text": "text", "flag": "text", "time": "time"}
_ROLE_OF: dict[str, RoleType] = {"number": "number", "text": "category", "time": "instant"}
# words for nothing, which do not make labels of a column of numbers
_NOTHING = ("", *NOTHING, "nil", "--", "?")
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+([.]\d+)?"
_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y")
_FORMATS = tuple(day + clock for day in _DAYS for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p"))
# what is to be tried on all values: numbers, and times in ISO 8601
_LIKE = {"number": re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?", re.IGNORECASE), "time": re.compile(r"\d{4}-\d.*")}
_SAMPLE, _FEW, _MOST = 10_000, 20, 0.9


@dataclass(frozen=True)
class Attribute:
    """How one column of a customers table is read.

    Parameters
    ----------
    kind : {"number", "text", "time"}
        What it holds.
    read : Cast
        The SQL for its values.
    how : str
        How its text is written, where that was found out; else "".
    """

    kind: str
    read: Cast
    how: str = ""

    def __str__(self) -> str:
        return f"{self.kind}{f', written {self.how}' if self.how else ''}"


def attributes_of(
    source: Opened, columns: Sequence[str], *, timezone: str, time_format: str | None
) -> dict[str, Attribute]:
    """Return how each column is read.

    Text is a time where every value is one: in ISO 8601, as `time_format` says, or in the one usual way of writing dates that
    reads them all. In text files it is a number where every value is one. Anything else is a label.

    Parameters
    ----------
    source : Opened
        The table, loaded.
    columns : sequence of str
        The columns that are attributes.
    timezone, time_format : str
        As in `CustomerSchema`.
    """
    nested = [column for column in columns if family(source.columns[column]) not in _READ_AS]
    if nested:
        raise DataError(
            f"{source.label} holds columns that are no attribute: {listed(nested)}.", hint="leave them out."
        )
    found = {column: _by_type(source, column, timezone) for column in columns}
    # whole numbers of seconds are not told from any other: only a format made of figures says that numbers are times
    written = None if time_format in EPOCH else time_format
    ways = {column: _ways(source, column, timezone, written) for column in columns}
    for column, fitting in _reading_all(source, ways).items():
        found[column] = _chosen(column, fitting, found[column], written)
        if any(not way.how for way in ways[column]) and not fitting:
            _warn_of_near_misses(source, column, timezone)
    return found


def _by_type(source: Opened, column: str, timezone: str) -> Attribute:
    kind, held = _READ_AS[family(source.columns[column])], source.held(column)
    read = cast(column, source.columns[column], _ROLE_OF[kind], held=held, says=kind, timezone=timezone)
    return Attribute(kind, read)


def _ways(source: Opened, column: str, timezone: str, time_format: str | None) -> list[Attribute]:
    """Return the ways that read the column's values, as far as a few of them show."""
    kind, held = family(source.columns[column]), source.held(column)
    if kind == "integer" and time_format is not None:
        about: dict[str, Any] = {"held": held, "timezone": timezone, "time_format": time_format}
        return [Attribute("time", cast(column, source.columns[column], "instant", says=column, **about), time_format)]
    if kind != "text":
        return []
    few = f"SELECT DISTINCT given FROM (SELECT {_something(held)} AS given FROM raw LIMIT {_SAMPLE}) LIMIT {_FEW}"
    shown = [value for (value,) in rows(source.con, few) if value is not None]
    formats = [one for one in dict.fromkeys((time_format, *_FORMATS)) if one and _fits(one, shown)]
    plain = [way for way in _plain_ways(source, column, timezone) if any(map(_LIKE[way.kind].fullmatch, shown))]
    return [*plain, *(_as_time(column, held, timezone, one) for one in formats)]


def _plain_ways(source: Opened, column: str, timezone: str) -> list[Attribute]:
    held = source.held(column)
    number = Attribute("number", Cast(_number(_something(held)), f"({_something(held)} IS NOT NULL)"))
    return [*([] if source.typed else [number]), _as_time(column, held, timezone, None)]


def _as_time(column: str, held: str, timezone: str, written: str | None) -> Attribute:
    read = cast(column, "VARCHAR", "instant", held=held, says=column, timezone=timezone, time_format=written)
    read = replace(read, present=f"({_something(held)} IS NOT NULL)", without_zone=None)
    return Attribute("time", read, written or "")


def _fits(written: str, shown: Sequence[str]) -> bool:
    try:
        return bool(shown) and all(datetime.strptime(value, written) for value in shown)
    except ValueError:
        return False


def _something(held: str) -> str:
    shown = f"trim(CAST({held} AS VARCHAR), E' \\t\\r\\n')"
    return f"CASE WHEN lower({shown}) NOT IN ({', '.join(map(text, _NOTHING))}) THEN {shown} END"


def _number(given: str) -> str:
    # figures with leading zeros are labels: 01234 is a place, not a quantity
    bare = f"CASE WHEN regexp_full_match({given}, {text(_THOUSANDS)}) THEN replace({given}, ',', '') ELSE {given} END"
    value = f"TRY_CAST({bare} AS DOUBLE)"
    return rf"CASE WHEN NOT isnan({value}) AND NOT regexp_matches({given}, '^0\d') THEN {value} END"


def _reading_all(source: Opened, ways: Mapping[str, list[Attribute]]) -> dict[str, list[Attribute]]:
    """Leave the ways that read every value there is."""
    tests = [
        f"count(*) FILTER ({way.read.present}) > 0 AND bool_and(NOT {way.read.present} OR ({way.read.value}) IS NOT NULL)"
        for some in ways.values()
        for way in some
    ]
    asked = f"SELECT {', '.join(tests)} FROM raw WHERE {name(LINE)} IS NULL"
    passed = iter(rows(source.con, asked)[0] if tests else ())
    return {column: [way for way in some if next(passed)] for column, some in ways.items()}


def _chosen(column: str, fitting: list[Attribute], label: Attribute, time_format: str | None) -> Attribute:
    said = [way for way in fitting if way.how and way.how == time_format]
    plain = [way for way in fitting if not way.how]
    if said or plain or len(fitting) == 1:
        return (said or plain or fitting)[0]
    if fitting:
        logger.warning(
            "the customers table's %s is read as text: its dates may be written %s. Say which: time_format = ... under "
            "[customers] in the schema.",
            column,
            " or ".join(way.how for way in fitting[:2]),
        )
    return label


def _warn_of_near_misses(source: Opened, column: str, timezone: str) -> None:
    """Say of a column of text that nearly every value is a number or a time: then the others are mistakes, perhaps."""
    given = _something(source.held(column))
    for way in _plain_ways(source, column, timezone):
        fits = f"({way.read.value}) IS NOT NULL"
        some_rows = f"(SELECT * FROM raw WHERE {name(LINE)} IS NULL LIMIT {_SAMPLE}) AS raw"
        asked = f"count({given}), count(*) FILTER ({fits}), min({given}) FILTER (NOT {fits})"
        there, fit, odd = rows(source.con, f"SELECT {asked} FROM {some_rows}")[0]
        if there >= _FEW and _MOST * there <= fit < there:
            logger.warning(
                "the customers table's %s is read as text: %d of the first %d values are no %s, such as %r.",
                column, there - fit, there, way.kind, odd,
            )  # fmt: skip
