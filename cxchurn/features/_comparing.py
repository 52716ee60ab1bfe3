"""Comparing a customer with everybody: reference tables on a fixed grid of time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxchurn.features._builder import Builder
from cxchurn.history import Seen, as_of, history_of
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition, OwnLabels

Table = dict[str, list[float]]
References = dict[str, dict[int, Table]]
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
        Who is asked about; None: everybody known.
    known : mapping of str to labels
        The labels learned in training.
    """

    log: InteractionLog
    at: int
    churn: ChurnDefinition | None
    known: Mapping[str, tuple[str, ...]]

    @cached_property
    def seen(self) -> Seen:
        """The past of everybody asked about, as of the moment."""
        return self._seen(self.at)

    def closed(self, moments: int) -> Iterator[tuple[Seen, np.ndarray]]:
        """Yield the pasts of those asked about at earlier moments, and who churned, as known before this one.

        The label windows end one after the other, at this moment at the latest; outcomes are on the clock of knowing.
        """
        if self.churn is None or isinstance(self.churn, OwnLabels):
            return
        reach = int(self.churn.reach.astype(np.int64))
        for back in range(moments):
            at = grid(np.array([self.at - reach - back * 4 * _WEEK]))[0]
            seen = self._seen(int(at))
            if seen.customers.size:
                cutoffs = np.full(seen.customers.size, at).astype("datetime64[us]")
                yield seen, self.churn.churned(self.log, seen.customers, cutoffs, clock="known")

    def _seen(self, at: int) -> Seen:
        history = history_of(self.log)
        ids = history.ids[history.place[history.offsets[:-1]] < at]
        seen = as_of(history, ids, np.full(ids.size, at).astype("datetime64[us]"), known=self.known)
        if self.churn is None:
            return seen
        asked = ids[self.churn.eligible(seen)]
        return as_of(history, asked, np.full(asked.size, at).astype("datetime64[us]"), known=self.known)


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
    cache = history_of(log).cache
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
