"""No module needs one that needs it, be it only to say what type something is of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import cxchurn

Graph = dict[str, set[str]]


def modules(folder: Path) -> dict[str, ast.Module]:
    """Every module of a package, by its name."""
    files = {file: file.relative_to(folder.parent).with_suffix("").parts for file in folder.rglob("*.py")}
    return {".".join(parts).removesuffix(".__init__"): ast.parse(file.read_text()) for file, parts in files.items()}


def imported(module: ast.Module) -> Iterator[str]:
    """What is named in imports, wherever they stand: at the top, in a function, or under TYPE_CHECKING."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def needs(parsed: dict[str, ast.Module]) -> Graph:
    """Which modules each one imports; a name that is no module is one in the module before it."""
    graph: Graph = {}
    for name, module in parsed.items():
        found = {one if one in parsed else one.rpartition(".")[0] for one in imported(module)}
        graph[name] = (found & parsed.keys()) - {name}
    return graph


def reached(graph: Graph, start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for one in graph[waiting.pop()] - found:
            found.add(one)
            waiting.append(one)
    return found


def circles(graph: Graph) -> set[frozenset[str]]:
    """The groups of modules that all need each other."""
    reach = {name: reached(graph, name) for name in graph}
    return {frozenset({one for one in reach[name] if name in reach[one]}) for name in graph if name in reach[name]}


def test_what_a_circle_is():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e", "a"}}
    assert circles(graph) == {frozenset("bc"), frozenset("e")}


def test_imports_are_counted_wherever_they_stand():
    text = "if TYPE_CHECKING:\n    from p.q import A\n\ndef f():\n    import p.r\n"
    parsed = {"p": ast.parse("from p import q"), "p.q": ast.parse(text), "p.r": ast.parse("from p.s import B")}
    # p.s is no module of the package
    assert needs(parsed) == {"p": {"p.q"}, "p.q": {"p.r"}, "p.r": set()}


def test_there_is_no_circle():
    found = circles(needs(modules(Path(cxchurn.__file__).parent)))
    assert sorted(map(sorted, found)) == []
