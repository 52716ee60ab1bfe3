"""The options of `cxchurn report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
    OF_LOG,
    AllowMissing,
    AllowShallow,
    CustomersTable,
    CutOff,
    Database,
    Flag,
    LanguageFile,
    Logs,
    MemoryLimit,
    ModelPlaceOrFile,
    MoneyValue,
    ObservedUntil,
    OnError,
    Quarantine,
    Question,
    ReferenceTables,
    Schemas,
    Trust,
    Uri,
    chosen,
    option,
)
from cxchurn.cli.commands import _reporting

_Config = Annotated[
    Path | None, typer.Argument(metavar="REPORT.TOML", help="Such as pipelines/report.toml; options go before it.")
]
_Out = Annotated[str | None, option("--out", "FILE", "The page to write.  [default: report.html]")]
_Title = Annotated[str | None, option("--title", "TEXT", "What stands on top.  [default: Churn report]")]
_Bands = Annotated[
    str | None, option("--bands", "RULE", "Who is at high risk, as for score: 'capacity: 500, 1500' and so on.")
]
_Judged = Annotated[
    Flag,
    option(
        "--judged/--not-judged",
        None,
        "Say how good it is; where nothing came since it learned, the recipe is trained again.  [default: judged]",
    ),
]
_TestFrom = Annotated[
    str | None, option("--test-from", "TIME", "Judge the recipe on the model's cut-offs from then on.")
]
_Touchpoints = Annotated[
    Flag,
    option(
        "--touchpoints/--no-touchpoints",
        None,
        "Say which touchpoints cost customers in the last 90 days.  [default: touchpoints]",
    ),
]
# the options that are keys of [report] too
_OF_REPORT = (
    *(
        "model",
        "out",
        "at",
        "title",
        "language",
        "value",
        "bands",
        "references",
        "allow_shallow",
        "allow_missing",
        "judged",
    ),
    *("test_from", "touchpoints", "trust"),
)


def report(
    config: _Config = None,
    model: ModelPlaceOrFile = None,
    log: Logs = None,
    out: _Out = None,
    at: CutOff = None,
    title: _Title = None,
    language: LanguageFile = None,
    value: MoneyValue = None,
    bands: _Bands = None,
    references: ReferenceTables = None,
    allow_shallow: AllowShallow = None,
    allow_missing: AllowMissing = None,
    judged: _Judged = None,
    test_from: _TestFrom = None,
    touchpoints: _Touchpoints = None,
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
    given = locals()
    of_log = log_options(log or [], schema or [], **chosen(given, *OF_LOG))
    _reporting.report(config, of_log, chosen(given, *_OF_REPORT))
