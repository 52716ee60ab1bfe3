"""The door to Spark: the libraries it needs, frames that are its own, and what is sent to every worker once."""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cxchurn._core import MissingExtraError, UsageError, at_most, logger, require
from cxchurn.scoring.spark._bucket import Found, Job, handle

_PURPOSE = "work on a Spark cluster"
# jobs that a worker keeps: that of the last call, and of the one before
_KEPT = 2
# Spark's own batches of Arrow have as many by default
_ROWS = 10_000
_TYPES = {
    pa.string(): "STRING",
    pa.int64(): "BIGINT",
    pa.int8(): "TINYINT",
    pa.float64(): "DOUBLE",
    pa.float32(): "FLOAT",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
}


def spark_sql() -> Any:
    """Return pyspark's functions of columns, or say which extra brings it, and that Spark needs Java."""
    try:
        require("pyspark", extra="spark", purpose=_PURPOSE)
        return require("pyspark.sql.functions", extra="spark", purpose=_PURPOSE)
    except MissingExtraError as error:
        raise MissingExtraError(
            error.found, hint=f"{error.hint}; Spark also needs Java 17 or newer (JAVA_HOME, or java on the PATH)."
        ) from error


def is_spark(data: Any) -> bool:
    """Whether data is a frame of Spark."""
    return type(data).__module__.startswith("pyspark.sql") and hasattr(data, "sparkSession")


def check_spark(data: Any, what: str) -> None:
    """Raise an error for what is no frame of a classic Spark session."""
    spark_sql()
    if not is_spark(data):
        raise UsageError(
            f"{what} are a {type(data).__name__}.",
            allowed="a DataFrame of Spark, or a list of cx.Source of such frames, each with its schema",
            hint="spark.read.parquet(...) or spark.table(...) gives one; what is in this process: cx.score(...).",
        )
    if ".connect." in type(data).__module__:
        raise UsageError(
            f"{what} are of a Spark Connect session, which has no broadcast and no accumulators.",
            allowed="a DataFrame of a classic session",
        )


def ddl(columns: pa.Schema) -> str:
    """Return columns as Spark's SQL declares them."""
    return ", ".join("`{}` {}".format(one.name.replace("`", "``"), _TYPES[one.type]) for one in columns)


@dataclass(frozen=True)
class Shipped:
    """Something that every worker gets once, and keeps.

    Parameters
    ----------
    key : str
        A fingerprint of it.
    carrier : Broadcast
        Its ``value`` are the bytes.
    """

    key: str
    carrier: Any

    @classmethod
    def of(cls, session: Any, job: Job) -> Shipped:
        """Send a job to the workers of a session: builders of a notebook's own come along by their code."""
        pickler = require("pyspark.cloudpickle", extra="spark", purpose=_PURPOSE)
        data = pickler.dumps(job)
        return cls(hashlib.sha256(data).hexdigest(), session.sparkContext.broadcast(data))

    def load(self) -> Job:
        """Return it, made once in this process."""
        if self.key not in _loaded:
            _loaded[self.key] = pickle.loads(self.carrier.value)
            while len(_loaded) > _KEPT:
                _loaded.popitem(last=False)
        return _loaded[self.key]


_loaded: OrderedDict[str, Job] = OrderedDict()


def bucket_worker(shipped: Shipped, accumulator: Any, threads: int) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return what ``mapInArrow`` runs: the answers of a bucket as they come, and what else was found beside them."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        # what there is to say is said where the call was made
        logger.setLevel(logging.ERROR)
        with at_most(threads):
            answers, found = handle(batches, context.partitionId(), shipped.load())
        if answers is not None:
            yield from answers.to_batches(max_chunksize=_ROWS)
        accumulator.add({context.partitionId(): found})

    return work


def accumulator_of(session: Any) -> Any:
    """Return an accumulator of what is found in each bucket: a bucket that is worked on twice is there once."""
    accumulators = require("pyspark.accumulators", extra="spark", purpose=_PURPOSE)

    class ByBucket(accumulators.AccumulatorParam):  # type: ignore[misc, name-defined]
        def zero(self, value: dict[int, Found]) -> dict[int, Found]:
            return {}

        def addInPlace(self, one: dict[int, Found], other: dict[int, Found]) -> dict[int, Found]:
            one.update(other)
            return one

    return session.sparkContext.accumulator({}, ByBucket())
