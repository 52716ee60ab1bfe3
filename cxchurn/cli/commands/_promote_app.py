"""The options of `cxchurn promote`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cxchurn.cli._log_part import log_options
from cxchurn.cli._options import (
    OF_LOG,
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
    chosen,
    option,
)
from cxchurn.cli.commands import _promoting


def promote(
    config: Annotated[
        Path | None,
        typer.Argument(metavar="PROMOTE.TOML", help="Such as pipelines/promote.toml; options go before it."),
    ] = None,
    name: Annotated[str | None, option("--name", "NAME", "The registered model, such as churn.")] = None,
    log: Logs = None,
    challenger: Annotated[
        str | None, option("--challenger", "ALIAS", "Who wants to be champion.  [default: challenger]")
    ] = None,
    champion: Annotated[str | None, option("--champion", "ALIAS", "The alias that moves.  [default: champion]")] = None,
    at: Annotated[
        str | None, option("--at", "TIME", "Outcomes known by then count.  [default: the end of the log]")
    ] = None,
    rule: Annotated[
        str | None,
        option("--rule", "RULE", "'not worse' or 'better'.  [default: by whether it is the same recipe]"),
    ] = None,
    margin: Annotated[
        float | None, option("--margin", "X", "For 'not worse': what log loss counts as none.  [default: 0.005]")
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
    tracking_uri: Annotated[
        str | None, option("--tracking-uri", "URI", "The MLflow store.  [default: MLflow's own]")
    ] = None,
    trust: Trust = None,
    as_json: Annotated[bool, option("--json", None, "Print what was decided as JSON.")] = False,
) -> None:
    """Make a challenger the champion, if later customers show it.

    Says why not otherwise, and when one may know.
    """
    of_log = log_options(log or [], schema or [], **chosen(locals(), *OF_LOG))
    said: dict[str, Any] = {"name": name, "challenger": challenger, "champion": champion, "at": at, "rule": rule}
    said |= {"margin": margin, "tracking_uri": tracking_uri, "trust": trust}
    _promoting.promote(config, of_log, said, as_json=as_json)
