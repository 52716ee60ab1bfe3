"""The options of `cxchurn explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
    OF_LOG,
    CustomersTable,
    CutOff,
    Database,
    LanguageFile,
    Logs,
    MemoryLimit,
    ModelPlace,
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
from cxchurn.cli.commands import _explaining

_Customer = Annotated[str, option("--customer", "ID", "Whose risk is explained.")]
_Reasons = Annotated[int, typer.Option("--reasons", metavar="N", min=0, max=20, help="Reasons on either side.")]
_Account = Annotated[
    bool, option("--account", None, "Also every interaction, with the risk just before and just after it.")
]
_Since = Annotated[str | None, option("--since", "TIME", "Where the account begins.  [default: the first interaction]")]
_AsJson = Annotated[bool, option("--json", None, "Print it as JSON.")]


def explain(
    model: ModelPlace,
    customer: _Customer,
    log: Logs = None,
    at: CutOff = None,
    reasons: _Reasons = 3,
    account: _Account = False,
    since: _Since = None,
    language: LanguageFile = None,
    references: ReferenceTables = None,
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
    as_json: _AsJson = False,
) -> None:
    """Explain one customer's risk.

    What raises it, what lowers it, and with --account every interaction. Exit code 3 if the log knows no such customer.
    """
    given = locals()
    of_log = log_options(log or [], schema or [], **chosen(given, *OF_LOG))
    wanted = _explaining.Wanted(customer, at, reasons, account or since is not None, since, language)
    _explaining.explain(model, of_log, wanted, trust or [], references, as_json=as_json)
