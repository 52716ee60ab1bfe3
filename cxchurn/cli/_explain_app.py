"""The options of `cxchurn explain`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxchurn.cli import _explaining
from cxchurn.cli._options import option


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
    schema: Annotated[str | None, option("--schema", "FILE", "TOML file that says what the columns mean.")] = None,
    customers: Annotated[str | None, option("--customers", "TABLE", "Table of customer attributes.")] = None,
    observed_until: Annotated[
        str | None,
        option("--observed-until", "TIME", "The log is complete until then.  [default: the end of its last day]"),
    ] = None,
    memory_limit: Annotated[
        str | None, option("--memory-limit", "SIZE", "Such as 2GB: a larger log is divided on disk, part by part.")
    ] = None,
    trust: Annotated[
        list[str] | None, option("--trust", "MODULE:CLASS", "Your own builder that the model uses; repeatable.")
    ] = None,
    as_json: Annotated[bool, option("--json", None, "Print it as JSON.")] = False,
) -> None:
    """Explain one customer's risk.

    What raises it, what lowers it, and with --account every interaction. Exit code 3 if the log knows no such customer.
    """
    of_log: dict[str, Any] = {"interactions": log, "schema": schema, "customers": customers}
    of_log |= {"observed_until": observed_until, "memory_limit": memory_limit}
    wanted = _explaining.Wanted(customer, at, reasons, account or since is not None, since)
    _explaining.explain(model, of_log, wanted, trust or [], references, as_json=as_json)
