"""One look at all rows of a source: each is cast, held against the rules, and becomes events in a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn.interactions.reading.casts._casting import Casting, CellTable
from cxchurn.interactions.reading.casts._cells import id_bits
from cxchurn.interactions.reading.casts._typed import Rows, Unit
from cxchurn.interactions.reading.casts.texts._conventions import Conventions
from cxchurn.interactions.reading.rules._events import events_of
from cxchurn.interactions.reading.rules._rules import Mask, Rule
from cxchurn.interactions.reading.rules._tally import Tally
from cxchurn.interactions.schema._schema import Schema
from cxchurn.interactions.store._batch import Values, absent, taken
from cxchurn.interactions.store._counts import Handed
from cxchurn.interactions.store._dividing import Store
from cxchurn.interactions.store._hashes import row_hashes
from cxchurn.interactions.store._labels import LABEL, Labels
from cxchurn.interactions.store._once import Once, OnceOnDisk
from cxchurn.interactions.store._threads import in_turn


@dataclass
class Passed:
    """What was found in rows that were looked at.

    Parameters
    ----------
    tally : Tally
        Which rules were broken.
    handed : Handed
        How many events went into the store.
    conventions : Conventions
        How the ids of the customers are written.
    refused : list of (ndarray of int64, ndarray of uint64)
        The rows refused, and a hash of what each says.
    """

    tally: Tally
    handed: Handed = field(default_factory=Handed)
    conventions: Conventions = field(default_factory=Conventions)
    refused: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def add(self, other: Passed) -> None:
        """Add what was found in the rows that follow."""
        self.tally.add(other.tally)
        self.handed += other.handed
        self.conventions |= other.conventions
        self.refused += other.refused


def look_at_all(
    rows: Rows,
    schema: Schema,
    casting: Casting,
    rules: Sequence[Rule],
    store: Store,
    once: Once | OnceOnDisk,
    *,
    every: bool,
) -> Passed:
    """Look at all rows, and put the events of those that break no rule into a store.

    Parameters
    ----------
    rows : Rows
        The rows.
    schema : Schema
        What their columns mean.
    casting : Casting
        How they are read.
    rules : sequence of Rule
        What they are to keep.
    store : Store
        Where the events go.
    once : Once or OnceOnDisk
        Where the ids of the events go.
    every : bool
        Whether all rows that break a rule are noted, and not only the first ones.
    """

    def work(unit: Unit) -> Any:
        at, read = unit
        taking, found, named = store.unit(at), Passed(Tally(rules, every)), []
        for table in read():
            cells = casting.cells(table)
            kept = found.tally.look(cells, at)
            batches = events_of(cells, schema, at=at, kept=kept)
            found.handed += Handed.of(batches, kept)
            taking.add(batches, kept)
            found.conventions |= _spelt(cells, kept)
            if kept is not None and schema.duplicates == "refuse":
                found.refused.append(_hashed(cells, np.flatnonzero(~kept), at))
            # bits alone: which ids are there twice is found out from eight bytes each, and only these are looked up again
            if schema.event_id is not None:
                named.append(_named(cells["event_id"].values, kept))
            at += table.num_rows
        return taking, found, named

    total = Passed(Tally(rules, every))
    store.begin(rows.rows, 1 + len(schema.later))
    # in the order of the rows, whichever thread was first: examples and places are the same at each reading
    for finished, found, named in in_turn(work, rows.units(casting.items)):
        store.take(finished)
        total.add(found)
        once.add(named)
    return total


def _named(ids: Values, kept: Mask) -> np.ndarray:
    there = ~absent(ids) if kept is None else ~absent(ids) & kept
    bits = id_bits(ids)
    return bits if there.all() else bits[there]


def _spelt(cells: CellTable, kept: Mask) -> Conventions:
    """Return how the ids of the rows kept are written: those with blanks around them, and those with a point."""
    read = cells["customer_id"]
    if read.padded is None and read.pointed is None:
        return Conventions()
    rows = [
        np.empty(0, np.int64) if mask is None else np.flatnonzero(mask if kept is None else mask & kept)
        for mask in (read.padded, read.pointed)
    ]
    shown = [None if not some.size else read.written[int(some[0])].as_py() for some in rows]  # type: ignore[index]
    point = None if shown[1] is None else shown[1].strip()
    return Conventions(padded=rows[0].size, pointed=rows[1].size, blank=shown[0], point=point)


def _hashed(cells: CellTable, rows: np.ndarray, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows, and a hash of what each says; equal rows have equal ones."""
    if cells.no_row is not None:
        rows = rows[~cells.no_row[rows]]
    said = [read.values for read in cells.columns.values()] + [end.values for end in cells.ends.values()]
    arrays = [_arrow(taken(values, rows)) for values in said]
    return rows + at, row_hashes(pa.table(arrays, names=[str(place) for place in range(len(arrays))]))


def _arrow(values: Values) -> pa.Array:
    if isinstance(values, Labels):
        codes = pa.array(values.codes, mask=values.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, values.levels).cast(LABEL)
    return values if isinstance(values, pa.Array) else pa.array(values)
