"""Options of the command line: how they are declared, and put over what a TOML file says."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def option(name: str, metavar: str | None, says: str, **more: Any) -> Any:
    """Declare an option whose help says its default itself, for it may be given in a file too."""
    return typer.Option(name, metavar=metavar, help=says, show_default=False, **more)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {key: value for key, value in options.items() if value not in (None, [])}


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
