"""Comparing a customer with everybody: reference tables on a fixed grid of time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cxchurn.features._builder import Builder
from cxchurn.history import Populations, Seen, Which, each_part, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition, OwnLabels

Table = dict[str, list[float]]
References = dict[str, dict[int, Table]]
Question = Callable[[Seen], dict[str, np.ndarray]]
_WEEK = 7 * 86_400_000_000
_MONDAY = 4 * 86_400_000_000


class Comparing(Builder):
    """A builder whose columns compare a customer with everybody asked about at the time.

    The only columns that depend on other customers. They take the others from a small reference table, made as of the
    Monday (00:00 UTC) at or before the cut-off, never from the rows at hand: so a row's value does not depend on which other
    rows are asked for, and a service gives the same number as a batch that uses the same table.
    """

    @abstractmethod
    def reference(self, crowd: Crowd) -> Table:
        """Return the table about everybody at one moment: lists of numbers by name."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """Everybody asked about at a moment of the grid, and what became of those asked about earlier.

    Attributes
    ----------
    log : InteractionLog
    at : int
        The moment, in microseconds since 1970.
    churn : ChurnDefinition or None
        Who is asked about; None: everybody who has done anything.
    known : mapping of str to labels
        The labels learned in training.
    """

    log: InteractionLog
    at: int
    churn: ChurnDefinition | None
    known: Mapping[str, tuple[str, ...]]

    def ask(self, question: Question) -> dict[str, np.ndarray]:
        """Ask about the past of everybody as of the moment: arrays by name, in the order of the customers' ids."""
        return self._ask(self.at, question)[1]

    def closed(self, moments: int, question: Question) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        """Yield the answers of those asked about at earlier moments, and who churned, as known before this one.

        The label windows end one after the other, at this moment at the latest; outcomes are on the clock of knowing.
        """
        if self.churn is None or isinstance(self.churn, OwnLabels):
            return
        reach = int(self.churn.reach.astype(np.int64))
        for back in range(moments):
            at = int(grid(np.array([self.at - reach - back * 4 * _WEEK]))[0])
            customers, answers = self._ask(at, question)
            if customers.size:
                yield answers, self.churn.churned(self.log, customers, _everywhere(at, customers), clock="known")

    def _ask(self, at: int, question: Question) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        histories = histories_of(self.log)
        ids = histories.ids[histories.began < at]
        asked = np.zeros(ids.size, dtype=bool)
        answers: dict[str, np.ndarray] = {}

        def look(rows: Which, seen: Seen) -> tuple[Which, np.ndarray, dict[str, np.ndarray]]:
            mine = seen.own.count() > 0 if self.churn is None else self.churn.eligible(seen)
            return rows, mine, question(seen.only(mine))

        about = {"known": self.known, "populations": populations_of(self.churn)}
        for rows, mine, told in each_part(self.log, ids, _everywhere(at, ids), look, **about):
            asked[rows] = mine
            for name, values in told.items():
                whole = answers.setdefault(name, np.empty(ids.size, dtype=values.dtype))
                whole[np.arange(ids.size)[rows][mine]] = values
        return ids[asked], {name: values[asked] for name, values in answers.items()}


def populations_of(churn: ChurnDefinition | None) -> Populations:
    """Return whose act an event is by a churn definition; without one nothing ends a customer."""
    return Populations() if churn is None else churn.populations


def _everywhere(at: int, customers: np.ndarray) -> np.ndarray:
    return np.full(customers.size, at).astype("datetime64[us]")


def grid(times: np.ndarray) -> np.ndarray:
    """Return the last Monday, 00:00 UTC, at or before each instant; both int64 microseconds."""
    return (times - _MONDAY) // _WEEK * _WEEK + _MONDAY


def make_references(
    builders: Sequence[Builder],
    log: InteractionLog,
    cutoffs: np.ndarray,
    *,
    churn: ChurnDefinition | None,
    known: Mapping[str, tuple[str, ...]],
) -> References:
    """Make the reference tables that rows at these cut-offs need, once for a log and the labels known."""
    comparing = [builder for builder in builders if isinstance(builder, Comparing)]
    moments = np.unique(grid(np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)))
    cache = histories_of(log).cache
    labels = tuple(sorted(known.items()))
    tables: References = {builder.driver: {} for builder in comparing}
    for at in map(int, moments if comparing else ()):
        crowd = Crowd(log, at, churn, known)
        for builder in comparing:
            key = ("reference", builder, repr(churn), labels, at)
            if key not in cache:
                cache[key] = builder.reference(crowd)
            tables[builder.driver][at] = cache[key]
    return tables
