"""Attributes of customers as of an instant: what was on file before the cut-off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, cached_property
from cxchurn.history.data._columns import MISSING_TIME, EventColumn, Labels, Numbers, Times, numbered_once, to_column
from cxchurn.history.data._ids import Few, index_of, positions_in
from cxchurn.history.data._order import customer_codes
from cxchurn.history.data._run import run
from cxchurn.history.kernels import _kernels
from cxchurn.interactions import CustomerTable

if TYPE_CHECKING:
    import pandas as pd

pc = Deferred("pyarrow.compute")

_OPEN = np.iinfo(np.int64).max


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
    valid_to : ndarray of int64, optional
        Until when a row holds, in microseconds, the largest integer for a row without an end; None where no row has one.
    within : frozenset of str
        The times that count only where they lie before the cut-off, because they have no date of their own.
    known_ahead : frozenset of str
        The times that are fixed beforehand.
    left_out : dict of str to str
        The columns that are no attributes, and why.
    """

    ids: np.ndarray
    offsets: np.ndarray
    valid_from: np.ndarray
    columns: dict[str, EventColumn]
    valid_to: np.ndarray | None = None
    within: frozenset[str] = field(default_factory=frozenset)
    known_ahead: frozenset[str] = field(default_factory=frozenset)
    left_out: dict[str, str] = field(default_factory=dict)
    _numbered: dict[tuple[str, tuple[str, ...]], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _index(self) -> pd.Index | Few:
        return index_of(self.ids)

    def rows(self, customers: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Return the table's row that was valid just before each cut-off, -1 for none; int64, shape ``(n,)``.

        Of rows that had begun and not ended it is the one that began last. An end at the cut-off or later is the future.
        """
        found = positions_in(self._index, customers)
        known = found >= 0
        first, last = self.offsets[found], self.offsets[found + 1]
        after = run(_kernels.search, len(found), self.valid_from, first, last, cutoffs, dtype=np.int64)
        begun = np.where(known & (after > first), after - 1, -1)
        return begun if self.valid_to is None else self._not_ended(begun, self.valid_to, np.asarray(cutoffs))

    def _not_ended(self, rows: np.ndarray, ends: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
        """Go back from rows that had ended to one that had not, where there is one."""
        over = np.flatnonzero((rows >= 0) & (ends[rows] < cutoffs))
        while over.size:
            rows[over] = np.where(self._reach[rows[over]] < cutoffs[over], -1, rows[over] - 1)
            over = over[(rows[over] >= 0) & (ends[rows[over]] < cutoffs[over])]
        return rows

    @cached_property
    def _reach(self) -> np.ndarray:
        """The latest end among a row and the rows of its customer before it."""
        assert self.valid_to is not None
        ends, place = np.unique(self.valid_to, return_inverse=True)
        # the places of later customers' ends are all above those of earlier ones, so that the maximum begins anew with each
        above = np.repeat(np.arange(self.ids.size) * ends.size, np.diff(self.offsets))
        return ends[np.maximum.accumulate(place + above) - above]

    def known(self, customers: np.ndarray) -> np.ndarray:
        """Return which customers the table has a row of; bool, shape ``(n,)``."""
        return positions_in(self._index, customers) >= 0

    def numbered(self, name: str, labels: tuple[str, ...]) -> np.ndarray:
        """Return where each label of an attribute stands among some labels, by its code; NaN for all others, and for none."""
        found = self._numbered.get((name, labels))
        if found is None:
            column = self.columns[name]
            assert isinstance(column, Labels)
            levels = column.names
            few = isinstance(levels, tuple)
            found = numbered_once(_places, levels, labels) if few else _places(levels, labels)  # type: ignore[arg-type]
            self._numbered[name, labels] = found
        return found

    def read(self, name: str, rows: np.ndarray) -> EventColumn:
        """Return one attribute at the given rows, missing where the row is -1."""
        column = self.columns[name]
        if rows.size == 1 and rows[0] >= 0:
            return column.take(rows)
        there = rows >= 0
        missing = np.nan if isinstance(column, Numbers) else MISSING_TIME if isinstance(column, Times) else -1
        values = np.full(rows.size, missing, dtype=column.values.dtype)
        values[there] = column.values[rows[there]]
        return Labels(values, column.names) if isinstance(column, Labels) else type(column)(values)


def _places(levels: pa.Array | tuple[str, ...], labels: tuple[str, ...]) -> np.ndarray:
    """Return where each of the levels stands among some labels, and last what is missing; NaN for nowhere."""
    every = Labels(np.arange(-1, len(levels)), levels)
    places = every.mapped({label: place for place, label in enumerate(labels)})
    return np.append(places[1:], np.nan)


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
    ends = _ends(table)
    order = np.lexsort((ends, valid, codes))
    names = [name for name in table.column_names if name not in ("customer_id", "valid_from", "valid_to")]
    columns = {name: to_column(table[name]).take(order) for name in names}
    offsets = np.searchsorted(codes[order], np.arange(ids.size + 1)).astype(np.int64)
    within, ahead = frozenset(customers.undated_times), frozenset(customers.known_ahead)
    valid_to = None if (ends == _OPEN).all() else ends[order]
    return AttributeHistory(ids, offsets, valid[order], columns, valid_to, within, ahead, customers.books)


def _ends(table: pa.Table) -> np.ndarray:
    if "valid_to" not in table.column_names:
        return np.full(table.num_rows, _OPEN, dtype=np.int64)
    ends = to_column(pc.cast(table["valid_to"], pa.timestamp("us"))).values
    return np.where(ends == MISSING_TIME, _OPEN, ends)


def times_ahead(customers: CustomerTable, name: str, who: np.ndarray, cutoffs: np.ndarray) -> np.ndarray:
    """Return for which rows an attribute that is a time lies at or after the cut-off; bool, shape ``(n,)``."""
    attributes = attribute_history(customers)
    assert attributes is not None
    found = attributes.read(name, attributes.rows(who, np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)))
    return found.present & (found.values >= np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64))
