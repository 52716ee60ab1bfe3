"""Which labels a column had before an instant: what training may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn.history import _label_kernels
from cxchurn.history._attributes import attribute_history
from cxchurn.history._columns import Labels, flat, single, to_column
from cxchurn.history._history import Columns
from cxchurn.history._where import Where
from cxchurn.interactions import InteractionLog


def labels_before(
    log: InteractionLog,
    column: str,
    at: np.datetime64,
    *,
    since: np.datetime64 | None = None,
    most: int | None = None,
    where: Where | None = None,
) -> tuple[str, ...]:
    """Return the labels of a column among events known before `at`, the most frequent first, ties by text.

    Parameters
    ----------
    since : instant, optional
        Events known before it are left out. Default: none are.
    most : int, optional
        How many at most.
    where : Where, optional
        Which events count.
    """
    return labels_by_condition(log, [column], at, [where], since=since)[0].get(column, ())[:most]


def labels_by_condition(
    log: InteractionLog,
    columns: Sequence[str],
    at: np.datetime64,
    conditions: Sequence[Where | None],
    *,
    since: np.datetime64 | None = None,
) -> list[dict[str, tuple[str, ...]]]:
    """Return for each condition the labels that columns have among its events, as `labels_before` does, in one pass.

    Parameters
    ----------
    log : InteractionLog
    columns : list of str
        Those that hold no labels are left out.
    at : datetime64
        Only what was known before counts.
    conditions : list of Where or None
        Which events count; None for all.
    since : datetime64, optional
        What was known before it is left out.

    Returns
    -------
    list of dict of column to labels
        In the order of the conditions.
    """
    types = log.types
    asked = [name for name in columns if name in types.names and pa.types.is_dictionary(types.field(name).type)]
    counts = [{name: Counter[str]() for name in asked} for _ in conditions]
    tested = {test[0] for condition in conditions if condition for test in condition.tests} & set(types.names)
    first = np.iinfo(np.int64).min if since is None else _microseconds(since)
    for table in _tables(log, sorted({*asked, *tested, "known_at"})) if asked else ():
        rows, known = _Rows(table), flat(single(table["known_at"]).cast(pa.int64()))
        for condition, found in zip(conditions, counts, strict=True):
            masks = condition.masks(rows) if condition else []
            past = reduce(np.logical_and, masks, (known >= first) & (known < _microseconds(at)))
            for name in asked:
                found[name].update(_counted(single(table[name]), past))
    return [{name: _by_frequency(found, None) for name, found in each.items()} for each in counts]


def _counted(labels: pa.DictionaryArray, chosen: np.ndarray) -> dict[str, int]:
    codes = flat(labels.indices.fill_null(-1) if labels.null_count else labels.indices)
    count = np.zeros(len(labels.dictionary), dtype=np.int64)
    _label_kernels.count_chosen(codes, chosen, count)
    return _named(labels.dictionary, count)


class _Rows:
    """Rows of a table in the order they stand, as conditions look at events."""

    def __init__(self, table: pa.Table) -> None:
        self.columns = Columns(table.column_names, lambda name: to_column(table[name], ordered=True))
        self.cache: dict[Any, Any] = {}
        self._size = table.num_rows

    def __len__(self) -> int:
        return self._size


def attribute_labels_before(
    log: InteractionLog, name: str, at: np.datetime64, *, most: int | None = None
) -> tuple[str, ...]:
    """Return the labels of a customer attribute on file before `at`, the most frequent first, ties by text."""
    attributes = attribute_history(log.customers)
    data = None if attributes is None else attributes.columns.get(name)
    if attributes is None or not isinstance(data, Labels):
        return ()
    codes = data.values[(attributes.valid_from < _microseconds(at)) & data.present]
    return _by_frequency(Counter(_named(data.names, np.bincount(codes, minlength=len(data.names)))), most)


def _microseconds(at: np.datetime64) -> int:
    return int(at.astype("datetime64[us]").astype(np.int64))


def _tables(log: InteractionLog, names: list[str]) -> Iterator[pa.Table]:
    if log.parts is None:
        yield log.events.select(names)
    else:
        yield from (log.parts.read(part, names) for part in range(len(log.parts)))


def _named(names: pa.Array, count: np.ndarray) -> dict[str, int]:
    there = np.flatnonzero(count)
    return dict(zip(names.take(pa.array(there)).to_pylist(), count[there].tolist(), strict=True))


def _by_frequency(counts: Counter[str], most: int | None) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda label: (-counts[label], label)))[:most]
