"""What the columns of a customers table hold: numbers, times or labels, by their types and, of text, by every value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxchurn._core import DataError, listed, logger, toml_value, typed
from cxchurn.interactions.reading._cell_sql import nothing_in
from cxchurn.interactions.reading._engine import LINE, one_of, rows
from cxchurn.interactions.reading._ids import NOTHING
from cxchurn.interactions.reading.casts._casts import Cast, Texts, cast, family
from cxchurn.interactions.reading.casts.hints._to_write import values_of
from cxchurn.interactions.reading.casts.texts._numbers import number_sql
from cxchurn.interactions.reading.customers._attribute import Attribute
from cxchurn.interactions.reading.customers._number_ways import WAYS, one_way
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._customer_schema import CustomerSchema
from cxchurn.interactions.schema._roles import RoleType
from cxchurn.interactions.schema._sql import name
from cxchurn.interactions.schema._text import EPOCHS, formats_of
from cxchurn.interactions.schema.guessing._left_out import says_time
from cxchurn.interactions.schema.guessing._looks import percents, time_formats

_READ_AS = {"integer": "number", "number": "number", "span": "number", "text": "text", "flag": "text", "time": "time"}
_ROLE_OF: dict[str, RoleType] = {"number": "number", "text": "category", "time": "instant"}
# words for nothing, which do not make labels of a column of numbers
_NOTHING = ("", *NOTHING, "nil", "--", "?")
# what is to be tried on all values: numbers, and times in ISO 8601
_LIKE = {"number": re.compile(r".*\d.*", re.DOTALL), "time": re.compile(r"\d{4}-\d.*", re.DOTALL)}
# for a proposal only: what is read is decided by all rows
_SAMPLE, _FEW = 10_000, 200
# a year of two figures that is further ahead is one of the last century
_AHEAD = 20
# a column of text is looked at again where more than half of its values are numbers or times, and only a few others there
_MOST, _WORDS, _NEARLY_ALL = 0.5, 5, 0.9


def attributes_of(source: Opened, columns: Sequence[str], about: CustomerSchema) -> dict[str, Attribute]:
    """Return how each column is read.

    Text is a time where every value is one: as the schema says, in ISO 8601, or in the one usual way of writing dates that
    reads them all. In text files it is a number where every value is one. Anything else is a label.

    Parameters
    ----------
    source : Opened
        The table, loaded.
    columns : sequence of str
        The columns that are attributes.
    about : CustomerSchema
        What is said of how they are written.
    """
    nested = [column for column in columns if family(source.columns[column]) not in _READ_AS]
    if nested:
        raise DataError(
            f"{source.label} holds columns that are no attribute: {listed(nested)}.",
            hint="name those that are, "
            + typed("attributes=('plan', ...)", 'attributes = ["plan", ...] under [customers] in the schema')
            + ", or ask for fields inside by a query.",
        )
    found = {column: _by_type(source, column, about) for column in columns}
    ways = {column: _ways(source, column, about) for column in columns}
    read = _reading_all(source, ways)
    for column, fitting in _decided(source, read, about).items():
        found[column] = _chosen(column, fitting, found[column])
        if any(not way.how for way in ways[column]) and not read[column]:
            _warn_of_near_misses(source, column, about)
    for column, one in found.items():
        if one.kind == "number" and says_time(column):
            _warn_of_times(source, column, about)
        if one.kind == "time" and any("%y" in written for written in one.formats):
            _warn_of_centuries(source, column, one)
    return found


def said_formats(about: CustomerSchema, column: str) -> tuple[str, ...]:
    """Return what is said of how the times of a column are written, where it is one; nothing where that is ISO 8601.

    Whole numbers of seconds or days are not told from any other: that they are times has to be said of the column itself.
    """
    formats = formats_of(about.time_format, column)
    if not isinstance(about.time_format, Mapping):
        formats = tuple(one for one in formats if one not in ("epoch", "excel", *EPOCHS))
    return () if formats == ("iso",) else formats


def texts_in(about: CustomerSchema, formats: tuple[str, ...] = ("iso",)) -> Texts:
    """Return how the texts of a column are written, as is said of all of them."""
    return Texts(about.timezone or "UTC", formats, about.decimal, about.thousands, about.missing)


def _by_type(source: Opened, column: str, about: CustomerSchema) -> Attribute:
    kind, held, texts = _READ_AS[family(source.columns[column])], source.held(column), texts_in(about)
    if column in about.percent:
        kind, texts = "number", replace(texts, percent=True)
    read = cast(column, source.columns[column], _ROLE_OF[kind], held=held, says=kind, texts=texts)
    return Attribute(kind, read, "in %" if texts.percent else "")


def _ways(source: Opened, column: str, about: CustomerSchema) -> list[Attribute]:
    """Return the ways that read the column's values, as far as a few of them show."""
    kind, held, said = family(source.columns[column]), source.held(column), said_formats(about, column)
    if column in about.percent:
        return []
    if kind in ("integer", "number") and said:
        read = cast(column, source.columns[column], "instant", held=held, says=column, texts=texts_in(about, said))
        return [Attribute("time", read, listed(said), said, said=True)]
    if kind != "text":
        return []
    given = _something(held, about)
    few = f"SELECT DISTINCT given FROM (SELECT {given} AS given FROM raw LIMIT {_SAMPLE}) LIMIT {_FEW}"
    shown = [value for (value,) in rows(source.con, few) if value is not None]
    formats = [one for one in time_formats(shown, named_so=False) if one != "iso" and (one,) != said]
    plain = [way for way in _plain_ways(source, column, about) if any(map(_LIKE[way.kind].fullmatch, shown))]
    stated = [replace(_as_time(column, held, about, said), said=True)] if said else []
    return [*stated, *plain, *(_as_time(column, held, about, (one,)) for one in formats)]


