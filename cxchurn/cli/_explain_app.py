"""The options of `cxchurn explain`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxchurn.cli import _explaining
from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
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


def explain(
    model: Annotated[str, option("--model", "FOLDER", "A saved model, or its address in MLflow.")],
    customer: Annotated[str, option("--customer", "ID", "Whose risk is explained.")],
    log: Logs = None,
    at: Annotated[str | None, option("--at", "TIME", "The cut-off.  [default: the end of the log]")] = None,
    reasons: Annotated[int, typer.Option("--reasons", metavar="N", min=0, max=20, help="Reasons on either side.")] = 3,
    account: Annotated[
        bool, option("--account", None, "Also every interaction, with the risk just before and just after it.")
    ] = False,
    since: Annotated[
        str | None, option("--since", "TIME", "Where the account begins.  [default: the first interaction]")
    ] = None,
    references: Annotated[
        str | None, option("--references", "FILE", "Compare by these tables, from an earlier score --refresh.")
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
    as_json: Annotated[bool, option("--json", None, "Print it as JSON.")] = False,
) -> None:
    """Explain one customer's risk.

    What raises it, what lowers it, and with --account every interaction. Exit code 3 if the log knows no such customer.
    """
    more: dict[str, Any] = {"customers": customers, "on_error": on_error, "quarantine": quarantine}
    more |= {"observed_until": observed_until, "memory_limit": memory_limit}
    of_log = log_options(log or [], schema or [], query=query, uri=uri, database=database, **more)
    wanted = _explaining.Wanted(customer, at, reasons, account or since is not None, since)
    _explaining.explain(model, of_log, wanted, trust or [], references, as_json=as_json)
