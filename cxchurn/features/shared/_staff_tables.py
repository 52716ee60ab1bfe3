"""What is known of the people that customers deal with, over all customers: dated tables without a name in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxchurn._core import DAY
from cxchurn.features.shared._comparing import Crowd
from cxchurn.features.shared._people import Met, Told
from cxchurn.features.shared._references import FEWEST, Table, shortened
from cxchurn.history import Measure, Pairs, Seen, over_customers, pairs, pairs_together

# what is told of people, and in which steps: the exact level of a week would name it
STEPS = {"tone": 20, "solved": 20, "trend": 20}


def stepped(what: str, values: np.ndarray) -> np.ndarray:
    """Return numbers in the steps that they are told in; adding 0 makes no number a negative zero."""
    return np.round(values * STEPS[what]) / STEPS[what] + 0.0


@dataclass(frozen=True)
class Asked:
    """What tables about people are made by.

    Parameters
    ----------
    key : str
        What the persons' ids are hashed with.
    lately : str
        How long ago a trend begins.
    shrink : float
        By how many events of everybody a person's own are steadied.
    """

    key: str
    lately: str
    shrink: float

    def table(self, crowd: Crowd, told: tuple[str, ...]) -> Table:
        """Return what is known of people at a moment.

        Parameters
        ----------
        crowd : Crowd
        told : tuple of {"tone", "solved"}
            What the log tells.
        """
        if crowd.began is None:
            return {}
        people = over_customers(self._pairs(crowd, Met()), FEWEST)
        enough = ~np.isnan(people.met)
        found: Table = {
            "at": [crowd.at / DAY],
            "began": [float(np.floor(crowd.began / DAY))],
            "people": people.label[enough].tolist(),
            "met": np.floor(people.met[enough]).tolist(),
            "left": np.floor(people.left[enough]).tolist(),
        }
        for what in told:
            found |= dict(self._told(crowd, what))
        return found | (dict(self._trend(crowd, found["tone_mean"][0])) if "tone_mean" in found else {})

    def _told(self, crowd: Crowd, what: str) -> Iterator[tuple[str, list[float]]]:
        every = over_customers(self._pairs(crowd, Told(what)), FEWEST)
        # without the customer who is asked about there are still as many
        enough = every.customers > FEWEST
        if not enough.any():
            return
        yield f"{what}_mean", shortened([every.total.sum() / every.events.sum()])
        yield f"{what}_people", every.label[enough].tolist()
        yield f"{what}_events", every.events[enough].astype(np.float64).tolist()
        yield f"{what}_total", shortened(every.total[enough])

    def _trend(self, crowd: Crowd, mean: float) -> Iterator[tuple[str, list[float]]]:
        lately, before = (self._steadied(self._pairs(crowd, Told("tone"), part), mean) for part in ("last", "before"))
        both = sorted(lately.keys() & before.keys())
        change = np.array([lately[one] - before[one] for one in both])
        yield "trend_people", both
        yield "trend", stepped("trend", change).tolist()

    def _steadied(self, found: Pairs, mean: float) -> dict[float, float]:
        """Return the mean of each person whom enough customers have met, drawn towards everybody's."""
        people = over_customers(found, FEWEST)
        drawn = (people.total + self.shrink * mean) / (people.events + self.shrink)
        enough = people.customers >= FEWEST
        return dict(zip(people.label[enough].tolist(), drawn[enough].tolist(), strict=True))

    def _pairs(self, crowd: Crowd, measure: Measure, part: str = "") -> Pairs:
        def ask(seen: Seen) -> Pairs:
            window = {"last": seen.last, "before": seen.before}[part](self.lately) if part else seen
            return pairs(window, "agent_id", measure, key=self.key)

        return pairs_together(crowd.everybody(ask))


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
        those before its week, are taken off: whichever the table has.
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
class Trend:
    """How a person's contacts have lately felt, less how they felt before."""

    def __call__(self, table: Table, person: np.ndarray) -> np.ndarray | float:
        """Return the difference for each row, NaN for people whom too few customers have met lately or before."""
        place, there = place_of(table, "trend_people", person)
        return np.where(there, np.array([*table.get("trend", ()), 0.0])[place], np.nan)
