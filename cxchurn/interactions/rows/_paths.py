"""The columns of rows that a schema reads and those that nothing reads: fields inside a column by their path."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cxchurn.interactions.rows._cells import plain
from cxchurn.interactions.schema._schema import Schema, columns_of, columns_read, derived_in

Cells = Mapping[Any, Any]


class Paths:
    """What a schema reads of a row, whether it stands in a column of its own or inside one.

    Parameters
    ----------
    schema : Schema

    Attributes
    ----------
    wanted : list of str
        The columns and paths that are read of the data itself.
    """

    def __init__(self, schema: Schema) -> None:
        self.wanted = columns_read(schema)
        # a row may also come with what is made of others
        self._read = frozenset((*columns_of(schema), *self.wanted))
        self._above = frozenset(above for path in self.wanted for above in _above(path)) - self._read
        self._parts = derived_in(schema)
        self._columns = columns_of(schema)

    def unread(self, rows: Iterable[Cells]) -> set[Any]:
        """Return the columns of some rows, and the paths of fields inside columns, that nothing reads."""
        return self._there(rows) - self._read

    def nowhere(self, rows: Iterable[Cells]) -> list[str]:
        """Return the columns and paths that are read and that no row has."""
        there = self._there(rows)
        return [path for path in self.wanted if path not in there]

    def lacking(self, columns: Sequence[str]) -> list[str]:
        """Return what is read that a table of some columns cannot have: what may be inside one of them is not missed."""
        has = frozenset(columns)
        parts = (part for column in self._columns if column not in has for part in self._parts.get(column, (column,)))
        return [part for part in parts if part not in has and has.isdisjoint(_above(part))]

    def needed(self, column: str) -> bool:
        """Return whether anything reads a column, or a field inside it."""
        return column in self._read or column in self._above

    def _there(self, rows: Iterable[Cells]) -> set[Any]:
        rows = list(rows)
        columns = set().union(*rows)
        opened = columns & self._above
        if not opened:
            return columns
        inside = (path for row in rows for name in opened if name in row for path in self._inside(name, row[name]))
        return (columns - opened).union(inside)

    def _inside(self, path: str, value: Any) -> Iterator[str]:
        """Yield the paths inside a column, as far down as anything is read; what can have no fields is one path."""
        if path not in self._above:
            yield path
            return
        fields = _fields(value)
        if fields is None:
            # where nothing is, nothing is overlooked
            yield from (path,) if plain(value) not in (None, "") else ()
            return
        for name, inner in fields.items():
            yield from self._inside(f"{path}.{name}", inner)


def _above(path: str) -> Iterator[str]:
    """Yield the columns, and the paths, inside which a path may be."""
    steps = path.split(".")
    return (".".join(steps[:length]) for length in range(1, len(steps)))


def _fields(value: Any) -> Mapping[Any, Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, Mapping) else None
