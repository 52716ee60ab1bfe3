"""Options of the command line: how they are declared, and put over what a TOML file says."""

from __future__ import annotations

from typing import Any

import typer


def option(name: str, metavar: str | None, says: str, **more: Any) -> Any:
    """Declare an option whose help says its default itself, for it may be given in a file too."""
    return typer.Option(name, metavar=metavar, help=says, show_default=False, **more)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {key: value for key, value in options.items() if value not in (None, [])}
