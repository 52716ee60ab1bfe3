"""Attributes of customers as of an instant: what was on file before the cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.history import _kernels
from cxchurn.history._columns import MISSING_TIME, EventColumn, Labels, Numbers, Times, to_column
from cxchurn.history._ids import index_of, positions_in
from cxchurn.history._order import customer_codes
from cxchurn.history._run import run
from cxchurn.interactions import CustomerTable


@dataclass(frozen=True)
class AttributeHistory:
    """The customers table sorted by customer and validity, with one offset a customer.

    Attributes
    ----------
    ids : ndarray
        The customers of the table, sorted.
    offsets : ndarray of int64
    valid_from : ndarray of int64
        From when a row holds, in microseconds; undated rows hold from the beginning of time.
    columns : dict of str to column
    """

    ids: np.ndarray
    offsets: np.ndarray
    valid_from: np.ndarray
    columns: dict[str, EventColumn]

    @cached_property
    def _index(self) -> pd.Index:
        return index_of(self.ids)

    def rows(self, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return the table's row that was valid just before each cut-off, -1 for none; int64, shape ``(n,)``."""
        found = positions_in(self._index, customers)
        known = found >= 0
        first, last = self.offsets[found], self.offsets[found + 1]
        after = run(_kernels.search, len(found), self.valid_from, first, last, cutoffs, dtype=np.int64)
        return np.where(known & (after > first), after - 1, -1)

    def known(self, customers: np.ndarray) -> np.ndarray:
        """Return which customers the table has a row of; bool, shape ``(n,)``."""
        return positions_in(self._index, customers) >= 0

    def read(self, name: str, rows: np.ndarray) -> EventColumn:
        """Return one attribute at the given rows, missing where the row is -1."""
        column = self.columns[name]
        there = rows >= 0
        missing = np.nan if isinstance(column, Numbers) else MISSING_TIME if isinstance(column, Times) else -1
        values = np.full(rows.size, missing, dtype=column.values.dtype)
        values[there] = column.values[rows[there]]
        return Labels(values, column.names) if isinstance(column, Labels) else type(column)(values)


_sorted: WeakKeyDictionary[CustomerTable, AttributeHistory] = WeakKeyDictionary()


def attribute_history(customers: CustomerTable | None) -> AttributeHistory | None:
    """Return a customers table sorted by customer and validity, sorted once; None for no table."""
    if customers is None:
        return None
    if customers not in _sorted:
        _sorted[customers] = _sort(customers)
    return _sorted[customers]


def _sort(customers: CustomerTable) -> AttributeHistory:
    table = customers.table
    ids, codes = customer_codes(table["customer_id"])
    if "valid_from" in table.column_names:
        valid = to_column(pc.cast(table["valid_from"], pa.timestamp("us"))).values
    else:
        valid = np.full(table.num_rows, MISSING_TIME, dtype=np.int64)
    order = np.lexsort((valid, codes))
    names = [name for name in table.column_names if name not in ("customer_id", "valid_from")]
    columns = {name: to_column(table[name]).take(order) for name in names}
    offsets = np.searchsorted(codes[order], np.arange(ids.size + 1)).astype(np.int64)
    return AttributeHistory(ids, offsets, valid[order], columns)
