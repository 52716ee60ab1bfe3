"""The commands that look at a log without a model: its pulse, and what is said in the trade."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import cxchurn as cx
from cxchurn.cli._config import churn_of, read_run
from cxchurn.cli._language import spoken_by
from cxchurn.cli._log_part import LogPart, log_options, log_part, read_log
from cxchurn.cli._options import (
    OF_LOG,
    READING,
    CustomersTable,
    Database,
    LanguageFile,
    MemoryLimit,
    ObservedUntil,
    OnError,
    Quarantine,
    Question,
    Uri,
    chosen,
    option,
)
from cxchurn.cli._say import say
from cxchurn.words import as_spoken

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()


@dataclass(frozen=True)
class _Claims:
    """What is read of a training file."""

    log: LogPart
    churn: Mapping[str, Any]


@app.command()
def pulse(
    log: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LOG]...", help="Parquet, CSV or JSON lines: a file, a folder or a 'pattern*'."),
    ] = None,
    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", metavar="FILE", help="TOML file that says what the columns mean; one for each log."),
    ] = None,
    query: Question = None,
    uri: Uri = None,
    database: Database = None,
    by: Annotated[
        list[str] | None,
        option(
            "--by", "COLUMN", "Tell apart by this; repeatable; 'nothing' for none.  [default: touchpoint, else kind]"
        ),
    ] = None,
    measures: Annotated[
        list[str] | None, option("--measure", "NAME", "A measure of the log's own, too; repeatable.")
    ] = None,
    every: Annotated[str, typer.Option("--every", metavar="SPAN", help="month, quarter or week.")] = "month",
    since: Annotated[str | None, option("--since", "TIME", "From then on.  [default: all of the log]")] = None,
    until: Annotated[str | None, option("--until", "TIME", "Before then.")] = None,
    customers: CustomersTable = None,
    on_error: OnError = None,
    quarantine: Quarantine = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    language: LanguageFile = None,
    as_json: Annotated[bool, option("--json", None, "Print the whole table as JSON.")] = False,
) -> None:
    """Show what each touchpoint was like, month by month.

    Waits, being passed on, solved, tone and scores, with what moved beyond noise.
    """
    of_log = log_options(log or [], schema or [], command="pulse", **chosen(locals(), *OF_LOG))
    groups = () if by == ["nothing"] else tuple(by) if by else None
    read = read_log(log_part(of_log))
    found = cx.pulse(read, by=groups, measures=tuple(measures or ()), every=every, since=since, until=until)
    _print(found, found.table, found.notes, language=language, as_json=as_json)


@app.command()
def claims(
    config: Annotated[
        Path, typer.Argument(metavar="TRAIN.TOML", help="Its [log] and [churn] are read, such as pipelines/train.toml.")
    ],
    window: Annotated[str, typer.Option("--window", metavar="SPAN", help="How long before a cut-off counts.")] = "60D",
    win_cost: Annotated[
        float | None, option("--win-cost", "MONEY", "What a customer costs to win; needs --keep-cost.")
    ] = None,
    keep_cost: Annotated[
        float | None, option("--keep-cost", "MONEY", "What one costs to keep for a year; needs --win-cost.")
    ] = None,
    on_error: OnError = None,
    quarantine: Quarantine = None,
    observed_until: ObservedUntil = None,
    memory_limit: MemoryLimit = None,
    language: LanguageFile = None,
    as_json: Annotated[bool, option("--json", None, "Print the table as JSON.")] = False,
) -> None:
    """Test what is said in the trade on your own log.

    Holds here, does not, or cannot be told: beside like customers, with intervals.
    """
    of_log = log_options(**chosen(locals(), *READING))
    if (win_cost is None) != (keep_cost is None):
        raise cx.UsageError("one of --win-cost and --keep-cost is missing.", allowed="both or none")
    over = {"log": of_log} if of_log else None
    said = read_run(_Claims, config, over, needed=("log", "churn"), others=("cutoffs", "model", "output"))
    part, churn = said.log, churn_of(said.churn)
    costs = None if win_cost is None or keep_cost is None else {"win": win_cost, "keep": keep_cost}
    found = cx.claims(read_log(part), churn, window=window, costs=costs)
    _print(found, found.table, found.notes, language=language, as_json=as_json)


def _print(found: object, table: pd.DataFrame, notes: tuple[str, ...], *, language: str | None, as_json: bool) -> None:
    with spoken_by(language):
        if as_json:
            rows = json.loads(table.to_json(orient="records", date_format="iso", double_precision=15))
            said = {"table": rows, "notes": [as_spoken(note) for note in notes]}
            say(json.dumps(said, indent=2, ensure_ascii=False))
        else:
            say(str(found))