def _plain_ways(source: Opened, column: str, about: CustomerSchema) -> list[Attribute]:
    return [
        *([] if source.typed else _numbers(source.held(column), about)),
        _as_time(column, source.held(column), about),
    ]


def _numbers(held: str, about: CustomerSchema) -> list[Attribute]:
    """Return the ways to read numbers: the one that is said, or the usual ones."""
    given = _something(held, about)
    present = f"({given} IS NOT NULL)"
    if about.decimal is not None or about.thousands is not None:
        said = Texts(decimal=about.decimal, thousands=about.thousands, percent=False)
        return [Attribute("number", Cast(_number(given, said), present))]
    ways = {how: Texts(decimal=decimal, thousands=between, percent=False) for how, (decimal, between) in WAYS.items()}
    return [Attribute("number", Cast(_number(given, texts), present), how) for how, texts in ways.items()]


def _as_time(column: str, held: str, about: CustomerSchema, formats: tuple[str, ...] = ()) -> Attribute:
    texts = texts_in(about, formats or ("iso",))
    read = cast(column, "VARCHAR", "instant", held=held, says=column, texts=texts)
    read = replace(read, present=f"({_something(held, about)} IS NOT NULL)", without_zone=None)
    return Attribute("time", read, listed(formats), texts.formats)


def _something(held: str, about: CustomerSchema) -> str:
    words = _NOTHING if about.missing is None else ("", *nothing_in(about.missing))
    shown = f"trim(CAST({held} AS VARCHAR), E' \\t\\r\\n')"
    return f"CASE WHEN NOT {one_of(f'lower({shown})', words)} THEN {shown} END"


def _number(given: str, texts: Texts) -> str:
    # figures with leading zeros are labels: 01234 is a place, not a quantity
    value = number_sql(given, texts)
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


def _decided(
    source: Opened, fitting: Mapping[str, list[Attribute]], about: CustomerSchema
) -> dict[str, list[Attribute]]:
    """Leave of the ways to read numbers the one that is meant."""
    numbers = {column: [way for way in ways if way.kind == "number"] for column, ways in fitting.items()}
    numbers = {column: ways for column, ways in numbers.items() if ways}
    chosen = one_way(source, numbers, {column: _something(source.held(column), about) for column in numbers})
    others = {column: [way for way in ways if way.kind != "number"] for column, ways in fitting.items()}
    return {column: [*chosen.get(column, ()), *ways] for column, ways in others.items()}


