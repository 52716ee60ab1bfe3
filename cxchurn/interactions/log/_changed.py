"""Logs made of other logs: with other events or customers, as known before an instant, on the clock of another zone."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pyarrow as pa

from cxchurn._core import Deferred, UsageError, instant, listed
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._batch import canonical
from cxchurn.interactions.store._event_types import LATER
from cxchurn.interactions.store._labels import LABEL
from cxchurn.interactions.store._parts import Parts

pc = Deferred("pyarrow.compute")

_NEEDED = {
    "customer_id": (pa.int64(), pa.string(), LABEL),
    "timestamp": (pa.timestamp("us"),),
    "known_at": (pa.timestamp("us"),),
}


def with_events(log: InteractionLog, events: pa.Table) -> InteractionLog:
    """Return a log with other events, and everything else as it was.

    Parameters
    ----------
    log : InteractionLog
        The log to start from.
    events : pyarrow.Table
        Events with canonical columns; ``customer_id``, ``timestamp``, ``known_at`` and ``kind`` have to be there.
    """
    problems = [name for name in (*_NEEDED, "kind") if name not in events.column_names]
    problems += [
        f"{name} of type {events.schema.field(name).type}"
        for name, types in _NEEDED.items()
        if name in events.column_names and events.schema.field(name).type not in types
    ]
    if problems:
        raise UsageError(
            f"these events lack, or have in another type: {listed(problems)}.",
            allowed="the canonical columns, as in log.events",
            hint="filter or change log.events, or read new data with read_interactions.",
        )
    if events["customer_id"].null_count:
        raise UsageError(f"{events['customer_id'].null_count:,} of these events lack the customer_id.")
    if LATER not in events.column_names:
        events = events.append_column(LATER, pa.repeat(pa.scalar(False), events.num_rows))
    return _changed(log, canonical(events), log.customers)


def with_customers(log: InteractionLog, customers: CustomerTable | None) -> InteractionLog:
    """Return a log with another customers table, and everything else as it was."""
    return _changed(log, log.parts or log.events, customers)


def known_before(log: InteractionLog, at: Any) -> InteractionLog:
    """Return the log as it was known before an instant: later events and later attributes are gone.

    Parameters
    ----------
    log : InteractionLog
        The log.
    at : instant
        Only events with ``known_at`` before it stay, and dated attributes with ``valid_from`` before it, without ends that
        came later (`CustomerTable.known_before`). Attributes without a date stay, but for dates that had not come, and so
        does ``observed_until``.
    """
    moment = pa.scalar(instant(at, name="at").astype("int64"), pa.int64()).cast(pa.timestamp("us"))
    if log.parts is not None:
        events: pa.Table | Parts = log.parts.before(moment.value)
    else:
        events = canonical(log.events.filter(pc.less(log.events["known_at"], moment)))
    customers = log.customers.known_before(moment) if log.customers is not None else None
    return _changed(log, events, customers)


_zoned: WeakKeyDictionary[InteractionLog, dict[str, InteractionLog]] = WeakKeyDictionary()


def in_zone(log: InteractionLog, timezone: str) -> InteractionLog:
    """Return the log with the days and hours of a zone: itself, or a handle on the same events that stays the same."""
    if log.timezone == timezone:
        return log
    others = _zoned.setdefault(log, {})
    if timezone not in others:
        others[timezone] = _changed(log, log._events, log.customers, timezone=timezone, arrivals=log.arrivals)
    return others[timezone]


def _changed(
    log: InteractionLog,
    events: pa.Table | Parts,
    customers: CustomerTable | None,
    *,
    timezone: str | None = None,
    arrivals: tuple[Arrivals, ...] = (),
) -> InteractionLog:
    names = events.types.names if isinstance(events, Parts) else events.column_names
    return InteractionLog(
        events,
        schemas=log.schemas,
        measures=tuple(name for name in log.measures if name in names),
        categories=tuple(name for name in log.categories if name in names),
        customers=customers,
        validation=log.validation,
        refused=log.refused,
        observed_until=log.observed_until,
        schema_guessed=log.schema_guessed,
        arrivals=arrivals,
        end_given=log.end_given,
        timezone=timezone or log.timezone,
    )
