"""A customer's past while questions are recorded: the engine's own views, over symbols instead of events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any
from weakref import ref

import numpy as np

from cxchurn.history.asking._seen import About, Seen, _about
from cxchurn.history.asking.window._rows import Rows
from cxchurn.history.data._columns import EventColumn, Labels, Numbers, Times
from cxchurn.history.data._where import Where
from cxchurn.history.plan._graph import EVENTS, ROWS, Graph, Node, Unrecordable
from cxchurn.history.plan._symbol import Symbol


class RecordedColumns(Mapping[str, EventColumn]):
    """The columns that a log has, as symbols; it keeps in mind which were asked about.

    Parameters
    ----------
    graph : Graph
    kinds : mapping of str to {"numbers", "labels", "times"}
    mask : Symbol, optional
        Which events there are.
    """

    def __init__(self, graph: Graph, kinds: Mapping[str, str], mask: Symbol | None = None) -> None:
        self._graph = graph
        self._kinds = kinds
        self._mask = mask
        self._made: dict[str, EventColumn] = {}

    def __getitem__(self, name: str) -> EventColumn:
        if name not in self:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._column(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        there = name in self._kinds
        self._graph.asked.setdefault(str(name), "" if there else None)
        return there

    def __iter__(self) -> Iterator[str]:
        raise Unrecordable("asks for all columns")

    def __len__(self) -> int:
        raise Unrecordable("asks how many columns there are")

    def _column(self, name: str) -> EventColumn:
        kind = self._graph.asked[name] = self._kinds[name]
        if kind == "numbers":
            return Numbers(self.read("numbers", name, "f"))  # type: ignore[arg-type]
        if kind == "times":
            return Times(self.read("times", name, "i"))  # type: ignore[arg-type]
        return RecordedLabels(name, self.read("codes", name, "i"), self.read("texts", name, "i"), self.read)

    def read(self, how: str, name: str, kind: str) -> Symbol:
        """Return what stands for something that is read from the history."""
        node = self._graph.write(Node("input", (), (how, name), "f" if kind == "f" else "i", EVENTS))
        symbol = Symbol(self._graph, (node, 0), kind)
        return symbol if self._mask is None else symbol[self._mask]


class RecordedLabels(Labels):
    """Labels as symbols: their codes in the history at hand, and their numbers among the texts that a plan knows."""

    def __init__(self, column: str, codes: Symbol, texts: Symbol, read: Callable[[str, str, str], Symbol]) -> None:
        for name, value in (("column", column), ("values", codes), ("texts", texts), ("read", read)):
            object.__setattr__(self, name, value)

    @property
    def levels(self) -> tuple[str, ...]:  # type: ignore[override]
        """Refused: which labels a log has depends on the log."""
        raise Unrecordable("reads labels as texts")

    def mapped(self, numbers: Mapping[str, float]) -> np.ndarray:
        """The number that belongs to each event's label, NaN where none does."""
        about = tuple((str(label), float(number).hex()) for label, number in numbers.items())
        return self._looked_up("mapped", about, "f")

    def hashed(self, key: str) -> Symbol:
        """The hash of each event's label, NaN for none."""
        return self.read(f"hashed {key}", self.column, "f")  # type: ignore[attr-defined]

    def positions(self, labels: tuple[str, ...]) -> np.ndarray:
        """Where each event's label stands among some labels, -1 for all others."""
        return self._looked_up("position", tuple(labels), "i")

    def matches(self, labels: tuple[str, ...]) -> np.ndarray:
        """Where the label is one of `labels`."""
        return self._looked_up("is_in", tuple(sorted(set(labels))), "b")

    def _looked_up(self, what: str, about: tuple[Any, ...], kind: str) -> Any:
        texts: Symbol = self.texts  # type: ignore[attr-defined]
        store = "i" if kind == "i" else "f"
        node = texts.graph.write(Node(what, (texts.ref,), (self.column, *about), store, texts.place))  # type: ignore[attr-defined]
        return Symbol(texts.graph, (node, 0), kind)


class RecordedZone:
    """The clock of the log's zone: read when a plan is run."""

    def local(self, times: Symbol) -> Symbol:
        """What the clock shows at some instants."""
        return _shown(times, "local")

    def days(self, times: Symbol) -> Symbol:
        """The days of some instants."""
        return _shown(times, "days")


