"""Options of the command line: how they are declared, and put over what a TOML file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer


def option(name: str, metavar: str | None, says: str, **more: Any) -> Any:
    """Declare an option whose help says its default itself, for it may be given in a file too."""
    return typer.Option(name, metavar=metavar, help=says, show_default=False, **more)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {key: value for key, value in options.items() if value not in (None, [])}


def chosen(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return some of the options of a command, by their names."""
    return {name: options[name] for name in names}


# what commands ask of a log, and of a model that uses classes of the user's own
Logs = Annotated[
    list[str] | None,
    option("--log", "LOG", "The interactions: a file, a folder or a 'pattern*'; repeatable, each with its --schema."),
]
Schemas = Annotated[
    list[str] | None, option("--schema", "FILE", "TOML file that says what the columns mean; one for each log.")
]
Question = Annotated[str | None, option("--query", "SQL", "In the place of a log: \"SELECT * FROM 'orders.parquet'\".")]
Uri = Annotated[str | None, option("--uri", "ADDRESS", "The database that --query asks: postgresql://user@host/db.")]
Database = Annotated[str | None, option("--database", "FILE", "The DuckDB file that --query asks.")]
OnError = Annotated[
    str | None, option("--on-error", "WHAT", "'quarantine' goes on without rows that break a rule.  [default: raise]")
]
Quarantine = Annotated[
    str | None, option("--quarantine", "FILE", "Go on without rows that break a rule; they are written here.")
]
AllowMissing = Annotated[
    bool | None, option("--allow-missing", None, "Score a log that lacks sources or kinds of the training log.")
]
CustomersTable = Annotated[str | None, option("--customers", "TABLE", "Table of customer attributes.")]
ObservedUntil = Annotated[
    str | None,
    option("--observed-until", "TIME", "The log is complete until then.  [default: the end of its last day]"),
]
MemoryLimit = Annotated[
    str | None, option("--memory-limit", "SIZE", "Such as 2GB: a larger log is divided on disk, part by part.")
]
Trust = Annotated[
    list[str] | None, option("--trust", "MODULE:CLASS", "Your own builder that the model uses; repeatable.")
]

# the options of a log, by their names: keys of [log]. How it is read, which every command that reads one takes; and, before
# that, what a query asks
READING = ("on_error", "quarantine", "observed_until", "memory_limit")
OF_LOG = ("query", "uri", "database", "customers", *READING)

# what commands ask of a saved model: with which, as of when, and how it speaks
ModelPlace = Annotated[str, option("--model", "FOLDER", "A saved model, or its address in MLflow.")]
ModelPlaceOrFile = Annotated[str | None, option("--model", "FOLDER", "A saved model, or its address in MLflow.")]
CutOff = Annotated[str | None, option("--at", "TIME", "The cut-off.  [default: the end of the log]")]
ReferenceTables = Annotated[
    str | None, option("--references", "FILE", "Compare by these tables, from an earlier score --refresh.")
]
LanguageFile = Annotated[
    str | None, option("--language", "FILE", "Say everything in the words of this file: cxchurn words writes one.")
]
MoneyValue = Annotated[str | None, option("--value", "WHAT", "Money: an attribute, or a file of ids and values.")]
Flag = bool | None
AllowShallow = Annotated[Flag, option("--allow-shallow", None, "Score a shorter history than the model ever saw.")]
