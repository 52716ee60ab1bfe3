"""Which columns the events of a scorer have, and where each stands in a customer's arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from cxchurn._core import cached_property
from cxchurn.interactions import Schema, event_types

# lines of the instants: the place in time, when it happened, and which row an event is of
KNOWN, HAPPENED, ROW = 0, 1, 2
# the first lines of an array of times are those that every event has: when it became known, when it happened, and its row
_FIRST_TIME = 3


@dataclass(frozen=True)
class Shape:
    """The columns of the events of all sources.

    Attributes
    ----------
    times, numbers, labels : dict of str to int
        The line of each column among a customer's instants, numbers (yes and no are 1 and 0) and labels.
    """

    times: dict[str, int]
    numbers: dict[str, int]
    labels: dict[str, int]

    @classmethod
    def of(cls, schemas: Iterable[Schema]) -> Shape:
        """Return the columns of the events that some schemas make."""
        types: dict[str, pa.DataType] = {}
        for schema in schemas:
            types |= {field.name: field.type for field in event_types(schema, "text")}
        own = sorted(set(types) - {"customer_id", "known_at", "timestamp"})
        times = [name for name in own if pa.types.is_timestamp(types[name])]
        labels = [name for name in own if pa.types.is_dictionary(types[name])]
        numbers = [name for name in own if name not in {*times, *labels}]
        return cls(
            {"timestamp": HAPPENED, **{name: k for k, name in enumerate(times, start=_FIRST_TIME)}},
            {name: k for k, name in enumerate(numbers)},
            {name: k for k, name in enumerate(labels)},
        )

    @property
    def time_lines(self) -> int:
        """How many lines of instants there are."""
        return len(self.times) + 2

    @cached_property
    def names(self) -> list[str]:
        """The columns that a history has, in the order in which ties are broken by them."""
        return sorted([*self.times, *self.numbers, *self.labels])

    @property
    def bytes_an_event(self) -> int:
        """How many bytes the arrays hold of an event."""
        return 8 * (self.time_lines + len(self.numbers)) + 4 * len(self.labels)

    def lacks(self, other: Shape) -> list[str]:
        """Return the columns that another shape has and this one lacks, or has of another kind."""
        return sorted(
            name
            for kind in ("times", "numbers", "labels")
            for name in getattr(other, kind)
            if name not in getattr(self, kind)
        )
