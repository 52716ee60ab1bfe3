"""The tables of a scorer's file, and what goes wrong with the file, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxchurn._core import DataError, MismatchError, UsageError

# raised by whatever a file holds otherwise: a file outlives the version that made it
FORMAT = 1
# writers take turns, each for milliseconds: who waits longer than this waits for a process that hangs
_WAIT_S = 30
TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    place INTEGER PRIMARY KEY, customer TEXT NOT NULL, row INTEGER NOT NULL,
    content INTEGER, known INTEGER, size INTEGER NOT NULL, events TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS rows_of_customer ON rows (customer);
CREATE UNIQUE INDEX IF NOT EXISTS rows_by_id ON rows (row) WHERE content IS NOT NULL;
CREATE TABLE IF NOT EXISTS customers (customer TEXT PRIMARY KEY, size INTEGER NOT NULL, on_file TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS written (mark INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL);
"""


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection to a file, which is made where there is none."""
    con = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    # readers go on while somebody writes
    con.execute("PRAGMA journal_mode = WAL")
    # what came back is there even after a loss of power
    con.execute("PRAGMA synchronous = FULL")
    return con


def check_format(path: Path, said: str) -> None:
    """Raise where a file was made by a version that writes another format."""
    if said != str(FORMAT):
        raise MismatchError(
            f"{path} has the format {said!r}.", allowed=f"format {FORMAT}", hint="use the version that made it."
        )


@contextmanager
def said_of_the_file(path: Path) -> Iterator[None]:
    """Turn an error of SQLite into one that names the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise UsageError(
            f"the store {path} cannot be used: {error}.",
            hint="choose a file in a folder you may write to, with room on the disk.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise DataError(f"the store {path} is damaged, or is none: {error}.", hint="choose another file.") from error
