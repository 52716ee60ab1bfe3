"""Running a job over all buckets, until they are read by what all of them say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cxchurn._core import DataError, instant, listed, step
from cxchurn.interactions import CustomerTable, Finding
from cxchurn.interactions.shards import (
    LogOutline,
    Sharding,
    about_customers,
    columns_of,
    fit_of,
    load_customers,
    outline_of,
    sharding_of,
    with_ids,
)
from cxchurn.scoring.spark._bucket import CUSTOMERS, ROWS, Bucket, Found, Job, Task, as_agreed, plain_types
from cxchurn.scoring.spark._frames import OTHERS, Given, Part, buckets_for, check_event_ids, divided, types_of
from cxchurn.scoring.spark._session import Shipped, accumulator_of, bucket_worker, ddl, is_spark
from cxchurn.scoring.spark._tasks import id_type

# attributes of more bytes than these come along with the events instead of going to every worker
_LARGE = 32 << 20


@dataclass(frozen=True)
class Prepared:
    """What is known before a row is read.

    Parameters
    ----------
    session : SparkSession
    given : list of Given
    job : Job
        With a task to be replaced.
    parts : tuple of Part
    buckets : int
    attributes : CustomerTable, optional
    findings, notes : tuple
        What reading the customers table found.
    observed_until : any
        As it was given.
    on_error : str
    """

    session: Any
    given: list[Given]
    job: Job
    parts: tuple[Part, ...]
    buckets: int
    attributes: CustomerTable | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    observed_until: Any = None
    on_error: str = "raise"

    def asking(self, task: Task) -> Prepared:
        """Return the same for another task."""
        return replace(self, job=replace(self.job, task=task))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the events are to be read, as every entrance is told.

    Parameters
    ----------
    customers, on_error, observed_until, now
        As in `read_interactions`; `customers` may be a frame of Spark.
    buckets : int, optional
        Into how many buckets the customers are divided. Default: by the number of events.
    """

    customers: Any = None
    on_error: str = "raise"
    observed_until: Any = None
    now: Any = None
    buckets: int | None = None

    @property
    def present(self) -> np.datetime64:
        """Times after this one are in the future."""
        return np.datetime64("now", "us") if self.now is None else instant(self.now, name="now")


def prepare(given: list[Given], task: Task, reading: Reading, *, rows: Any = None) -> Prepared:
    """Check what can be checked before a row is read, and plan how the rows come together.

    Parameters
    ----------
    given : list of Given
    task : Task
    reading : Reading
    rows : DataFrame of Spark, optional
        ``customer_id`` and ``cutoff``, which come along.
    """
    session = given[0].frame.sparkSession
    types = [types_of(one.frame, columns_of(one.schema)) for one in given]
    about = _about(given, types, reading.present)
    parts = [Part.of(one.frame, columns, one.schema) for one, columns in zip(given, about.columns, strict=True)]
    kinds = [_types(one, part) for one, part in zip(types, parts, strict=True)]
    whole, findings, notes = _attributes(reading.customers, about)
    table, beside = whole, []
    if table is not None and table.table.nbytes > _LARGE:
        parts.append(_along(session, table))
        kinds.append(_plain(table).schema)
        beside.append(CUSTOMERS)
        table = table.over(table.table.slice(0, 0))
    if rows is not None:
        parts.append(Part(rows, ("customer_id", "cutoff"), "customer_id"))
        kinds.append(types_of(rows, rows.columns))
        beside.append(ROWS)
    for one in given:
        check_event_ids(one)
    count = reading.buckets or buckets_for([one.frame for one in given], session.sparkContext.defaultParallelism)
    job = Job(about, task, tuple(kinds), tuple(beside), table, reading.on_error != "raise")
    found = whole, tuple(findings), tuple(notes)
    return Prepared(session, given, job, tuple(parts), count, *found, reading.observed_until, reading.on_error)


def _about(given: list[Given], types: list[pa.Schema], present: np.datetime64) -> Sharding:
    about = sharding_of([one.name for one in given], [one.schema for one in given], types, present)
    ends = [
        None
        if one.observed_until is None
        else instant(one.observed_until, name="observed_until", timezone=one.schema.timezone)
        for one in given
    ]
    return replace(about, ends=tuple(ends))


