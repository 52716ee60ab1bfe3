"""The command line."""

from cxchurn.cli._app import main, run

__all__ = ["main", "run"]
