"""Event columns as plain arrays: numbers, codes of labels, instants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Numbers:
    """Numbers, shape ``(n,)``, NaN where missing; yes/no as 1/0."""

    values: np.ndarray

    def take(self, order: np.ndarray) -> Numbers:
        """Return the numbers in another order."""
        return Numbers(self.values[order])

    @property
    def present(self) -> np.ndarray:
        """Where there is a value; bool, shape ``(n,)``."""
        return ~np.isnan(self.values)


@dataclass(frozen=True)
class Labels:
    """Labels as codes into `levels` (sorted by text, so codes order as text does), -1 where missing."""

    values: np.ndarray
    levels: tuple[str, ...]

    def take(self, order: np.ndarray) -> Labels:
        """Return the labels in another order."""
        return Labels(self.values[order], self.levels)

    @property
    def present(self) -> np.ndarray:
        """Where there is a label; bool, shape ``(n,)``."""
        return self.values >= 0

    def matches(self, labels: tuple[str, ...]) -> np.ndarray:
        """Where the label is one of `labels`; bool, shape ``(n,)``."""
        wanted = np.array([level in labels for level in (*self.levels, None)], dtype=bool)
        return wanted[self.values]


@dataclass(frozen=True)
class Times:
    """Instants in microseconds, shape ``(n,)``, the smallest integer where missing."""

    values: np.ndarray

    def take(self, order: np.ndarray) -> Times:
        """Return the instants in another order."""
        return Times(self.values[order])

    @property
    def present(self) -> np.ndarray:
        """Where there is an instant; bool, shape ``(n,)``."""
        return self.values != MISSING_TIME


EventColumn = Numbers | Labels | Times


def to_column(data: pa.ChunkedArray | pa.Array) -> EventColumn:
    """Turn an Arrow column into plain arrays."""
    if pa.types.is_dictionary(data.type) or pa.types.is_string(data.type) or pa.types.is_large_string(data.type):
        return _labels(data)
    if pa.types.is_timestamp(data.type):
        whole = pc.fill_null(pc.cast(pc.cast(data, pa.timestamp("us")), pa.int64()), MISSING_TIME)
        return Times(_flat(whole))
    return Numbers(_flat(pc.fill_null(pc.cast(data, pa.float64()), float("nan"))))


def _labels(data: pa.ChunkedArray | pa.Array) -> Labels:
    encoded = data if pa.types.is_dictionary(data.type) else pc.dictionary_encode(data)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], encoded.type)
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    codes = _flat(pc.fill_null(pc.cast(encoded.indices, pa.int32()), -1))
    by_text = np.argsort(names.astype(str), kind="stable") if names.size else np.array([], dtype=np.int64)
    rank = np.empty(names.size + 1, dtype=np.int32)
    rank[by_text] = np.arange(names.size, dtype=np.int32)
    rank[-1] = -1
    return Labels(rank[codes], tuple(str(name) for name in names[by_text]))


def _flat(data: pa.ChunkedArray | pa.Array) -> np.ndarray:
    return np.ascontiguousarray(data.to_numpy(zero_copy_only=False) if isinstance(data, pa.Array) else data.to_numpy())
