"""How far each column of a log is filled, and with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred
from cxchurn.interactions.log._spelling import MANY, labels_in
from cxchurn.interactions.store._labels import LABEL

pc = Deferred("pyarrow.compute")


@dataclass(frozen=True)
class Filled:
    """What a column holds in some of a log's parts.

    Parameters
    ----------
    rows, filled : int
        How many rows there are, and how many have a value.
    low, high : float or int, optional
        The smallest and the largest value: of times in microseconds since 1970; none of labels.
    total : float
        The sum of numbers; how often a yes/no is yes.
    labels : Counter or None
        How often there is each label; None where they are too many to be words.
    """

    rows: int
    filled: int
    low: Any = None
    high: Any = None
    total: float = 0.0
    labels: Counter[str] | None = field(default_factory=Counter)


def filled_in(column: pa.ChunkedArray) -> Filled:
    """Return what a column of a part holds."""
    there = len(column) - column.null_count
    if column.type == LABEL or pa.types.is_string(column.type):
        coded = column.combine_chunks() if column.type == LABEL else column.combine_chunks().dictionary_encode()
        few = len(coded.dictionary) <= MANY
        return Filled(len(column), there, labels=Counter(labels_in(coded)) if few else None)
    if pa.types.is_boolean(column.type):
        return Filled(len(column), there, total=float(pc.sum(column).as_py() or 0))
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    ends = pc.min_max(column).as_py()
    total = float(pc.sum(column).as_py() or 0.0) if pa.types.is_floating(column.type) else 0.0
    return Filled(len(column), there, ends["min"], ends["max"], total)


def joined(pieces: Iterable[Filled]) -> Filled:
    """Return what the parts hold together."""
    found = list(pieces)
    ends = zip(*((one.low, one.high) for one in found), strict=True)
    lows, highs = ([one for one in some if one is not None] for some in ends)
    labels: Counter[str] | None = Counter()
    for one in found:
        labels = None if labels is None or one.labels is None else labels + one.labels
        labels = None if labels is None or len(labels) > MANY else labels
    return Filled(
        sum(one.rows for one in found),
        sum(one.filled for one in found),
        min(lows, default=None),
        max(highs, default=None),
        sum(one.total for one in found),
        labels,
    )


def row_of(name: str, role: str, kind: pa.DataType, found: Filled) -> dict[str, Any]:
    """Return a column as a row of the table `Description.roles`."""
    number = pa.types.is_floating(kind)
    flag, time = pa.types.is_boolean(kind), pa.types.is_timestamp(kind)
    labels = kind == LABEL and found.labels is not None
    return {
        "name": name,
        "role": role,
        "type": "number" if number else "yes/no" if flag else "time" if time else "label",
        "filled": found.filled,
        "share": found.filled / found.rows if found.rows else np.nan,
        "different": len(found.labels or ()) if labels else None,
        "low": found.low if number else None,
        "mean": found.total / found.filled if (number or flag) and found.filled else None,
        "high": found.high if number else None,
        "since": _time(found.low if time else None),
        "until": _time(found.high if time else None),
        "most_frequent": tuple(label for label, _ in top(found.labels or Counter())),
    }


def _time(moment: int | None) -> np.datetime64:
    return np.datetime64("NaT") if moment is None else np.datetime64(moment, "us")


def top(labels: Counter[str], most: int = 3) -> list[tuple[str, int]]:
    """Return the most frequent labels with their rows; of equals the first by the text."""
    return sorted(labels.items(), key=lambda one: (-one[1], one[0]))[:most]