def _chosen(column: str, fitting: list[Attribute], label: Attribute) -> Attribute:
    numbers = [way for way in fitting if way.kind == "number"]
    first = [way for way in fitting if way.said] or numbers or [way for way in fitting if not way.how]
    if first or len(fitting) == 1:
        return (first or fitting)[0]
    if fitting:
        logger.warning(
            "the customers table's %s is read as text: its dates may be written %s. Say which: time_format = ... under "
            "[customers] in the schema.",
            column,
            " or ".join(way.how for way in fitting[:2]),
        )
    return label


def _warn_of_times(source: Opened, column: str, about: CustomerSchema) -> None:
    """Say of a column of numbers that by its name and its values it holds times."""
    given = _something(source.held(column), about)
    shown = [value for (value,) in rows(source.con, f"SELECT DISTINCT {given} FROM raw LIMIT {_FEW}") if value]
    ways = [way for way in time_formats(shown) if way != "excel"]
    if ways:
        logger.warning(
            "the customers table's %s is read as numbers, and looks like times: say so under [customers] in the schema: "
            'time_format = {%s = "%s"}.',
            column, column, ways[0],
        )  # fmt: skip


def _warn_of_centuries(source: Opened, column: str, read: Attribute) -> None:
    """Say of days whose years have two figures that some are read as far ahead: 01.05.67 may be a birthday."""
    ahead = f"year({read.read.value}) > year(current_date) + {_AHEAD}"
    shown = f"CAST({source.held(column)} AS VARCHAR)"
    count, one, year = rows(
        source.con, f"SELECT count(*), min({shown}), min_by(year({read.read.value}), {shown}) FROM raw WHERE {ahead}"
    )[0]
    if count:
        logger.warning(
            "the customers table's %s has years of two figures, and %d of its values are read as far ahead (%r in %d). "
            "Where they are of the last century, write them with four.",
            column, count, one, year,
        )  # fmt: skip


def _warn_of_near_misses(source: Opened, column: str, about: CustomerSchema) -> None:
    """Say of a column of text that most values are numbers or times: then the others are mistakes, or words for nothing."""
    signed = percents(values_of(source, column))
    if signed is not False:
        logger.warning(
            "the customers table's %s is read as text: %s of its numbers carry a percent sign. %s under [customers] in the "
            "schema: percent = %s.",
            column, "all" if signed else "some", "Say so" if signed else "Write all of them so, and say it",
            toml_value([*about.percent, column]),
        )  # fmt: skip
        return
    given = _something(source.held(column), about)
    for way in _plain_ways(source, column, about):
        fits = f"({way.read.value}) IS NOT NULL"
        some_rows = f"(SELECT * FROM raw WHERE {name(LINE)} IS NULL LIMIT {_SAMPLE}) AS raw"
        odd = f"list(DISTINCT {given} ORDER BY {given}) FILTER (NOT {fits})"
        shown = f"trim(CAST({source.held(column)} AS VARCHAR))"
        usual = f"list(DISTINCT {shown} ORDER BY {shown}) FILTER ({given} IS NULL AND {shown} <> '')"
        there, fit, others, nothing = rows(
            source.con, f"SELECT count({given}), count(*) FILTER ({fits}), {odd}, {usual} FROM {some_rows}"
        )[0]
        words = [word for word in others or () if word is not None]
        if _MOST * there < fit < there and len(words) <= max(_WORDS, (1 - _NEARLY_ALL) * there):
            logger.warning(
                "the customers table's %s is read as text: %d of the first %d values are no %s, such as %r. Where they mean "
                "that there is nothing, say so under [customers] in the schema: missing = %s.",
                column, there - fit, there, way.kind, words[0], toml_value([*words[:_WORDS], *(nothing or ())]),
            )  # fmt: skip
            return
