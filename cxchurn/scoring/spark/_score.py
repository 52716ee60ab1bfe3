"""Scoring everybody as of one instant, on a Spark cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DAY, UsageError, instant, logger
from cxchurn.features import FeatureSet, References
from cxchurn.history import preset_events_by_day
from cxchurn.interactions.shards import ShardReport, named_zones, without_events
from cxchurn.model import ChurnModel, with_references
from cxchurn.scoring._fitted import fitted
from cxchurn.scoring._inside import check_inside
from cxchurn.scoring._shallow import say_depth
from cxchurn.scoring.batch import (
    BandRule,
    Wanted,
    check_wanted,
    night,
    reference_notes,
    references_given,
    says_of,
    stopped_notes,
)
from cxchurn.scoring.spark._frames import given_sources
from cxchurn.scoring.spark._refused import set_aside
from cxchurn.scoring.spark._run import Prepared, Ran, Reading, checked, let_go, prepare, run
from cxchurn.scoring.spark._tasks import Look, Score, Tally
from cxchurn.scoring.spark._write import write_in_place

# some ten megabytes of Parquet with reasons: fewer and larger files than Spark's two hundred shuffled partitions
_ROWS_A_FILE = 250_000
_UNKNOWN = np.datetime64("1970-01-01", "us")


def score_spark(
    model: ChurnModel | str | Path,
    events: Any,
    *,
    at: Any = None,
    reasons: int = 0,
    schema: Any = None,
    customers: Any = None,
    references: References | str | Path | None = None,
    allow_shallow: bool = False,
    bands: str | None = None,
    intervals: bool | float = False,
    on_error: str = "raise",
    quarantine: str | None = None,
    observed_until: Any = None,
    now: Any = None,
    buckets: int | None = None,
    out: str | None = None,
) -> Any:
    """Tell for every customer how likely they are to leave, on a Spark cluster: the numbers and words of `score`, to the bit.

    The events are divided by customer over buckets; a task reads those of one bucket by the reader's rules, and runs the code
    that `score` runs. What no bucket knows alone is decided for all of them: until when the log is complete, whether the
    history is deep enough, how texts are meant. The work is done when the call returns.

    Parameters
    ----------
    model : ChurnModel or path
        A fitted model; or the folder of a saved one, or its address in MLflow.
    events : DataFrame of Spark, or list of Source
        The interactions, in your columns; or several `Source` of such frames.
    at : str or datetime, optional
        The cut-off. Default: the end of the log; then the events are read twice, first to know where they end.
    reasons : int, default 0
        How many reasons to give for each customer.
    schema : Schema or path, optional
        What the columns mean. Default: what they meant in the log that the model learned from.
    customers : DataFrame of Spark, or as in `read_interactions`, optional
        Attributes of the customers. They are read and checked on the driver.
    references, allow_shallow, intervals
        As in `score`.
    bands : str, optional
        As in `score`, but not by capacity: who the first so many are is known when all are scored.
    on_error, observed_until, now
        As in `read_interactions`.
    quarantine : str, optional
        A folder for the refused rows, as they came and with ``rule``: Parquet, a folder a source. Needs
        ``on_error="quarantine"``, and reads the events once more where there are any.
    buckets : int, optional
        Into how many buckets the customers are divided. Default: by the number of events, which are counted for it; a task
        takes up to half a million.
    out : str, optional
        A folder of nights to write the scores to as Parquet, in a folder such as ``night=2025-01-01T000000Z`` within it, as
        `score_to` does; what is there of the same instant is replaced, in one step.

    Returns
    -------
    DataFrame of Spark
        The columns of `score`, in no order; instants are instants, a probability that there is none of is null. It is kept in
        the executors until ``scores.unpersist()``; with `out` it is what was written. ``scores.attrs["summary"]`` counts in
        words, ``scores.attrs["notes"]`` lists what to know, ``scores.attrs["validation"]`` is the report on the rows, and
        ``scores.attrs["buckets"]`` says what each bucket took.

    Raises
    ------
    MissingExtraError
        Without the extra ``spark``.
    DataError, MismatchError, UsageError
        As `read_interactions` and `score` do.

    Examples
    --------
    Needs a cluster:

    >>> scores = cx.score_spark(model, spark.read.parquet("events/"), at="2025-01-01", reasons=3)  # doctest: +SKIP
    """
    model = fitted(model)
    _check_quarantine(on_error, quarantine)
    given = given_sources(events, schema, getattr(model, "schemas_", ()))
    wanted, newer = Wanted(None, reasons, None, allow_shallow, bands, intervals), references_given(references)
    _check_bands(model, wanted)
    model = with_references(model, newer)
    cutoff = _UNKNOWN if at is None else instant(at, name="at", timezone=named_zones([one.schema for one in given])[0])
    reading = Reading(customers=customers, on_error=on_error, observed_until=observed_until, now=now, buckets=buckets)
    prepared = prepare(given, Score(model, cutoff, wanted), reading)
    check_fits(model.features_, prepared)
    if at is None:
        prepared, cutoff = _ending(prepared, model)
    task = Score(model, cutoff, wanted)
    ran = run(prepared.asking(task), task.columns)
    with let_go(ran.frame):
        about = _about(prepared, ran, task, newer)
        if quarantine is not None and about["validation"].rows_refused:
            set_aside(prepared, ran, quarantine)
    say_skew(ran)
    return handed(ran, out, cutoff, about, rows=ran.found.told.rows)


def _check_quarantine(on_error: str, quarantine: str | None) -> None:
    if quarantine is not None and on_error != "quarantine":
        raise UsageError(
            "quarantine= says where refused rows go, but none are set aside.", hint="on_error='quarantine'"
        )


def _about(prepared: Prepared, ran: Ran, task: Score, newer: References | None) -> dict[str, Any]:
    """Check what no bucket knows alone, and return what there is to say of the scores."""
    log = checked(prepared, ran)
    check_inside(task.at, log)
    tally: Tally = ran.found.told
    features = task.model.features_
    preset_events_by_day(log, tally.days)
    notes = [
        *reference_notes(newer, features.references_, task.at),
        *stopped_notes(task.model, log, task.at),
        *_depth(features, tally, task.at, task.wanted.allow_shallow),
    ]
    said = {"summary": says_of(tally.who, task.at, log.timezone), "notes": notes, "rules": task.wanted.rules}
    return {**said, "timezone": log.timezone, "validation": log.validation}


def _check_bands(model: ChurnModel, wanted: Wanted) -> None:
    """Refuse what no bucket can say, before the work."""
    rule = None if wanted.bands is None else BandRule.read(wanted.bands)
    if rule is not None and rule.by not in ("probability", "share"):
        raise UsageError(
            f"bands is {wanted.bands!r}.",
            allowed="by probability or by share",
            hint="scores.orderBy('churn_probability', ascending=False).limit(500) gives the first so many.",
        )
    check_wanted(model, wanted, rule)


def check_fits(features: FeatureSet, prepared: Prepared) -> None:
    """Raise the error for a log that lacks what the features are made from, before any row is read."""
    nothing = ShardReport((), 0, 0, 0, None, {}, {})  # type: ignore[arg-type]
    log = without_events(nothing, prepared.job.about, prepared.attributes)
    nobody = pd.DataFrame({"customer_id": np.array([], dtype=object), "cutoff": np.array([], dtype="datetime64[us]")})
    features.with_log(log).transform(nobody)


def _ending(prepared: Prepared, model: ChurnModel) -> tuple[Prepared, np.datetime64]:
    """Look where the log ends, and return what is known then."""
    ran = run(prepared.asking(Look(model.churn_)), [])
    log = checked(prepared, ran)
    ran.frame.unpersist()
    return replace(prepared, job=ran.job), log.observed_until


def _depth(features: FeatureSet, tally: Tally, cutoff: np.datetime64, allow: bool) -> list[str]:
    began, known = (_times(counts) for counts in (tally.asked, tally.known))
    at = np.full(began.size, cutoff.astype(np.int64))
    return say_depth(features, began, at, known, allow=allow)


def _times(days: dict[int, int]) -> np.ndarray:
    return np.repeat(np.array([*days], dtype=np.int64) * DAY, np.array([*days.values()], dtype=np.int64))


def say_skew(ran: Ran) -> None:
    """Say where one customer is most of a bucket that is much larger than the others."""
    sizes = ran.found.buckets
    most = max(sizes, key=lambda one: one.events)
    if 4 * sum(one.events for one in sizes) < most.events * len(sizes) and 2 * most.largest > most.events:
        logger.info(
            "one customer has %s of the %s events of bucket %d, which took %.1f s and %.0f MB.",
            f"{most.largest:,}",
            f"{most.events:,}",
            most.number,
            most.seconds,
            most.megabytes,
        )


def handed(ran: Ran, out: str | None, cutoff: np.datetime64, about: dict[str, Any], *, rows: int) -> Any:
    """Return the answers as a frame that knows what is to be said of it; written first where they are to be."""
    frame = ran.frame
    if out is not None:
        place, columns = f"{out.rstrip('/')}/{night(cutoff)}", frame.columns
        with let_go(ran.frame):
            # what a column says of itself goes into the files
            told = frame.withMetadata("as_of", {"timezone": about["timezone"]})
            write_in_place(told.coalesce(max(1, rows // _ROWS_A_FILE)), place)
        frame.unpersist()
        frame = frame.sparkSession.read.parquet(place).select(columns)
    frame.attrs = {**about, "buckets": ran.buckets}
    return frame
