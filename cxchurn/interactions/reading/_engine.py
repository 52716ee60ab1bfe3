"""The one door to DuckDB: connections, and errors in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cxchurn._core import DataError, Deferred, is_of, processors, scratch_folder
from cxchurn.interactions.schema._sql import text

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Deferred("duckdb")

# columns every opened source has beside the user's, which are named by their places: the file a row is from, and the text
# of a line that is no row
FILE, LINE = "@file", "@line"
# the view of an opened source; no table of the user's is called so
SOURCE = '"@source"'

# megabytes without which the engine does not get far, and those that each of its threads asks for: two buffers of 32 where
# it reads JSON
_LEAST, _A_THREAD = 256, 96


@contextmanager
def engine(database: str | Path | None = None, *, memory: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private connection, in memory or on a database file opened for reading, closed at the end.

    Where `memory` says how many bytes it may take, what is more goes to files that are removed with it.
    """
    if database is not None and not Path(database).exists():
        raise DataError(f"there is no database {database}.")
    with scratch_folder() as spill, _connected(database, _settings(spill, memory)) as con:
        con.execute("SET TimeZone = 'UTC'")
        # a query names tables and files, never the variables of a running program
        con.execute("SET python_enable_replacements = false")
        yield con


def _settings(spill: Path, memory: int | None) -> dict[str, str]:
    limit = None if memory is None else max(memory // 2**20, _LEAST)
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # the default is a folder in the working directory, which stays there when the process is killed
        "temp_directory": str(spill),
        **(
            {}
            if limit is None
            else {"memory_limit": f"{limit}MiB", "threads": str(min(processors(), limit // _A_THREAD))}
        ),
    }


@contextmanager
def _connected(database: str | Path | None, settings: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        con = duckdb.connect(str(database) if database else ":memory:", read_only=database is not None, config=settings)
    except duckdb.Error as error:
        raise DataError(f"the database {database} cannot be opened: {first_line(error)}") from error
    try:
        yield con
    finally:
        con.close()


def held(place: int) -> str:
    """Return the name, quoted, under which the engine holds the user's column at a place."""
    return f'"c{place}"'


def one_of(value: str, words: Iterable[str]) -> str:
    """SQL: a value is one of some texts; false where it is missing.

    Never ``IN`` nor ``list_contains``: with more than a few texts the engine makes a join of them, after which rows come in
    any order.
    """
    return f"(coalesce(list_position([{', '.join(map(text, words))}], {value}), 0) > 0)"


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL and return all rows; nothing is left open on the connection."""
    return con.execute(sql).fetchall()


def arrow(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Run SQL and return an Arrow table."""
    return con.sql(sql).to_arrow_table()


def arrow_batches(con: duckdb.DuckDBPyConnection, sql: str, size: int) -> Iterator[pa.Table]:
    """Run SQL and yield the rows in order, about `size` at a time."""
    relation = con.sql(sql)
    read = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
    for batch in read(size):
        yield pa.Table.from_batches([batch])


def is_relation(data: object) -> bool:
    """Whether `data` is a relation of DuckDB."""
    return is_of("duckdb", data) and isinstance(data, duckdb.DuckDBPyRelation)


@contextmanager
def said_plainly(what: str, hint: str | None = None) -> Iterator[None]:
    """Turn an error of the engine into one that names `what` could not be read."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DataError(
            f"{what} cannot be read in as little memory: {first_line(error)}",
            hint="give a larger memory_limit, or free some memory.",
        ) from error
    except (duckdb.Error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            # of the system, such as a full disk: nothing that the data has done
            raise
        raise DataError(f"{what} cannot be read: {first_line(error)}", hint=hint) from error


def first_line(error: Exception) -> str:
    """Return the first line of an error, without the engine's own prefix."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return line.split(" Error: ", 1)[-1]
