"""Plans: what a set of questions asks, written down once and run without Python between the compiled loops."""

from cxchurn.history.plan._assemble import assemble, check_order
from cxchurn.history.plan._graph import Graph, Node, Ref, Unrecordable
from cxchurn.history.plan._program import Program
from cxchurn.history.plan._questions import HANDS
from cxchurn.history.plan._recording import RecordedSeen, recorded_view
from cxchurn.history.plan._replay import replay
from cxchurn.history.plan._symbol import Symbol

__all__ = [
    "HANDS",
    "Graph",
    "Node",
    "Program",
    "RecordedSeen",
    "Ref",
    "Symbol",
    "Unrecordable",
    "assemble",
    "check_order",
    "recorded_view",
    "replay",
]
