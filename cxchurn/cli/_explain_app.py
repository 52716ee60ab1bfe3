"""The options of `cxchurn explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from cxchurn.cli import _explaining
from cxchurn.cli._options import (
    CustomersTable,
    CutOff,
    LanguageFile,
    LogPlace,
    MemoryLimit,
    ModelPlace,
    ObservedUntil,
    ReferenceTables,
    SchemaFile,
    Trust,
    chosen,
    option,
)

_Customer = Annotated[str, option("--customer", "ID", "Whose risk is explained.")]
_Reasons = Annotated[int, typer.Option("--reasons", metavar="N", min=0, max=20, help="Reasons on either side.")]
_Account = Annotated[
    bool, option("--account", None, "Also every interaction, with the risk just before and just after it.")
]
_Since = Annotated[str | None, option("--since", "TIME", "Where the account begins.  [default: the first interaction]")]
_AsJson = Annotated[bool, option("--json", None, "Print it as JSON.")]


def explain(
    model: ModelPlace,
    log: LogPlace,
    customer: _Customer,
    at: CutOff = None,
    reasons: _Reasons = 3,
    account: _Account = False,
    since: _Since = None,
    language: LanguageFile = None,
    references: ReferenceTables = None,
    schema: SchemaFile = None,
    customers: CustomersTable = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    trust: Trust = None,
    as_json: _AsJson = False,
) -> None:
    """Explain one customer's risk.

    What raises it, what lowers it, and with --account every interaction. Exit code 3 if the log knows no such customer.
    """
    given = locals()
    of_log = {"interactions": log, **chosen(given, "schema", "customers", "observed_until", "memory_limit")}
    wanted = _explaining.Wanted(customer, at, reasons, account or since is not None, since, language)
    _explaining.explain(model, of_log, wanted, trust or [], references, as_json=as_json)
