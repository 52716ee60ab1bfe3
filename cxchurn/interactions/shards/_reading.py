"""Reading sources in shards: all rows of some customers at a time, on whatever machine, by what is decided for all of them.

One machine's reader looks at all rows; where they are divided by customer over many machines, each shard is read by the same
rules, and says what it found. What rows of other shards have a say in (the ids' type, how texts are meant) is decided
beforehand, or found out to matter, and then the shards are read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxchurn.interactions.log._currencies import currencies_in
from cxchurn.interactions.log._customer_table import CustomerTable
from cxchurn.interactions.log._log import InteractionLog
from cxchurn.interactions.log._spelling import label_columns, label_counts
from cxchurn.interactions.log._validation import Finding, Validation
from cxchurn.interactions.reading._combined import together
from cxchurn.interactions.reading._reading import empty_reading, ids_of_source, read_source
from cxchurn.interactions.reading._way import Reading, Way, late_by
from cxchurn.interactions.reading.casts.texts._conventions import Conventions, are_whole
from cxchurn.interactions.reading.sources._sources import Source
from cxchurn.interactions.schema._schema import Schema, columns_of, named
from cxchurn.interactions.shards._report import ShardReport, ShardSource
from cxchurn.interactions.store._arrivals import Arrivals
from cxchurn.interactions.store._crowd import Crowd
from cxchurn.interactions.store._nobody import rows_of

# of the customers of a shard's source, so many are kept to see whether two sources share any
_FEW = 1 << 10


@dataclass(frozen=True)
class Sharding:
    """What is decided for all shards.

    Parameters
    ----------
    names : tuple of str
        What the sources are called in reports.
    schemas : tuple of Schema
        What their columns mean.
    now : datetime64[us]
        Times after this one are in the future.
    ids : {"text", "integer"}
        The type of the customers' ids.
    mixed : bool
        Whether the ids are whole numbers in some sources and text in others, and so are read as text in all.
    conventions : tuple of Conventions, optional
        How the texts of each source are meant. Default: each shard goes by its own rows, and says by what.
    until : datetime64[us], optional
        The instant before which the log is complete. Default: not known yet, and `now`.
    ends : tuple of datetime64[us] or None, optional
        Until when each source is complete, where that was said.
    start : datetime64[us], optional
        When the first interaction of all shards happened. Default: not known, and each shard has its own.
    """

    names: tuple[str, ...]
    schemas: tuple[Schema, ...]
    now: np.datetime64
    ids: str
    mixed: bool = False
    conventions: tuple[Conventions, ...] | None = None
    until: np.datetime64 | None = None
    ends: tuple[np.datetime64 | None, ...] = ()
    start: np.datetime64 | None = None

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The columns that are needed of each source."""
        return tuple(tuple(columns_of(schema)) for schema in self.schemas)


def sharding_of(
    names: Sequence[str], schemas: Sequence[Schema], types: Sequence[pa.Schema], now: np.datetime64
) -> Sharding:
    """Check that sources have the columns that their schemas name, in types that can be read, and decide what ids are.

    Parameters
    ----------
    names : sequence of str
        What the sources are called.
    schemas : sequence of Schema
    types : sequence of pyarrow.Schema
        The sources' columns.
    now : datetime64[us]

    Raises
    ------
    DataError
        Where columns are missing, or of types that cannot be read as what they are said to be.
    """
    way = Way(now, keep_refused=False)
    given = zip(names, schemas, types, strict=True)
    kinds = [ids_of_source(Source(one.empty_table(), schema), way, label=name) for name, schema, one in given]
    mixed = len(set(kinds)) > 1
    return Sharding(tuple(names), tuple(schemas), now, "text" if mixed else kinds[0], mixed)


class ShardLog(InteractionLog):
    """The log of a shard: it begins where that of all shards does, once this is known.

    Attributes
    ----------
    first : datetime64[us] or None
    """

    first: np.datetime64 | None = None

    @property
    def start(self) -> np.datetime64 | None:
        """When the first interaction of all shards happened, else that of this one; None without events."""
        return super().start if self.first is None else self.first


