"""Segments of events while questions are recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxchurn.history.plan._arithmetic import ref_of
from cxchurn.history.plan._graph import Node, Ref
from cxchurn.history.plan._symbol import Symbol


class RecordedSegments:
    """What `Segments` answers, written down from where the event before in the same segment stands.

    Parameters
    ----------
    before : Symbol
        The place of the event before, -1 for a segment's first, -2 for events of none.
    """

    def __init__(self, before: Symbol) -> None:
        self.before = before

    def previous(self, values: Any) -> Symbol:
        """The value of the event before, in the same segment."""
        return self._written("nth_of", values, self.before.ref)

    def first(self, values: Any) -> Symbol:
        """The value of the segment's first event."""
        return self._written("nth_of", values, self._of_before("begin").ref)

    def latest(self, values: Any) -> Symbol:
        """The last value that was not missing up to and including each event."""
        return self._written("latest", values, self.before.ref)

    def running(self, values: Any) -> Symbol:
        """The sum from the segment's first event up to and including each event."""
        return self._written("running", values, self.before.ref)

    def streak(self, holds: Any) -> Symbol:
        """How many events in a row, up to and including each event, the condition has held."""
        return self._written("streak", holds, self.before.ref)

    def new(self, values: Any) -> Symbol:
        """1 for a value that the segment has not had before, else 0; NaN where there is no value."""
        return self._written("new", values, self._of_before("begin").ref)

    @property
    def following(self) -> Symbol:
        """Where the segment goes on; see `Segments.following`."""
        return self._of_before("following")

    def _of_before(self, what: str) -> Symbol:
        graph = self.before.graph
        return Symbol(graph, (graph.write(Node(what, (self.before.ref,), (), "i", self.before.place)), 0), "i")

    def _written(self, what: str, values: Any, by: Ref) -> Symbol:
        graph, place = self.before.graph, self.before.place
        # values as floats, as the engine has them there
        given = ref_of(graph, np.asarray(values) if isinstance(values, (list, tuple)) else values, "f", place)
        return Symbol(graph, (graph.write(Node(what, (given, by), (), "f", place)), 0), "f")
