"""The tables of a scorer's file, and what goes wrong with the file, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxchurn._core import DataError, UsageError

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
