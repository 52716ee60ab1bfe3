"""Plans: what a set of questions asks, written down once and run without Python between the compiled loops."""

from cxchurn.history.plan._arithmetic import column_ref
from cxchurn.history.plan._assemble import assemble
from cxchurn.history.plan._graph import Graph, Node, Ref, Unrecordable
from cxchurn.history.plan._program import Program
from cxchurn.history.plan._questions import HANDS
from cxchurn.history.plan._recording import RecordedSeen, recorded_view
from cxchurn.history.plan._replay import replay
from cxchurn.history.plan._scattered import scattered
from cxchurn.history.plan._signature import KindsOf, fits, kinds_of
from cxchurn.history.plan._symbol import Symbol

__all__ = [
    "HANDS",
    "Graph",
    "KindsOf",
    "Node",
    "Program",
    "RecordedSeen",
    "Ref",
    "Symbol",
    "Unrecordable",
    "assemble",
    "column_ref",
    "fits",
    "kinds_of",
    "recorded_view",
    "replay",
    "scattered",
]
