"""Sources of interactions: whatever the data is, it becomes the table ``raw`` of one engine connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import DataError, listed, logger
from cxchurn.interactions.reading._engine import FILE, LINE, SOURCE, engine, held, name, rows, said_plainly
from cxchurn.interactions.reading._files import files_of, format_of, parquet_names, parquet_select
from cxchurn.interactions.reading._json_files import json_select
from cxchurn.interactions.reading._rejected import load_text
from cxchurn.interactions.reading._tables import as_arrow, told_apart
from cxchurn.interactions.reading._text_files import TextFiles, text_files
from cxchurn.interactions.schema._schema import Schema

_Text = Callable[[Mapping[str, str]], TextFiles]
_NOTHING = "NULL::VARCHAR, NULL::VARCHAR"
# what a type of the engine that nothing can be made of is read as
_READ_AS = {'"NULL"': "VARCHAR"}


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

    The engine knows the user's columns by their places alone, so that no name a user can have means anything to it.

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
    text : callable, optional
        Says how text files are read, with copies (a mapping) in the place of some.
    twice : frozenset of str
        Names that more than one column has.
    """

    con: Any
    label: str
    columns: dict[str, str]
    typed: bool
    given: pa.Table | list[str] | None = None
    text: _Text | None = None
    twice: frozenset[str] = frozenset()

    def held(self, column: str) -> str:
        """Return the engine's name, quoted, of a user's column."""
        return held(list(self.columns).index(column))

    def refuse_twice(self, columns: list[str]) -> None:
        """Refuse the names of columns of which there are several."""
        if twice := sorted(self.twice & set(columns)):
            raise DataError(
                f"{self.label} has columns of one name: {listed(twice)}.",
                hint="rename or drop all but one; those of a text file can be named in the schema: columns=('customer', ...).",
            )


@dataclass(frozen=True)
class _Found:
    """What data is: the SQL of its columns in their order with two more, the file and the line; and their names."""

    label: str
    select: str
    typed: bool
    names: list[str] | None = None
    given: pa.Table | list[str] | None = None
    text: _Text | None = None
    twice: frozenset[str] = frozenset()


@contextmanager
def opened(
    data: Any,
    *,
    columns: tuple[str, ...] | None = None,
    delimiter: str | None = None,
    is_time: Callable[[list[str]], bool] | None = None,
    memory: int | None = None,
    needed: list[str] | None = None,
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
    needed : list of str, optional
        The columns of a frame or table that are looked at; the others are not converted. By default all.
    """
    with engine(data.database if isinstance(data, Query) else None, memory=memory) as con:
        if isinstance(data, (str, Path)):
            found = _files(con, data, columns, delimiter, is_time)
        elif isinstance(data, Query):
            sql = data.sql.strip().rstrip(";")
            found = _Found("the query", f"SELECT *, {_NOTHING} FROM ({sql})", True)
        else:
            found = _table(con, data, needed)
        whole = "check that the file is whole and of the type its name says." if isinstance(data, (str, Path)) else None
        with said_plainly(found.label, hint=whole):
            described = _view(con, found.select)
        names, twice = told_apart(found.names or [column for column, _ in described])
        types = dict(zip(names, (kind for _, kind in described), strict=True))
        yield Opened(con, found.label, types, found.typed, found.given, found.text, found.twice | twice)


def _view(con: Any, select: str) -> list[tuple[str, str]]:
    """Make the view of a source, its columns named by their places, and return their names and types as found."""
    described = [(column, kind) for column, kind, *_ in rows(con, f"DESCRIBE {select}")][:-2]
    listing = [held(place) for place in range(len(described))]
    reads = [
        f"CAST({column} AS {_READ_AS[kind]}) AS {column}" if kind in _READ_AS else column
        for column, (_, kind) in zip(listing, described, strict=True)
    ]
    ours = [name(FILE), name(LINE)]
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS SELECT {', '.join([*reads, *ours])} "
        f"FROM ({select}) AS found({', '.join([*listing, *ours])})"
    )
    return [(column, _READ_AS.get(kind, kind)) for column, kind in described]


def _table(con: Any, data: Any, needed: list[str] | None) -> _Found:
    given, twice = as_arrow(data, needed, reads=lambda kind: _registers(con, kind))
    con.register("given", given.rename_columns([f"c{place}" for place in range(given.num_columns)]))
    label = f"the {type(data).__name__}"
    return _Found(label, f"SELECT *, {_NOTHING} FROM given", True, given.column_names, given, twice=twice)


def _registers(con: Any, kind: pa.DataType) -> bool:
    """Whether the engine can read a column of a type."""
    try:
        con.register("probe", pa.table({"probe": pa.nulls(0, kind)}))
        rows(con, "SELECT * FROM probe")
    except Exception as error:  # noqa: BLE001 - each version of the engine has another one for what it cannot read
        logger.debug("a column of the type %s is read as text: %s", kind, error)
        return False
    return True


def _files(
    con: Any,
    path: str | Path,
    columns: tuple[str, ...] | None,
    delimiter: str | None,
    is_time: Callable[[list[str]], bool] | None,
) -> _Found:
    files = files_of(path)
    label = Path(files[0]).name if len(files) == 1 else str(path)
    kind = format_of(files, path)
    if kind == "JSON":
        found, keys = json_select(con, files, label)
        return _Found(label, found, True, keys)
    if kind == "Parquet":
        with said_plainly(label, hint="check that the file is whole and of the type its name says."):
            select, names = parquet_select(con, files), parquet_names(files)
            there = [column for column, *_ in rows(con, f"DESCRIBE {select}")][:-2]
        # columns that differ by case alone are given other names by the engine
        return _Found(label, select, True, [*names, *there[len(names) :]] if names else None, files)

    def read(instead: Mapping[str, str]) -> TextFiles:
        return text_files(files, columns=columns, delimiter=delimiter, is_time=is_time, instead=instead)

    texts = read({})
    return _Found(label, texts.select, False, texts.names, text=read, twice=texts.twice)


def load(source: Opened, columns: list[str], *, empty: bool = False) -> int:
    """Read columns of an opened source into its table ``raw``, in the order of the rows, and count the rows.

    Lines that are no rows stand at the end, with their text in ``@line``. An `empty` table has the columns alone.
    """
    listing = ", ".join([*(source.held(column) for column in columns), name(FILE), name(LINE)])
    limit = " LIMIT 0" if empty else ""
    create = f"CREATE OR REPLACE TEMP TABLE raw AS SELECT {listing} FROM {SOURCE}{limit}"

    def read(how: TextFiles) -> None:
        _view(source.con, how.select)
        source.con.execute(create)

    with said_plainly(source.label):
        if source.text is None or empty:
            source.con.execute(create)
        else:
            load_text(source.con, source.text, read)
            # copies that were read in the place of a file are gone: what is looked at later is the file
            _view(source.con, source.text({}).select)
    return int(rows(source.con, "SELECT count(*) FROM raw")[0][0])
