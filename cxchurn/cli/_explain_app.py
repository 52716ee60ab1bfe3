"""The options of `cxchurn explain`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxchurn.cli import _explaining
from cxchurn.cli._options import CustomersTable, MemoryLimit, ObservedUntil, SchemaFile, Trust, option


def explain(
    model: Annotated[str, option("--model", "FOLDER", "A saved model, or its address in MLflow.")],
    log: Annotated[str, option("--log", "LOG", "The interactions: a file, a folder or a 'pattern*'.")],
    customer: Annotated[str, option("--customer", "ID", "Whose risk is explained.")],
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
    schema: SchemaFile = None,
    customers: CustomersTable = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    trust: Trust = None,
    as_json: Annotated[bool, option("--json", None, "Print it as JSON.")] = False,
) -> None:
    """Explain one customer's risk.

    What raises it, what lowers it, and with --account every interaction. Exit code 3 if the log knows no such customer.
    """
    of_log: dict[str, Any] = {"interactions": log, "schema": schema, "customers": customers}
    of_log |= {"observed_until": observed_until, "memory_limit": memory_limit}
    wanted = _explaining.Wanted(customer, at, reasons, account or since is not None, since)
    _explaining.explain(model, of_log, wanted, trust or [], references, as_json=as_json)
