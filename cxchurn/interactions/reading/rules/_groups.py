"""Groups of rows that are equal to the letter, and rows in the order of what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from cxchurn.interactions.store._batch import Values, flat
from cxchurn.interactions.store._labels import Labels, by_text, coded, is_text
from cxchurn.interactions.store._objects import as_text

# rows that are compared at a time
_AT_ONCE = 1 << 18


def codes_of(values: Values | pa.ChunkedArray) -> np.ndarray:
    """Return a whole number for every value of a column: equal for equal ones, and for labels and numbers in their order.

    Missing numbers come last; other missing values first, and NaN is a missing number.
    """
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        if is_text(values.type):
            values = coded(values)
        elif pa.types.is_floating(values.type):
            values = flat(values.cast(pa.float64()), np.nan)
        else:
            return _other_codes(values)
    if isinstance(values, Labels):
        return by_text(_apart(values)).codes.astype(np.int64)
    # adding zero makes one zero of the two
    return np.unique(values + 0.0 if values.dtype == np.float64 else values, return_inverse=True)[1].astype(np.int64)


def _apart(labels: Labels) -> Labels:
    """Return labels of which each level is there once."""
    found = labels.levels.dictionary_encode()
    return Labels(np.append(found.indices.to_numpy(), np.int32(-1))[labels.codes], found.dictionary)


def _other_codes(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    try:
        found = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    except (pa.ArrowException, TypeError):
        # lists, structs and the like
        found = as_text(whole.to_pylist()).dictionary_encode()
    return flat(found.indices, -1).astype(np.int64)


def groups_of(columns: Iterable[np.ndarray], rows: int) -> np.ndarray:
    """Return the number of the group of every row; rows of a group have equal codes in all columns."""
    found = np.zeros(rows, dtype=np.int64)
    for codes in columns:
        pairs = found * (int(codes.max(initial=0)) + 2) + codes + 1
        found = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return found


def differing(codes: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return which groups hold more than one code; bool, one a group."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    values = codes[order]
    return np.minimum.reduceat(values, starts) != np.maximum.reduceat(values, starts)


def nth_of(groups: np.ndarray) -> np.ndarray:
    """Return how many rows of its group stand before each row."""
    order = np.argsort(groups, kind="stable")
    first = np.flatnonzero(np.diff(groups[order], prepend=-1))
    found = np.empty(groups.size, dtype=np.int64)
    found[order] = np.arange(groups.size) - np.repeat(first, np.diff(np.append(first, groups.size)))
    return found


def first_of(groups: np.ndarray, order: Sequence[np.ndarray]) -> np.ndarray:
    """Return for each row whether it is the first of its group in some order, by one key after the other."""
    places = np.lexsort([*reversed(order), groups])
    found = np.zeros(groups.size, dtype=bool)
    found[places[np.flatnonzero(np.diff(groups[places], prepend=-1))]] = True
    return found


def some_at_once(rows: np.ndarray, keys: np.ndarray) -> Iterator[np.ndarray]:
    """Yield rows in order, those of one key together, and not much more than can be compared at once."""
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    start = 0
    while start < rows.size:
        stop = np.searchsorted(keys, keys[min(start + _AT_ONCE, rows.size) - 1], side="right")
        yield np.sort(rows[start:stop])
        start = int(stop)
