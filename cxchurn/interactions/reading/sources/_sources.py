"""Sources of interactions: data with a schema, and questions whose answers are data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import UsageError, without_password
from cxchurn.interactions.reading.sources._databases import answer_of
from cxchurn.interactions.schema._schema import Schema


@dataclass(frozen=True)
class Query:
    """The answer to an SQL question, as a source of interactions.

    Parameters
    ----------
    sql : str
        The question, in DuckDB's SQL; it may name files: ``select * from 'tickets.parquet'``.
    database : str or Path, optional
        A DuckDB database to ask, opened for reading; default none.
    uri : str, optional
        The address of a PostgreSQL database, which is asked in its own SQL: ``"postgresql://user@host/database"``; needs the
        extra ``cxchurn[postgres]``. A password is best kept in ``~/.pgpass`` or in ``PGPASSWORD``; one in the address is
        never shown.

    Examples
    --------
    >>> Query("select *, 'csat' as score_type from 'surveys.parquet'")
    Query(sql="select *, 'csat' as score_type from 'surveys.parquet'")
    >>> Query("select * from orders", uri="postgresql://anna:secret@localhost/shop")
    Query(sql='select * from orders', uri='postgresql://anna@localhost/shop')
    """

    sql: str
    database: str | Path | None = None
    uri: str | None = None

    def __repr__(self) -> str:
        given = {"database": self.database, "uri": None if self.uri is None else without_password(self.uri)}
        said = "".join(f", {name}={value!r}" for name, value in given.items() if value is not None)
        return f"Query(sql={self.sql!r}{said})"


@dataclass(frozen=True)
class Answer:
    """What a database answered to a query.

    Parameters
    ----------
    table : pyarrow.Table
        The answer.
    """

    table: pa.Table
    label = "the query"


def read_once(data: object) -> object:
    """Return what can be read only once, such as a stream of rows, as a table, and so the answer of a database."""
    if isinstance(data, Query) and data.uri is not None:
        if data.database is not None:
            raise UsageError("a Query has both a database= and a uri=.", hint="leave one of them out.")
        return Answer(answer_of(data.uri, data.sql))
    return data.read_all() if isinstance(data, pa.RecordBatchReader) else data


@dataclass(frozen=True)
class Source:
    """One table of interactions with its own schema; several make one log.

    Parameters
    ----------
    data : path, frame, table, relation or Query
        A file (Parquet, CSV, TSV, text, JSON lines), a folder, a pattern such as ``"events/*.parquet"``, a frame of
        pandas or polars, an Arrow table, a DuckDB relation, or a `Query`.
    schema : Schema or path, optional
        What its columns mean, or the TOML file that says so; default: guessed from the columns' names.
    observed_until : instant, optional
        The source is complete before this instant; text without a zone is on the clock of its schema's zone. For a source
        of rare kinds, such as a wave of surveys, whose silence says nothing.
    """

    data: Any
    schema: Schema | str | Path | None = None
    observed_until: Any = None
