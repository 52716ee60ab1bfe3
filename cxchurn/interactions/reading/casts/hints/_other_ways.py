"""Columns that are plainly written in another way than their schema says: they are not read, and the error says how."""

from __future__ import annotations

from collections.abc import Collection

from cxchurn._core import DataError, listed
from cxchurn.interactions.reading._cell_sql import Cast
from cxchurn.interactions.reading._engine import SOURCE, rows
from cxchurn.interactions.reading.casts.hints._hints import numbers_hint
from cxchurn.interactions.reading.casts.hints._time_hints import times_hint
from cxchurn.interactions.reading.casts.texts._formats import format_hint
from cxchurn.interactions.reading.casts.texts._instants import EPOCH, ODD
from cxchurn.interactions.reading.casts.texts._number_notes import CURRENCY, DECIMAL, DECIMALS
from cxchurn.interactions.reading.casts.texts._numbers import how_written
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._schema import Schema, times_columns

_SHOWN = 3


def refuse_other_ways(
    data: Opened, schema: Schema, column: str, label: str, read: Cast, facts: Collection[str]
) -> None:
    """Raise an error where a column is written in another way than its schema says.

    Half of such a column could be read, and be wrong: 1.234 beside 12,50 is a thousand and more.

    Parameters
    ----------
    data : Opened
        The source.
    schema : Schema
        What it says of texts.
    column, label : str
        The user's column, and its canonical name.
    read : Cast
        How it is read.
    facts : collection of str
        What its cells told of each other.
    """
    written = [fact.removeprefix("written ") for fact in facts if fact.startswith("written ")]
    if written:
        others = [other for other in times_columns(schema) if other != column]
        what = f"the times of {column!r} ({label}) are not written in ISO 8601, such as {_examples(data, read)}."
        hint = times_hint(data, schema, column) or format_hint(sorted(written), column if others else None)
        raise DataError(what, hint=hint)
    units = [unit for unit in EPOCH if unit in facts]
    if len(units) > 1:
        raise DataError(
            f"the numbers of {column!r} ({label}) are of the size of {listed(units)}: no unit fits all of them.",
            hint=f'say which under [format] in the schema: time_format = "{units[-1]}".',
        )
    # where the schema says how numbers are written, or others show it (4.5 beside 3,5), cells that are not are broken rows, as
    # they are to whoever sees one row alone
    shown = {*facts, DECIMAL} if DECIMALS in facts else facts
    ways = how_written(shown) if schema.decimal is None and schema.thousands is None else {}
    if ways and len(ways.get("decimal", ())) < 2:
        found = f"the numbers of {column!r} ({label}) are not written plainly, such as {_examples(data, read)}."
        raise DataError(found, hint=numbers_hint(data, schema, column) or _number_hint(ways))
    currencies = sorted(fact.removeprefix(CURRENCY) for fact in facts if fact.startswith(CURRENCY))
    if len(currencies) > 1 and schema.currency is None:
        raise DataError(
            f"the numbers of {column!r} ({label}) are in several currencies: {listed(currencies)}.",
            hint="bring them to one currency before they are read, or read each in a source of its own.",
        )


def _number_hint(ways: dict[str, tuple[str, ...]]) -> str:
    said = [f'{key} = "{value}"' for key, values in ways.items() for value in values]
    if ways.get("decimal") == ways.get("thousands"):
        return f"the values do not tell what the comma means; say it under [format] in the schema: {' or '.join(said)}."
    return f"say so under [format] in the schema: {', '.join(said)}."


def _examples(data: Opened, read: Cast) -> str:
    cells = f"SELECT DISTINCT {read.text} AS g FROM {SOURCE} AS raw WHERE {read.tells[ODD]} ORDER BY g LIMIT {_SHOWN}"
    return listed(repr(one) for (one,) in rows(data.con, cells))
