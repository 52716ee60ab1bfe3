"""Rows that the engine reads: text, JSON, queries, and tables with columns of odd types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pyarrow as pa

from cxchurn.interactions.reading._engine import FILE, LINE, SOURCE, arrow, arrow_batches, rows, said_plainly
from cxchurn.interactions.reading.casts import _typed
from cxchurn.interactions.reading.casts._typed import Place, Unit, taken, units_of
from cxchurn.interactions.reading.sources._opened import Opened
from cxchurn.interactions.schema._sql import name

STAGED = "raw"


class Sql(str):
    """What the engine is to work out of each row, in the place of a column."""

    __slots__ = ()


# whether a row is none: a line that could not be divided into columns
NO_ROW = Sql(f"({name(LINE)} IS NOT NULL)")


@dataclass(frozen=True)
class EngineRows:
    """Rows of an opened source.

    Parameters
    ----------
    data : Opened
        The source.
    rows : int
        How many rows there are.
    staged : bool
        Whether they stand in the table ``raw``, in which the engine finds them by their numbers.
    """

    data: Opened
    rows: int
    staged: bool

    @property
    def types(self) -> pa.Schema:
        """The columns and their types, as they are handed over."""
        columns = list(self.data.columns)
        return arrow(self.data.con, f"{self._select(columns, SOURCE)} LIMIT 0").rename_columns(columns).schema

    def units(self, columns: Sequence[str]) -> Iterator[Unit]:
        """Yield units of some columns, in the order of the rows."""
        return units_of(self._batches(columns))

    def take(self, numbers: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Return some rows, by their numbers in order."""
        if not self.staged:
            return taken(self._batches(columns), numbers)
        con = self.data.con
        con.register("wanted", pa.table({"r": pa.array(numbers, pa.int64())}))
        try:
            found = arrow(con, f"{self._select(columns)} WHERE rowid IN (SELECT r FROM wanted) ORDER BY rowid")
            return found.rename_columns([str(one) for one in columns])
        finally:
            con.unregister("wanted")

    def places(self, numbers: np.ndarray) -> list[Place]:
        """Return where rows are from."""
        files = self.take(numbers, [Sql(name(FILE))]).column(0).to_pylist()
        starts = self._starts()
        return [(file, int(row) - starts[file]) for file, row in zip(files, numbers, strict=True)]

    def _starts(self) -> dict[str | None, int]:
        """Return the number of the first row of each file."""
        con, table = self.data.con, self._table
        if self.staged:
            return dict(rows(con, f"SELECT {name(FILE)}, min(rowid) FROM {table} GROUP BY 1"))
        counts = dict(rows(con, f"SELECT {name(FILE)}, count(*) FROM {table} GROUP BY 1 ORDER BY 1"))
        return dict(zip(counts, accumulate(counts.values(), initial=0), strict=False))

    @property
    def _table(self) -> str:
        return STAGED if self.staged else SOURCE

    def _select(self, columns: Sequence[str], table: str = "") -> str:
        listing = (one if isinstance(one, Sql) else f"{STAGED}.{self.data.held(one)}" for one in columns)
        named = ", ".join(f"{one} AS v{k}" for k, one in enumerate(listing))
        return f"SELECT {named} FROM {table or self._table} AS {STAGED}"

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        names = [str(one) for one in columns]
        with said_plainly(self.data.label):
            for batch in arrow_batches(self.data.con, self._select(columns), _typed.BATCH):
                yield batch.rename_columns(names)
