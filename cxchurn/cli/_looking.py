"""The commands that look at a log without a model: its pulse, and what is said in the trade."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cxchurn as cx
from cxchurn.cli._config import TrainConfig, churn_of, known_keys, log_part, read_log, read_toml
from cxchurn.cli._language import spoken_by
from cxchurn.cli._options import LanguageFile, option
from cxchurn.cli._say import say
from cxchurn.words import as_spoken

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()
_EXAMPLE = "pipelines/train.toml is an example."


@app.command()
def pulse(
    log: Annotated[
        str, typer.Argument(metavar="LOG", help="Parquet, CSV or JSON lines: a file, a folder or a 'pattern*'.")
    ],
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="FILE", help="TOML file that says what the columns mean.")
    ] = None,
    by: Annotated[
        list[str] | None,
        option("--by", "COLUMN", "Tell groups apart by this; repeatable; 'nothing' for none.  [default: touchpoint]"),
    ] = None,
    measures: Annotated[
        list[str] | None, option("--measure", "NAME", "A measure of the log's own, too; repeatable.")
    ] = None,
    every: Annotated[str, typer.Option("--every", metavar="SPAN", help="month, quarter or week.")] = "month",
    since: Annotated[str | None, option("--since", "TIME", "From then on.  [default: all of the log]")] = None,
    until: Annotated[str | None, option("--until", "TIME", "Before then.")] = None,
    language: LanguageFile = None,
    as_json: Annotated[bool, option("--json", None, "Print the whole table as JSON.")] = False,
) -> None:
    """Show what each touchpoint was like, month by month.

    Waits, being passed on, solved, tone and scores, with what moved beyond noise.
    """
    groups = () if by == ["nothing"] else tuple(by or ("touchpoint",))
    read = cx.read_interactions(log, schema)
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
    language: LanguageFile = None,
    as_json: Annotated[bool, option("--json", None, "Print the table as JSON.")] = False,
) -> None:
    """Test what is said in the trade on your own log.

    Holds here, does not, or cannot be told: beside like customers, with intervals.
    """
    if (win_cost is None) != (keep_cost is None):
        raise cx.UsageError("one of --win-cost and --keep-cost is missing.", allowed="both or none")
    data = read_toml(config, hint=_EXAMPLE)
    known_keys(data, [part.name for part in fields(TrainConfig)], str(config))
    missing = [name for name in ("log", "churn") if not isinstance(data.get(name), dict)]
    if missing:
        raise cx.UsageError(f"{config} lacks the table [{missing[0]}].", allowed="[log] and [churn]", hint=_EXAMPLE)
    part, churn = log_part(data["log"]), churn_of(data["churn"])
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
