"""From the graph of what was asked to the program that a machine runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cxchurn.history.plan._codes import ARITHMETIC
from cxchurn.history.plan._codes import EVENTS as OVER_EVENTS
from cxchurn.history.plan._codes import ROWS as OF_ROWS
from cxchurn.history.plan._graph import EVENTS, ROWS, Graph, Node, Place, Ref, Unrecordable
from cxchurn.history.plan._program import Outside, Program, Read, Stage
from cxchurn.history.plan._questions import KERNELS
from cxchurn.history.plan._room import Room, done_with

_LOOKED_UP = ("mapped", "position", "is_in")
_SPARE = 5
_SIZING = {OVER_EVENTS[name] for name in ("pick_f", "pick_i", "ranks")}


def reached(graph: Graph, outputs: Iterable[Ref]) -> list[int]:
    """Return the nodes that answers are worked out from, in their order."""
    met: set[int] = set()
    todo = [ref[0] for ref in outputs]
    while todo:
        number = todo.pop()
        if number not in met:
            met.add(number)
            todo += [ref[0] for ref in graph.nodes[number].of]
    return sorted(met)


def is_outside(node: Node) -> bool:
    """Whether a node is worked out by a function outside the machine."""
    return node.what.startswith("numpy.") or node.what == "compared"


class _Assembly:
    """Collects the lines of a program; made and used up by `assemble`."""

    def __init__(self, graph: Graph, outputs: list[Ref]) -> None:
        self.graph = graph
        self.nodes = reached(graph, outputs)
        self.sets: dict[Place, int] = {EVENTS: 0}
        self.register: dict[Ref, int] = {}
        self.slot: dict[Ref, int] = {}
        self.places = Room()
        self.registers = Room()
        self.texts = _texts(graph, self.nodes)
        self.tables: list[float] = [0.0]
        self.filled: list[tuple[int, float | int]] = []
        self.constants: list[tuple[int, float | int]] = []
        self.reads: dict[str, list[Read]] = {"f": [], "i": [], "rows": []}

    def set_of(self, place: Place) -> int:
        """Return the number of a set of events."""
        return self.sets.setdefault(place, len(self.sets))


def _texts(graph: Graph, nodes: list[int]) -> dict[str, dict[str, int]]:
    """Return the labels that conditions name, numbered, by column."""
    texts: dict[str, dict[str, int]] = {}
    for node in (graph.nodes[number] for number in nodes):
        if node.what == "input" and node.about[0] == "texts":
            texts.setdefault(node.about[1], {})
        elif node.what in _LOOKED_UP:
            column = texts.setdefault(node.about[0], {})
            for label in _labels(node):
                column.setdefault(label, len(column))
    return texts


def _labels(node: Node) -> list[str]:
    return [each[0] if node.what == "mapped" else each for each in node.about[1:]]


def assemble(graph: Graph, outputs: list[Ref]) -> Program:
    """Return the program that works out some answers of a graph."""
    made = _Assembly(graph, outputs)
    events = _events(made)
    stages = _stages(made, [n for n in made.nodes if graph.nodes[n].place == ROWS], {*outputs})
    tables = np.array(made.tables)
    return Program(
        events=_lines(events, 9),
        stages=stages,
        places=made.places.size,
        sizes=len(made.sets),
        registers=made.registers.size + _SPARE,
        numbers=tuple(made.reads["f"]),
        whole=tuple(made.reads["i"]),
        given=tuple(made.reads["rows"]),
        texts={column: tuple(texts) for column, texts in made.texts.items()},
        counted=_counted(graph, made.nodes),
        tables=tables,
        tables_whole=np.where(np.isnan(tables), -1, tables).astype(np.int64),
        constants=_lines([[register, _bits(value)] for register, value in made.constants], 2),
        filled=_lines([[place, _bits(value)] for place, value in made.filled], 2),
        out=np.array([made.register[ref] for ref in outputs], dtype=np.int64),
        counts=_count(graph, made.nodes),
    )


def _events(made: _Assembly) -> list[list[int]]:
    """Write the lines over events; a place is free again after the last line that reads it."""
    graph, lines = made.graph, []
    numbers = [n for n in made.nodes if graph.nodes[n].place != ROWS]
    kept = {ref for n in made.nodes if graph.nodes[n].place == ROWS for ref in graph.nodes[n].of}
    _given_events(made, numbers)
    # written before the first line and never again: its place must not be handed on
    kept |= {(n, 0) for n in numbers if graph.nodes[n].what == "constant"}
    done = done_with(graph, numbers, kept)
    for number in numbers:
        node = graph.nodes[number]
        if node.what in ("constant", "input"):
            continue
        first = made.places.take(node.answers)
        for k in range(node.answers):
            made.slot[number, k] = first + k
        lines.append(_event_line(made, node, first))
        made.places.give_back(made.slot[ref] for ref in done[number])
    sized = {0, *(line[6] for line in lines if line[0] in _SIZING)}
    # sets that nothing picks from have no bounds: a line that reads them would read whatever lies there
    if not {number for line in lines for number in line[5:7]} <= sized:
        raise Unrecordable("asks about events that are nowhere picked")
    return lines


def _given_events(made: _Assembly, numbers: list[int]) -> None:
    """Give what is there before the first line a place that no line writes to until the last one has read it."""
    for number in numbers:
        node = made.graph.nodes[number]
        if node.what == "constant":
            made.slot[number, 0] = made.places.own()
            made.filled.append((made.slot[number, 0], _number(node)))
        elif node.what == "input":
            made.slot[number, 0] = made.places.own()
            made.reads[node.store].append(Read(node.about[0], node.about[1], made.slot[number, 0]))


def _event_line(made: _Assembly, node: Node, out: int) -> list[int]:
    operands = [made.slot[ref] for ref in node.of]
    source = node.place if not node.of else made.graph.place(node.of[0])
    table = (0, 0)
    if node.what in _LOOKED_UP:
        table = _table(made, node)
    elif node.what == "growth":
        made.tables.append(float.fromhex(node.about[0]))
        table = (len(made.tables) - 1, 0)
    code = ARITHMETIC.get(node.what, OVER_EVENTS.get(node.what, OVER_EVENTS.get(f"{node.what}_{node.store}")))
    if code is None:
        raise Unrecordable(f"does {node.what} for each event")
    operands += [0] * (3 - len(operands))
    return [code, out, *operands, made.set_of(source), made.set_of(node.place), *table]


def _table(made: _Assembly, node: Node) -> tuple[int, int]:
    """Write down what each label that the plan knows of a column stands for; the last entry is for all others."""
    column, *about = node.about
    if node.what == "mapped":
        values = {label: float.fromhex(number) for label, number in about}
    else:
        values = {label: float(k) if node.what == "position" else 1.0 for k, label in enumerate(about)}
    # the same table serves numbers and whole numbers: what is missing of these is -1
    missing = {"mapped": np.nan, "position": -1.0, "is_in": 0.0}[node.what]
    begin = len(made.tables)
    made.tables += [values.get(label, missing) for label in made.texts[column]]
    return begin, len(made.tables)


def _given_rows(made: _Assembly, numbers: list[int]) -> None:
    """Give zeros for tables that start from nothing, constants and what is read of rows their registers."""
    nodes = [made.graph.nodes[n] for n in made.nodes]
    zeros = max((node.about[0] for node in nodes if node.what.endswith("by_label")), default=0)
    made.constants = [(made.registers.own(), 0) for _ in range(zeros)]
    for number in numbers:
        node = made.graph.nodes[number]
        if node.what == "constant":
            made.register[number, 0] = made.registers.own()
            made.constants.append((made.register[number, 0], _number(node)))
        elif node.what == "row":
            made.register[number, 0] = made.registers.own()
            made.reads["rows"].append(Read(node.about[0], node.about[1:], made.register[number, 0]))


def _row_lines(made: _Assembly, number: int) -> list[list[int]]:
    node = made.graph.nodes[number]
    if node.what in ("constant", "row"):
        return []
    out = made.register[number, 0]
    if node.what in ("first", "length", "at"):
        what = f"at_{node.store}" if node.what == "at" else node.what
        place = made.register[node.of[1]] if node.what == "at" else 0
        line = [OF_ROWS[what], out, made.slot[node.of[0]], place, made.set_of(made.graph.place(node.of[0]))]
    elif node.what in KERNELS:
        line = [OF_ROWS[node.what], out, *_operands(made, node)]
    else:
        line = [ARITHMETIC[node.what], out, *(made.register[ref] for ref in node.of)]
    labels = node.about[0] if node.what.endswith("by_label") else 0
    return [line + [0] * (12 - len(line)) + [labels]]


def _operands(made: _Assembly, node: Node) -> list[int]:
    count = sum(kind not in ("-", "Lf") for kind in KERNELS[node.what][0].split())
    given, start = node.of[:count], node.of[count:]
    operands = [made.register[ref] if made.graph.place(ref) == ROWS else made.slot[ref] for ref in given]
    if node.what in ("by_label", "count_by_label"):
        begin = made.register[start[0]] if start else 0
        if [made.register[ref] for ref in start] != list(range(begin, begin + len(start))):
            raise Unrecordable("goes on from a table of its own")
        operands.append(begin)
    return operands


def _stages(made: _Assembly, numbers: list[int], outputs: set[Ref]) -> tuple[Stage, ...]:
    """Put everything after what it needs from outside, going outside as few times as possible."""
    graph, level = made.graph, dict.fromkeys(made.nodes, 0)
    for number in numbers:
        node = graph.nodes[number]
        level[number] = max((level[ref[0]] for ref in node.of), default=0) + is_outside(node)
    # what is outside comes at the end of the stage before
    order = sorted(numbers, key=lambda n: (level[n], not is_outside(graph.nodes[n])))
    _given_rows(made, numbers)
    kept = outputs | {(n, 0) for n in numbers if graph.nodes[n].what == "constant"}
    done, code, left = done_with(graph, order, kept), {number: list[list[int]]() for number in numbers}, list[int]()
    for number in order:
        node = graph.nodes[number]
        if node.what not in ("constant", "row"):
            first = made.registers.take(node.answers)
            made.register |= {(number, k): first + k for k in range(node.answers)}
        left += [made.register[ref] for ref in done[number]]
        # what is outside is worked out together: nothing that one of it reads may be written to by another
        if not is_outside(node):
            code[number] = _row_lines(made, number)
            made.registers.give_back(left)
            left = []
    stages = []
    for stage in range(max((level[n] for n in numbers), default=0) + 1):
        inside = [line for n in order if level[n] == stage for line in code[n]]
        outside = [n for n in order if level[n] == stage + 1 and is_outside(graph.nodes[n])]
        stages.append(Stage(_lines(inside, 13), _outside(made, outside)))
    return tuple(stages)


def _outside(made: _Assembly, numbers: list[int]) -> tuple[Outside, ...]:
    graph, tables = made.graph, []
    functions: dict[str, list[tuple[int, list[int]]]] = {}
    for number in numbers:
        node = graph.nodes[number]
        out, of = made.register[number, 0], [made.register[ref] for ref in node.of]
        if node.what == "compared":
            whole = tuple(graph.store(ref) == "i" for ref in node.of)
            tables.append(Outside(node.about[1], node.about[0], _lines([of], len(of)).T, np.array([out]), whole))
        else:
            functions.setdefault(node.what[6:-2], []).append((out, of))
    grouped = [
        Outside(name, "", np.array([of for _, of in found]).T, np.array([out for out, _ in found]), ())
        for name, found in functions.items()
    ]
    return (*grouped, *tables)


def _counted(graph: Graph, nodes: list[int]) -> tuple[str, ...]:
    """Return the columns of labels that are counted by their codes in the history."""
    found: set[str] = set()
    for number in nodes:
        node = graph.nodes[number]
        if node.what in ("entropy", "mix"):
            read = reached(graph, node.of[:1])
            found |= {graph.nodes[n].about[1] for n in read if graph.nodes[n].about[:1] == ("codes",)}
    return tuple(sorted(found))


def _count(graph: Graph, nodes: list[int]) -> dict[str, int]:
    found = {"windows": 0, "selections": 0, "questions": 0, "arithmetic": 0}
    for number in nodes:
        node = graph.nodes[number]
        what = "windows" if node.what == "search" else "selections" if node.what == "ranks" else None
        what = what or ("questions" if node.what in KERNELS else None)
        if node.what not in ("constant", "row", "input", "first", "length", "at"):
            found[what or "arithmetic"] += 1
    return found


def _number(node: Node) -> Any:
    return float.fromhex(node.about[0]) if node.store == "f" else node.about[0]


def _bits(value: float | int) -> int:
    return int(np.float64(value).view(np.int64)) if isinstance(value, float) else value


def _lines(lines: list[list[int]], width: int) -> np.ndarray:
    return np.array([line + [0] * (width - len(line)) for line in lines], dtype=np.int64).reshape(len(lines), width)
