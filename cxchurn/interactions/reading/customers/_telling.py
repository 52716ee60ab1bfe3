"""Attributes of dated rows that tell what becomes of the row: found out by their values, whatever their names."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred
from cxchurn.interactions.log._customer_table import FROM, ID, TO, current_rows
from cxchurn.interactions.reading.casts._casts import NO, YES

pc = Deferred("pyarrow.compute")

_YES = {*YES, "current", "active", "open", "latest", "c"}
_NO = {*NO, "historical", "history", "expired", "inactive", "closed", "old", "h"}
# a hundredth for what was mended by hand
_NEARLY = 0.99
# of one or two rows anything agrees
_FEWEST = 3


def telling_ends(table: pa.Table, names: Iterable[str]) -> dict[str, str]:
    """Return the attributes that tell when their row ends ("end"), or whether it is the current one ("current").

    Parameters
    ----------
    table : pyarrow.Table
        Rows of customers in the order of ids and starts; of an undated table nothing is told.
    names : iterable of str
        The attributes to look at.
    """
    if FROM not in table.column_names or table.num_rows < _FEWEST:
        return {}
    current = [meant.to_numpy(zero_copy_only=False) for meant in current_rows(table)]
    found = {}
    for name in names:
        column = table[name]
        if pa.types.is_timestamp(column.type):
            if _is_end(table, column):
                found[name] = "end"
        elif any(_marks(column, meant) for meant in current):
            found[name] = "current"
    return found


def _marks(column: pa.ChunkedArray, current: np.ndarray) -> bool:
    """Whether a column of yes and no says yes on the rows that are current, and no on the others."""
    words = [str(word).lower() for word in pc.unique(column.drop_null()).slice(0, 4).to_pylist()]
    if not words or len(words) > 2 or not set(words) <= _YES | _NO:
        return False
    says_yes = pc.is_in(column, pa.array([word for word in pc.unique(column).to_pylist() if str(word).lower() in _YES]))
    yes = says_yes.to_numpy(zero_copy_only=False)
    both = min(current.sum(), (~current).sum()) >= _FEWEST
    return bool(both and np.mean(yes == current) >= _NEARLY)


def _is_end(table: pa.Table, column: pa.ChunkedArray) -> bool:
    """Whether a column of times is the end of the row, or the start of the next one."""
    ids, start = (table[name].combine_chunks() for name in (ID, FROM))
    same = pc.equal(ids.slice(0, len(ids) - 1), ids.slice(1)).to_numpy(zero_copy_only=False)
    given = column.combine_chunks()
    following = _micros(start)[1:][same]
    ends = [(_micros(given)[:-1][same], following)]
    if TO in table.column_names:
        until = table[TO].combine_chunks()
        there = until.is_valid().to_numpy(zero_copy_only=False)
        ends.append((_micros(given)[there], _micros(until)[there]))
    return any(one.size >= _FEWEST and np.mean(one == other) >= _NEARLY for one, other in ends)


def _micros(times: pa.Array) -> np.ndarray:
    return pc.fill_null(times.cast(pa.timestamp("us")).cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
