"""One reading of the log, part by part: what can be summed is, what cannot yet is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cxchurn._core import in_threads
from cxchurn.explanation.periods._events import PartEvents
from cxchurn.explanation.periods._moments import CustomerCells, Moments, Shape
from cxchurn.explanation.periods._quantile import Values
from cxchurn.explanation.periods._surveys import Asks, asks_of
from cxchurn.history import Histories, History

# the role that each mean is of; what the events of a log without it would say is nothing
_MEANS = {"wait_s": "wait_s", "transfers": "transfers", "tone": "sentiment"}
_SOLVED = "solved"


def each_history(histories: Histories, task: Callable[[History], Counting]) -> Iterator[Counting]:
    """Yield what a task makes of all histories, each once and in their order, several at a time."""

    def work(part: int) -> list[Counting]:
        opened = histories.open(part)
        inside = [opened.fresh(part)] if opened is histories else map(opened.fresh, range(len(opened)))
        return [task(history) for history in inside]

    for found in in_threads(work, range(len(histories)), most=histories.at_once):
        yield from found


class Counting:
    """What is counted of a log.

    Parameters
    ----------
    shape : Shape
    roles : frozenset of str
        The roles that the log has.
    further : tuple of str
        Measures of the log's own.

    Attributes
    ----------
    moments : dict of str to Moments
        By measure, of those that one reading gives.
    waits : list of Values
        The waits, part by part.
    asks : list of Asks
        What was asked and answered, part by part.
    """

    def __init__(self, shape: Shape, roles: frozenset[str], further: tuple[str, ...]) -> None:
        self.shape = shape
        self._means = {name: role for name, role in _MEANS.items() if role in roles}
        self._means |= {name: name for name in further}
        names = ["customers", "contacts", *self._means, *([_SOLVED] if "resolved" in roles else [])]
        self._scores = bool({"score", "invited"} & roles)
        self.moments = {name: Moments(shape) for name in names}
        self.waits: list[Values] = []
        self.asks: list[Asks] = []

    def add(self, events: PartEvents) -> None:
        """Count a part of the log."""
        if self._scores:
            self.asks.append(asks_of(events))
        rows = np.flatnonzero(events.inside)
        customer, group, period = events.customer[rows], events.group[rows], events.period[rows]
        cells = CustomerCells(customer, group, period, self.shape)
        in_touch = np.flatnonzero(events.contact[rows])
        count = cells.sums(in_touch)
        there = (count > 0).astype(np.float64)
        self.moments["contacts"].add_sums(cells, count, there, count)
        self.moments["customers"].add_sums(cells, there, there, there)
        for name, role in self._means.items():
            # what is measured belongs to the row that has it, whoever reached out: who is called back waited for it, too
            values = events.numbers(role)[rows]
            told = np.flatnonzero(~np.isnan(values) & ~(events.survey[rows] & (name == "tone")))
            self.moments[name].add(cells, told, values[told])
            if name == "wait_s":
                self.waits.append(Values(customer[told], group[told], period[told], values[told]))
        if _SOLVED in self.moments:
            values = np.where(events.contact, events.solved, np.nan)[rows]
            told = np.flatnonzero(~np.isnan(values))
            self.moments[_SOLVED].add(cells, told, values[told])

    def join(self, other: Counting) -> None:
        """Add what was counted of other customers."""
        for name, moments in other.moments.items():
            self.moments[name].join(moments)
        self.waits += other.waits
        self.asks += other.asks
