"""What to write in a schema, in the words of whoever reads it; and the values of a column that it is found out from."""

from __future__ import annotations

from collections.abc import Mapping

from cxchurn._core import toml_value, typed
from cxchurn.interactions.reading._engine import LINE, SOURCE, held, rows
from cxchurn.interactions.reading._ids import NOTHING
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._sql import name

# different values to try ways of writing on: each way is tried on all of them, row by row
_TRIED = 2_000


def values_of(data: Opened, column: str, words: tuple[str, ...] = NOTHING) -> list[str]:
    """Return different texts of a column, in order, without those that are words for nothing (in lower case)."""
    if column not in data.columns:
        return []
    shown = f"trim(CAST({held(list(data.columns).index(column))} AS VARCHAR), E' \\t\\r\\n')"
    there = f"{name(LINE)} IS NULL AND {shown} IS NOT NULL"
    found = rows(data.con, f"SELECT DISTINCT {shown} FROM {SOURCE} WHERE {there} LIMIT {_TRIED}")
    return sorted(value for (value,) in found if value and value.lower() not in words)


def to_write(sentence: str, key: str, value: object) -> str:
    """Return a sentence, and what a schema is to say."""
    return all_to_write(sentence, {key: value})


def all_to_write(sentence: str, said: Mapping[str, object]) -> str:
    """Return a sentence, and all that a schema is to say."""
    shown = ", ".join(key_to_write(key, value) for key, value in said.items())
    return f"{sentence}: " + typed(f"say Schema({shown}, ...).", f"write {shown} under [format].")


def key_to_write(key: str, value: object) -> str:
    """Return one thing that a schema is to say."""
    return typed(f"{key}={value!r}", f"{key} = {toml_value(value)}")
