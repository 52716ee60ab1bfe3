"""What one task does: the rows of a bucket of customers in, what is asked of them out; it knows nothing of Spark."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from cxchurn._core import CxchurnError, peak_memory_mb
from cxchurn.interactions import CustomerTable, InteractionLog
from cxchurn.interactions.shards import Known, Sharding, ShardReport, known_of, read_shard

# the columns of rows on their way to a bucket: which source they are of, and one column of structs a source
SOURCE = "source"
CUSTOMERS, ROWS = "customers", "rows"


def struct_of(place: int) -> str:
    """Return the name of the column that holds the rows of a source."""
    return f"s{place}"


class Task(Protocol):
    """What is asked of the customers of a bucket."""

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[pa.Table | None, Any]:
        """Return rows to hand back, and what is to be known of all buckets together (it can be added up)."""


@dataclass(frozen=True)
class Job:
    """What every task is sent.

    Parameters
    ----------
    about : Sharding
        What is decided for all buckets.
    task : Task
        What is asked of the customers.
    types : tuple of pyarrow.Schema
        The columns of each source, and then of what comes along beside the sources.
    beside : tuple of str
        What comes along: "customers" (attributes), "rows" (who is asked about, and when).
    customers : CustomerTable, optional
        Attributes; where they come along, their form alone.
    go_on : bool
        Whether customers are asked although rows of their bucket break a rule.
    """

    about: Sharding
    task: Task
    types: tuple[pa.Schema, ...]
    beside: tuple[str, ...] = ()
    customers: CustomerTable | None = None
    go_on: bool = True


@dataclass(frozen=True)
class Bucket:
    """What a bucket took.

    Parameters
    ----------
    number : int
    events, customers : int
    largest : int
        How many events the customer with the most has.
    seconds, cpu : float
        From the first row to the last answer: by the clock, and of processors.
    megabytes : float
        The most memory that the process which worked on it has ever taken; 0 where nobody says it.
    """

    number: int
    events: int
    customers: int
    largest: int
    seconds: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Found:
    """What is known of a bucket beside the answers, or of several.

    Parameters
    ----------
    buckets : tuple of Bucket
    report : ShardReport, optional
        What reading found; None where it failed.
    known : Known
        Which customers have attributes.
    told : any
        What the task told of all its customers.
    error : CxchurnError, optional
        What went wrong.
    """

    buckets: tuple[Bucket, ...] = ()
    report: ShardReport | None = None
    known: Known = field(default_factory=Known)
    told: Any = None
    error: CxchurnError | None = None

    def __add__(self, other: Found) -> Found:
        return Found(
            (*self.buckets, *other.buckets),
            _sum(self.report, other.report),
            self.known + other.known,
            _sum(self.told, other.told),
            self.error or other.error,
        )


def _sum(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one + other


def handle(batches: Iterable[pa.RecordBatch], number: int, job: Job) -> tuple[pa.Table | None, Found]:
    """Read the rows of a bucket, ask what is asked of its customers, and return the answers and what else was found.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Rows of all sources in any order: ``source``, and a struct a source.
    number : int
        The bucket's.
    job : Job
    """
    began = time.perf_counter(), time.process_time()
    tables = tables_of(batches, job.types)
    sources = len(job.about.schemas)
    beside = dict(zip(job.beside, tables[sources:], strict=True))
    try:
        attributes = _attributes(job.customers, beside.get(CUSTOMERS))
        log, report = read_shard(tables[:sources], job.about, attributes)
        known = Known() if attributes is None else known_of(attributes, _customers(log))
        clean = not any(one.rows_refused for one in report.sources)
        answers, told = job.task(log, beside.get(ROWS)) if job.go_on or clean else (None, None)
    except CxchurnError as error:
        return None, Found((_bucket(number, None, began),), error=error)
    return answers, Found((_bucket(number, report, began),), report, known, told)


def tables_of(batches: Iterable[pa.RecordBatch], types: Sequence[pa.Schema]) -> list[pa.Table]:
    """Return the rows of each source, of those that came together; of a source without rows, none."""
    there = [batch for batch in batches if batch.num_rows]
    return [_of_source(there, place, one) for place, one in enumerate(types)]


def _of_source(batches: Sequence[pa.RecordBatch], place: int, types: pa.Schema) -> pa.Table:
    found = []
    for batch in batches:
        mine = pc.equal(batch.column(SOURCE), place)
        if pc.any(mine).as_py():
            own = batch if pc.all(mine).as_py() else batch.filter(mine)
            found.append(pa.RecordBatch.from_arrays(own.column(struct_of(place)).flatten(), names=types.names))
    return pa.Table.from_batches(found) if found else types.empty_table()


def _attributes(form: CustomerTable | None, rows: pa.Table | None) -> CustomerTable | None:
    if form is None or rows is None:
        return form
    keys = [(name, "ascending") for name in ("customer_id", "valid_from", "valid_to") if name in rows.column_names]
    return form.over(rows.cast(plain_types(form.table.schema)).sort_by(keys))


def plain_types(types: pa.Schema) -> pa.Schema:
    """Return columns without dictionaries: text as text."""
    return pa.schema([(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in types])


def _customers(log: InteractionLog) -> pa.Array:
    who = log.events["customer_id"].combine_chunks()
    return who.dictionary if pa.types.is_dictionary(who.type) else who.unique()


def _bucket(number: int, report: ShardReport | None, began: tuple[float, float]) -> Bucket:
    sizes = (0, 0, 0) if report is None else (report.events, report.customers, report.largest)
    clock, cpu = began
    return Bucket(number, *sizes, time.perf_counter() - clock, time.process_time() - cpu, peak_memory_mb() or 0.0)


def as_agreed(job: Job, found: Found) -> Job | None:
    """Return the job that reads by what all buckets say of how texts are meant; None where it was read so."""
    if found.report is None or all(one.read_alike for one in found.report.sources):
        return None
    return replace(job, about=replace(job.about, conventions=tuple(one.conventions for one in found.report.sources)))
