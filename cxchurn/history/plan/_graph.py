"""What has been asked, as a graph: each question and each piece of arithmetic once, however many builders ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# a node and which of its answers
Ref = tuple[int, int]


class Unrecordable(Exception):
    """Something that can not be written down as a question or as plain arithmetic; its builder is called as it is."""


class Place(NamedTuple):
    """What an answer has one number for: each row, or each event of a customer.

    Parameters
    ----------
    kind : {"rows", "events", "picked", "ranks"}
        A row; every event; the events where a mask holds; every event of some and the end, for how many come before.
    mask : Ref, optional
        For the last two.
    """

    kind: str
    mask: Ref | None = None


ROWS, EVENTS = Place("rows"), Place("events")


class Node(NamedTuple):
    """One question or operation.

    Parameters
    ----------
    what : str
        The kernel's or the operation's name.
    of : tuple of Ref
        The answers it is worked out from.
    about : tuple
        Constants.
    store : {"f", "i"}
        Whether its answers are floats (and truth, as 1 and 0) or integers (and instants).
    place : Place
    answers : int
        How many it has.
    """

    what: str
    of: tuple[Ref, ...]
    about: tuple[Any, ...]
    store: str
    place: Place
    answers: int = 1


class Hands(NamedTuple):
    """What writes down what is done with symbols: numpy's functions on them, the engine's questions, picking, other types."""

    ufunc: Callable[..., Any]
    function: Callable[..., Any]
    question: Callable[..., Any]
    picked: Callable[..., Any]
    cast: Callable[..., Any]


@dataclass
class Graph:
    """The nodes so far, each after those it is worked out from.

    Attributes
    ----------
    hands : Hands
    rows : int
        How many rows (and, counted on from there, events of each kind) answers pretend to have while recording: two
        recordings with different numbers tell what follows from them and what does not.
    nodes : list of Node
    asked : dict of str to str or None
        The columns that anybody asked about, and their kind; "" where that did not matter, None where there is none.
    """

    hands: Hands
    rows: int
    nodes: list[Node] = field(default_factory=list)
    asked: dict[str, str | None] = field(default_factory=dict)
    _known: dict[Node, int] = field(default_factory=dict)
    _sizes: dict[Place, int] = field(default_factory=dict)
    _meanings: list[int] = field(default_factory=list)

    def write(self, node: Node) -> int:
        """Return the number of a node, which is written down once."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return found

    def place(self, ref: Ref) -> Place:
        """Return what an answer has one number for."""
        return self.nodes[ref[0]].place

    def store(self, ref: Ref) -> str:
        """Return whether an answer is of floats or of integers."""
        return self.nodes[ref[0]].store

    def constant(self, value: float, store: str, place: Place) -> Ref:
        """Write down a constant."""
        # by its bits: a negative zero is another constant than zero, and a missing number the same as another
        about = float(value).hex() if store == "f" else int(value)
        return self.write(Node("constant", (), (about,), store, place)), 0

    def size(self, place: Place) -> int:
        """Return how many answers there seem to be of a kind."""
        if place == ROWS:
            return self.rows
        return self._sizes.setdefault(place, 1000 * self.rows + len(self._sizes))

    def meaning(self, ref: Ref) -> int:
        """Return a number that is equal for answers, of whatever recording, that are worked out in the same way."""
        for number in range(len(self._meanings), len(self.nodes)):
            node = self.nodes[number]
            of = tuple((self._meanings[one], which) for one, which in node.of)
            mask = node.place.mask and (self._meanings[node.place.mask[0]], node.place.mask[1])
            self._meanings.append(hash((node.what, of, node.about, node.store, node.place.kind, mask, node.answers)))
        return hash((self._meanings[ref[0]], ref[1]))