class RecordedHistory:
    """One customer's events as symbols; what `History` answers."""

    def __init__(self, graph: Graph, kinds: Mapping[str, str], mask: Symbol | None = None) -> None:
        self._graph, self._kinds, self._mask = graph, kinds, mask
        self.columns = RecordedColumns(graph, kinds, mask)
        self.place = self.columns.read("place", "", "i")
        self.zone = RecordedZone()
        self.cache: dict[Any, Any] = {}

    def __len__(self) -> int:
        return self.place.size

    def only(self, where: Where | None) -> RecordedHistory:
        """Return the history in which nothing but the events of a condition ever happened."""
        masks = [] if where is None else where.masks(self)  # type: ignore[arg-type]
        if not masks:
            return self
        mask = self.place.asked("holds", reduce(np.logical_and, masks))
        return RecordedHistory(self._graph, self._kinds, mask)

    @property
    def attributes(self) -> Any:
        """Refused: what is on file is read when a plan is run."""
        raise Unrecordable("looks at the customers table itself")


class RecordedSeen(Seen):
    """The as-of view over symbols: what a `Seen` of one row answers; made by `recorded_view`."""

    _ahead: frozenset[str] = frozenset()

    def _part_of(self, population: str) -> Seen:
        history = self._rows.history.only(self._about.populations.conditions[population])
        view = _view(history, self._rows.cutoffs, self._about, self._ahead)
        view._everything, view._views, view._whole_view = self._rows.history, {}, ref(self)
        view._population = population
        return view

    def attribute(self, name: str) -> np.ndarray:
        """An attribute of the customers as of the cut-off, read when a plan is run."""
        graph: Graph = self._rows.cutoffs.graph  # type: ignore[attr-defined]
        return _row(graph, "attribute", name, kind="f")  # type: ignore[return-value]

    def known_ahead(self, name: str) -> bool:
        """Whether an attribute is a date fixed beforehand."""
        return name in self._ahead

    def _refused(self, *_: Any) -> Any:
        raise Unrecordable("looks at rows or customers one by one")

    compared = only = asked_for = attributes_asked_for = _attribute_column = _refused  # type: ignore[assignment]
    customers = property(_refused)  # type: ignore[assignment]


def recorded_view(graph: Graph, kinds: Mapping[str, str], *, ahead: frozenset[str], **about: Any) -> RecordedSeen:
    """Return a view that writes down what it is asked.

    Parameters
    ----------
    graph : Graph
    kinds : mapping of str to {"numbers", "labels", "times"}
        The columns of the log.
    ahead : frozenset of str
        The attributes that are dates fixed beforehand.
    **about
        What a view knows beside the events, as in `as_of`.
    """
    return _view(RecordedHistory(graph, kinds), _row(graph, "cutoffs"), _about(**about), ahead)


def _view(history: Any, cutoffs: Any, about: About, ahead: frozenset[str]) -> RecordedSeen:
    place: Symbol = history.place
    graph = place.graph
    first, size = (
        Symbol(graph, (graph.write(Node(what, (place.ref,), (), "i", ROWS)), 0), "i") for what in ("first", "length")
    )
    (end,) = place.asked("search", place, first, size, cutoffs)
    seen = RecordedSeen(Rows(history, cutoffs, first, end))  # type: ignore[arg-type]
    seen._hold(None, None, about)  # type: ignore[arg-type]
    seen._ahead = ahead
    return seen


def _row(graph: Graph, *about: Any, kind: str = "i") -> Symbol:
    return Symbol(graph, (graph.write(Node("row", (), about, "f" if kind == "f" else "i", ROWS)), 0), kind)


def _shown(times: Symbol, how: str) -> Symbol:
    """Read the clock at what is read from the history, or at the cut-offs and some time after them."""
    graph, node = times.graph, times.graph.nodes[times.ref[0]]
    if node.what == "pick":
        values, mask = (Symbol(graph, ref, kind) for ref, kind in zip(node.of, "ib", strict=True))
        return _shown(values, how)[mask]
    if node.what == "input" and node.about[0] in ("times", "place"):
        return Symbol(graph, (graph.write(node._replace(about=(f"{how} {node.about[0]}", node.about[1]))), 0), "i")
    if node.what == "row" and node.about == ("cutoffs",):
        return _row(graph, how, 0)
    if node.what == "add_i":
        start, more = (graph.nodes[ref[0]] for ref in node.of)
        if start.about == ("cutoffs",) and more.what == "constant":
            return _row(graph, how, more.about[0])
    raise Unrecordable("reads the clock at instants of its own")
