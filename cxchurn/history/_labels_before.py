"""Which labels a column had before an instant: what training may know."""

from __future__ import annotations

import numpy as np

from cxchurn.history._columns import Labels
from cxchurn.history._history import History


def labels_before(history: History, column: str, at: np.datetime64, *, most: int | None = None) -> tuple[str, ...]:
    """Return the labels of a column among events known before `at`, the most frequent first, ties by text.

    Parameters
    ----------
    most : int, optional
        How many at most.
    """
    data = history.columns.get(column)
    if not isinstance(data, Labels):
        return ()
    past = data.values[history.place < at.astype("datetime64[us]").astype(np.int64)]
    return _by_frequency(data, past, most)


def attribute_labels_before(
    history: History, name: str, at: np.datetime64, *, most: int | None = None
) -> tuple[str, ...]:
    """Return the labels of a customer attribute on file before `at`, the most frequent first, ties by text."""
    attributes = history.attributes
    data = None if attributes is None else attributes.columns.get(name)
    if attributes is None or not isinstance(data, Labels):
        return ()
    return _by_frequency(data, data.values[attributes.valid_from < at.astype("datetime64[us]").astype(np.int64)], most)


def _by_frequency(data: Labels, codes: np.ndarray, most: int | None) -> tuple[str, ...]:
    counts = np.bincount(codes[codes >= 0], minlength=len(data.levels))
    order = np.argsort(-counts, kind="stable")
    return tuple(data.levels[code] for code in order if counts[code] > 0)[:most]