def _types(source: pa.Schema, part: Part) -> pa.Schema:
    found = pa.schema([source.field(name) for name in part.columns])
    return found.append(pa.field(OTHERS, pa.int64())) if part.others else found


def _attributes(customers: Any, about: Sharding) -> tuple[CustomerTable | None, list[Finding], list[str]]:
    if customers is None:
        return None, [], []
    data = customers.toArrow() if is_spark(customers) else customers
    given = isinstance(data, CustomerTable)
    table, findings = (data, []) if given else load_customers(data, about_customers(about.schemas))
    fitting, notes = with_ids(table, about.ids)
    return fitting, findings, notes


def _plain(table: CustomerTable) -> pa.Table:
    """The attributes in types that Spark has; times as whole numbers, which no zone of a session moves."""
    rows = table.table.cast(plain_types(table.table.schema))
    times = [pa.int64() if pa.types.is_timestamp(one.type) else one.type for one in rows.schema]
    return rows.cast(pa.schema(list(zip(rows.column_names, times, strict=True))))


def _along(session: Any, table: CustomerTable) -> Part:
    plain = _plain(table)
    return Part(session.createDataFrame(plain), tuple(plain.column_names), "customer_id")


@dataclass(frozen=True)
class Ran:
    """What came of a run.

    Parameters
    ----------
    frame : DataFrame
        The answers, kept by the executors.
    found : Found
        What is known beside them.
    job : Job
        As it was run at last.
    """

    frame: Any
    found: Found
    job: Job

    @property
    def buckets(self) -> pd.DataFrame:
        """What each bucket took: ``number``, ``events``, ``customers``, ``largest``, ``seconds``, ``cpu``, ``megabytes``."""
        names = list(Bucket.__dataclass_fields__)
        rows = sorted(self.found.buckets, key=lambda one: one.number)
        return pd.DataFrame([[getattr(one, name) for name in names] for one in rows], columns=names)


def run(prepared: Prepared, columns: list[tuple[str, pa.DataType]]) -> Ran:
    """Run a job, and again (twice at most) where buckets were read otherwise than all of them together say.

    Parameters
    ----------
    prepared : Prepared
    columns : list of (str, pyarrow.DataType)
        The columns of the answers beside the customer's id.
    """
    job = prepared.job
    answers = pa.schema([("customer_id", id_type(job.about.ids)), *columns])
    while True:
        with step(f"working on {prepared.buckets:,} buckets of customers"):
            frame, found = _run_once(prepared, job, answers)
        if found.error is not None:
            frame.unpersist()
            raise found.error
        again = as_agreed(job, found)
        if again is None:
            return Ran(frame, found, job)
        frame.unpersist()
        job = again


def _run_once(prepared: Prepared, job: Job, answers: pa.Schema) -> tuple[Any, Found]:
    from pyspark import StorageLevel

    session = prepared.session
    shipped, found = Shipped.of(session, job), accumulator_of(session)
    cores = int(session.sparkContext.getConf().get("spark.task.cpus", "1"))
    work = bucket_worker(shipped, found, cores)
    frame = divided(prepared.parts, prepared.buckets).mapInArrow(work, ddl(answers))
    frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
    frame.count()
    return frame, reduce(add, (found.value[number] for number in sorted(found.value)), Found())


def checked(prepared: Prepared, ran: Ran) -> LogOutline:
    """Check what was found as a log is checked when it is read, and return its outline; else let go of the answers."""
    found, table = ran.found, prepared.attributes
    with let_go(ran.frame):
        if found.report is None:
            raise DataError(
                f"{listed(ran.job.about.names)} has no rows.",
                hint="check that it is the right frame, and not an empty one.",
            )
        fit = [] if table is None else fit_of(table, found.known)
        return outline_of(
            found.report,
            ran.job.about,
            customers=table,
            findings=prepared.findings,
            notes=(*prepared.notes, *fit),
            observed_until=prepared.observed_until,
            on_error=prepared.on_error,
        )


@contextmanager
def let_go(frame: Any) -> Iterator[None]:
    """Let go of what the executors keep of a frame where something goes wrong."""
    try:
        yield
    except BaseException:
        frame.unpersist()
        raise
