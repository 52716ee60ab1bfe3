"""What the columns of a customers table hold: numbers, times or labels, by their types and, of text, by every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cxchurn._core import DataError, listed, logger
from cxchurn.interactions._casts import EPOCH, Cast, cast, family
from cxchurn.interactions._engine import LINE, name, rows, text
from cxchurn.interactions._roles import RoleType
from cxchurn.interactions._sources import Opened

_READ_AS = {"integer": "number", "number": "number", "span": "number", "text": "text", "flag": "text", "time": "time"}
_ROLE_OF: dict[str, RoleType] = {"number": "number", "text": "category", "time": "instant"}
# words for nothing, which do not make labels of a column of numbers
_NOTHING = ("", "null", "none", "na", "n/a", "#n/a", "nan", "nat", "nil", "-", "--", "?", "\\n")
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+([.]\d+)?"
_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y")
_FORMATS = tuple(day + clock for day in _DAYS for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p"))
_SAMPLE, _MANY, _MOST = 10_000, 20, 0.9


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
    # a look at some rows leaves few ways to try on all of them
    ways = _reading_all(source, {column: some for column, some in ways.items() if some}, limit=_SAMPLE)
    for column, fitting in _reading_all(source, ways).items():
        found[column] = _chosen(column, fitting, found[column], written)
    _warn_of_near_misses(source, [column for column, some in ways.items() if not some])
    return found


def _by_type(source: Opened, column: str, timezone: str) -> Attribute:
    kind = _READ_AS[family(source.columns[column])]
    return Attribute(kind, cast(column, source.columns[column], _ROLE_OF[kind], says=kind, timezone=timezone))


def _ways(source: Opened, column: str, timezone: str, time_format: str | None) -> list[Attribute]:
    kind, given = family(source.columns[column]), _something(column)
    if kind == "integer" and time_format is not None:
        about = {"timezone": timezone, "time_format": time_format}
        return [Attribute("time", cast(column, source.columns[column], "instant", says=column, **about), time_format)]
    if kind != "text":
        return []
    ways = [] if source.typed else [Attribute("number", Cast(_number(given), f"({given} IS NOT NULL)"))]
    for written in dict.fromkeys((None, time_format, *_FORMATS)):
        read = cast(column, "VARCHAR", "instant", says=column, timezone=timezone, time_format=written)
        read = replace(read, present=f"({given} IS NOT NULL)", without_zone=None)
        ways.append(Attribute("time", read, "" if written is None else written))
    return ways


def _something(column: str) -> str:
    shown = f"trim(CAST({name(column)} AS VARCHAR), E' \\t\\r\\n')"
    return f"CASE WHEN lower({shown}) NOT IN ({', '.join(map(text, _NOTHING))}) THEN {shown} END"


def _number(given: str) -> str:
    # figures with leading zeros are labels: 01234 is a place, not a quantity
    bare = f"CASE WHEN regexp_full_match({given}, {text(_THOUSANDS)}) THEN replace({given}, ',', '') ELSE {given} END"
    value = f"TRY_CAST({bare} AS DOUBLE)"
    return rf"CASE WHEN NOT isnan({value}) AND NOT regexp_matches({given}, '^0\d') THEN {value} END"


def _reading_all(
    source: Opened, ways: Mapping[str, list[Attribute]], *, limit: int | None = None
) -> dict[str, list[Attribute]]:
    """Leave the ways that read every value there is."""
    tests = [
        f"count(*) FILTER ({way.read.present}) > 0 AND bool_and(NOT {way.read.present} OR ({way.read.value}) IS NOT NULL)"
        for some in ways.values()
        for way in some
    ]
    if not tests:
        return {column: [] for column in ways}
    some_rows = f"(SELECT * FROM raw WHERE {name(LINE)} IS NULL{f' LIMIT {limit}' if limit else ''}) AS raw"
    passed = iter(rows(source.con, f"SELECT {', '.join(tests)} FROM {some_rows}")[0])
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


def _warn_of_near_misses(source: Opened, unread: Sequence[str]) -> None:
    """Say of columns of text that nearly every value is a number or a time: then the others are mistakes, perhaps."""
    for column in unread:
        for way in (way for way in _ways(source, column, "UTC", None) if not way.how):
            given, fits = _something(column), f"({way.read.value}) IS NOT NULL"
            some_rows = f"(SELECT * FROM raw WHERE {name(LINE)} IS NULL LIMIT {_SAMPLE}) AS raw"
            asked = f"count({given}), count(*) FILTER ({fits}), min({given}) FILTER (NOT {fits})"
            there, fit, odd = rows(source.con, f"SELECT {asked} FROM {some_rows}")[0]
            if there >= _MANY and _MOST * there <= fit < there:
                logger.warning(
                    "the customers table's %s is read as text: %d of the first %d values are no %s, such as %r.",
                    column, there - fit, there, way.kind, odd,
                )  # fmt: skip
