"""What dated tables about people say of those whom a customer met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxchurn.features.shared._references import Table
from cxchurn.features.shared._staff_tables import stepped


def place_of(table: Table, name: str, person: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where people stand in a list of a table, and whether they do; int64 and bool, shape ``(n,)``.

    Parameters
    ----------
    table : mapping of str to list of float
    name : str
        A list of hashes, ascending.
    person : ndarray, shape (n,)
        Hashes.
    """
    people = np.array(table.get(name, ()), dtype=np.float64)
    if not people.size:
        return np.zeros(person.size, dtype=np.int64), np.zeros(person.size, dtype=bool)
    place = np.minimum(np.searchsorted(people, person), people.size - 1)
    return place, people[place] == person


@dataclass(frozen=True)
class New:
    """Whether a person was new to the job at a contact: few customers had met them so long before.

    Parameters
    ----------
    days : float
        How long one is new.
    """

    days: float

    def __call__(self, table: Table, person: np.ndarray, known: np.ndarray) -> np.ndarray | float:
        """Return 1 or 0 for each row, NaN where that is not known: as of the log's beginning everybody would be new."""
        if "at" not in table:
            return np.nan
        place, there = place_of(table, "people", person)
        met = np.where(there, np.array([*table["met"], 0.0])[place], table["at"][0])
        new = np.where(known - met < self.days, 1.0, np.where(there, 0.0, np.nan))
        unseen = (new == 1) & (met - table["began"][0] < self.days)
        return np.where(np.isnan(person) | unseen, np.nan, new)


@dataclass(frozen=True)
class Gone:
    """Whether a person is hardly there any more: fewer customers than a table's numbers rest on have met them lately.

    Parameters
    ----------
    days : float
        How long ago lately begins.
    """

    days: float

    def __call__(self, table: Table, person: np.ndarray) -> np.ndarray | float:
        """Return 1 or 0 for each row, NaN for people whom too few customers have ever met."""
        if "at" not in table:
            return np.nan
        place, there = place_of(table, "people", person)
        left = np.array([*table["left"], 0.0])[place]
        return np.where(there, table["at"][0] - left > self.days, np.nan)


@dataclass(frozen=True)
class Record:
    """What other customers' contacts tell of a person, beyond what all contacts with people tell.

    Parameters
    ----------
    what : {"tone", "solved"}
    shrink : float
        By how many events of everybody a person's own are steadied.
    """

    what: str
    shrink: float

    def __call__(
        self,
        table: Table,
        person: np.ndarray,
        known: np.ndarray,
        events: np.ndarray,
        total: np.ndarray,
        events_before: np.ndarray,
        total_before: np.ndarray,
    ) -> np.ndarray | float:
        """Return the difference for each row, NaN for people whom too few customers have met.

        `known` is when the last event that names the person became known; the customer's own events up to and with it, and
        those before its week, are taken off: whichever the table has. A table older than that week lacks some of the latter;
        they are taken off nevertheless, so that never anything of the customer's own is left.
        """
        if f"{self.what}_mean" not in table:
            return np.nan
        (mean,), (place, there) = table[f"{self.what}_mean"], place_of(table, f"{self.what}_people", person)
        held = known < table["at"][0]
        count = np.array([*table[f"{self.what}_events"], 0.0])[place] - np.where(held, events, events_before)
        added = np.array([*table[f"{self.what}_total"], 0.0])[place] - np.where(held, total, total_before)
        count = np.maximum(count, 0.0)
        beyond = (added + self.shrink * mean) / (count + self.shrink) - mean
        return np.where(there, stepped(self.what, beyond), np.nan)


@dataclass(frozen=True)
class Difference:
    """How a person differs: their contacts lately from those before, or their customers from all.

    Parameters
    ----------
    what : {"trend", "lost"}
    """

    what: str

    def __call__(self, table: Table, person: np.ndarray) -> np.ndarray | float:
        """Return the difference for each row, NaN for people of whom too few customers tell."""
        place, there = place_of(table, f"{self.what}_people", person)
        return np.where(there, np.array([*table.get(self.what, ()), 0.0])[place], np.nan)
