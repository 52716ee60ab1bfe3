"""The history of one customer, from a table of that customer's events."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cxchurn._core import DataError, Deferred, UsageError, listed, zone
from cxchurn.history.data._attributes import attribute_history
from cxchurn.history.data._columns import single
from cxchurn.history.data._histories import histories_of
from cxchurn.history.data._history import History, names_of, ordered
from cxchurn.interactions import CustomerTable, InteractionLog, with_events

pc = Deferred("pyarrow.compute")


def history_of_one(events: pa.Table, customers: CustomerTable | None = None, *, timezone: str = "UTC") -> History:
    """Return the history of one customer, sorted by the clock of knowing.

    Parameters
    ----------
    events : Table
        Events of one customer in any order, in the columns of `InteractionLog.events`.
    customers : CustomerTable, optional
        What is on file about customers.
    timezone : str, default "UTC"
        The zone whose days and hours count, as in ``log.timezone``.
    """
    if not isinstance(events, pa.Table) or "customer_id" not in events.column_names:
        raise UsageError(
            f"the events are {_said(events)}.",
            allowed="an Arrow table with the columns of a log's events (log.events), of one customer",
            hint="read_interactions(rows, schema).events makes one of rows; an OnlineScorer takes rows as you have them.",
        )
    ids = single(events["customer_id"])
    if ids.null_count:
        raise DataError(f"{ids.null_count} of the events lack the customer_id.", allowed="events of one customer")
    own = ids.unique().to_pylist()
    if len(own) > 1:
        raise UsageError(f"the events are of {len(own)} customers: {listed(own)}.", allowed="events of one customer")
    names, codes = names_of(events.schema), np.zeros(len(ids), dtype=np.int32)
    offsets, order = ordered(codes, len(own), names, events.column, "known")
    who = np.array(own, dtype=np.int64 if pa.types.is_integer(ids.type) else object)
    attributes = attribute_history(customers)
    about = who, offsets, order, names, events.column
    return History.of_part(*about, clock="known", attributes=attributes, zone=zone(timezone))


def log_of_one(log: InteractionLog, customer: np.ndarray) -> InteractionLog:
    """Return the log in which there is one customer alone, with the events in the order in which features see them.

    Parameters
    ----------
    log : InteractionLog
        In memory or on disk.
    customer : ndarray, shape (1,)
        A customer of the log.
    """
    histories = histories_of(log)
    part = int(histories.part[histories.positions(customer)[0]])
    events = log.events if log.parts is None else log.parts.read(part)
    who = single(events["customer_id"])
    plain = who.dictionary_decode() if pa.types.is_dictionary(who.type) else who
    own = events.filter(pc.equal(plain, pa.scalar(customer.tolist()[0], plain.type)))
    _, order = ordered(np.zeros(own.num_rows, dtype=np.int32), 1, names_of(own.schema), own.column, "known")
    return with_events(log, own.take(pa.array(order)))


def _said(events: object) -> str:
    return "a table without customer_id" if isinstance(events, pa.Table) else f"a {type(events).__name__}"
