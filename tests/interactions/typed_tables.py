"""Random tables of every type a column may have, mostly clean; and readings by way of the engine, or in small batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from cxchurn.interactions import Later, Schema
from cxchurn.interactions.reading.casts import _source_rows, _typed
from cxchurn.interactions.store import _batch, _dividing

ROWS = st.integers(1, 24)
TEXTS = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()))
WHOLE = (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32(), pa.uint64())
NUMBERS = (*WHOLE, pa.float32(), pa.float64(), pa.bool_())
TIMES = tuple(pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC", "Asia/Tokyo"))
SCHEMA = Schema(
    **{name: name for name in ("customer_id", "timestamp", "kind", "touchpoint", "case_id", "agent", "agent_id")},
    **{name: name for name in ("wait_s", "resolved", "score", "score_type", "sentiment", "promised_at")},
    measures={"basket": "m"},
    categories={"Group": "c"},
)
KNOWN = Schema(**{**vars(SCHEMA), "known_at": "known"})
LATER = Schema(**{**vars(KNOWN), "later": (Later(at="at", columns=("resolved", "score", "basket", "case_id")),)})


def texts(words: list[Any]) -> st.SearchStrategy:
    return st.tuples(st.sampled_from(TEXTS), st.lists(st.sampled_from(words), min_size=24, max_size=24))


def numbers(values: list[Any], types: tuple = NUMBERS) -> st.SearchStrategy:
    def fitting(kind: pa.DataType) -> st.SearchStrategy:
        fits = [value for value in values if value is None or _fits(value, kind)]
        return st.tuples(st.just(kind), st.lists(st.sampled_from(fits or [None]), min_size=24, max_size=24))

    return st.sampled_from(types).flatmap(fitting)


def _fits(value: Any, kind: pa.DataType) -> bool:
    if pa.types.is_boolean(kind):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    return pa.types.is_floating(kind) or (value == value and abs(value) < 120 and value == int(value) and value >= 0)


def moments(days: list[Any], types: tuple = (*TIMES, pa.date32())) -> st.SearchStrategy:
    values = [None if day is None else datetime(2024, 1, 1 + day) if day < 31 else datetime(2099, 1, 1) for day in days]
    return st.tuples(st.sampled_from(types), st.lists(st.sampled_from(values), min_size=24, max_size=24))


def array(found: tuple[pa.DataType, list[Any]], rows: int) -> pa.Array:
    kind, values = found
    if pa.types.is_dictionary(kind):
        return pa.array(values[:rows], kind.value_type).dictionary_encode().cast(kind)
    return pa.array(values[:rows]).cast(kind) if pa.types.is_date(kind) else pa.array(values[:rows], kind)


CLEAN = {
    "customer_id": texts(["a", " b", "ü" * 9, "c"]) | numbers([1, 2, 3, 0], (*WHOLE, pa.float64())),
    "timestamp": moments(list(range(9))),
    "kind": texts(["visit", " call", "chat "]) | numbers([0, 7, True], (pa.int16(), pa.bool_())),
    "touchpoint": texts(["web", "", None, " "]),
    "case_id": texts(["K1", "K2", "K3 ", None]) | numbers([5, None], (pa.int64(), pa.float64())),
    "agent": texts(["human", "BOT", " self", None]),
    "agent_id": numbers([7, 8.0, None, float("nan")], (pa.float64(), pa.float32(), pa.int32())),
    "wait_s": numbers([0, 1.5, 30, True, None, float("nan"), -0.0]),
    "resolved": texts(["yes", "No", " t ", None]) | numbers([0, 1, True, False, None]),
    "score": numbers([1, 3, 5, None]),
    "score_type": texts(["nps", "CSAT", "ces ", None]),
    "sentiment": numbers([-1, -0.5, 1, None], (pa.float64(), pa.float32(), pa.int8())),
    "promised_at": moments([3, None, 40]),
    "m": numbers([1, -2.25, None, 0]),
    "c": texts(["x", "X", None]) | numbers([1, None, True]),
    "known": moments([2, 5, None]),
    "at": moments([4, 7], TIMES) | moments([4, 7, None], TIMES),
}
DIRTY = {
    "customer_id": texts(["a", " ", None]) | numbers([1, 2.5, None, float("nan")], (pa.float64(), pa.int64())),
    "timestamp": moments([1, None, 40]),
    "kind": texts(["visit", " ", None]) | numbers([1.5, 2], (pa.float64(),)),
    "agent": texts(["human", "parrot"]),
    "wait_s": numbers([1, -1, float("inf")], (pa.float64(), pa.float32())) | texts(["1", "x"]),
    "resolved": texts(["yes", "maybe"]) | numbers([0, 2]),
    "score": numbers([1, 9, 99]),
    "sentiment": numbers([1.5, float("-inf"), None], (pa.float64(),)),
    "m": numbers([1, float("inf")], (pa.float64(),)) | texts(["1", "", "x"]),
    "known": moments([2, 40]),
    "at": moments([4, 40], TIMES),
}


@st.composite
def tables(draw: Any, *, dirt: int = 1, own_row: bool = True) -> pa.Table:
    """A table for the schemas; at most `dirt` columns break rules; with `own_row` no row is a copy of another."""
    rows = draw(ROWS)
    names = draw(st.lists(st.sampled_from(sorted(DIRTY)), max_size=dirt))
    found = {name: draw(DIRTY[name] if name in names else CLEAN[name]) for name in CLEAN}
    columns = {name: array(values, rows) for name, values in found.items()}
    if own_row:
        columns["m"] = pa.array(np.arange(rows) / 4)
    table = pa.table(columns)
    cut = draw(st.integers(0, rows))
    return pa.concat_tables([table[:cut], table[cut:]]) if draw(st.booleans()) else table


@contextmanager
def by_the_engine() -> Iterator[None]:
    """Read as if no data were typed: the engine hands over every row."""
    with patch.object(_source_rows, "typed_rows", return_value=None):
        yield


@contextmanager
def small_batches() -> Iterator[None]:
    """Read in batches of three rows, and take labels for ones of which nearly every row has its own."""
    with ExitStack() as stack:
        for module, name, value in (
            (_typed, "BATCH", 3),
            (_typed, "UNIT", 6),
            (_batch, "_SAMPLE", 4),
            (_dividing, "_FEW", 2),
        ):
            stack.enter_context(patch.object(module, name, value))
        yield
