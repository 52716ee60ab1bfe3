"""Event columns as plain arrays: numbers, codes of labels, instants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred, cached_property
from cxchurn.history.data._recorded import Recorded

pc = Deferred("pyarrow.compute")

Answer = TypeVar("Answer")
# up to four comparisons of whole columns are quicker than looking each code up in a table
_FEW = 4
# labels that one looks up faster in Arrow than in a dictionary made for the purpose
_MANY = 1000
# so few labels are numbered once for all columns that have them: a service makes new columns for every answer
_KEPT = 64
MISSING_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Numbers:
    """Numbers, shape ``(n,)``, NaN where missing; yes/no as 1/0."""

    values: np.ndarray

    def take(self, order: np.ndarray) -> Numbers:
        """Return the numbers in another order."""
        return Numbers(self.values[order])

    @cached_property
    def present(self) -> np.ndarray:
        """Where there is a value; bool, shape ``(n,)``."""
        return ~np.isnan(self.values)


@dataclass(frozen=True)
class Labels:
    """Labels as codes into `names` (sorted by text, so codes order as text does), -1 where missing."""

    values: np.ndarray
    names: pa.Array | tuple[str, ...]

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The labels, in the order of their codes."""
        return self.names if isinstance(self.names, tuple) else tuple(self.names.to_pylist())

    def take(self, order: np.ndarray) -> Labels:
        """Return the labels in another order."""
        return Labels(self.values[order], self.names)

    @cached_property
    def present(self) -> np.ndarray:
        """Where there is a label; bool, shape ``(n,)``."""
        return self.values >= 0

    def places(self, labels: tuple[str, ...]) -> list[int]:
        """The codes of some labels, -1 for those that do not occur."""
        if len(self.names) > _MANY and not isinstance(self.names, tuple):
            return pc.index_in(pa.array(labels, self.names.type), self.names).fill_null(-1).to_pylist()
        return [self._codes.get(label, -1) for label in labels]

    @cached_property
    def _codes(self) -> Mapping[str, int]:
        return numbered_once(_codes, self.levels)

    def mapped(self, numbers: Mapping[str, float]) -> np.ndarray:
        """The number that belongs to each event's label, NaN where none does; float64, shape ``(events,)``."""
        by_code = np.full(len(self.names) + 1, np.nan)
        for code, number in zip(self.places(tuple(numbers)), numbers.values(), strict=True):
            if code >= 0:
                by_code[code] = number
        return by_code[self.values]

    def positions(self, labels: tuple[str, ...]) -> np.ndarray:
        """Where each event's label stands among some labels, -1 for all others; int64, shape ``(events,)``."""
        wanted = np.full(len(self.names) + 1, -1)
        for place, code in enumerate(self.places(labels)):
            if code >= 0:
                wanted[code] = place
        return wanted[self.values]

    def matches(self, labels: tuple[str, ...]) -> np.ndarray:
        """Where the label is one of `labels`; bool, shape ``(events,)``."""
        codes = [code for code in self.places(labels) if code >= 0]
        if len(codes) > _FEW:
            wanted = np.zeros(len(self.names) + 1, dtype=bool)
            wanted[codes] = True
            return wanted[self.values]
        holds = self.values == codes[0] if codes else np.zeros(self.values.size, dtype=bool)
        for code in codes[1:]:
            holds |= self.values == code
        return holds


def _codes(levels: tuple[str, ...]) -> Mapping[str, int]:
    return {label: code for code, label in enumerate(levels)}


def numbered_once(numbers: Callable[..., Answer], levels: tuple[str, ...], *about: Any) -> Answer:
    """Return ``numbers(levels, *about)``, which follows from the labels alone; for few of them what was found before."""
    return _cached(numbers, levels, *about) if len(levels) <= _KEPT else numbers(levels, *about)


@lru_cache(maxsize=1 << 12)
def _cached(numbers: Callable[..., Any], *about: Any) -> Any:
    return numbers(*about)


@dataclass(frozen=True)
class Times:
    """Instants in microseconds, shape ``(n,)``, the smallest integer where missing."""

    values: np.ndarray

    def take(self, order: np.ndarray) -> Times:
        """Return the instants in another order."""
        return Times(self.values[order])

    @cached_property
    def present(self) -> np.ndarray:
        """Where there is an instant; bool, shape ``(n,)``."""
        return self.values != MISSING_TIME


EventColumn = Numbers | Labels | Times


def to_column(data: pa.ChunkedArray | pa.Array, *, ordered: bool = False) -> EventColumn:
    """Turn an Arrow column into plain arrays; `ordered` labels stand in the order of the text already."""
    data = single(data)
    if pa.types.is_dictionary(data.type) or pa.types.is_string(data.type) or pa.types.is_large_string(data.type):
        return _labels(data, ordered)
    if pa.types.is_timestamp(data.type):
        # a missing instant is the smallest integer in numpy too
        return Times(np.array(flat(_cast(data, pa.timestamp("us")))).view(np.int64))
    # a negative zero is a zero: equal numbers that differ in their bits would make ties depend on the order of rows
    return Numbers(flat(_cast(data, pa.float64())) + 0.0)


def single(data: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array."""
    if isinstance(data, pa.Array):
        return data
    if pa.types.is_dictionary(data.type) and data.num_chunks > 1:
        data = data.unify_dictionaries()
    if data.num_chunks == 1:
        return data.chunk(0)
    return pa.concat_arrays(data.chunks) if data.num_chunks else pa.array([], data.type)


def read_only(values: np.ndarray) -> np.ndarray:
    """Return a view of an array that others share: it may be read, not written."""
    if isinstance(values, Recorded):
        return values
    view = values.view()
    view.setflags(write=False)
    return view


def flat(data: pa.Array) -> np.ndarray:
    """Return an Arrow array as a plain one, without a copy where that is possible."""
    return data.to_numpy(zero_copy_only=False)


def _labels(data: pa.Array, ordered: bool) -> Labels:
    encoded = data if pa.types.is_dictionary(data.type) else data.dictionary_encode()
    names, codes = encoded.dictionary, _whole(_cast(encoded.indices, pa.int32()), -1)
    if ordered:
        # a copy, because kernels are compiled once more for arrays that may not be written
        return Labels(np.array(codes), names)
    by_text = pc.array_sort_indices(names)
    rank = np.empty(len(names) + 1, dtype=np.int32)
    rank[flat(by_text)] = np.arange(len(names), dtype=np.int32)
    rank[-1] = -1
    return Labels(rank[codes], names.take(by_text))


def _cast(data: pa.Array, kind: pa.DataType) -> pa.Array:
    return data if data.type == kind else data.cast(kind)


def _whole(data: pa.Array, missing: float) -> np.ndarray:
    return flat(data.fill_null(missing) if data.null_count else data)
