"""Events of which there is one a matter, as they are known of a log, which no longer says which rows they were made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxchurn._core import span
from cxchurn.interactions.reading.rules._as_events import said
from cxchurn.interactions.schema._schema import Schema

_LONG_AGO = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Matter:
    """The end of a matter, of which a table repeats the time on every row.

    Parameters
    ----------
    place : int
        Which of the schema's later-known columns it is.
    kind : str
        The kind of its events.
    arrives : int
        How long after it happened it is known at the earliest; microseconds.
    """

    place: int
    kind: str
    arrives: int

    def once(self, case_id: str) -> tuple[Any, ...]:
        """Return which matter an event is of, as `Event.once` has it."""
        return self.place, case_id

    def order(self, ended: int, known: int) -> tuple[Any, ...]:
        """Return what is earliest among the events of a matter, as `Event.order` has it; of equal ones the log's stands.

        Parameters
        ----------
        ended, known : int
            The event's instants. Where it was known as early as it could be, its row was known then or before.
        """
        return ended, known if known > ended + self.arrives else _LONG_AGO, ()


def matters_of(schema: Schema) -> Iterator[Matter]:
    """Yield the ends of which a schema makes one event a matter."""
    arrives = 0 if schema.arrives is None else span(schema.arrives, name="arrives").microseconds
    for place, later in enumerate(schema.later):
        if later.once_per is not None:
            yield Matter(place, said(later.event_kind, schema), arrives)
