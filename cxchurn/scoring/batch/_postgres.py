"""Scores into a table of PostgreSQL, by ADBC."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import UsageError, require, said_without_password, without_password
from cxchurn.scoring.batch._columns import check_columns, quoted
from cxchurn.scoring.batch._files import write_parquet
from cxchurn.scoring.batch._listing import Listing

_TYPES = {
    pa.string(): "text",
    pa.large_string(): "text",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "timestamp with time zone",
}
_STAGING = "cxchurn_scores_staging"
_KEY = ("customer_id", "as_of")


@dataclass(frozen=True)
class InPostgres:
    """A table in PostgreSQL: rows of the same customers and cut-off are replaced, in one transaction.

    Parameters
    ----------
    address : str
        ``postgresql://user@host/database``; a password in it is never printed.
    schema : str or None
        The schema of the table; None for the first of the search path.
    table : str
    """

    address: str = field(repr=False)
    schema: str | None
    table: str

    @classmethod
    def at(cls, text: str) -> Self:
        """Read an address with its table: ``postgresql://user@host/database#schema.table``."""
        address, _, name = text.partition("#")
        schema, point, table = name.rpartition(".")
        if not table:
            raise UsageError(f"{without_password(address)} names no table.", hint=f"{without_password(address)}#scores")
        return cls(address, schema if point else None, table)

    def __str__(self) -> str:
        return f"{without_password(self.address)}#{self.schema + '.' if self.schema else ''}{self.table}"

    @property
    def work(self) -> None:
        """Nothing lies beside a database."""
        return

    @property
    def summary(self) -> None:
        """Nothing lies beside a database."""
        return

    @property
    def keeps_others(self) -> bool:
        """Whether what else the target holds stays: other tables do."""
        return True

    @property
    def target(self) -> None:
        """No file is written to."""
        return

    @property
    def references(self) -> None:
        """Nothing lies beside a database."""
        return

    def check(self, schema: pa.Schema) -> None:
        """Refuse a database that cannot be reached, and a table with other columns."""
        with self._opened() as connection, connection.cursor() as cursor:
            self._check(cursor, schema)

    def write(self, listing: Listing, work: Path) -> None:
        """Put the rows into the table: all of them or none."""
        rows = work / "out.parquet"
        write_parquet(listing, rows)
        with self._opened() as connection, connection.cursor() as cursor:
            # gone with the transaction, whatever becomes of the process
            cursor.execute(f"SELECT pg_try_advisory_xact_lock(hashtext({_text(f'cxchurn {self._name}')}))")
            if not cursor.fetchone()[0]:
                raise UsageError(f"another run is scoring into {self}.", hint="wait until it is done, or end it.")
            # once more: hours may have passed since the run began
            self._check(cursor, listing.schema)
            self._load(cursor, rows, listing.schema)
            connection.commit()

    def _load(self, cursor: Any, rows: Path, schema: pa.Schema) -> None:
        kinds = ", ".join(f"{quoted(one.name)} {_TYPES[one.type]}" for one in schema)
        key = ", ".join(map(quoted, _KEY))
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {self._name} ({kinds}, PRIMARY KEY ({key}))")
        names = ", ".join(quoted(one.name) for one in schema)
        with pq.ParquetFile(rows) as file:
            cursor.adbc_ingest(_STAGING, _zoned(file), mode="create", temporary=True)
        same = " AND ".join(f"old.{quoted(one)} = new.{quoted(one)}" for one in _KEY)
        cursor.execute(f"DELETE FROM {self._name} AS old USING {_STAGING} AS new WHERE {same}")
        cursor.execute(f"INSERT INTO {self._name} ({names}) SELECT {names} FROM {_STAGING}")
        # a temporary table lasts as long as its connection, and that may go back to a pool
        cursor.execute(f"DROP TABLE {_STAGING}")

    def _check(self, cursor: Any, schema: pa.Schema) -> None:
        cursor.execute(
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
            f" WHERE a.attrelid = to_regclass({_text(self._name)}) AND a.attnum > 0 AND NOT a.attisdropped"
        )
        check_columns(dict(cursor.fetchall()), {one.name: _TYPES[one.type] for one in schema}, str(self))

    @property
    def _name(self) -> str:
        return ".".join(quoted(one) for one in (self.schema, self.table) if one)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Any]:
        driver = require("adbc_driver_postgresql.dbapi", extra="postgres", purpose="writing to PostgreSQL")
        try:
            with driver.connect(self.address) as connection:
                yield connection
        except driver.Error as error:
            said = said_without_password(error, self.address)
            raise UsageError(
                f"cannot write to {self}: {said}",
                hint="check the address, and that the user may create and change the table. Nothing was changed.",
            ) from error


def _zoned(file: pq.ParquetFile) -> pa.RecordBatchReader:
    """Return the rows with the zone of their instants: the database is to know that they are UTC."""
    schema = file.schema_arrow
    zoned = pa.schema([pa.field(f.name, pa.timestamp("us", "UTC") if f.name == "as_of" else f.type) for f in schema])
    return pa.RecordBatchReader.from_batches(zoned, (batch.cast(zoned) for batch in file.iter_batches()))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
