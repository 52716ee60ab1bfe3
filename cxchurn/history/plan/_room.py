"""Where answers stand while a program runs: places that are handed out again once nobody needs what is there."""

from __future__ import annotations

from collections.abc import Iterable

from cxchurn.history.plan._graph import Graph, Ref


class Room:
    """Hands out places for arrays, and hands out again those that nobody needs any more.

    Attributes
    ----------
    size : int
        How many there are.
    """

    def __init__(self) -> None:
        self.size = 0
        self._free: list[int] = []

    def take(self, count: int = 1) -> int:
        """Return the first of so many places in a row."""
        # the last one given back first: it is the likeliest to be near the processor still
        return self._free.pop() if count == 1 and self._free else self.own(count)

    def own(self, count: int = 1) -> int:
        """Return the first of so many places that nothing has been written to before."""
        self.size += count
        return self.size - count

    def give_back(self, places: Iterable[int]) -> None:
        """Take places back."""
        # sorted, so that the same plan makes the same program, byte for byte
        self._free += sorted(places)


def done_with(graph: Graph, numbers: list[int], kept: set[Ref]) -> dict[int, list[Ref]]:
    """Return which answers nobody needs after each node.

    Parameters
    ----------
    graph : Graph
    numbers : list of int
        Nodes, in the order in which they are worked out.
    kept : set of Ref
        The answers that are needed afterwards.
    """
    last = {(number, k): number for number in numbers for k in range(graph.nodes[number].answers)}
    for number in numbers:
        last |= {ref: number for ref in graph.nodes[number].of if ref in last}
    done: dict[int, list[Ref]] = {number: [] for number in numbers}
    for ref, number in last.items():
        if ref not in kept:
            done[number].append(ref)
    return done
