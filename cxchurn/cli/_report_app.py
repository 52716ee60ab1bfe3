"""The options of `cxchurn report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cxchurn.cli import _reporting
from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
    AllowMissing,
    CustomersTable,
    Database,
    Logs,
    MemoryLimit,
    ObservedUntil,
    OnError,
    Quarantine,
    Question,
    Schemas,
    Trust,
    Uri,
    option,
)

_Flag = bool | None


def report(
    config: Annotated[
        Path | None, typer.Argument(metavar="REPORT.TOML", help="Such as pipelines/report.toml; options go before it.")
    ] = None,
    model: Annotated[str | None, option("--model", "FOLDER", "A saved model, or its address in MLflow.")] = None,
    log: Logs = None,
    out: Annotated[str | None, option("--out", "FILE", "The page to write.  [default: report.html]")] = None,
    at: Annotated[str | None, option("--at", "TIME", "The cut-off.  [default: the end of the log]")] = None,
    title: Annotated[str | None, option("--title", "TEXT", "What stands on top.  [default: Churn report]")] = None,
    value: Annotated[str | None, option("--value", "WHAT", "Money: an attribute, or a file of ids and values.")] = None,
    bands: Annotated[
        str | None, option("--bands", "RULE", "Who is at high risk, as for score: 'capacity: 500, 1500' and so on.")
    ] = None,
    references: Annotated[
        str | None, option("--references", "FILE", "Compare by these tables, from an earlier score --refresh.")
    ] = None,
    allow_shallow: Annotated[
        _Flag, option("--allow-shallow", None, "Score a shorter history than the model ever saw.")
    ] = None,
    allow_missing: AllowMissing = None,
    judged: Annotated[
        _Flag,
        option(
            "--judged/--not-judged",
            None,
            "Say how good it is; where nothing came since it learned, the recipe is trained again.  [default: judged]",
        ),
    ] = None,
    test_from: Annotated[
        str | None, option("--test-from", "TIME", "Judge the recipe on the model's cut-offs from then on.")
    ] = None,
    touchpoints: Annotated[
        _Flag,
        option(
            "--touchpoints/--no-touchpoints",
            None,
            "Say which touchpoints cost customers in the last 90 days.  [default: touchpoints]",
        ),
    ] = None,
    schema: Schemas = None,
    query: Question = None,
    uri: Uri = None,
    database: Database = None,
    customers: CustomersTable = None,
    on_error: OnError = None,
    quarantine: Quarantine = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    trust: Trust = None,
) -> None:
    """Write a page about who is about to leave, and why.

    From a saved model and a log: for those who decide, then for those who check the numbers.
    """
    more: dict[str, Any] = {"customers": customers, "on_error": on_error, "quarantine": quarantine}
    more |= {"observed_until": observed_until, "memory_limit": memory_limit}
    of_log = log_options(log or [], schema or [], query=query, uri=uri, database=database, **more)
    said: dict[str, Any] = {
        "allow_missing": allow_missing,
        "model": model,
        "out": out,
        "at": at,
        "title": title,
        "value": value,
        "bands": bands,
    }
    said |= {
        "references": references,
        "allow_shallow": allow_shallow,
        "judged": judged,
        "test_from": test_from,
    }
    said |= {"touchpoints": touchpoints}
    _reporting.report(config, of_log, {**said, "trust": trust})
