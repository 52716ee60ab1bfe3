"""Training data where the log is too large for one machine: the panel of everybody, and that of a sample of customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cxchurn._core import UsageError, logger
from cxchurn.interactions import InteractionLog
from cxchurn.interactions.shards import read_shard
from cxchurn.panel import (
    ChurnDefinition,
    Panel,
    make_panel,
    outcomes,
    preset_ending,
    rows_at,
)
from cxchurn.scoring.spark._frames import given_sources, of_share
from cxchurn.scoring.spark._meaning import know_kinds, meaning_of
from cxchurn.scoring.spark._run import Reading, let_go, prepare, run
from cxchurn.scoring.spark._session import spark_sql
from cxchurn.scoring.spark._tasks import INSTANT, Look, as_table

_COLUMNS = [
    ("cutoff", INSTANT),
    ("group", pa.string()),
    ("churned", pa.int8()),
    ("already_silent", pa.bool_()),
    ("why", pa.string()),
]


@dataclass(frozen=True)
class Label:
    """Says who is asked about at each cut-off, and what became of them."""

    churn: ChurnDefinition
    cutoffs: Any

    def __call__(self, log: InteractionLog, rows: pa.Table | None) -> tuple[pa.Table | None, None]:
        """Label the customers of a bucket."""
        if not len(log):
            return None, None
        found, asked = rows_at(log, self.churn, self.cutoffs)
        found = found[asked.asked].reset_index(drop=True)
        churned, why = outcomes(found, log, self.churn)
        return as_table(found.assign(churned=churned, why=why), _COLUMNS, log.ids), None


def panel_spark(
    events: Any,
    churn: ChurnDefinition,
    *,
    cutoffs: Any,
    schema: Any = None,
    customers: Any = None,
    on_error: str = "raise",
    observed_until: Any = None,
    now: Any = None,
    buckets: int | None = None,
) -> Any:
    """Look at everybody at each cut-off on a Spark cluster: who was there, and who churned afterwards, as `make_panel` does.

    What the definition leaves to the log is decided on all events, and so is until when outcomes were observed; for that the
    events are read up to three times before.

    Parameters
    ----------
    events : DataFrame of Spark, or list of Source
    churn : ChurnDefinition
    cutoffs : Cutoffs, list or instant
    schema, customers, on_error, observed_until, now, buckets
        As in `score_spark`.

    Returns
    -------
    DataFrame of Spark
        The rows of ``Panel.frame``, in no order: ``customer_id``, ``cutoff``, ``group``, ``churned``, ``already_silent``.
        ``attrs["summary"]`` is as `Panel.summary`, ``attrs["notes"]`` says what was decided, ``attrs["definition"]`` is the
        definition with it; ``attrs["kept"]`` is what the executors keep (``.unpersist()``).

    Examples
    --------
    Needs a cluster:

    >>> panel = cx.panel_spark(events, churn, cutoffs=cx.monthly("2024-01-01"), schema="schema.toml")  # doctest: +SKIP
    """
    reading = Reading(customers=customers, on_error=on_error, observed_until=observed_until, now=now, buckets=buckets)
    meant = meaning_of(prepare(given_sources(events, schema, ()), Look(churn), reading), churn)
    ran = run(meant.prepared.asking(Label(meant.definition, cutoffs)), _COLUMNS)
    functions = spark_sql()
    last = (meant.ending.until - meant.definition.reach).astype("datetime64[us]").astype(np.int64)
    with let_go(ran.frame):
        whole = ran.frame.withColumn("finished", functions.unix_micros("cutoff") <= int(last))
        summary = _summary(whole, functions)
        frame = whole.where("finished and why = ''").drop("finished", "why")
    frame.attrs = {
        "summary": summary,
        "notes": list(meant.decided),
        "definition": meant.definition,
        "kept": ran.frame,
        "buckets": ran.buckets,
    }
    return frame


def sample_spark(
    events: Any,
    churn: ChurnDefinition,
    *,
    cutoffs: Any,
    share: float,
    random_state: int = 0,
    schema: Any = None,
    customers: Any = None,
    on_error: str = "raise",
    observed_until: Any = None,
    now: Any = None,
    buckets: int | None = None,
) -> Panel:
    """Bring a sample of the customers here, with all of their events, as a panel that `ChurnModel.fit` takes.

    Customers are drawn by a hash of their id: the same ones for the same `random_state`, whenever and wherever it is done.
    What the definition leaves to the log, and until when outcomes were observed, is decided on the events of everybody.

    Parameters
    ----------
    events, churn, cutoffs
        As in `panel_spark`.
    share : float
        The share of customers, above 0 and up to 1.
    random_state : int, default 0
    schema, customers, on_error, observed_until, now, buckets
        As in `score_spark`.

    Returns
    -------
    Panel
        Its notes say how large the sample is, and of what.

    Examples
    --------
    Needs a cluster:

    >>> train = cx.sample_spark(events, churn, cutoffs=cx.monthly("2024-01-01"), share=0.05, schema=schema)  # doctest: +SKIP
    >>> model = cx.ChurnModel(churn).fit(train)  # doctest: +SKIP
    """
    if not 0 < share <= 1:
        raise UsageError(
            f"share is {share!r}.", allowed="above 0, up to 1", hint="share=0.05 is one customer in twenty."
        )
    reading = Reading(customers=customers, on_error=on_error, observed_until=observed_until, now=now, buckets=buckets)
    prepared = prepare(given_sources(events, schema, ()), Look(churn), reading)
    meant = meaning_of(prepared, churn)
    tables = [of_share(part, share, random_state).toArrow() for part in prepared.parts[: len(prepared.given)]]
    log, report = read_shard(tables, meant.prepared.job.about, prepared.attributes)
    if not len(log):
        raise UsageError(f"the sample of {share:.2%} holds no customer.", hint="a larger share=.")
    know_kinds(log, meant.kinds)
    preset_ending(log, meant.definition, meant.ending)
    panel = make_panel(log, meant.definition, cutoffs=cutoffs)
    said = (
        f"A sample of {share:.4g} of the customers, by a hash of their ids (random_state={random_state}):"
        f" {report.customers:,} of {meant.log.report.customers:,}, with {report.events:,} of {len(meant.log):,} events."
    )
    logger.info(said)
    decided = dict.fromkeys((said, *meant.decided, *panel.decided))
    return replace(panel, decided=tuple(decided), given=churn)


def _summary(whole: Any, functions: Any) -> pd.DataFrame:
    """Count the rows by cut-off, as `Panel.summary` does."""
    one, col = functions.lit(1), functions.col
    over, kept = col("finished"), col("finished") & (col("why") == "")

    def count(which: Any) -> Any:
        return functions.count(functions.when(which, one))

    table = (
        whole.groupBy("group")
        .agg(
            functions.min("cutoff").alias("first"),
            count(functions.lit(True)).alias("eligible"),
            count(kept & (col("churned") == 1)).alias("churned"),
            count(kept).alias("rows"),
            count(~over).alias("refused"),
            count(over & (col("why") == "left_out")).alias("left_out"),
            count(over & (col("why") == "known_late")).alias("known_late"),
            count(kept & col("already_silent")).alias("already_silent"),
        )
        .toArrow()
        .to_pandas()
        .sort_values("first", ignore_index=True)
    )
    table.insert(3, "rate", table["churned"] / table["rows"].where(table["rows"] > 0))
    return table.drop(columns=["first", "rows"])[
        ["group", "eligible", "churned", "rate", "refused", "left_out", "known_late", "already_silent"]
    ]
