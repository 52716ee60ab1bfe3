"""Which labels a column had before an instant: what training may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from cxchurn.history import _label_kernels
from cxchurn.history._attributes import attribute_history
from cxchurn.history._columns import Labels, flat, single
from cxchurn.interactions import InteractionLog


def labels_before(log: InteractionLog, column: str, at: np.datetime64, *, most: int | None = None) -> tuple[str, ...]:
    """Return the labels of a column among events known before `at`, the most frequent first, ties by text.

    Parameters
    ----------
    most : int, optional
        How many at most.
    """
    if column not in log.types.names or not pa.types.is_dictionary(log.types.field(column).type):
        return ()
    counts: Counter[str] = Counter()
    for table in _tables(log, [column, "known_at"]):
        labels, known = single(table[column]), flat(single(table["known_at"]).cast(pa.int64()))
        codes = flat(labels.indices.fill_null(-1) if labels.null_count else labels.indices)
        count = np.zeros(len(labels.dictionary), dtype=np.int64)
        _label_kernels.count_before(codes, known, int(at.astype("datetime64[us]").astype(np.int64)), count)
        counts.update(_named(labels.dictionary, count))
    return _by_frequency(counts, most)


def attribute_labels_before(
    log: InteractionLog, name: str, at: np.datetime64, *, most: int | None = None
) -> tuple[str, ...]:
    """Return the labels of a customer attribute on file before `at`, the most frequent first, ties by text."""
    attributes = attribute_history(log.customers)
    data = None if attributes is None else attributes.columns.get(name)
    if attributes is None or not isinstance(data, Labels):
        return ()
    codes = data.values[(attributes.valid_from < at.astype("datetime64[us]").astype(np.int64)) & data.present]
    return _by_frequency(Counter(_named(data.names, np.bincount(codes, minlength=len(data.names)))), most)


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
