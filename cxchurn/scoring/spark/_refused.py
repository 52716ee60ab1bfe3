"""The rows that break a rule, set aside by a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cxchurn._core import at_most, logger
from cxchurn.interactions import column_of
from cxchurn.interactions.shards import Sharding, refused_in_shard
from cxchurn.scoring.spark._bucket import tables_of
from cxchurn.scoring.spark._frames import Part, divided, types_of
from cxchurn.scoring.spark._run import Prepared, Ran
from cxchurn.scoring.spark._write import write_in_place

# Spark's own batches of Arrow have as many by default
_ROWS = 10_000


@dataclass(frozen=True)
class Refusing:
    """Finds the rows of one source that break a rule, bucket by bucket.

    Parameters
    ----------
    about : Sharding
        As the events were read.
    source : int
    types : pyarrow.Schema
        All columns of the source.
    """

    about: Sharding
    source: int
    types: pa.Schema

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> pa.Table:
        """Return the refused rows of a bucket, as they came, with the rules they broke."""
        (table,) = tables_of(batches, [self.types])
        return refused_in_shard(table, self.about, self.source)


def set_aside(prepared: Prepared, ran: Ran, folder: str) -> None:
    """Write the refused rows of all sources: of several, each to a folder of its own.

    Parameters
    ----------
    prepared : Prepared
    ran : Ran
        What was found.
    folder : str
    """
    assert ran.found.report is not None
    for place, (one, found) in enumerate(zip(prepared.given, ran.found.report.sources, strict=True)):
        target = folder if len(prepared.given) == 1 else f"{folder.rstrip('/')}/{one.name.replace(' ', '-')}"
        if found.rows_refused:
            write_in_place(_refused(prepared, ran, place).coalesce(1), target)
            logger.info("%s refused rows of %s are in %s.", f"{found.rows_refused:,}", one.name, target)


def _refused(prepared: Prepared, ran: Ran, place: int) -> Any:
    frame, schema = prepared.given[place].frame, prepared.given[place].schema
    types = types_of(frame, frame.columns)
    find = Refusing(ran.job.about, place, types)
    part = Part(frame, tuple(frame.columns), schema.customer_id, column_of(schema.timestamp))
    columns = type(frame.schema)(list(frame.schema.fields)).add(_free("rule", frame.columns), "string")
    return divided([part], prepared.buckets).mapInArrow(_worker(find), columns)


def _free(name: str, taken: list[str]) -> str:
    found, lower = name, {one.lower() for one in taken}
    while found in lower:
        found = f"@{found}"
    return found


def _worker(find: Refusing) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with at_most(1):
            yield from find(batches).to_batches(max_chunksize=_ROWS)

    return work
