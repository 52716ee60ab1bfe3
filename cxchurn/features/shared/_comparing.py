"""Comparing a customer with everybody: who everybody is, and how tables about them are made."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from cxchurn.features._builder import Builder
from cxchurn.features.shared._references import References, Table, digest, grid
from cxchurn.history import Populations, Seen, Which, each_part, histories_of
from cxchurn.interactions import InteractionLog
from cxchurn.panel import ChurnDefinition, OwnLabels

Answer = TypeVar("Answer")
Question = Callable[[Seen], dict[str, np.ndarray]]
# whole weeks: every moment lies on the grid of Mondays
_FOUR_WEEKS = 28 * 86_400_000_000


class Comparing(Builder):
    """A builder whose columns compare a customer with everybody asked about at the time.

    The only columns that depend on other customers. They take the others from a small reference table, made as of the
    Monday (00:00 UTC) at or before the cut-off, never from the rows at hand: so a row's value does not depend on which other
    rows are asked for, and a service gives the same number as a batch that uses the same table (`References`).
    """

    @property
    def table_name(self) -> str:
        """The name its tables go by, for ``seen.compared(...)``: two builders never share one."""
        return repr(self)

    @abstractmethod
    def reference(self, crowd: Crowd) -> Table:
        """Return the table about everybody at one moment: lists of numbers by name.

        No number may rest on fewer than ten customers: tables are written into files.
        """


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
    about : mapping of str to anything
        What a view knows beside the events, as for `as_of`: the model's own ``known``, ``populations`` and ``depth``.
    sees : {"all", "own", "activity"}
        Whose events the questions are asked of.
    asked : dict
        Who is asked about at moments, as far as it was found out; shared by those who ask about the same crowd.
    """

    log: InteractionLog
    at: int
    churn: ChurnDefinition | None
    about: Mapping[str, Any] = field(default_factory=dict)
    sees: str = "all"
    asked: dict[int, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def known(self) -> Mapping[str, tuple[str, ...]]:
        """The labels learned in training."""
        return self.about.get("known", {})

    @property
    def customers(self) -> np.ndarray:
        """Who is asked about at the moment, sorted."""
        return self._asked(self.at)

    def ask(self, question: Question) -> dict[str, np.ndarray]:
        """Ask about the past of everybody as of the moment: arrays by name, in the order of `customers`."""
        return self._ask(self.at, question)

    @property
    def began(self) -> int | None:
        """When what is seen of the log began, as far as was known at the moment; None where it had not begun."""
        began, back = histories_of(self.log).began, self.about["depth"].lookback if "depth" in self.about else None
        known = began[began < self.at]
        if not known.size:
            return None
        return int(known.min()) if back is None else max(int(known.min()), self.at - back)

    def everybody(self, task: Callable[[Seen], Answer]) -> Iterator[Answer]:
        """Yield what a task makes of the pasts of all customers there had been, asked about or not; part by part."""
        histories = histories_of(self.log)
        ids = histories.ids[histories.began < self.at]
        about = {"populations": populations_of(self.churn), **self.about}
        yield from each_part(
            self.log, ids, _everywhere(self.at, ids), lambda _, seen: task(seen.of(self.sees)), **about
        )

    def closed(self, moments: int, question: Question) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        """Yield the answers of those asked about at earlier moments, and who churned, as known before this one.

        The label windows end one after the other, at this moment at the latest; outcomes are on the clock of knowing. Whom the
        definition leaves out as neither stayed nor churned is left out here too.
        """
        if self.churn is None or isinstance(self.churn, OwnLabels):
            return
        reach = int(self.churn.reach.astype(np.int64))
        for back in range(moments):
            # so far back that every label window had closed
            at = int(grid(np.array([self.at - reach - back * _FOUR_WEEKS]))[0])
            customers = self._asked(at)
            if customers.size:
                rows = self.log, customers, _everywhere(at, customers)
                decided = ~self.churn.left_out(*rows, clock="known")
                answers = {name: values[decided] for name, values in self._ask(at, question).items()}
                # what was not known by this moment has not happened for its tables
                yield answers, self.churn.churned(*rows, clock="known")[decided]

    def _asked(self, at: int) -> np.ndarray:
        if at not in self.asked:
            # who is asked about is decided by the whole past, however far back features look
            about = {"known": self.known, "populations": self.about.get("populations") or populations_of(self.churn)}
            histories = histories_of(self.log)
            ids = histories.ids[histories.began < at]
            self.asked[at] = ids[_answers(self.log, ids, at, self._eligible, about)["asked"]]
        return self.asked[at]

    def _eligible(self, seen: Seen) -> dict[str, np.ndarray]:
        return {"asked": seen.own.count() > 0 if self.churn is None else self.churn.eligible(seen)}

    def _ask(self, at: int, question: Question) -> dict[str, np.ndarray]:
        about = {"populations": populations_of(self.churn), **self.about}
        return _answers(self.log, self._asked(at), at, lambda seen: question(seen.of(self.sees)), about)


def _answers(
    log: InteractionLog, ids: np.ndarray, at: int, question: Question, about: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    answers: dict[str, np.ndarray] = {}

    def look(rows: Which, seen: Seen) -> tuple[Which, dict[str, np.ndarray]]:
        return rows, question(seen)

    for rows, found in each_part(log, ids, _everywhere(at, ids), look, **about):
        for name, values in found.items():
            answers.setdefault(name, np.empty(ids.size, dtype=values.dtype))[rows] = values
    return answers


def populations_of(churn: ChurnDefinition | None) -> Populations:
    """Return whose act an event is by a churn definition; without one nothing ends a customer."""
    return Populations() if churn is None else churn.populations


def _everywhere(at: int, customers: np.ndarray) -> np.ndarray:
    return np.full(customers.size, at).astype("datetime64[us]")


def make_references(
    builders: Sequence[Builder],
    log: InteractionLog,
    cutoffs: np.ndarray,
    *,
    churn: ChurnDefinition | None,
    about: Mapping[str, Any],
) -> References:
    """Make the reference tables that rows at these cut-offs need, once for a log and what was learned.

    Parameters
    ----------
    builders : sequence of Builder
        Those that compare are looked at.
    log : InteractionLog
        The interactions of everybody.
    cutoffs : ndarray of datetime64[us]
    churn : ChurnDefinition or None
        Who is asked about.
    about : mapping of str to anything
        As in `Crowd`.
    """
    comparing = [builder for builder in builders if isinstance(builder, Comparing)]
    if not comparing:
        return References()
    moments = np.unique(grid(np.asarray(cutoffs, dtype="datetime64[us]").astype(np.int64)))
    cache, said = histories_of(log).cache, ("references", tuple(comparing), repr(churn), _hashable(about))
    tables: dict[str, dict[int, Table]] = {builder.table_name: {} for builder in comparing}
    sizes = {}
    for at in map(int, moments):
        if (*said, at) not in cache:
            cache[*said, at] = _made(comparing, Crowd(log, at, churn, about))
        made, sizes[at] = cache[*said, at]
        for name, table in made.items():
            tables[name][at] = table
    return References(tables, sizes, _made_for(churn, about))


def _made(comparing: Sequence[Comparing], crowd: Crowd) -> tuple[dict[str, Table], int]:
    """Return the tables of a moment by name, and of how many customers they are."""
    tables = {builder.table_name: builder.reference(replace(crowd, sees=builder.sees)) for builder in comparing}
    return tables, int(crowd.customers.size)


def _hashable(about: Mapping[str, Any]) -> tuple[Any, ...]:
    others = tuple(sorted((name, repr(value)) for name, value in about.items() if name != "known"))
    return tuple(sorted(about.get("known", {}).items())), others


def _made_for(churn: ChurnDefinition | None, about: Mapping[str, Any]) -> dict[str, str]:
    labels = {name: list(labels) for name, labels in about.get("known", {}).items()}
    others = {name: repr(value) for name, value in about.items() if name != "known"}
    return {"churn": repr(churn), "labels": digest(labels)[:12], **others}
