"""Event columns as plain arrays: numbers, codes of labels, instants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_FEW = 4
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
        codes = [code for code, level in enumerate(self.levels) if level in labels]
        if len(codes) > _FEW:
            wanted = np.array([level in labels for level in (*self.levels, None)], dtype=bool)
            return wanted[self.values]
        holds = np.zeros(self.values.size, dtype=bool)
        for code in codes:
            holds |= self.values == code
        return holds


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
    # a negative zero is a zero: equal numbers that differ in their bits would make ties depend on the order of rows
    return Numbers(_flat(pc.fill_null(pc.cast(data, pa.float64()), float("nan"))) + 0.0)


def _labels(data: pa.ChunkedArray | pa.Array) -> Labels:
    encoded = data if pa.types.is_dictionary(data.type) else pc.dictionary_encode(data)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], encoded.type)
    names = encoded.dictionary
    codes = _flat(pc.fill_null(pc.cast(encoded.indices, pa.int32()), -1))
    by_text = pc.array_sort_indices(names)
    rank = np.empty(len(names) + 1, dtype=np.int32)
    rank[_flat(by_text)] = np.arange(len(names), dtype=np.int32)
    rank[-1] = -1
    return Labels(rank[codes], tuple(names.take(by_text).to_pylist()))


def _flat(data: pa.ChunkedArray | pa.Array) -> np.ndarray:
    return np.ascontiguousarray(data.to_numpy(zero_copy_only=False) if isinstance(data, pa.Array) else data.to_numpy())
