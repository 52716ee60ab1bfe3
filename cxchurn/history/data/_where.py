"""Conditions on events, as small values that can be compared, shared and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from cxchurn._core import MismatchError, listed
from cxchurn.history.data._columns import EventColumn, Labels

Value = str | float


class Rows(Protocol):
    """What conditions look at: events by column, and a place to keep what was found."""

    @property
    def columns(self) -> Mapping[str, EventColumn]: ...

    @property
    def cache(self) -> dict[Any, Any]: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Where:
    """A condition on an event: all of its tests hold. Made by `where`.

    A test on a column that the log lacks, or on a missing value, does not hold; its opposite (``!=``) does.
    """

    tests: tuple[tuple[str, str, tuple[Value, ...]], ...] = ()

    def __and__(self, other: Where) -> Where:
        return Where(self.tests + other.tests)

    def masks(self, history: Rows) -> list[np.ndarray]:
        """Where each of the tests holds; bool, shape ``(events,)``, shared by all conditions that have the test."""
        return [holding(history, *test) for test in self.tests]


def where(
    *,
    unless: Mapping[str, object] | None = None,
    at_least: Mapping[str, float] | None = None,
    at_most: Mapping[str, float] | None = None,
    **equals: Any,
) -> Where:
    """Say which events count: by label, by number, by bounds.

    Parameters
    ----------
    unless : dict of column to value or values, optional
        The column has none of these; it may be missing.
    at_least, at_most : dict of column to number, optional
        Bounds, both included.
    **equals : str, number, bool, or a tuple of them
        The column has this value, or one of these.

    Examples
    --------
    >>> where(kind="purchase")
    Where(tests=(('kind', '==', ('purchase',)),))
    >>> where(kind=("call", "chat"), at_least={"wait_s": 600})
    Where(tests=(('kind', '==', ('call', 'chat')), ('wait_s', '>=', (600.0,))))
    """
    tests: list[tuple[str, str, tuple[Value, ...]]] = []
    for operation, wanted in (("==", equals), ("!=", unless or {})):
        tests += [(column, operation, _values(value)) for column, value in wanted.items()]
    for operation, bounds in ((">=", at_least), ("<=", at_most)):
        tests += [(column, operation, (float(bound),)) for column, bound in (bounds or {}).items()]
    return Where(tuple(tests))


@lru_cache(maxsize=4096)
def label_is(column: str, *labels: str) -> Where:
    """Say that a column, named by a variable, has one of these labels."""
    return Where(((column, "==", labels),))


def _values(value: Any) -> tuple[Value, ...]:
    many = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(v if isinstance(v, str) else float(v) for v in many)


def holding(history: Rows, column: str, operation: str, values: tuple[Value, ...]) -> np.ndarray:
    """Where one test holds, worked out once a history."""
    key = ("holds", column, operation, values)
    found = history.cache.get(key)
    if found is None:
        found = history.cache[key] = _test(history, column, operation, values)
    return found


def _test(history: Rows, column: str, operation: str, values: tuple[Value, ...]) -> np.ndarray:
    if operation == "!=":
        return ~holding(history, column, "==", values)
    data = history.columns.get(column)
    if data is None:
        return np.zeros(len(history), dtype=bool)
    labels = [value for value in values if isinstance(value, str)]
    if len(labels) != (len(values) if isinstance(data, Labels) else 0):
        raise MismatchError(
            f"the column {column!r} holds {'labels' if isinstance(data, Labels) else 'no labels'},"
            f" the condition on it asks for {listed(map(repr, values))}.",
            allowed="labels as text, numbers (and yes/no) as numbers; bounds on numbers alone",
        )
    if isinstance(data, Labels):
        return data.matches(tuple(labels))
    if operation == "==":
        return data.present & (np.isin(data.values, values) if len(values) > 1 else data.values == values[0])
    return data.present & (data.values >= values[0] if operation == ">=" else data.values <= values[0])
