"""What stands for an array while questions are recorded: it writes down what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from cxchurn.history.data._recorded import Recorded
from cxchurn.history.plan._graph import ROWS, Graph, Place, Ref, Unrecordable

# how numbers are kept: floats, truth (as 1.0 and 0.0), integers, instants, lengths of time
KINDS: dict[str, Any] = {"f": np.float64, "b": np.bool_, "i": np.int64, "M": "datetime64[us]", "m": "timedelta64[us]"}
_POWERS: dict[float, Any] = {1.0: np.positive, 2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
STORES = {"f": "f", "b": "f", "i": "i", "M": "i", "m": "i"}


class Symbol(NDArrayOperatorsMixin, Recorded):
    """Stands for one number a row, or an event.

    It refuses whatever would need the numbers: to branch on them, to index by them, to put them into an array, to call an
    unknown function.

    Parameters
    ----------
    graph : Graph
    ref : Ref
        Which answer of the graph.
    kind : {"f", "b", "i", "M", "m"}
    """

    # before arrays when Python's operators choose
    __array_priority__ = 1000.0

    def __init__(self, graph: Graph, ref: Ref, kind: str) -> None:
        self.graph = graph
        self.ref = ref
        self.kind = kind

    @property
    def place(self) -> Place:
        """What there is one number for."""
        return self.graph.place(self.ref)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the array it stands for."""
        return np.dtype(KINDS[self.kind])

    @property
    def size(self) -> int:
        """How many numbers there seem to be."""
        return self.graph.size(self.place)

    @property
    def shape(self) -> tuple[int]:
        """The shape of the array it stands for."""
        return (self.size,)

    @property
    def ndim(self) -> int:
        """One."""
        return 1

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"Symbol({self.graph.nodes[self.ref[0]].what}, {self.place.kind})"

    # symbols are keys of caches as arrays' owners are: by which one it is, for == writes down a question
    __hash__ = object.__hash__

    def __pow__(self, power: Any) -> Any:
        # an array's own shortcuts, whose bits differ from those of numpy.power
        shortcut = _POWERS.get(power) if self.kind == "f" and isinstance(power, (int, float)) else None
        return np.power(self, power) if shortcut is None else shortcut(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **about: Any) -> Any:
        return self.graph.hands.ufunc(self.graph, ufunc, method, inputs, about)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        return self.graph.hands.function(self.graph, func, args, kwargs)

    def asked(self, what: str, *arguments: Any, **about: Any) -> Any:
        """Write down a question of the engine."""
        return self.graph.hands.question(self, what, arguments, **about)

    def __getitem__(self, which: Any) -> Symbol:
        found: Symbol = self.graph.hands.picked(self, which)
        return found

    def astype(self, dtype: Any, **_: Any) -> Symbol:
        """The same numbers, of another type."""
        found: Symbol = self.graph.hands.cast(self, _kind(dtype))
        return found

    def view(self, dtype: Any = None) -> Symbol:
        """The same bits, of another type: instants as integers and back."""
        kind = self.kind if dtype is None else _kind(dtype)
        if STORES[kind] != STORES[self.kind] or ("b" in (kind, self.kind) and kind != self.kind):
            raise Unrecordable(f"looks at {self.dtype} as {np.dtype(dtype)}")
        return Symbol(self.graph, self.ref, kind)

    def copy(self) -> Symbol:
        """Itself: what is written down never changes."""
        return self

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise Unrecordable("looks at single values of an answer")

    __bool__ = __float__ = __int__ = __index__ = __array__ = __iter__ = __setitem__ = __contains__ = _refuse
    setflags = fill = sum = any = all = min = max = mean = argmax = argmin = tolist = item = _refuse


class Stack(NDArrayOperatorsMixin, Recorded):
    """Stands for one number a label and row; shape ``(labels, rows)``.

    Parameters
    ----------
    layers : list of Symbol
        One a label.
    """

    __array_priority__ = 1000.0

    def __init__(self, layers: list[Symbol]) -> None:
        self.layers = layers

    @property
    def graph(self) -> Graph:
        """Where it is written down."""
        return self.layers[0].graph

    @property
    def shape(self) -> tuple[int, int]:
        """How many labels and rows there seem to be."""
        return len(self.layers), self.graph.size(ROWS)

    @property
    def ndim(self) -> int:
        """Two."""
        return 2

    __hash__ = object.__hash__

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.layers)

    def __getitem__(self, which: Any) -> Symbol:
        if not isinstance(which, int):
            raise Unrecordable("takes part of a table of labels")
        return self.layers[which]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **about: Any) -> Any:
        return self.graph.hands.ufunc(self.graph, ufunc, method, inputs, about)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        return self.graph.hands.function(self.graph, func, args, kwargs)

    def asked(self, what: str, *arguments: Any, **about: Any) -> Any:
        """Write down a question of the engine."""
        return self.layers[0].asked(what, *arguments, **about)

    def sum(self, axis: int | None = None) -> Symbol:
        """How many labels something holds for; sums of other numbers depend on the order and are refused."""
        if axis != 0 or any(layer.kind not in "bi" for layer in self.layers):
            raise Unrecordable("sums up a table of labels")
        found: Any = self.layers[0].astype(np.int64)
        for layer in self.layers[1:]:
            found = found + layer.astype(np.int64)
        return found

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise Unrecordable("looks at single values of an answer")

    __bool__ = __float__ = __int__ = __index__ = __array__ = __setitem__ = __contains__ = _refuse
    setflags = fill = any = all = min = max = mean = argmax = argmin = tolist = item = astype = view = copy = _refuse


def _kind(dtype: Any) -> str:
    found = np.dtype(dtype)
    for kind, known in KINDS.items():
        if found == np.dtype(known):
            return kind
    raise Unrecordable(f"makes numbers of type {found}")
