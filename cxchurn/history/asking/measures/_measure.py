"""Measures that are worked out for each event from that event and what came before it, such as its valence."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cxchurn._core import DAY, UsageError
from cxchurn.history.asking.measures._segments import Segments, segments
from cxchurn.history.data._columns import Labels, Numbers, Times, read_only
from cxchurn.history.data._hashed import hashed
from cxchurn.history.data._recorded import Recorded
from cxchurn.history.data._where import holding

if TYPE_CHECKING:
    from cxchurn.history.data._history import History


class Measure:
    """A number for each event, computed from its own columns or its past; used wherever a column's name is.

    Subclasses are frozen dataclasses (two equal ones are computed once) and write `compute`. It is handed the events'
    columns and must treat every event by itself, or with what came before it in its segment (`Events.of_customer`,
    `Events.of_matter`): `check_no_leak` finds out when one does not.
    """

    @abstractmethod
    def compute(self, events: Events) -> np.ndarray:
        """Return one number an event, NaN for none; float64, shape ``(events,)``."""

    def column(self, history: History) -> Numbers:
        """Return the computed numbers, worked out once a history."""
        key = (type(self), self)
        found: Numbers | None = history.cache.get(key)
        if found is None:
            if isinstance(history.place, Recorded):
                return history.cache.setdefault(key, history.place.asked("measured", self.compute(Events(history))))
            values = np.array(self.compute(Events(history)), dtype=np.float64)
            if values.shape != (len(history),):
                raise UsageError(
                    f"the measure {self!r} gave an array of shape {values.shape}.",
                    allowed=f"one number an event, shape ({len(history)},)",
                )
            found = history.cache[key] = Numbers(values + 0.0)
        return found


class Events:
    """What a measure may look at: the events' columns; numbers as floats, labels as texts, instants as datetimes.

    ``events[measure]`` gives the numbers of another measure, which are worked out once.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    def __len__(self) -> int:
        return len(self._history)

    def __contains__(self, name: str) -> bool:
        return name in self._history.columns

    def __getitem__(self, name: str | Measure) -> np.ndarray:
        column = name.column(self._history) if isinstance(name, Measure) else self._history.columns[name]
        if isinstance(column, Labels):
            return np.array([*column.levels, None], dtype=object)[column.values]
        return read_only(column.values.view("datetime64[us]") if isinstance(column, Times) else column.values)

    def codes(self, name: str) -> np.ndarray:
        """Numbers that tell the labels of a column apart, NaN for none; float64, shape ``(events,)``.

        Only to be compared with each other: which number a label has depends on the whole log.
        """
        column = self._history.columns[name]
        key = ("codes", name)
        if key not in self._history.cache:
            self._history.cache[key] = np.where(column.present, column.values, np.nan)
        return self._history.cache[key].copy()

    def hashed(self, name: str, key: str) -> np.ndarray:
        """The hash of each event's label in a column, NaN for none; float64, shape ``(events,)``.

        Whole numbers that stand for the labels in tables about everybody, which name nobody: the same for a label in every log.
        """
        column = self._history.columns[name]
        if isinstance(self._history.place, Recorded):
            return column.hashed(key)  # type: ignore[union-attr]
        return hashed(self._history, name, key)[column.values]

    def mapped(self, name: str, numbers: Mapping[str, float]) -> np.ndarray:
        """The number that belongs to each event's label in a column, NaN where none does; float64, shape ``(events,)``."""
        column = self._history.columns.get(name)
        return column.mapped(numbers) if isinstance(column, Labels) else np.full(len(self), np.nan)

    def local(self, name: str) -> np.ndarray:
        """What the clock of the log's zone showed at each event's instant in a column; datetime64[us], shape ``(events,)``."""
        column = self._history.columns[name]
        shown = np.where(column.present, self._history.zone.local(column.values), column.values)
        return shown.view("datetime64[us]")

    def of_customer(self) -> Segments:
        """The events grouped by customer: what came before each event in its customer's past."""
        return segments(self._history)

    def of_matter(self, column: str = "case_id") -> Segments:
        """The events grouped by customer and matter, or what else they name: what came before each event in the same one."""
        return segments(self._history, column)

    @property
    def place(self) -> np.ndarray:
        """When each event became known, days since 1970; float64, shape ``(events,)``."""
        return self._history.place / DAY

    def is_one_of(self, name: str, *labels: str) -> np.ndarray:
        """Where a label is one of `labels`, nowhere if the log lacks the column; bool, shape ``(events,)``."""
        if not isinstance(self._history.columns.get(name), Labels):
            return np.zeros(len(self), dtype=bool)
        return holding(self._history, name, "==", labels).copy()
