"""Scores into a table of a DuckDB file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import UsageError
from cxchurn.scoring.batch._columns import check_columns, quoted
from cxchurn.scoring.batch._files import put, write_parquet
from cxchurn.scoring.batch._listing import Listing

_TYPES = {
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
}


@dataclass(frozen=True)
class InDuckDB:
    """A table in a DuckDB file: rows of the same customers and cut-off are replaced, in one transaction.

    Parameters
    ----------
    file : Path
        Made where it is missing.
    table : str
    """

    file: Path
    table: str

    def __post_init__(self) -> None:
        if not self.table:
            raise UsageError(f"{self.file}# names no table.", hint=f"{self.file}#scores")

    def __str__(self) -> str:
        return f"{self.file}#{self.table}"

    @property
    def work(self) -> Path:
        """Where a run keeps its parts: beside the file."""
        return self.file.parent / f".{self.file.name}.{self.table}.work"

    @property
    def summary(self) -> Path:
        """Where the summary goes: beside the file."""
        return self.file.with_name(f"{self.file.stem}.{self.table}.summary.json")

    @property
    def keeps_others(self) -> bool:
        """Whether what else the target holds stays: other tables do."""
        return True

    @property
    def target(self) -> Path:
        """The file that is written to."""
        return self.file

    @property
    def references(self) -> Path:
        """Where tables about customers in general go that were made for the run: beside the file."""
        return self.file.with_name(f"{self.file.stem}.{self.table}.references.json")

    def check(self, schema: pa.Schema) -> None:
        """Refuse a table with other columns."""
        if not self.file.exists():
            return
        with self._opened(self.file, read_only=True) as connection:
            self._check(connection, schema)

    def write(self, listing: Listing, work: Path) -> None:
        """Put the rows into the table: all of them or none."""
        rows = work / "out.parquet"
        write_parquet(listing, rows)
        if self.file.exists():
            self._load(self.file, rows, listing.schema)
            return
        # a new file appears with its table in it, or not at all
        fresh = work / "out.duckdb"
        self._load(fresh, rows, listing.schema)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        put(fresh, self.file)

    def _load(self, file: Path, rows: Path, schema: pa.Schema) -> None:
        columns = ", ".join(f"{quoted(field.name)} {_TYPES[field.type]}" for field in schema)
        table = quoted(self.table)
        with self._opened(file, read_only=False) as connection:
            self._check(connection, schema)
            connection.execute("BEGIN")
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            connection.execute(
                f"DELETE FROM {table} AS old USING read_parquet(?) AS new"
                " WHERE old.customer_id = new.customer_id AND old.as_of = new.as_of",
                [str(rows)],
            )
            connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)", [str(rows)])
            kept(connection)

    def _check(self, connection: Any, schema: pa.Schema) -> None:
        found = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = ? AND table_schema = current_schema()",
            [self.table],
        ).fetchall()
        check_columns(dict(found), {field.name: _TYPES[field.type] for field in schema}, str(self))

    @contextlib.contextmanager
    def _opened(self, file: Path, *, read_only: bool) -> Iterator[Any]:
        import duckdb

        try:
            with duckdb.connect(str(file), read_only=read_only) as connection:
                connection.execute("SET threads = 2")
                connection.execute("SET memory_limit = '1GB'")
                yield connection
        except duckdb.Error as error:
            raise UsageError(
                f"cannot write to {self}: {str(error).splitlines()[0]}",
                hint="a DuckDB file is open to one process at a time; see that it is one, and that there is room.",
            ) from error


def kept(connection: Any) -> None:
    """Let what was changed stay, and the file hold all of it by itself."""
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT")
