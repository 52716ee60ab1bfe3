"""A log with more of what is no act of the customers' own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions import InteractionLog, with_events
from cxchurn.panel import leaving_kinds


def with_more_not_own(log: InteractionLog, rng: np.random.Generator) -> InteractionLog:
    """Return the log with as many events again that are no act of the customers' own.

    They are copies of what is there, given to any customer: half of them as what the company sent (where the log has a
    direction), half as what only says that something became known. Events of kinds that sound like leaving are not copied:
    who is said to have left is another matter.
    """
    events = log.events
    stays = np.flatnonzero(
        ~pc.is_in(events["kind"].cast(pa.string()), pa.array(leaving_kinds(log), pa.string())).to_numpy()
    )
    size = events.num_rows if stays.size else 0
    drawn = events.take(pa.array(stays[rng.integers(0, max(1, stays.size), size)]))
    whose = events["customer_id"].take(pa.array(rng.integers(0, size, size)))
    drawn = drawn.set_column(drawn.column_names.index("customer_id"), "customer_id", whose)
    later = rng.random(size) < 0.5 if "direction" in drawn.column_names else np.ones(size, dtype=bool)
    drawn = _changed(drawn, "later", pa.array(later))
    if "direction" in drawn.column_names:
        # what only says that something became known has no direction
        drawn = _changed(drawn, "direction", pc.if_else(pa.array(later), pa.scalar(None, pa.string()), "outbound"))
    return with_events(log, pa.concat_tables([_as_text(events), _as_text(drawn)]))


def _changed(events: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return events.set_column(events.column_names.index(name), name, values)


def _as_text(events: pa.Table) -> pa.Table:
    """The labels as text, which more of them can be added to."""
    return pa.table(
        {
            name: events[name].cast(pa.string()) if pa.types.is_dictionary(events[name].type) else events[name]
            for name in events.column_names
        }
    )
