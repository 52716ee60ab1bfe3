"""The options of `cxchurn report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cxchurn.cli import _reporting
from cxchurn.cli._options import CustomersTable, MemoryLimit, ObservedUntil, SchemaFile, Trust, option

_Flag = bool | None


def report(
    config: Annotated[
        Path | None, typer.Argument(metavar="REPORT.TOML", help="Such as pipelines/report.toml; options go before it.")
    ] = None,
    model: Annotated[str | None, option("--model", "FOLDER", "A saved model, or its address in MLflow.")] = None,
    log: Annotated[str | None, option("--log", "LOG", "The interactions: a file, a folder or a 'pattern*'.")] = None,
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
    schema: SchemaFile = None,
    customers: CustomersTable = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    trust: Trust = None,
) -> None:
    """Write a page about who is about to leave, and why.

    From a saved model and a log: for those who decide, then for those who check the numbers.
    """
    of_log: dict[str, Any] = {"interactions": log, "schema": schema, "customers": customers}
    of_log |= {"observed_until": observed_until, "memory_limit": memory_limit}
    said: dict[str, Any] = {"model": model, "out": out, "at": at, "title": title, "value": value, "bands": bands}
    said |= {"references": references, "allow_shallow": allow_shallow, "judged": judged, "test_from": test_from}
    said |= {"touchpoints": touchpoints}
    _reporting.report(config, of_log, {**said, "trust": trust})
