"""The options of `cxchurn score` and `cxchurn compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxchurn.cli import _score_options as options
from cxchurn.cli import _scoring
from cxchurn.cli._options import (
    AllowShallow,
    CustomersTable,
    CutOff,
    LanguageFile,
    LogPlaceOrFile,
    MemoryLimit,
    ModelPlaceOrFile,
    MoneyValue,
    ObservedUntil,
    SchemaFile,
    Trust,
    chosen,
    option,
)


def score(
    config: options.Config = None,
    model: ModelPlaceOrFile = None,
    log: LogPlaceOrFile = None,
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
    partitioned: options.Partitioned = None,
    resume: options.Resume = None,
    work: options.Work = None,
    schema: SchemaFile = None,
    customers: CustomersTable = None,
    observed_until: ObservedUntil = None,
    quarantine: options.Quarantine = None,
    memory_limit: MemoryLimit = None,
    trust: Trust = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Score every customer as of an instant, with reasons.

    All rows are written or none. A killed run can be gone on with: --resume.
    """
    given = locals()
    of_log = {
        "interactions": log,
        **chosen(given, "schema", "customers", "quarantine", "observed_until", "memory_limit"),
    }
    of_log |= {"on_error": "quarantine"} if quarantine else {}
    _scoring.score(config, of_log, chosen(given, *_OF_SCORE), as_json=as_json, quiet=quiet)


# the options that are keys of [score] too
_OF_SCORE = (
    *("model", "out", "at", "reasons", "bands", "intervals", "value", "top", "exclude", "language", "refresh"),
    *("references", "allow_shallow", "partitioned", "resume", "work", "trust"),
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
