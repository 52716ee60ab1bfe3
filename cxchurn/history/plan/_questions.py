"""The engine's questions to symbols, written down by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn.history.data._columns import Labels, Numbers, Times
from cxchurn.history.plan._arithmetic import cast, function_of, ref_of, ufunc_of
from cxchurn.history.plan._graph import ROWS, Graph, Hands, Node, Place, Ref, Unrecordable
from cxchurn.history.plan._segments import RecordedSegments
from cxchurn.history.plan._symbol import Stack, Symbol

# what the kernels over rows take (E: one an event, R: one a row, L: one a label and row, -: not needed; f: floats,
# i: integers) and give (how many answers, in what)
KERNELS: dict[str, tuple[str, int, str]] = {
    "search": ("Ei Ri Ri Ri", 1, "i"),
    "count": ("Ei Ri Ri", 1, "f"),
    "total": ("Ef Ri Ri Rf", 1, "f"),
    "mean": ("Rf Ri Ri", 1, "f"),
    "std": ("Ef Ri Ri", 1, "f"),
    "smallest": ("Ef Ri Ri Rf", 1, "f"),
    "largest": ("Ef Ri Ri Rf", 1, "f"),
    "quantile": ("Ef Ri Ri Rf", 1, "f"),
    "nth_value": ("Ef Ri Ri Ri", 1, "f"),
    "nth_age": ("Ei Ri Ri Ri Ri", 1, "f"),
    "distinct": ("Ef Ri Ri", 1, "f"),
    "entropy": ("Ei Ri Ri -", 1, "f"),
    "slope": ("Ef Ei Ri Ri Rf", 1, "f"),
    "decayed": ("Ef Ef Ei Ri Ri Ri Ri Rf", 1, "f"),
    "strongest": ("Ef Ei Ri Ri Ri", 2, "f"),
    "mix": ("Ei Ri Ri Ri -", 4, "f"),
    "balance": ("Ef Ei Ri Ri Ri Rf Rf", 4, "f"),
    "ends": ("Ef Ei Ri Ri Ri", 4, "f"),
    "follow": ("Ei Ei Ri Ri Ei Ei Ri Ri Ri Ri", 5, "f"),
    "renewals": ("Ef Ri Ri Rf Rf", 2, "f"),
    "persistence": ("Ei Ri Ri Ri Ri Ri", 5, "f"),
    "by_label": ("Ef Ei Ri Ri Lf", 0, "f"),
    "count_by_label": ("Ei Ri Ri Lf", 0, "f"),
    "age_by_label": ("Ei Ei Ri Ri Ri", 0, "f"),
}


def question(symbol: Symbol, what: str, arguments: tuple[Any, ...], *, labels: int | None = None) -> Any:
    """Write down a question of the engine, and return what stands for its answer."""
    if what in KERNELS:
        return _kernel(symbol.graph, what, arguments, labels)
    return _ASKED[what](symbol, *arguments)


def picked(symbol: Symbol, which: Any) -> Symbol:
    """Write down ``values[which]``: of events by a mask or by places, or the one event of each row."""
    graph = symbol.graph
    if isinstance(which, Symbol) and symbol.place != ROWS:
        if which.kind == "b" and which.place == symbol.place:
            return _symbol(graph, "pick", (symbol.ref, which.ref), symbol.kind, Place("picked", which.ref))
        if which.kind == "i" and which.place == ROWS:
            return _symbol(graph, "at", (symbol.ref, which.ref), symbol.kind, ROWS)
        if which.kind == "i":
            return _symbol(graph, "take", (symbol.ref, which.ref), symbol.kind, which.place)
    raise Unrecordable("indexes an answer")


def _kernel(graph: Graph, what: str, arguments: tuple[Any, ...], labels: int | None) -> Any:
    takes, answers, store = KERNELS[what]
    tables = [k for k, kind in enumerate(takes.split()) if kind == "Lf"]
    of = tuple(
        _argument(graph, kind, value, arguments)
        for kind, value in zip(takes.split(), arguments, strict=True)
        if kind not in ("-", "Lf")
    )
    about: tuple[Any, ...] = () if labels is None else (labels,)
    if tables:
        of = (*of, *_start(graph, arguments[tables[0]], labels))
    count = answers if labels is None else labels
    if count == 0:
        raise Unrecordable("asks about no label")
    node = graph.write(Node(what, of, about, store, ROWS, count))
    symbols = [Symbol(graph, (node, k), store) for k in range(count)]
    return symbols if labels is None else Stack(symbols)


def _argument(graph: Graph, kind: str, value: Any, arguments: tuple[Any, ...]) -> Ref:
    if kind[0] == "R":
        return ref_of(graph, value, kind[1], ROWS)
    place = value.place if isinstance(value, Symbol) else _events(arguments)
    if place == ROWS:
        raise Unrecordable("asks a question about rows that is one about events")
    return ref_of(graph, value, kind[1], place)


def _events(arguments: tuple[Any, ...]) -> Place:
    for value in arguments:
        if isinstance(value, Symbol) and value.place != ROWS:
            return value.place
    raise Unrecordable("asks a question about no events")


def _start(graph: Graph, start: Any, labels: int | None) -> tuple[Ref, ...]:
    """Return the answers that a table goes on from: another table as it stands, or nothing for zeros."""
    if isinstance(start, Stack):
        return tuple(layer.ref for layer in start.layers)
    if np.asarray(start).any():
        raise Unrecordable("goes on from a table of its own")
    return ()


def _symbol(graph: Graph, what: str, of: tuple[Ref, ...], kind: str, place: Place, *about: Any) -> Symbol:
    store = "f" if kind in "fb" else "i"
    return Symbol(graph, (graph.write(Node(what, of, about, store, place)), 0), kind)


def _holds(symbol: Symbol, mask: Any) -> Symbol:
    """Return a mask of events that may be an array of equal values."""
    if isinstance(mask, Symbol):
        return mask
    return Symbol(symbol.graph, ref_of(symbol.graph, mask, "f", symbol.place), "b")


def _ranks(mask: Symbol) -> Symbol:
    return _symbol(mask.graph, "ranks", (mask.ref,), "i", Place("ranks", mask.ref))


def _changes(values: Symbol) -> Symbol:
    return _symbol(values.graph, "changes", (values.ref,), "b", values.place)


def _diff(values: Symbol) -> Symbol:
    whole = cast(values, "i")
    return _symbol(values.graph, "diff", (whole.ref,), "i", values.place)


def _places(mask: Symbol) -> Symbol:
    return picked(_symbol(mask.graph, "arange", (), "i", mask.place), mask)


def _at(values: Symbol, _: Any, places: Any) -> Symbol:
    return picked(values, Symbol(values.graph, ref_of(values.graph, places, "i", ROWS), "i"))


def _growth(place: Symbol, half_life: float) -> Symbol:
    return _symbol(place.graph, "growth", (place.ref,), "f", place.place, float(half_life).hex())


def _steps(codes: Symbol) -> list[Symbol]:
    """Write down the step that led to each event: whether there is one, whether in a loop, how many from and with it."""
    before = codes.graph.write(Node("steps", (codes.ref,), (), "i", codes.place, 4))
    taken, loop, left, same = (Symbol(codes.graph, (before, k), "i") for k in range(4))
    return [cast(taken, "b"), cast(loop, "b"), left, same]


def _measured(symbol: Symbol, values: Any) -> Numbers:
    if isinstance(values, Symbol) and (values.kind in "Mm" or values.place != symbol.place):
        raise Unrecordable("measures something else than a number an event")
    return Numbers(Symbol(symbol.graph, ref_of(symbol.graph, values, "f", symbol.place), "f") + 0.0)  # type: ignore[arg-type]


def _segments(place: Symbol, history: Any, by: str | None) -> RecordedSegments:
    column = None if by is None else history.columns.get(by)
    if isinstance(column, (Labels, Times)):
        codes: Any = column.values
    else:
        codes = _symbol(place.graph, "constant", (), "i", place.place, 0 if by is None else -1)
    return RecordedSegments(_symbol(place.graph, "before", (codes.ref,), "i", place.place))


def _compared(cutoffs: Symbol, name: str, look: Callable[..., Any], *values: Any) -> Symbol:
    """Write down what is read off reference tables: worked out by the same function."""
    of = tuple(ref_of(cutoffs.graph, value, "i" if _is_whole(value) else "f", ROWS) for value in values)
    return _symbol(cutoffs.graph, "compared", of, "f", ROWS, name, look)


def _is_whole(value: Any) -> bool:
    return isinstance(value, Symbol) and value.kind == "i"


_ASKED: dict[str, Callable[..., Any]] = {
    "holds": _holds,
    "ranks": _ranks,
    "changes": _changes,
    "diff": _diff,
    "places": _places,
    "at": _at,
    "growth": _growth,
    "steps": _steps,
    "measured": _measured,
    "segments": _segments,
    "compared": _compared,
}
HANDS = Hands(ufunc_of, function_of, question, picked, cast)
