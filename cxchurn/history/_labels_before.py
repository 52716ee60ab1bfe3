"""Which labels a column had before an instant: what training may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from cxchurn.history._attributes import attribute_history
from cxchurn.history._columns import Labels, to_column
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
    for labels, known in _label_columns(log, column):
        counts.update(_counted(labels, labels.values[known < at.astype("datetime64[us]").astype(np.int64)]))
    return _by_frequency(counts, most)


def attribute_labels_before(
    log: InteractionLog, name: str, at: np.datetime64, *, most: int | None = None
) -> tuple[str, ...]:
    """Return the labels of a customer attribute on file before `at`, the most frequent first, ties by text."""
    attributes = attribute_history(log.customers)
    data = None if attributes is None else attributes.columns.get(name)
    if attributes is None or not isinstance(data, Labels):
        return ()
    past = attributes.valid_from < at.astype("datetime64[us]").astype(np.int64)
    return _by_frequency(Counter(_counted(data, data.values[past])), most)


def _label_columns(log: InteractionLog, column: str) -> Iterator[tuple[Labels, np.ndarray]]:
    names = [column, "known_at"]
    tables = (
        [log.events.select(names)] if log.parts is None else (log.parts.read(k, names) for k in range(len(log.parts)))
    )
    for table in tables:
        labels = to_column(table[column], ordered=True)
        assert isinstance(labels, Labels)
        yield labels, to_column(table["known_at"]).values


def _counted(data: Labels, codes: np.ndarray) -> dict[str, int]:
    counts = np.bincount(codes[codes >= 0], minlength=len(data.levels))
    return {data.levels[code]: int(counts[code]) for code in np.flatnonzero(counts)}


def _by_frequency(counts: Counter[str], most: int | None) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda label: (-counts[label], label)))[:most]
