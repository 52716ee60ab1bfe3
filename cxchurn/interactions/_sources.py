"""Sources of interactions: whatever the data is, it becomes the table ``raw`` of one engine connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn.interactions._engine import FILE, LINE, SOURCE, engine, name, rows, said_plainly, text
from cxchurn.interactions._files import files_of, format_of, json_select, parquet_select
from cxchurn.interactions._schema import Schema
from cxchurn.interactions._tables import as_arrow
from cxchurn.interactions._text_files import text_select

_NOTHING = f"NULL::VARCHAR AS {name(FILE)}, NULL::VARCHAR AS {name(LINE)}"


@dataclass(frozen=True)
class Query:
    """The answer to an SQL question, as a source of interactions.

    Parameters
    ----------
    sql : str
        The question, in DuckDB's SQL; it may name files: ``select * from 'tickets.parquet'``.
    database : str or Path, optional
        A DuckDB database to ask, opened for reading; default none.

    Examples
    --------
    >>> Query("select *, 'csat' as score_type from 'surveys.parquet'")
    Query(sql="select *, 'csat' as score_type from 'surveys.parquet'", database=None)
    """

    sql: str
    database: str | Path | None = None


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


@dataclass
class Opened:
    """Data that stands open in the engine: a view and, once `load` is called, a table ``raw``.

    Parameters
    ----------
    con : connection
        The engine's connection.
    label : str
        What the data is called in reports.
    columns : dict
        The user's columns and the engine's types of them.
    typed : bool
        False for text files, whose columns are all text.
    given : pyarrow.Table or list of str, optional
        The data itself, where it is a table in memory; or the names of Parquet files.
    """

    con: Any
    label: str
    columns: dict[str, str]
    typed: bool
    given: pa.Table | list[str] | None = None


@contextmanager
def opened(
    data: Any,
    *,
    columns: tuple[str, ...] | None = None,
    delimiter: str | None = None,
    is_time: Callable[[list[str]], bool] | None = None,
    memory: int | None = None,
) -> Iterator[Opened]:
    """Open data of any kind for as long as the block lasts.

    Parameters
    ----------
    data : path, frame, table, relation or Query
        What to open.
    columns, delimiter : optional
        How text files are written, as in the schema.
    is_time : callable, optional
        For text files whose columns are named by the schema: whether the cells of a first line hold a time.
    memory : int, optional
        How many bytes the engine may take.
    """
    with engine(data.database if isinstance(data, Query) else None, memory=memory) as con:
        given: pa.Table | list[str] | None = None
        if isinstance(data, (str, Path)):
            label, select, typed, given = _files_select(con, data, columns, delimiter, is_time)
        elif isinstance(data, Query):
            label, select, typed = "the query", f"SELECT *, {_NOTHING} FROM ({data.sql.strip().rstrip(';')})", True
        else:
            given = as_arrow(data)
            con.register("given", given)
            label, select, typed = f"the {type(data).__name__}", f"SELECT *, {_NOTHING} FROM given", True
        whole = "check that the file is whole and of the type its name says." if isinstance(data, (str, Path)) else None
        with said_plainly(label, hint=whole):
            con.execute(f"CREATE TEMP VIEW {SOURCE} AS {select}")
            found = rows(con, f"DESCRIBE {SOURCE}")
        described = {column: kind for column, kind, *_ in found if column not in (FILE, LINE)}
        yield Opened(con, label, described, typed, given)


def _files_select(
    con: Any,
    path: str | Path,
    columns: tuple[str, ...] | None,
    delimiter: str | None,
    is_time: Callable[[list[str]], bool] | None,
) -> tuple[str, str, bool, list[str] | None]:
    files = files_of(path)
    label = Path(files[0]).name if len(files) == 1 else str(path)
    kind = format_of(files, path)
    if kind == "text":
        return label, text_select(files, columns=columns, delimiter=delimiter, is_time=is_time), False, None
    if kind == "JSON":
        return label, json_select(con, files, label), True, None
    return label, parquet_select(files), True, files


def load(source: Opened, columns: list[str], *, empty: bool = False) -> int:
    """Read columns of an opened source into its table ``raw``, in the order of the rows, and count the rows.

    Lines that are no rows stand at the end, with their text in ``@line``. An `empty` table has the columns alone.
    """
    listed = ", ".join(name(column) for column in (*columns, FILE, LINE))
    limit = " LIMIT 0" if empty else ""
    with said_plainly(source.label):
        source.con.execute(f"CREATE TEMP TABLE raw AS SELECT {listed} FROM {SOURCE}{limit}")
    if not source.typed and rows(source.con, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
        source.con.execute(
            f"INSERT INTO raw BY NAME SELECT file_path AS {name(FILE)}, "
            f"{text('line ')} || line || {text(': ')} || coalesce(any_value(csv_line), '') AS {name(LINE)} "
            "FROM reject_errors JOIN reject_scans USING (scan_id, file_id) "
            "GROUP BY file_path, line ORDER BY file_path, line"
        )
    return int(rows(source.con, "SELECT count(*) FROM raw")[0][0])
