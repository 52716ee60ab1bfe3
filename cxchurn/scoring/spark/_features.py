"""Features on a Spark cluster: of rows that are given, or of everybody as of one instant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from cxchurn._core import MismatchError, UsageError, as_pandas, instant, logger
from cxchurn.features import FeatureSet, rows
from cxchurn.interactions import SEVERAL
from cxchurn.interactions.shards import named_zones
from cxchurn.model import ChurnModel
from cxchurn.scoring._fitted import fitted
from cxchurn.scoring._inside import check_inside
from cxchurn.scoring.spark._frames import Given, given_sources
from cxchurn.scoring.spark._run import Reading, checked, let_go, prepare, run
from cxchurn.scoring.spark._score import check_fits, say_skew
from cxchurn.scoring.spark._session import is_spark
from cxchurn.scoring.spark._tasks import Features, Tally


def features_spark(
    features: FeatureSet | ChurnModel | str | Path,
    events: Any,
    rows: Any = None,
    *,
    at: Any = None,
    schema: Any = None,
    customers: Any = None,
    on_error: str = "raise",
    observed_until: Any = None,
    now: Any = None,
    buckets: int | None = None,
) -> Any:
    """Make the features of customers at cut-offs on a Spark cluster: those of `FeatureSet.transform`, to the bit.

    Parameters
    ----------
    features : FeatureSet, ChurnModel or path
        Fitted; or the folder of a saved model, or its address in MLflow. Customers are compared with customers in general by
        the tables that it carries.
    events : DataFrame of Spark, or list of Source
        The interactions; see `score_spark`.
    rows : DataFrame of Spark, pandas or polars, optional
        Columns ``customer_id`` and ``cutoff``; text without a zone is on the clock of the events' zone.
    at : str or datetime, optional
        In place of rows: everybody known before this instant, asked about or not.
    schema, customers, on_error, observed_until, now, buckets
        As in `score_spark`. Features alone need a schema.

    Returns
    -------
    DataFrame of Spark
        ``customer_id``, ``cutoff`` and the features, in no order; kept in the executors until ``unpersist()``.
        ``attrs["validation"]`` and ``attrs["buckets"]`` as of `score_spark`.

    Raises
    ------
    UsageError
        Where neither or both of `rows` and `at` are given.
    MismatchError
        Where the log lacks what features are made from, or knows none of several customers of the rows.

    Examples
    --------
    Needs a cluster:

    >>> cx.features_spark(model, spark.table("events"), at="2025-01-01").write.parquet("features/")  # doctest: +SKIP
    """
    features = features if isinstance(features, FeatureSet) else fitted(features)
    made = features if isinstance(features, FeatureSet) else features.features_
    check_is_fitted(made, "says_")
    if (rows is None) == (at is None):
        raise UsageError("features are made of rows, or of everybody as of an instant.", allowed="one of rows= and at=")
    # what others compare with is carried: no bucket holds everybody
    made = made.with_log(made.log)
    given = given_sources(events, schema, getattr(features, "schemas_", ()))
    zone = named_zones([one.schema for one in given])[0]
    task = Features(made, None if at is None else instant(at, name="at", timezone=zone))
    reading = Reading(customers=customers, on_error=on_error, observed_until=observed_until, now=now, buckets=buckets)
    prepared = prepare(given, task, reading, rows=None if rows is None else _rows(given, rows, zone))
    check_fits(made, prepared)
    ran = run(prepared, task.columns)
    log = checked(prepared, ran)
    with let_go(ran.frame):
        if task.at is not None:
            check_inside(task.at, log)
        _check_known(ran.found.told)
    say_skew(ran)
    ran.frame.attrs = {"validation": log.validation, "buckets": ran.buckets}
    return ran.frame


def _rows(given: list[Given], asked: Any, zone: str) -> Any:
    """Return rows as a frame of Spark whose cut-offs are instants."""
    session = given[0].frame.sparkSession
    if not is_spark(asked):
        who, cutoffs = rows(as_pandas(asked), zone)
        table = pd.DataFrame({"customer_id": who.to_numpy(), "cutoff": cutoffs.astype(np.int64)})
        return _instants(session.createDataFrame(_arrow(table)))
    missing = [name for name in ("customer_id", "cutoff") if name not in asked.columns]
    if missing:
        raise UsageError(f"the rows lack {' and '.join(missing)}.", allowed="the columns customer_id and cutoff")
    kind = dict(asked.dtypes)["cutoff"]
    if kind != "timestamp":
        raise UsageError(
            f"the rows' cutoff is of the type {kind}.",
            allowed="timestamp",
            hint="rows.withColumn('cutoff', to_timestamp('cutoff')), by the clock of the session's time zone.",
        )
    return asked.select("customer_id", "cutoff")


def _arrow(table: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.Table.from_pandas(table, preserve_index=False)


def _instants(frame: Any) -> Any:
    from pyspark.sql import functions

    return frame.select("customer_id", functions.timestamp_micros("cutoff").alias("cutoff"))


def _check_known(tally: Tally | None) -> None:
    if tally is None or not tally.unknown:
        return
    if tally.unknown == tally.rows and tally.rows >= SEVERAL:
        raise MismatchError(
            f"the events know none of the customers of the {tally.rows:,} rows.",
            allowed="customer_id values of the events",
        )
    logger.warning(
        "%s of %s rows are of customers of whom the log knows nothing.", f"{tally.unknown:,}", f"{tally.rows:,}"
    )
