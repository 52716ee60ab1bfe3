"""How the columns of a source become cells: typed ones by the readers of `_cells`, others by what the engine makes of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn.interactions.log._spelling import is_folded
from cxchurn.interactions.reading._cell_sql import Texts, nothing_in, nothing_in_labels
from cxchurn.interactions.reading.casts._casts import Cast
from cxchurn.interactions.reading.casts._cells import (
    Cells,
    read_event_ids,
    read_flags,
    read_ids,
    read_instants,
    read_labels,
    read_numbers,
    some,
)
from cxchurn.interactions.reading.casts._end_cells import EndCells, end_cells
from cxchurn.interactions.reading.casts._ends import says_never
from cxchurn.interactions.reading.casts._engine_rows import NO_ROW, Sql
from cxchurn.interactions.reading.casts._placeholders import without_placeholders
from cxchurn.interactions.reading.casts.texts._conventions import times_of
from cxchurn.interactions.reading.casts.texts._texts import texts_of
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._roles import AHEAD, ROLES
from cxchurn.interactions.schema._schema import Schema, mapping
from cxchurn.interactions.store._batch import flat
from cxchurn.interactions.store._event_types import kind_of
from cxchurn.interactions.store._labels import is_text

_NUMBERS = (pa.types.is_integer, pa.types.is_float32, pa.types.is_float64)
# the types that the readers of a kind read
_READS = {
    "id": (is_text, *_NUMBERS),
    "instant": (pa.types.is_timestamp, pa.types.is_date32),
    "number": (*_NUMBERS, pa.types.is_boolean),
    "flag": (is_text, *_NUMBERS, pa.types.is_boolean),
    "category": (is_text, *_NUMBERS, pa.types.is_boolean),
}


@dataclass(frozen=True)
class CellTable:
    """Some rows of a source, cast.

    Parameters
    ----------
    rows : int
        How many there are.
    columns : dict of Cells
        By canonical names.
    ends : dict of EndCells
        The times of later-known columns, by the user's column.
    no_row : ndarray of bool, optional
        Where a line is no row.
    """

    rows: int
    columns: dict[str, Cells]
    ends: dict[str, EndCells]
    no_row: np.ndarray | None = None

    def __getitem__(self, label: str) -> Cells:
        return self.columns[label]


@dataclass(frozen=True)
class _Read:
    """How one column is read: from which places of a table what reader takes values and masks."""

    reader: Callable[[pa.ChunkedArray], Cells]
    value: int
    unreadable: int | None = None
    without_zone: int | None = None
    never: int | None = None

    def cells(self, table: pa.Table) -> Cells:
        found = self.reader(table.column(self.value))
        masks = {
            name: some(flat(table.column(place), False))
            for name in ("unreadable", "without_zone", "never")
            if (place := getattr(self, name)) is not None
        }
        return replace(found, **masks) if masks else found


class Casting:
    """How batches of a source's rows become cells.

    Parameters
    ----------
    data : Opened
        The source.
    schema : Schema
        What its columns mean.
    casts : mapping of str to Cast
        What the engine makes of each column: by canonical names, and of later-known times as `times_of` calls them.
    types : pyarrow.Schema
        The columns and their types, as their rows hold them.
    latest : int
        The last microsecond that is not in the future.
    as_text, whole : bool
        How ids are read; see `read_ids`.
    lines : bool
        Whether there may be lines that are no rows.

    Attributes
    ----------
    items : list of str
        What a table to be cast holds: the user's columns, and what the engine works out.
    """

    def __init__(
        self,
        data: Opened,
        schema: Schema,
        casts: Mapping[str, Cast],
        types: pa.Schema,
        *,
        latest: int,
        as_text: bool = False,
        whole: bool = False,
        lines: bool = False,
    ) -> None:
        self._data = data
        self._schema = schema
        self._types = types
        self._latest = latest
        self._ids: dict[str, Any] = {"as_text": as_text, "whole": whole}
        self.items: list[str] = []
        self._reads = {label: self._read(label, column, casts[label]) for label, column in mapping(schema).items()}
        self._ends = {
            at: self._read(times_of(at), at, casts[times_of(at)]) for at in {x.column: x for x in schema.later}
        }
        self._line = self._place(NO_ROW) if lines else None

    @property
    def by_engine(self) -> bool:
        """Whether the engine has to work anything out."""
        return any(isinstance(item, Sql) for item in self.items)

    def _place(self, item: str) -> int:
        if item not in self.items:
            self.items.append(item)
        return self.items.index(item)

    def _read(self, label: str, column: str, cast: Cast) -> _Read:
        kind = "instant" if label.startswith(times_of("")) else kind_of(label, self._schema)
        if any(reads(self._types.field(column).type) for reads in _READS[kind]):
            return _Read(self._reader(label, kind, self._schema.timezone, column), self._place(column))
        value = self._place(Sql(cast.value))
        found = _Read(
            self._reader(label, kind, "UTC"), value, self._asked(cast.unreadable), self._asked(cast.without_zone)
        )
        if label == times_of(column):
            found = replace(found, never=self._asked(says_never(self._data.held(column), self._data.columns[column])))
        return found

    def _asked(self, condition: str | None) -> int | None:
        return None if condition is None else self._place(Sql(f"coalesce({condition}, FALSE)"))

    def _reader(
        self, label: str, kind: str, timezone: str, column: str | None = None
    ) -> Callable[[pa.ChunkedArray], Cells]:
        """Return what reads a column as it stands, or (without one) what the engine made of it."""
        missing = self._schema.missing
        if kind == "id":
            ids = partial(read_ids, **self._ids) if label == "customer_id" else read_event_ids
            return partial(ids, words=nothing_in(missing))
        if kind == "category":
            role, schema = ROLES.get(label), self._schema
            lower, listed = bool(role and role.allowed), label == "kind" or bool(role and role.allowed)
            fold = schema.ignore_case and not lower and is_folded(label)
            words = nothing_in_labels(missing)
            return partial(read_labels, lower=lower, fold=fold, encode=listed, words=words)
        if kind == "instant":
            times = partial(read_instants, timezone=timezone)
            return times if label.startswith(times_of("")) else self._times(times, label)
        texts = Texts() if column is None else texts_of(self._schema, column, label)
        return partial(read_numbers if kind == "number" else read_flags, texts=texts)

    def _times(self, times: Callable[[pa.ChunkedArray], Cells], label: str) -> Callable[[pa.ChunkedArray], Cells]:
        about = {"timezone": self._schema.timezone, "ahead": label in AHEAD}
        return lambda column: without_placeholders(times(column), **about)  # type: ignore[arg-type]

    @property
    def labels(self) -> Collection[str]:
        """The canonical names of the columns."""
        return self._reads.keys()

    def one(self, label: str) -> tuple[list[str], Callable[[pa.Table], Cells]]:
        """Return what a table is to hold of one column alone, and what reads its cells."""
        read = self._reads[label]
        places = {name: place for name, place in vars(read).items() if isinstance(place, int)}
        narrow = replace(read, **{name: k for k, name in enumerate(places)})  # type: ignore[arg-type]
        return [self.items[place] for place in places.values()], narrow.cells

    def cells(self, table: pa.Table) -> CellTable:
        """Return the cells of a table that holds the `items`."""
        columns = {label: read.cells(table) for label, read in self._reads.items()}
        began = columns["timestamp"].values
        about = {"latest": self._latest, "timezone": self._schema.timezone}
        ends = {at: end_cells(read.cells(table), began, **about) for at, read in self._ends.items()}  # type: ignore[arg-type]
        no_row = None if self._line is None else some(flat(table.column(self._line), False))
        return CellTable(table.num_rows, columns, ends, no_row)
