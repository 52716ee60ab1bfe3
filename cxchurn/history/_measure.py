"""Measures that are worked out for each event from that event alone, such as its valence."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from cxchurn.history._columns import Labels, Numbers, Times

if TYPE_CHECKING:
    from cxchurn.history._history import History


class Measure:
    """A number for each event, computed from that event's own columns; used wherever a column's name is.

    Subclasses are frozen dataclasses (two equal ones are computed once) and write `compute`. It is handed the events'
    columns and must treat every event by itself: `check_no_leak` finds out when one does not.
    """

    @abstractmethod
    def compute(self, events: Events) -> np.ndarray:
        """Return one number an event, NaN for none; float64, shape ``(events,)``."""

    def column(self, history: History) -> Numbers:
        """Return the computed numbers, worked out once a history."""
        if self not in history.cache:
            history.cache[self] = Numbers(np.ascontiguousarray(self.compute(Events(history)), dtype=np.float64))
        return history.cache[self]


class Events:
    """What a measure may look at: the events' columns; numbers as floats, labels as texts, instants as datetimes."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __len__(self) -> int:
        return len(self._history)

    def __contains__(self, name: str) -> bool:
        return name in self._history.columns

    def __getitem__(self, name: str) -> np.ndarray:
        column = self._history.columns[name]
        if isinstance(column, Labels):
            return np.array([*column.levels, None], dtype=object)[column.values]
        return column.values.view("datetime64[us]") if isinstance(column, Times) else column.values

    def is_one_of(self, name: str, *labels: str) -> np.ndarray:
        """Where a label is one of `labels`, nowhere if the log lacks the column; bool, shape ``(events,)``."""
        column = self._history.columns.get(name)
        if not isinstance(column, Labels):
            return np.zeros(len(self), dtype=bool)
        return column.matches(labels)
