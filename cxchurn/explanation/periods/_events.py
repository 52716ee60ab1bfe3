"""A part of a log as columns: whose each event is, in which group and period, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import cached_property
from cxchurn.explanation.periods._before import closed_within
from cxchurn.explanation.periods._calendar import Calendar
from cxchurn.explanation.periods._groups import Groups
from cxchurn.explanation.periods._kinds import Kinds
from cxchurn.history import History, Labels


@dataclass(frozen=True)
class Windows:
    """How long is waited, in microseconds.

    Parameters
    ----------
    solved : int
        For a matter to be closed after a contact.
    answer : int
        For an answer after an invitation.
    about : int
        Back from an invitation to the interaction that it asks about.
    """

    solved: int
    answer: int
    about: int


class PartEvents:
    """The events of a part, by customer, then time.

    Parameters
    ----------
    history : History
        On the clock of happening.
    groups : Groups
    calendar : Calendar
    kinds : Kinds
    windows : Windows
    """

    def __init__(self, history: History, groups: Groups, calendar: Calendar, kinds: Kinds, windows: Windows) -> None:
        self.history = history
        self.calendar = calendar
        self.kinds = kinds
        self.windows = windows
        self.times = history.place
        self.group, self.told = groups.of(history)
        self.period = calendar.of(self.times)
        sizes = np.diff(history.offsets)
        self.customer = np.repeat(np.arange(sizes.size), sizes)
        self.starts = np.repeat(history.offsets[:-1], sizes)

    def __len__(self) -> int:
        return self.times.size

    def numbers(self, name: str) -> np.ndarray:
        """Return a column of numbers (or yes/no as 1/0), NaN where it is missing, also where the log has no such column."""
        column = self.history.columns.get(name)
        return np.full(len(self), np.nan) if column is None else column.values

    def is_one_of(self, name: str, labels: tuple[str, ...]) -> np.ndarray:
        """Return where a column has one of some labels; bool, shape ``(events,)``."""
        column = self.history.columns.get(name)
        return column.matches(labels) if isinstance(column, Labels) else np.zeros(len(self), dtype=bool)

    @cached_property
    def later(self) -> np.ndarray:
        """Where an event only says that something became known."""
        return self.numbers("later") > 0

    @cached_property
    def survey(self) -> np.ndarray:
        """Where an event asks for a score, or gives one, and is nothing else."""
        known_later = self.later & ~np.isnan(self.numbers("score"))
        return self.is_one_of("kind", tuple(sorted(self.kinds.surveys))) | known_later

    @cached_property
    def inside(self) -> np.ndarray:
        """Where an event lies in the periods looked at."""
        return self.period >= 0

    @cached_property
    def contact(self) -> np.ndarray:
        """Where a customer was in touch: not sent by the company, no survey, no row that only says what became known."""
        return self.inside & ~self.is_one_of("direction", ("outbound",)) & ~self.survey & ~self.later

    @cached_property
    def matter(self) -> np.ndarray:
        """A number for each customer's matter, -1 for events without one; int64, shape ``(events,)``."""
        column = self.history.columns.get("case_id")
        if not isinstance(column, Labels):
            return np.full(len(self), -1)
        return np.where(column.present, self.customer * len(column.names) + column.values, -1)

    @cached_property
    def solved(self) -> np.ndarray:
        """1 where a contact's matter was closed in time, 0 where it was not, NaN where nothing tells it (yet).

        A contact without a matter, or of a kind whose matters nothing ever closes, is told by its own row alone.
        """
        resolved = self.numbers("resolved")
        of_matter = (self.matter >= 0) & self.is_one_of("kind", tuple(sorted(self.kinds.matters)))
        closed = closed_within(resolved == 1, self.times, self.matter, self.windows.solved)
        over = self.times + self.windows.solved <= self.calendar.observed
        return np.where(of_matter, np.where(over, closed.astype(np.float64), np.nan), resolved)
