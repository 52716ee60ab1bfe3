"""Arithmetic on symbols, written down: numpy's functions that treat every number by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cxchurn.history.plan._graph import ROWS, Graph, Node, Place, Ref, Unrecordable
from cxchurn.history.plan._symbol import STORES, Stack, Symbol

COMPARED = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
# the operations that a plan runs itself: what kinds of numbers they take
_NUMBERS = ("add", "subtract", "multiply", "maximum", "minimum")
_FLOATS = ("true_divide", "fmax", "fmin")
_WHOLE = ("floor_divide", "remainder")
_TRUTH = {"logical_and": "and", "bitwise_and": "and", "logical_or": "or", "bitwise_or": "or", "logical_xor": "xor",
          "bitwise_xor": "xor", "logical_not": "not", "invert": "not"}  # fmt: skip
_ONE = ("negative", "absolute", "rint", "floor", "ceil", "trunc", "sqrt")
_TESTS = ("isnan", "isfinite", "isinf")
_SAME = {"fabs": "absolute", "divide": "true_divide"}
_MICROSECOND = np.timedelta64(1, "us")


def ufunc_of(graph: Graph, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], about: dict[str, Any]) -> Any:
    """Write down a numpy function on symbols, as `numpy.ndarray.__array_ufunc__` is called."""
    out, where = about.pop("out", None), about.pop("where", True)
    if method == "reduce":
        return _reduced(ufunc, inputs, about)
    if method != "__call__" or about:
        raise Unrecordable(f"calls {ufunc.__name__}.{method} in a special way")
    if ufunc is np.divmod and out is None:
        return tuple(ufunc_of(graph, each, method, inputs, {}) for each in (np.floor_divide, np.remainder))
    target = None if out is None else out[0]
    if where is True and isinstance(target, np.ndarray):
        raise Unrecordable(f"has {ufunc.__name__} write into an array")
    answer = _by_layer(graph, lambda *given: _called(graph, ufunc, given), inputs)
    return answer if where is True else where_of(graph, where, answer, np.nan if target is None else target)


def function_of(graph: Graph, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Write down another function of numpy on symbols, as `__array_function__` is called."""
    made = _FUNCTIONS.get(func.__name__)
    if made is None:
        raise Unrecordable(f"calls numpy.{func.__name__}")
    return made(graph, *args, **kwargs)


def where_of(graph: Graph, holds: Any, yes: Any, no: Any) -> Any:
    """Write down ``numpy.where``."""
    return _by_layer(graph, lambda *given: _where(graph, *given), (holds, yes, no))


def cast(symbol: Symbol, kind: str) -> Symbol:
    """Write down the same numbers as another type."""
    if STORES[kind] == STORES[symbol.kind] and "b" not in kind:
        return Symbol(symbol.graph, symbol.ref, kind)
    if kind == "b":
        return symbol if symbol.kind == "b" else _write(symbol.graph, "not_equal", (symbol, 0), "b")
    what = "float" if kind == "f" else "whole"
    return Symbol(symbol.graph, _node(symbol.graph, what, (symbol.ref,), STORES[kind], symbol.place), kind)


def ref_of(graph: Graph, value: Any, store: str, place: Place) -> Ref:
    """Return where a number, an array of equal ones or a symbol stands in the graph, as floats or integers."""
    if isinstance(value, Symbol):
        if value.place != place:
            raise Unrecordable("brings together answers about different events")
        return cast(value, "f" if store == "f" else "i" if value.kind not in "Mm" else value.kind).ref
    number = _constant(graph, value, place)
    if store == "i" and number != int(number):
        raise Unrecordable("takes a fraction for a whole number")
    return graph.constant(number, store, place)


def column_ref(graph: Graph, values: Any) -> Ref:
    """Return where a column's values, one a row, stand in the graph."""
    if not isinstance(values, Symbol) or values.kind in "Mm":
        # numbers that follow from nothing that was asked may be others the next time
        raise Unrecordable("makes a column of something else than answers")
    return ref_of(graph, values, "f", ROWS)


