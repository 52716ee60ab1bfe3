"""The events on their way: rows of all sources and of what comes along, divided over buckets of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from cxchurn._core import DataError, UsageError, listed, logger
from cxchurn.interactions import Schema, Source, column_of
from cxchurn.interactions.shards import BLANKS, NOTHING, POINT_ZERO
from cxchurn.scoring.spark._bucket import SOURCE, struct_of
from cxchurn.scoring.spark._session import check_spark, spark_sql

# so many ids are shown that rows of several customers carry
_SHOWN = 3
# shares are counted in such parts
_FINE = 1_000_000
# what the number of all other columns is called where rows are compared
OTHERS = "the other columns"
# events a bucket: as many as a task reads into some hundred megabytes at most, and enough that its start does not count
_MOST, _LEAST, _PER_CORE = 500_000, 20_000, 4


class Given(NamedTuple):
    """A frame of Spark with what its columns mean.

    Attributes
    ----------
    name : str
    frame : DataFrame
    schema : Schema
    observed_until : instant or None
    """

    name: str
    frame: Any
    schema: Schema
    observed_until: Any = None


class Part(NamedTuple):
    """Some columns of a frame that are to come to the bucket of their customer.

    Attributes
    ----------
    frame : DataFrame
    columns : tuple of str
    customer : str
        The column of the customers' ids.
    scattered : str, optional
        The column by which rows without an id are scattered.
    others : tuple of str
        Further columns, of which one number comes along: equal rows have equal ones.
    """

    frame: Any
    columns: tuple[str, ...]
    customer: str
    scattered: str | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, frame: Any, columns: tuple[str, ...], schema: Schema) -> Part:
        """Return the part of a source: what its schema needs, and what tells copies from rows that are merely alike."""
        others = tuple(name for name in frame.columns if name not in columns) if schema.duplicates == "refuse" else ()
        return cls(frame, columns, schema.customer_id, column_of(schema.timestamp), others)


def given_sources(events: Any, schema: Any, schemas: Sequence[Schema]) -> list[Given]:
    """Return the frames with their schemas: those given, else those that a model has kept.

    Parameters
    ----------
    events : DataFrame or list of Source
    schema : Schema or path, optional
        For one frame.
    schemas : sequence of Schema
        What the columns of the training log's sources meant, in their order.
    """
    several = list(events) if isinstance(events, (list, tuple)) else [events]
    sources = [one if isinstance(one, Source) else Source(one, schema) for one in several]
    if not sources or (schema is not None and len(sources) > 1):
        raise UsageError(
            "several sources are given as a list of cx.Source, each with its own schema.",
            hint="[cx.Source(orders, 'orders.toml'), cx.Source(tickets, 'tickets.toml')]",
        )
    names = ["the DataFrame"] if len(sources) == 1 else [f"source {k + 1}" for k in range(len(sources))]
    kept = list(schemas) if len(schemas) == len(sources) else [None] * len(sources)
    return [
        Given(name, _checked(one.data, name), _schema(one.schema or own, name, len(schemas)), one.observed_until)
        for name, one, own in zip(names, sources, kept, strict=True)
    ]


def _checked(frame: Any, name: str) -> Any:
    check_spark(frame, "the events" if name == "the DataFrame" else f"the events of {name}")
    twice = sorted({column for column in frame.columns if frame.columns.count(column) > 1})
    if twice:
        raise DataError(f"{name} has columns of one name: {listed(twice)}.", hint="rename or drop all but one.")
    return frame


def _schema(given: Any, name: str, known: int) -> Schema:
    if isinstance(given, Schema):
        return given
    if given is None:
        raise UsageError(
            f"nothing says what the columns of {name} mean.",
            allowed="schema=, or as many sources as the model learned from, in that order" if known else "schema=",
            hint="the training log came from one source."
            if known == 1
            else f"it came from {known} sources."
            if known
            else None,
        )
    return Schema.from_toml(given)


def buckets_for(frames: Sequence[Any], cores: int) -> int:
    """Return into how many buckets of customers frames are to be divided; counts their rows.

    Parameters
    ----------
    frames : sequence of DataFrame
    cores : int
        How many tasks can run at a time.
    """
    events = sum(frame.count() for frame in frames)
    size = min(_MOST, max(_LEAST, events // (_PER_CORE * cores)))
    buckets = max(1, -(-events // size))
    logger.info("%s events are divided by customer over %s buckets.", f"{events:,}", f"{buckets:,}")
    return buckets


def divided(parts: Sequence[Part], buckets: int) -> Any:
    """Return one frame of all rows, in as many partitions as buckets: all rows of a customer are in one of them."""
    functions = spark_sql()
    rows = [_row(part, place, functions) for place, part in enumerate(parts)]
    whole = rows[0]
    for other in rows[1:]:
        whole = whole.unionByName(other, allowMissingColumns=True)
    return whole.repartition(buckets, functions.col("key")).drop("key")


def of_share(part: Part, share: float, random_state: int) -> Any:
    """Return the rows of a share of the customers, drawn by a hash of the id; rows without one are left out."""
    functions = spark_sql()
    drawn = functions.pmod(
        functions.xxhash64(_key(part._replace(scattered=None), functions), functions.lit(random_state)),
        functions.lit(_FINE),
    )
    columns = [_column(name, functions) for name in part.columns]
    return part.frame.where(
        _key(part._replace(scattered=None), functions).isNotNull() & (drawn < int(share * _FINE))
    ).select(*columns)


def _row(part: Part, place: int, functions: Any) -> Any:
    fields = [_column(name, functions).alias(f"c{k}") for k, name in enumerate(part.columns)]
    kinds = dict(part.frame.dtypes)
    others = [(_column(name, functions), kinds[name]) for name in part.others]
    fields += [_fingerprint(others, functions).alias("others")] if others else []
    key = functions.xxhash64(_key(part, functions))
    source = functions.lit(place).cast("byte")
    return part.frame.select(key.alias("key"), source.alias(SOURCE), functions.struct(*fields).alias(struct_of(place)))


def _key(part: Part, functions: Any) -> Any:
    """The id as the reader takes it, whatever its spelling; rows without one are scattered."""
    given = _column(part.customer, functions)
    if dict(part.frame.dtypes)[part.customer] not in ("string", "varchar", "char"):
        key = given.try_cast("bigint").cast("string")
    else:
        bare = functions.regexp_replace(functions.btrim(given, functions.lit(BLANKS)), f"^{POINT_ZERO}$", "$1")
        key = functions.when(~functions.lower(bare).isin("", *NOTHING), bare)
    if part.scattered is None:
        return key
    return functions.coalesce(key, functions.xxhash64(_column(part.scattered, functions)).cast("string"))


def types_of(frame: Any, wanted: Sequence[str]) -> pa.Schema:
    """Return the types of those of some columns that a frame has, as they come to a task; no row is read."""
    functions = spark_sql()
    return (
        frame.select(*(_column(name, functions) for name in wanted if name in frame.columns)).limit(0).toArrow().schema
    )


def check_event_ids(given: Given) -> None:
    """Refuse ids of events that rows of several customers carry: no bucket sees that they contradict each other.

    A source without ids of events is not looked at.
    """
    if given.schema.event_id is None:
        return
    functions = spark_sql()
    event = _key(Part(given.frame, (), given.schema.event_id), functions).alias("event")
    customer = _key(Part(given.frame, (), given.schema.customer_id), functions).alias("customer")
    pairs = given.frame.select(event, customer).where("event IS NOT NULL AND customer IS NOT NULL")
    ends = functions.min("customer").alias("first"), functions.max("customer").alias("last")
    shared = pairs.groupBy("event").agg(*ends).where("first <> last").limit(_SHOWN + 1).collect()
    if shared:
        examples = listed((f"{one.event!r} (customers {one.first!r} and {one.last!r})" for one in shared), most=_SHOWN)
        raise DataError(
            f"rows of different customers have one event_id in {given.name}: {examples}.",
            allowed="one customer an event_id",
            hint="if the column does not name events, take it out of the schema; else correct or leave out these rows.",
        )


def _fingerprint(columns: Sequence[tuple[Any, str]], functions: Any) -> Any:
    """A number of some columns; that a value is missing is part of it, and maps, which have no hash, count as text."""
    values = [functions.to_json(one) if "map<" in kind else one for one, kind in columns]
    return functions.xxhash64(*values, *(functions.isnull(one) for one, _ in columns))


def _column(name: str, functions: Any) -> Any:
    return functions.col("`{}`".format(name.replace("`", "``")))
