"""Sessions step by step: what somebody came for, whether they got there, and where they gave up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
from cxchurn.history import Events, Measure


@dataclass(frozen=True)
class IsStep(Measure):
    """Whether an event of a session is one of some steps; what it is may be its step or its kind.

    Parameters
    ----------
    labels : tuple of str
    """

    labels: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event of a session, NaN for all other events."""
        step = events.is_one_of("step", *self.labels) | events.is_one_of("kind", *self.labels)
        return np.where(np.isnan(events.codes("session_id")), np.nan, step)


@dataclass(frozen=True)
class Reached(Measure):
    """How many steps of the same kind there have been in the session, up to and including each event.

    Parameters
    ----------
    labels : tuple of str
    """

    labels: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for each event of a session, NaN for all other events."""
        step = events[IsStep(self.labels)]
        return np.where(np.isnan(step), np.nan, events.of_matter("session_id").running(step))


@dataclass(frozen=True)
class ToGoal(Measure):
    """What it took to the first goal of a session: steps, the goal among them, or seconds.

    Parameters
    ----------
    goals : tuple of str
    what : {"steps", "seconds"}
    """

    goals: tuple[str, ...]
    what: str

    def compute(self, events: Events) -> np.ndarray:
        """Return the number for the first goal of each session, NaN for all other events."""
        goal, session = events[IsStep(self.goals)], events.of_matter("session_id")
        first = (goal == 1) & (events[Reached(self.goals)] == 1)
        if self.what == "steps":
            took = session.running(np.where(np.isnan(goal), np.nan, 1.0))
        else:
            happened = events["timestamp"].astype(np.int64) / DAY
            took = np.maximum(happened - session.first(happened), 0.0) * 86_400.0
        return np.where(first, took, np.nan)


@dataclass(frozen=True)
class Abandoned(Measure):
    """Whether what was begun in a session stood without its goal after each event.

    Parameters
    ----------
    begun, goals : tuple of str
    """

    begun: tuple[str, ...]
    goals: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event of a session from its beginning on, NaN for all other events."""
        reached = events[Reached(self.goals)] > 0
        return np.where((events[Reached(self.begun)] > 0) | reached, ~reached, np.nan)


@dataclass(frozen=True)
class HadStep(Measure):
    """Whether one of some steps had come up in the session, after each event.

    Parameters
    ----------
    labels : tuple of str
    """

    labels: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event of a session, NaN for all other events."""
        reached = events[Reached(self.labels)]
        return np.where(np.isnan(reached), np.nan, reached > 0)


@dataclass(frozen=True)
class StillSearching(Measure):
    """Whether the last thing done in a session was a search, after each event of one in which there was a search.

    Parameters
    ----------
    searches : tuple of str
    """

    searches: tuple[str, ...]

    def compute(self, events: Events) -> np.ndarray:
        """Return 1 or 0 for each event from the first search on, NaN for all other events."""
        return np.where(events[Reached(self.searches)] > 0, events[IsStep(self.searches)], np.nan)
