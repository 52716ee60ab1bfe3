"""The options of `cxchurn score` and `cxchurn compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxchurn.cli import _score_options as options
from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
    OF_LOG,
    AllowMissing,
    AllowShallow,
    CustomersTable,
    CutOff,
    Database,
    LanguageFile,
    Logs,
    MemoryLimit,
    ModelPlaceOrFile,
    MoneyValue,
    ObservedUntil,
    OnError,
    Quarantine,
    Question,
    Schemas,
    Trust,
    Uri,
    chosen,
    option,
)
from cxchurn.cli.commands import _scoring


def score(
    config: options.Config = None,
    model: ModelPlaceOrFile = None,
    log: Logs = None,
    out: options.Out = None,
    at: CutOff = None,
    reasons: options.Reasons = None,
    bands: options.Bands = None,
    intervals: options.Intervals = None,
    value: MoneyValue = None,
    top: options.Top = None,
    exclude: options.Exclude = None,
    language: LanguageFile = None,
    refresh: options.Refresh = None,
    references: options.References = None,
    allow_shallow: AllowShallow = None,
    allow_missing: AllowMissing = None,
    partitioned: options.Partitioned = None,
    resume: options.Resume = None,
    work: options.Work = None,
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
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Score every customer as of an instant, with reasons.

    All rows are written or none. A killed run can be gone on with: --resume.
    """
    given = locals()
    of_log = log_options(log or [], schema or [], **chosen(given, *OF_LOG))
    _scoring.score(config, of_log, chosen(given, *_OF_SCORE), as_json=as_json, quiet=quiet)


# the options that are keys of [score] too
_OF_SCORE = (
    *("model", "out", "at", "reasons", "bands", "intervals", "value", "top", "exclude", "language", "refresh"),
    *("references", "allow_shallow", "allow_missing", "partitioned", "resume", "work", "trust"),
)


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
