"""The same past with an invented future: of events, and of what is on file about customers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions import CustomerTable, InteractionLog, with_customers, with_events

_QUARTER = 90 * 86_400_000_000
_TIME = pa.timestamp("us")


def forged_future(log: InteractionLog, cutoff: np.datetime64, rng: np.random.Generator) -> InteractionLog:
    """Return the log with the same past and an invented future of events and attributes at or after the cut-off."""
    events = log.events
    past = events.filter(pc.less(events["known_at"], pa.scalar(cutoff.astype(object), _TIME)))
    size = max(1, events.num_rows - past.num_rows)
    forged = {name: events[name].take(pa.array(rng.integers(0, events.num_rows, size))) for name in events.column_names}
    forged["known_at"] = pa.chunked_array([_times(np.sort(_later(cutoff, size, rng)))])
    forged["timestamp"] = forged["known_at"]
    other = with_events(log, pa.concat_tables([past, pa.table(forged, schema=events.schema)]))
    if log.customers is None:
        return other
    return with_customers(other, forged_customers(log.customers, cutoff, rng))


def forged_customers(customers: CustomerTable, cutoff: np.datetime64, rng: np.random.Generator) -> CustomerTable:
    """Return a customers table with the same past and an invented future.

    Rows that had not ended before the cut-off end at invented times or not at all, everybody gets a further row that begins
    at or after it, and undated times after it lie elsewhere after it.
    """
    past = as_known(customers, cutoff)
    table = past.table
    if not customers.dated:
        for name in customers.undated_times:
            table = _put(table, name, _moved(customers.table[name], cutoff, rng))
        return past.over(table)
    if "valid_to" in table.column_names:
        ends = _ended(table["valid_to"], cutoff, rng)
        for name in ("valid_to", *(name for name, what in customers.tells_end.items() if what == "end")):
            table = _put(table, name, pc.if_else(pc.is_null(table["valid_to"]), ends, table[name]))
    return past.over(_with_further_rows(table, customers, cutoff, rng))


def as_known(customers: CustomerTable, cutoff: np.datetime64) -> CustomerTable:
    """Return a customers table as it was before a cut-off."""
    return customers.known_before(pa.scalar(cutoff.astype("datetime64[us]").astype(np.int64), pa.int64()).cast(_TIME))


def _with_further_rows(
    table: pa.Table, customers: CustomerTable, cutoff: np.datetime64, rng: np.random.Generator
) -> pa.Table:
    who, whole = pc.unique(table["customer_id"]), customers.table
    picked = pa.array(rng.integers(0, whole.num_rows, len(who)))
    further = {name: whole[name].take(picked) for name in table.column_names}
    further |= {"customer_id": pa.chunked_array([who]), "valid_from": _times(_later(cutoff, len(who), rng))}
    if "valid_to" in further:
        further["valid_to"] = pa.nulls(len(who), _TIME)
    for name in (name for name, what in customers.tells_end.items() if what == "end"):
        further[name] = pa.nulls(len(who), _TIME)
    both = pa.concat_tables([table, pa.table(further, schema=table.schema)])
    order = [(name, "ascending") for name in ("customer_id", "valid_from", "valid_to") if name in both.column_names]
    return customers.marked(both.sort_by(order))


def _later(cutoff: np.datetime64, size: int, rng: np.random.Generator) -> np.ndarray:
    """Times in the quarter after a cut-off, the first exactly at it."""
    times = cutoff.astype("datetime64[us]").astype(np.int64) + rng.integers(0, _QUARTER, size)
    times[:1] = cutoff.astype("datetime64[us]").astype(np.int64)
    return times


def _times(micros: np.ndarray) -> pa.Array:
    return pa.array(micros, pa.int64()).cast(_TIME)


def _ended(column: pa.ChunkedArray, cutoff: np.datetime64, rng: np.random.Generator) -> pa.Array:
    ends = _later(cutoff, len(column), rng)
    return pc.if_else(pa.array(rng.random(len(column)) < 0.5), _times(ends), pa.scalar(None, _TIME))


def _moved(column: pa.ChunkedArray, cutoff: np.datetime64, rng: np.random.Generator) -> pa.ChunkedArray:
    ahead = pc.fill_null(pc.greater_equal(column, pa.scalar(cutoff.astype(object), _TIME)), False)
    return pc.if_else(ahead, _times(_later(cutoff, len(column), rng)), column)


def _put(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