def _by_layer(graph: Graph, task: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
    """Do for each label of tables what is done with a table."""
    tables = [value for value in inputs if isinstance(value, Stack)]
    if not tables:
        return task(*inputs)
    size = len(tables[0])
    return Stack([task(*(_layer(value, k, size) for value in inputs)) for k in range(size)])


def _layer(value: Any, k: int, size: int) -> Any:
    if isinstance(value, Stack):
        if len(value) != size:
            raise Unrecordable("brings together tables of different labels")
        return value[k]
    return value[k] if isinstance(value, np.ndarray) and value.ndim == 2 and len(value) == size else value


def _called(graph: Graph, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Symbol:
    if ufunc in (np.square, np.reciprocal) and _kind_of(inputs[0]) == "f":
        ufunc, inputs = (np.multiply, (inputs[0],) * 2) if ufunc is np.square else (np.true_divide, (1.0, inputs[0]))
    name = _SAME.get(ufunc.__name__, ufunc.__name__)
    kinds = [_kind_of(value) for value in inputs]
    if {"M", "m"} & set(kinds):
        return _of_time(graph, name, inputs, kinds)
    if name in ("logical_not", "invert") and isinstance(inputs[0], Symbol) and kinds == ["b"]:
        node = graph.nodes[inputs[0].ref[0]]
        if node.what == "isnan_f":
            return _write(graph, "told", (Symbol(graph, node.of[0], "f"),), "b", "f")
    if name in _TRUTH and set(kinds) == {"b"}:
        return _write(graph, _TRUTH[name], inputs, "b", "f")
    joined = "f" if "f" in kinds else "i" if "i" in kinds else "b"
    if name in COMPARED:
        return _write(graph, name, inputs, "b", "f" if joined == "b" else joined)
    if name in _TESTS and joined != "i":
        return _write(graph, name, inputs, "b", "f")
    if ufunc is np.positive:
        return cast(inputs[0], joined)
    if (name in _NUMBERS or name in ("negative", "absolute")) and joined in "fi":
        return _write(graph, name, inputs, joined, joined)
    if name in _WHOLE and joined == "i" and _divides(inputs[1]):
        return _write(graph, name, inputs, "i", "i")
    if name in (*_FLOATS, *_ONE) and (joined == "f" or name == "true_divide"):
        return _write(graph, name, inputs, "f", "f")
    if ufunc.nout == 1 and joined == "f" and getattr(np, ufunc.__name__, None) is ufunc:
        return _outside(graph, ufunc.__name__, inputs)
    raise Unrecordable(f"calls numpy.{ufunc.__name__} on {', '.join(kinds)}")


def _outside(graph: Graph, name: str, inputs: tuple[Any, ...]) -> Symbol:
    """Write down a function that numpy itself has to work out, such as a logarithm: its bits are its own."""
    if _place(inputs) != ROWS:
        raise Unrecordable(f"calls numpy.{name} for each event")
    return _write(graph, f"numpy.{name}", inputs, "f", "f")


def _of_time(graph: Graph, name: str, inputs: tuple[Any, ...], kinds: list[str]) -> Symbol:
    if name == "subtract" and kinds == ["M", "M"]:
        return _write(graph, "subtract_time", inputs, "m", "i")
    if name == "true_divide" and kinds == ["m", "m"] and not isinstance(inputs[1], Symbol):
        unit = inputs[1] / _MICROSECOND
        return Symbol(graph, _node(graph, "divide_time", (inputs[0].ref, graph.constant(unit, "f", inputs[0].place)),
                                   "f", inputs[0].place), "f")  # fmt: skip
    if name == "isnat":
        return _write(graph, "equal", (inputs[0].view(np.int64), np.iinfo(np.int64).min), "b", "i")
    raise Unrecordable(f"calls numpy.{name} on instants")


def _where(graph: Graph, holds: Any, yes: Any, no: Any) -> Any:
    kinds = [_kind_of(value) for value in (yes, no)]
    if {"M", "m"} & set(kinds) or _kind_of(holds) != "b":
        raise Unrecordable("chooses among instants, or by what is neither true nor false")
    joined = "f" if "f" in kinds else "i" if "i" in kinds else "b"
    place = _place((holds, yes, no))
    of = ref_of(graph, holds, "f", place), *(ref_of(graph, value, STORES[joined], place) for value in (yes, no))
    return Symbol(graph, _node(graph, f"where_{STORES[joined]}", of, STORES[joined], place), joined)


def _write(graph: Graph, name: str, inputs: tuple[Any, ...], kind: str, store: str | None = None) -> Symbol:
    taken = store or ("i" if all(_kind_of(value) != "f" for value in inputs) else "f")
    place = _place(inputs)
    if _kind_of(inputs[0]) in "Mm":
        refs = tuple(value.ref for value in inputs)
    else:
        refs = tuple(ref_of(graph, value, taken, place) for value in inputs)
    return Symbol(graph, _node(graph, f"{name}_{taken}", refs, STORES[kind], place), kind)


def _node(graph: Graph, name: str, of: tuple[Ref, ...], store: str, place: Place) -> Ref:
    return graph.write(Node(name, of, (), store, place)), 0


def _place(inputs: tuple[Any, ...]) -> Place:
    """Return what there is one number for of everything that is brought together."""
    for value in inputs:
        if isinstance(value, Symbol):
            return value.place
    return ROWS


def _kind_of(value: Any) -> str:
    if isinstance(value, Symbol):
        return value.kind
    kind = np.asarray(value).dtype.kind
    if kind in "bifm":
        return kind
    raise Unrecordable("brings in what is no number")


def _constant(graph: Graph, value: Any, place: Place) -> float:
    """Return the only number of an array as long as the answers, or of a scalar."""
    given = np.asarray(value)
    if given.dtype.kind not in "bif" or (given.shape not in ((), (graph.size(place),))):
        raise Unrecordable("brings in an array of its own")
    first = given.reshape(-1)[0]
    if not (np.isnan(given).all() if np.isnan(first) else (given == first).all()):
        raise Unrecordable("brings in an array of its own")
    return first.item()


def _divides(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and bool(value > 0)


def _reduced(ufunc: np.ufunc, inputs: tuple[Any, ...], about: dict[str, Any]) -> Any:
    (table,) = inputs
    if not isinstance(table, Stack) or about.get("axis") != 0 or set(about) - {"axis"}:
        raise Unrecordable(f"calls {ufunc.__name__}.reduce over rows")
    if ufunc in (np.fmin, np.fmax, np.minimum, np.maximum, np.logical_and, np.logical_or):
        found: Any = table[0]
        for layer in table.layers[1:]:
            found = ufunc(found, layer)
        return found
    return table.sum(axis=0) if ufunc is np.add else _no_reduce(ufunc)


def _no_reduce(ufunc: np.ufunc) -> Any:
    raise Unrecordable(f"calls {ufunc.__name__}.reduce")


def _clip(graph: Graph, a: Any, a_min: Any = None, a_max: Any = None) -> Any:
    bounded = a if a_min is None else np.maximum(a, a_min)
    return bounded if a_max is None else np.minimum(bounded, a_max)


def _nan_to_num(
    graph: Graph, x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    most = np.finfo(np.float64).max
    up, down = (most if posinf is None else posinf), (-most if neginf is None else neginf)
    return where_of(graph, np.isnan(x), nan, where_of(graph, x == np.inf, up, where_of(graph, x == -np.inf, down, x)))


def _round(graph: Graph, a: Any, decimals: int = 0) -> Any:
    if decimals or a.kind != "f":
        raise Unrecordable("rounds to decimals")
    return np.rint(a)


def _argmax(graph: Graph, a: Any, axis: int | None = None) -> Any:
    """Write down the first label of which something holds, 0 where it holds of none."""
    if not isinstance(a, Stack) or axis != 0 or any(layer.kind != "b" for layer in a.layers):
        raise Unrecordable("calls numpy.argmax")
    found: Any = 0
    for k in range(len(a) - 1, -1, -1):
        found = where_of(graph, a[k], k, found)
    return found


def _like(graph: Graph, a: Any, value: float, dtype: Any) -> Any:
    kind = a.kind if dtype is None else {"f": "f", "i": "i", "b": "b"}[np.dtype(dtype).kind]
    return Symbol(graph, graph.constant(value, STORES[kind], a.place), kind)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": where_of,
    "clip": _clip,
    "nan_to_num": _nan_to_num,
    "round": _round,
    "around": _round,
    "argmax": _argmax,
    "ones_like": lambda graph, a, dtype=None: _like(graph, a, 1, dtype),
    "zeros_like": lambda graph, a, dtype=None: _like(graph, a, 0, dtype),
    "full_like": lambda graph, a, fill_value, dtype=None: _like(graph, a, fill_value, dtype),
    "flatnonzero": lambda graph, a: a.asked("places"),
    "copy": lambda graph, a: a,
}
