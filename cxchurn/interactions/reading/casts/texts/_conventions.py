"""Conventions: what some texts of a source say about how its other texts are meant.

A time without a zone is a mistake where others have one, a point may stand before thousands where others have a decimal
comma, and ``1001.0`` is the customer ``1001`` where all ids are whole numbers. So no row can be read rightly before all rows
were looked at: where a source is read in shards, each says what it found, and all are read by what was found together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions.reading._cell_sql import Cast
from cxchurn.interactions.reading._engine import rows
from cxchurn.interactions.reading._ids import WHOLE
from cxchurn.interactions.reading.casts.texts._formats import formats_that_fit, nearly_all
from cxchurn.interactions.reading.casts.texts._instants import EPOCH, ODD, ZONED
from cxchurn.interactions.reading.casts.texts._number_notes import CURRENCY, notes_on_numbers, that_decide
from cxchurn.interactions.reading.casts.texts._numbers import currency_in, number_facts
from cxchurn.interactions.schema._currency_signs import CURRENCIES
from cxchurn.interactions.schema._schema import Schema, mapping, times_columns
from cxchurn.interactions.schema._text import formats_in, formats_of
from cxchurn.interactions.store._labels import is_text

# a column is written in another way where more than so many of its cells are
_MORE = 0.01


@dataclass(frozen=True)
class Conventions:
    """How texts of a source are meant.

    Parameters
    ----------
    told : frozenset of str
        What cells say of how others of their column are meant, such as ``"timestamp: zoned"``, ``"value: decimal comma"``: the
        column, by its canonical name, and what it is. See `facts_of`.
    whole : bool
        Whether all customers' ids are whole numbers.
    padded, pointed : int
        How many rows have blanks around the id; how many have one written as ``1001.0``.
    blank, point : str or None
        An example of each.
    """

    told: frozenset[str] = frozenset()
    whole: bool = True
    padded: int = 0
    pointed: int = 0
    blank: str | None = None
    point: str | None = None

    def __or__(self, other: Conventions) -> Conventions:
        """Return what the rows of both say."""
        return Conventions(
            self.told | other.told,
            self.whole and other.whole,
            self.padded + other.padded,
            self.pointed + other.pointed,
            self.blank if other.blank is None else other.blank if self.blank is None else min(self.blank, other.blank),
            self.point if other.point is None else other.point if self.point is None else min(self.point, other.point),
        )

    def reads_alike(self, other: Conventions) -> bool:
        """Whether rows that hold to this are read by the other as by this one."""
        same_ids = not self.pointed or self.whole == other.whole
        return that_decide(self.told) == that_decide(other.told) and same_ids

    def notes(self, label: str) -> list[str]:
        """Say which ids and numbers of a source are read otherwise than they are written."""
        found = [f"{label}: {note}" for note in notes_on_numbers(self.told)]
        if self.padded:
            found.append(
                f"{label}: {self.padded:,} rows have blanks around the customer's id, such as {self.blank!r}: read without."
            )
        if self.pointed and self.whole and self.point is not None:
            found.append(
                f"{label}: {self.pointed:,} rows have a whole number with .0 as the customer's id, such as {self.point!r}: "
                f"read as {self.point.split('.')[0]!r}."
            )
        return found


def times_of(column: str) -> str:
    """What the times of a later-known column are called among conventions."""
    return f"later at {column}"


def facts_of(told: Collection[str], label: str) -> frozenset[str]:
    """Return what was told of one column."""
    return frozenset(one.removeprefix(f"{label}: ") for one in told if one.startswith(f"{label}: "))


def with_units(schema: Schema, told: Collection[str]) -> Schema:
    """Return a schema that says of which unit times are, as all values of a column told: one value alone may not tell it."""
    if "epoch" not in formats_in(schema.time_format):
        return schema
    roles = [(label, column) for label, column in mapping(schema).items() if column in times_columns(schema)]
    later = [(times_of(one.column), one.column) for one in schema.later]
    formats = {}
    for label, column in [*roles, *later]:
        unit = next((unit for unit in EPOCH if unit in facts_of(told, label)), "epoch")
        formats[column] = tuple(unit if one == "epoch" else one for one in formats_of(schema.time_format, column))
    return replace(schema, time_format=formats)


def told_by(con: Any, casts: Mapping[str, Cast], table: str = "raw") -> frozenset[str]:
    """Return what the cells of a table say of how others of their columns are meant."""
    tests = {f"{label}: {fact}": test for label, cast in casts.items() for fact, test in cast.tells.items()}
    told = _holding(con, tests, table)
    more = [told_of_odd(con, cast, table) for label, cast in casts.items() if f"{label}: {ODD}" in told]
    odd = [label for label in casts if f"{label}: {ODD}" in told]
    return told | {f"{label}: {fact}" for label, facts in zip(odd, more, strict=True) for fact in facts}


def told_of_odd(con: Any, cast: Cast, table: str = "raw") -> frozenset[str]:
    """Return what those cells of a column say that are not written as usual."""
    odd, shown = cast.tells[ODD], str(cast.text)
    if ZONED in cast.tells:
        return frozenset(f"written {one}" for one in nearly_all(_formats(con, cast, table)))
    cells = f"(SELECT {shown} AS g FROM {table} AS raw WHERE {odd})"
    facts = _holding(con, number_facts("g"), cells)
    beside = f"SELECT DISTINCT {currency_in('g')} FROM {cells} WHERE regexp_matches(g, '[0-9]')"
    currencies = {CURRENCIES.get(sign.upper(), sign.upper()) for (sign,) in rows(con, beside) if sign}
    return facts | {f"{CURRENCY}{one}" for one in currencies}


def _formats(con: Any, cast: Cast, table: str) -> list[tuple[str, float]]:
    """Return the formats that fit a column's times that are not plain, where these are more than a few of all."""
    odd = f"({cast.tells[ODD]})"
    strange, all_there = rows(con, f"SELECT count_if({odd}), count_if({cast.present}) FROM {table} AS raw")[0]
    return formats_that_fit(con, str(cast.text), f"{table} AS raw", odd) if strange >= _MORE * all_there else []


def _holding(con: Any, tests: Mapping[str, str], table: str) -> frozenset[str]:
    """Return which tests hold for some row."""
    if not tests:
        return frozenset()
    asked = ", ".join(f"coalesce(bool_or({test}), FALSE)" for test in tests.values())
    found = rows(con, f"SELECT {asked} FROM {table} AS raw")[0]
    return frozenset(what for what, holds in zip(tests, found, strict=True) if holds)


def are_whole(customers: Iterable[pa.Array]) -> bool:
    """Whether ids, given part by part, are all whole numbers."""
    return all(
        not is_text(part.type) or bool(pc.all(pc.match_substring_regex(part, f"^{WHOLE}$")).as_py() is not False)
        for part in customers
    )
