"""Builders recorded: which of their columns a program makes, and which builders are called as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn.features._builder import Builder
from cxchurn.features.fitting._compute import columns_of
from cxchurn.history import History, Seen
from cxchurn.history.plan import HANDS, Graph, Program, Ref, Unrecordable, assemble, column_ref, fits, recorded_view

# two recordings pretend to be of so many rows
_ROWS = (41, 43)
Columns = list[tuple[str, Ref]]


@dataclass(frozen=True, eq=False)
class Recording:
    """What builders ask of logs with certain columns.

    Attributes
    ----------
    asked : dict of str to str or None
        The columns of the log that were asked about, and their kind; see `cxchurn.history.plan.fits`.
    names : tuple of str
        The columns that the program makes.
    program : Program
    called : dict of int to str
        The builders that are called as they are, and why.
    """

    asked: dict[str, str | None]
    names: tuple[str, ...]
    program: Program
    called: dict[int, str]

    def serves(self, history: History) -> bool:
        """Whether a history has the columns that it was made for."""
        return fits(history, self.asked)


def record(
    builders: Sequence[Builder],
    kinds: Mapping[str, str],
    *,
    ahead: frozenset[str] = frozenset(),
    differ: frozenset[str] = frozenset(),
    spare: frozenset[str] = frozenset(),
    **about: Any,
) -> Recording:
    """Run builders over symbols instead of a customer's past, and return what they asked.

    Those of somebody's own are run twice, as if there were more rows the second time: what they ask has to be the same.

    Parameters
    ----------
    builders : sequence of Builder
    kinds : mapping of str to {"labels", "numbers", "times"}
        The columns of the log.
    ahead : frozenset of str
        The attributes that are dates fixed beforehand.
    differ : frozenset of str
        The drivers whose columns are known to come out otherwise.
    spare : frozenset of str
        The columns that are left out, and what is asked for them alone.
    **about
        What a view knows beside the events, as in `as_of`.
    """
    graphs = [Graph(HANDS, rows) for rows in _ROWS]
    views = [recorded_view(graph, kinds, ahead=ahead, **about) for graph in graphs]
    made: Columns = []
    called: dict[int, str] = {}
    for number, builder in enumerate(builders):
        if builder.driver in differ:
            called[number] = "its columns came out otherwise"
            continue
        first = second = _columns(builder, views[0], graphs[0])
        # a builder that asks how many rows there are, or branches on them, writes down something else the second time
        if not _is_known(builder):
            second = _columns(builder, views[1], graphs[1])
        if isinstance(first, str) or isinstance(second, str):
            called[number] = first if isinstance(first, str) else str(second)
        elif first is not second and _meanings(graphs[0], first) != _meanings(graphs[1], second):
            called[number] = "what it asks depends on the rows"
        else:
            made += first
    asked = graphs[0].asked | graphs[1].asked
    made = [(name, ref) for name, ref in made if name not in spare]
    return Recording(asked, tuple(name for name, _ in made), assemble(graphs[0], [ref for _, ref in made]), called)


def _columns(builder: Builder, view: Seen, graph: Graph) -> Columns | str:
    """Return the columns of a builder as answers of the graph, or in words why they can not be written down."""
    try:
        return [(column.name, column_ref(graph, column.values)) for column in columns_of(builder, view)]
    except Unrecordable as why:
        return str(why)
    # whatever goes wrong with a symbol may go well with an array: then the builder is called, and says what is wrong itself
    except Exception as why:  # noqa: BLE001
        return f"{type(why).__name__}: {why}"


def _is_known(builder: Builder) -> bool:
    """Whether a builder is one of the package's, whose questions are known not to depend on how many rows there are."""
    return _is_ours(builder) and all(map(_is_said, builder.get_params().values()))


def _is_said(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_said, value))
    return value is None or isinstance(value, (str, int, float)) or _is_ours(value)


def _is_ours(value: Any) -> bool:
    # a measure of somebody's own is made of the package's class, and not one of its own
    return type(value).__module__.partition(".")[0] == __name__.partition(".")[0]


def _meanings(graph: Graph, columns: Columns) -> list[tuple[str, int]]:
    return [(name, graph.meaning(ref)) for name, ref in columns]


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether numbers are the same to the bit, missing ones apart, of which there are many kinds."""
    given, found = (np.asarray(values, dtype=np.float64) for values in (one, other))
    return bool(((given.view(np.int64) == found.view(np.int64)) | (np.isnan(given) & np.isnan(found))).all())
