"""The options of `cxchurn score` and `cxchurn compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cxchurn.cli import _scoring
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


def score(
    config: Annotated[
        Path | None, typer.Argument(metavar="SCORE.TOML", help="Such as pipelines/score.toml; options go before it.")
    ] = None,
    model: Annotated[str | None, option("--model", "FOLDER", "A saved model, or its address in MLflow.")] = None,
    log: Logs = None,
    out: Annotated[
        str | None,
        option(
            "--out",
            "PLACE",
            "Where to write: .parquet, .csv, or a folder; file.duckdb#table; postgresql://user@host/db#table.",
        ),
    ] = None,
    at: Annotated[str | None, option("--at", "TIME", "The cut-off.  [default: the end of the log]")] = None,
    reasons: Annotated[
        int | None, option("--reasons", "N", "Reasons for each customer.  [default: 3]", min=0, max=20)
    ] = None,
    bands: Annotated[
        str | None,
        option(
            "--bands",
            "RULE",
            "'capacity: 500, 1500', 'probability: 30%, 10%', 'value: 1000, 200' or 'share: 10%, 20%'.",
        ),
    ] = None,
    intervals: Annotated[_Flag, option("--intervals", None, "Say how sure each probability is.")] = None,
    value: Annotated[str | None, option("--value", "WHAT", "Money: an attribute, or a file of ids and values.")] = None,
    top: Annotated[int | None, option("--top", "N", "Write only the first N of the list.", min=1)] = None,
    exclude: Annotated[
        str | None, option("--exclude", "FILE", "Customers not to be listed: text, CSV or Parquet.")
    ] = None,
    language: Annotated[
        str | None, option("--language", "FILE", "Say the reasons in the words of this file: cxchurn words writes one.")
    ] = None,
    refresh: Annotated[
        _Flag,
        option("--refresh", None, "The log holds everybody: compare with everybody as of this week, keep the tables."),
    ] = None,
    references: Annotated[
        str | None, option("--references", "FILE", "Compare by these tables, from an earlier --refresh.")
    ] = None,
    allow_shallow: Annotated[
        _Flag, option("--allow-shallow", None, "Score a shorter history than the model ever saw.")
    ] = None,
    allow_missing: AllowMissing = None,
    partitioned: Annotated[
        _Flag, option("--partitioned", None, "A folder for each cut-off in --out: nights side by side.")
    ] = None,
    resume: Annotated[_Flag, option("--resume", None, "Go on with the parts that a killed run finished.")] = None,
    work: Annotated[str | None, option("--work", "FOLDER", "For finished parts.  [default: beside the place]")] = None,
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
    as_json: Annotated[
        bool, option("--json", None, "Print the summary as JSON, and write it beside the scores.")
    ] = False,
    quiet: Annotated[bool, option("--quiet", None, "Print nothing but warnings and errors.")] = False,
) -> None:
    """Score every customer as of an instant, with reasons.

    All rows are written or none. A killed run can be gone on with: --resume.
    """
    more: dict[str, Any] = {"customers": customers, "on_error": on_error, "quarantine": quarantine}
    more |= {"observed_until": observed_until, "memory_limit": memory_limit}
    of_log = log_options(log or [], schema or [], query=query, uri=uri, database=database, **more)
    said: dict[str, Any] = {
        "allow_missing": allow_missing,
        "model": model,
        "out": out,
        "at": at,
        "reasons": reasons,
        "bands": bands,
        "value": value,
    }
    said |= {"language": language}
    said |= {"intervals": intervals, "top": top, "exclude": exclude, "refresh": refresh, "references": references}
    said |= {
        "allow_shallow": allow_shallow,
        "partitioned": partitioned,
        "resume": resume,
        "work": work,
    }
    _scoring.score(config, of_log, {**said, "trust": trust}, as_json=as_json, quiet=quiet)


def compare(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="Scores of an earlier night: Parquet or CSV.")],
    now: Annotated[str, typer.Argument(metavar="NOW", help="Scores of a later night.")],
    out: Annotated[
        Path | None, option("--out", "FILE", "Write what changed for each customer: .parquet or .csv.")
    ] = None,
    as_json: Annotated[bool, option("--json", None, "Print the numbers as JSON.")] = False,
) -> None:
    """Compare two nights of scores.

    Who is new at risk, who left it, whose reasons moved, and what changed for the whole.
    """
    _scoring.compare(before, now, out, as_json=as_json)
