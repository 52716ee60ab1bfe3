"""Who is asked about, as a plan: a service asks about one customer at a time, and would spend its time between the loops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cxchurn.history import History, Seen, rows_of
from cxchurn.history.plan import (
    HANDS,
    Graph,
    KindsOf,
    Program,
    Unrecordable,
    assemble,
    column_ref,
    fits,
    recorded_view,
    replay,
    scattered,
)
from cxchurn.panel.churn._cancellation import Cancellation
from cxchurn.panel.churn._definition import ChurnDefinition, Planned
from cxchurn.panel.churn._inactivity import Inactivity
from cxchurn.panel.churn._own_labels import OwnLabels

# two recordings pretend to be of so many rows
_ROWS = (41, 43)
# the one answer of a program: the reason's number, 0 for who is asked about, this one for who met the definition already
_SILENT = -1


class _Made(NamedTuple):
    """What is asked of histories with certain columns, and what its answers say; no program where it is not written down."""

    asked: dict[str, str | None]
    program: Program | None
    texts: np.ndarray


class Eligibility:
    """Who is asked about by a churn definition, and who met it already, written down once and run without Python between.

    The answers are those of `ChurnDefinition.not_asked` and `already_silent`. A definition of one's own is called as it is.

    Parameters
    ----------
    churn : ChurnDefinition
    """

    def __init__(self, churn: ChurnDefinition) -> None:
        self.churn = churn
        self._made: list[_Made] = []

    def of(self, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        """Return why each row is not asked about ("" where it is), and who is although silent already; text and bool."""
        made = self._of_history(rows_of(seen).history)
        # slower, and the same answers
        if made.program is None:
            return self._called(seen)
        found = np.full((1, seen.cutoffs.size), np.nan)
        for which, answers in replay(made.program, seen):
            scattered(answers, made.program.out, _FIRST, which, found)
        if np.isnan(found[0]).any():
            # somebody has more events than a program can hold
            return self._called(seen)
        return made.texts[np.maximum(found[0], 0).astype(np.int64)], found[0] == _SILENT

    def _called(self, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        why = self.churn.not_asked(seen)
        return why, self.churn.already_silent(seen) & (why == "")

    def _of_history(self, history: History) -> _Made:
        for made in self._made:
            if fits(history, made.asked):
                return made
        made = _recorded(self.churn, KindsOf(history))
        self._made = [*self._made, made]
        return made


_FIRST = np.zeros(1, dtype=np.int64)


def _recorded(churn: ChurnDefinition, kinds: Mapping[str, str]) -> _Made:
    """Write down what a definition asks, twice, to see that it does not depend on how many rows there are."""
    if not _is_plain(churn):
        return _Made({}, None, np.array([], dtype=object))
    graphs = [Graph(HANDS, rows) for rows in _ROWS]
    try:
        (first, said), (second, again) = (_asked(churn, graph, kinds) for graph in graphs)
    except Unrecordable:
        return _Made(graphs[0].asked | graphs[1].asked, None, np.array([], dtype=object))
    # what looks at how many rows there are writes down something else for 41 than for 43
    alike = said == again and graphs[0].meaning(first) == graphs[1].meaning(second)
    program = assemble(graphs[0], [first]) if alike else None
    return _Made(graphs[0].asked | graphs[1].asked, program, np.array(["", *said], dtype=object))


def _asked(churn: ChurnDefinition, graph: Graph, kinds: Mapping[str, str]) -> tuple[tuple[int, int], tuple[str, ...]]:
    view = recorded_view(graph, kinds, ahead=frozenset(), populations=churn.populations)
    why = churn.not_asked(view)
    if not isinstance(why, Planned):
        raise Unrecordable("says otherwise than by conditions why somebody is not asked about")
    silent = np.logical_and(churn.already_silent(view), why.number == 0)
    return column_ref(graph, np.where(silent, _SILENT, why.number)), why.texts


def _is_plain(churn: ChurnDefinition) -> bool:
    """Whether a definition is one of those that are known to ask nothing but a customer's past."""
    inner = churn.churn if isinstance(churn, OwnLabels) else None
    return type(churn) in (Inactivity, Cancellation, OwnLabels) and (inner is None or _is_plain(inner))
