"""Questions to databases of others, by ADBC: the answer comes as Arrow."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from cxchurn._core import DataError, UsageError, require, said_without_password, without_password

_SCHEMES = ("postgresql://", "postgres://")
_NUMERIC = "numeric"


def answer_of(uri: str, sql: str) -> pa.Table:
    """Return the answer of a database to a question; nothing is changed there.

    Parameters
    ----------
    uri : str
        Such as ``"postgresql://user@host/database"``.
    sql : str
        The question, in the database's own SQL.

    Raises
    ------
    UsageError
        For an address of another kind, and where the database cannot be reached.
    DataError
        Where it refuses the question.
    """
    check_uri(uri)
    driver = require("adbc_driver_postgresql.dbapi", extra="postgres", purpose="reading from PostgreSQL")
    try:
        connection = driver.connect(uri)
    except driver.Error as error:
        raise UsageError(
            f"the database {without_password(uri)} cannot be reached: {said_without_password(error, uri)}",
            hint="check the address; a password is best kept in ~/.pgpass or in PGPASSWORD.",
        ) from None
    try:
        # what is not committed is undone: a question changes nothing
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetch_arrow_table()
    except driver.Error as error:
        raise DataError(
            f"the query cannot be read from {without_password(uri)}: {said_without_password(error, uri)}",
            hint="try the question in psql first.",
        ) from None
    return pa.table([_plain(column) for column in found.columns], names=found.column_names)


def check_uri(uri: str) -> None:
    """Refuse an address of a database that cannot be asked."""
    if not uri.lower().startswith(_SCHEMES):
        raise UsageError(
            f"the uri {without_password(uri)!r} is none of a database that can be asked.",
            allowed="postgresql://user@host/database",
            hint="for a file of DuckDB say database=, for files only the query.",
        )


def _plain(column: pa.ChunkedArray) -> Any:
    """Return a column in a type of Arrow's own: exact decimals as numbers, JSON and what else comes as text as text."""
    kind = column.type
    if not isinstance(kind, pa.BaseExtensionType) or pa.types.is_fixed_size_binary(kind.storage_type):
        return column
    found = column.cast(kind.storage_type)
    return _numbers(found) if getattr(kind, "type_name", "") == _NUMERIC else found


def _numbers(texts: pa.ChunkedArray) -> Any:
    for kind in (pa.int64(), pa.float64()):
        try:
            return texts.cast(kind)
        except pa.ArrowInvalid:
            continue
    return texts