def read_shard(
    tables: Sequence[pa.Table], about: Sharding, customers: CustomerTable | None = None
) -> tuple[InteractionLog, ShardReport]:
    """Read all rows of some customers.

    Parameters
    ----------
    tables : sequence of pyarrow.Table
        The rows of each source, with the columns that its schema names; any may have no row.
    about : Sharding
        What is decided for all shards.
    customers : CustomerTable, optional
        Attributes of these customers, with ids of the log's type.

    Returns
    -------
    InteractionLog, ShardReport
    """
    readings = [_read(table, about, k) for k, table in enumerate(tables)]
    events = together(readings, None, None)
    log = ShardLog(
        events,
        schemas=about.schemas,
        measures=_names(about, "measures", events),
        categories=_names(about, "categories", events),
        customers=customers,
        validation=Validation(sum(one.rows_read for one in readings), sum(one.rows_refused for one in readings), ()),
        refused=None,
        observed_until=about.now if about.until is None else about.until,
        schema_guessed=False,
        arrivals=tuple(one.arrivals for one in readings),
        end_given=True,
    )
    log.first = about.start
    return log, _reported(readings, about, events)


def refused_in_shard(table: pa.Table, about: Sharding, source: int) -> pa.Table:
    """Return the rows of one source that break a rule, as they came, with ``rule``: which ones.

    Parameters
    ----------
    table : pyarrow.Table
        All rows of some customers, with all columns of the source.
    about : Sharding
    source : int
        Which source it is.
    """
    refused = _read(table, about, source, keep=True).refused if table.num_rows else None
    if refused is None or not refused.num_rows:
        return table.slice(0, 0).append_column("rule", pa.array([], pa.string()))
    rule = refused.column(refused.num_columns - 1).cast(pa.string())
    as_came = refused.select(list(range(table.num_columns))).rename_columns(table.column_names)
    return as_came.cast(table.schema).append_column("rule", rule)


def _read(table: pa.Table, about: Sharding, place: int, *, keep: bool = False) -> Reading:
    told = None if about.conventions is None else about.conventions[place]
    way = Way(about.now, keep, as_text=about.mixed, conventions=told)
    if not table.num_rows:
        return empty_reading(about.schemas[place], about.ids, way)
    found = read_source(Source(table, about.schemas[place]), way)
    assert found is not None
    return found


def _names(about: Sharding, what: str, events: pa.Table) -> tuple[str, ...]:
    found = dict.fromkeys(name for schema in about.schemas for name in named(getattr(schema, what)))
    return tuple(name for name in found if name in events.column_names)


def _reported(readings: Sequence[Reading], about: Sharding, events: pa.Table) -> ShardReport:
    who = events["customer_id"].combine_chunks()
    per_customer = pc.value_counts(who).field("counts")
    words = label_columns(events.schema)
    return ShardReport(
        tuple(_source(one, about, k) for k, one in enumerate(readings)),
        events.num_rows,
        len(per_customer),
        pc.max(per_customer).as_py() or 0,
        pc.min(events["timestamp"]).value,
        label_counts([events], words),
        Counter(currencies_in(events)),
        rows_of({who for one in readings for who in one.crowd.nobodies}, [events["customer_id"]]),
    )


def _source(reading: Reading, about: Sharding, place: int) -> ShardSource:
    found = replace(reading.conventions, whole=are_whole(reading.store.customers()))
    crowd = Crowd(reading.crowd.hashes[:_FEW], reading.crowd.examples)
    by = found if about.conventions is None else about.conventions[place]
    return ShardSource(
        reading.rows_read,
        reading.rows_refused,
        tuple(_without_row(one, about.names[place]) for one in reading.findings),
        reading.store.arrivals,
        found,
        frozenset([_apart(by)]),
        crowd,
        reading.rows_repeated,
    )


def _apart(by: Conventions) -> Conventions:
    # by what texts are read; how many rows said so is another matter
    return Conventions(by.told, by.whole, pointed=min(by.pointed, 1))


def _without_row(found: Finding, source: str) -> Finding:
    """A finding whose examples have no number: rows of a shard stand in no order."""
    shown = tuple({key: value for key, value in one.items() if key != "row"} for one in found.examples)
    return replace(found, source=source, examples=shown)


def arrivals_of(report: ShardReport, about: Sharding) -> tuple[Arrivals, ...]:
    """Return what arrived when, source by source, over all shards."""
    given = zip(about.names, about.schemas, report.sources, about.ends or repeat(None), strict=False)
    return tuple(Arrivals(name, one.counts, end, late_by(schema)) for name, schema, one, end in given)
