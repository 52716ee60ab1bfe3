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
SchemaFile = Annotated[str | None, option("--schema", "FILE", "TOML file that says what the columns mean.")]
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

# what commands ask of a saved model: with which, as of when, and how it speaks
ModelPlace = Annotated[str, option("--model", "FOLDER", "A saved model, or its address in MLflow.")]
ModelPlaceOrFile = Annotated[str | None, option("--model", "FOLDER", "A saved model, or its address in MLflow.")]
LogPlace = Annotated[str, option("--log", "LOG", "The interactions: a file, a folder or a 'pattern*'.")]
LogPlaceOrFile = Annotated[str | None, option("--log", "LOG", "The interactions: a file, a folder or a 'pattern*'.")]
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
