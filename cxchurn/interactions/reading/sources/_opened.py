"""Opened data: whatever it is, it becomes the table ``raw`` of one engine connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import DataError, listed, logger, typed
from cxchurn.interactions.reading._engine import FILE, LINE, SOURCE, engine, held, rows, said_plainly
from cxchurn.interactions.reading.sources._derived import derived_sql
from cxchurn.interactions.reading.sources._files import files_of, format_of, parquet_names, parquet_select
from cxchurn.interactions.reading.sources._json_files import json_select
from cxchurn.interactions.reading.sources._line_ends import with_one_line_end
from cxchurn.interactions.reading.sources._rejected import load_text
from cxchurn.interactions.reading.sources._sniffed import total_note
from cxchurn.interactions.reading.sources._sources import Answer, Query, read_once
from cxchurn.interactions.reading.sources._tables import as_arrow, told_apart, without_views
from cxchurn.interactions.reading.sources._text_files import TextFiles, text_files
from cxchurn.interactions.reading.sources._text_form import AS_USUAL, TextForm
from cxchurn.interactions.reading.sources._unpacked import Unpacked, in_utf8, unpacked
from cxchurn.interactions.schema._sql import name

_Text = Callable[[Mapping[str, str]], TextFiles]
_NOTHING = "NULL::VARCHAR, NULL::VARCHAR"
# the view of an opened source without the columns that are made of others
_PLAIN = '"@plain"'
# what a type of the engine that nothing can be made of is read as
_READ_AS = {'"NULL"': "VARCHAR"}


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
    files : Unpacked, optional
        The text files.
    form : TextForm
        How text files are written: as was said, or found.
    notes : list of str
        What was found of the files that is worth a word.
    derived : mapping of str to sequence of str
        The columns that are made of others, where they are not there themselves.
    """

    con: Any
    label: str
    columns: dict[str, str]
    typed: bool
    given: pa.Table | list[str] | None = None
    text: _Text | None = None
    twice: frozenset[str] = frozenset()
    files: Unpacked | None = None
    form: TextForm = AS_USUAL
    notes: list[str] = field(default_factory=list)
    derived: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def held(self, column: str) -> str:
        """Return the engine's name, quoted, of a user's column."""
        return held(list(self.columns).index(column))

    def refuse_twice(self, columns: list[str]) -> None:
        """Refuse the names of columns of which there are several."""
        if twice := sorted(self.twice & set(columns)):
            raise DataError(
                f"{self.label} has columns of one name: {listed(twice)}.",
                hint="rename or drop all but one; those of a text file can be named in the schema: "
                + typed("columns=('customer', ...).", 'columns = ["customer", ...] under [format].'),
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
    files: Unpacked | None = None
    form: TextForm = AS_USUAL
    notes: list[str] = field(default_factory=list)


@contextmanager
def opened(
    data: Any,
    *,
    form: TextForm = AS_USUAL,
    is_time: Callable[[list[str]], bool] | None = None,
    memory: int | None = None,
    needed: list[str] | None = None,
    derived: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Opened]:
    """Open data of any kind for as long as the block lasts.

    Parameters
    ----------
    data : path, frame, table, relation or Query
        What to open.
    form : TextForm
        How text files are written, as the schema says.
    is_time : callable, optional
        For text files whose columns are named by the schema: whether the cells of a first line hold a time.
    memory : int, optional
        How many bytes the engine may take.
    needed : list of str, optional
        The columns of a frame or table that are looked at; the others are not converted. By default all.
    derived : mapping of str to sequence of str, optional
        Columns that are made of others where they are not there themselves: fields inside a column, by their path, and times
        in two columns.
    """
    made = derived or {}
    with ExitStack() as stack:
        con = stack.enter_context(engine(data.database if isinstance(data, Query) else None, memory=memory))
        if isinstance(data, (str, Path)):
            found = _files(stack, con, data, form, is_time, made)
        elif isinstance(data, Query) and data.uri is None:
            sql = data.sql.strip().rstrip(";")
            found = _Found("the query", f"SELECT *, {_NOTHING} FROM ({sql})", True)
        else:
            answer = read_once(data)
            found = _table(con, answer.table if isinstance(answer, Answer) else answer, needed, made)
            found = replace(found, label=answer.label) if isinstance(answer, Answer) else found
        whole = "check that the file is whole and of the type its name says." if isinstance(data, (str, Path)) else None
        with said_plainly(found.label, hint=whole):
            names, twice, types = _view(con, found.select, found.names, made)
        # what is made of others, and names that are there twice, only the engine knows
        given = found.given if len(names) == len(types) and not twice else None
        yield Opened(
            con,
            found.label,
            types,
            found.typed,
            given,
            found.text,
            found.twice | twice,
            found.files,
            found.form,
            found.notes,
            made,
        )


def _view(
    con: Any, select: str, names: list[str] | None, derived: Mapping[str, Sequence[str]]
) -> tuple[list[str], frozenset[str], dict[str, str]]:
    """Make the view of a source, its columns named by their places, and return their names, with the types of all there are."""
    described = [(column, kind) for column, kind, *_ in rows(con, f"DESCRIBE {select}")][:-2]
    apart, twice = told_apart(names or [column for column, _ in described])
    types = {name: _READ_AS.get(kind, kind) for name, (_, kind) in zip(apart, described, strict=True)}
    listing = [held(place) for place in range(len(described))]
    reads = [
        f"CAST({column} AS {_READ_AS[kind]}) AS {column}" if kind in _READ_AS else column
        for column, (_, kind) in zip(listing, described, strict=True)
    ]
    ours = [name(FILE), name(LINE)]
    whole = f"SELECT {', '.join([*reads, *ours])} FROM ({select}) AS found({', '.join([*listing, *ours])})"
    wanted = {column: parts for column, parts in derived.items() if column not in types}
    if wanted:
        whole, more = _with_derived(con, whole, wanted, types)
        types |= more
    con.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS {whole}")
    return apart, twice, types


def _with_derived(
    con: Any, select: str, wanted: Mapping[str, Sequence[str]], types: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the SQL of a source with columns that are made of others, and their types; JSON text that is none is no row."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW {_PLAIN} AS {select}")
    there = {column: (held(place), kind) for place, (column, kind) in enumerate(types.items())}
    made, wrong = derived_sql(con, _PLAIN, wanted, there)
    listing = [f"{sql} AS {held(len(types) + place)}" for place, sql in enumerate(made.values())]
    line = f"coalesce({', '.join([name(LINE), *wrong])}) AS {name(LINE)}"
    whole = f"SELECT {', '.join([*(column for column, _ in there.values()), *listing, name(FILE), line])} FROM {_PLAIN}"
    kinds = [kind for _, kind, *_ in rows(con, f"DESCRIBE {whole}")][len(types) : -2]
    return whole, dict(zip(made, kinds, strict=True))


def _table(con: Any, data: Any, needed: list[str] | None, derived: Mapping[str, Sequence[str]]) -> _Found:
    asked = None if needed is None else [part for one in needed for part in derived.get(one, (one,))]
    given, twice = as_arrow(data, asked, reads=lambda kind: _registers(con, kind))
    con.register("given", given.rename_columns([f"c{place}" for place in range(given.num_columns)]))
    label = f"the {type(data).__name__}"
    return _Found(label, f"SELECT *, {_NOTHING} FROM given", True, given.column_names, given, twice=twice)


def _registers(con: Any, kind: pa.DataType) -> bool:
    """Whether the engine can read a column of a type, and the library take rows of it."""
    try:
        probe = pa.table({"probe": pa.nulls(1, kind)})
        con.register("probe", probe)
        rows(con, "SELECT * FROM probe")
        without_views(probe).take(pa.array([0]))
    except Exception as error:  # noqa: BLE001 - each version of the engine has another one for what it cannot read
        logger.debug("a column of the type %s is read as text: %s", kind, error)
        return False
    return True


def _files(
    stack: ExitStack,
    con: Any,
    path: str | Path,
    form: TextForm,
    is_time: Callable[[list[str]], bool] | None,
    derived: Mapping[str, Sequence[str]],
) -> _Found:
    given = files_of(path)
    label = Path(given[0]).name if len(given) == 1 else str(path)
    files = stack.enter_context(unpacked(given))
    kind = format_of(files.files, path)
    if kind == "Parquet":
        return _parquet(con, [files.place(file) for file in files.files], label)
    files = stack.enter_context(in_utf8(files, form.encoding))
    if kind == "JSON":
        paths = [part for parts in derived.values() for part in parts]
        found, keys = json_select(con, files, label, paths)
        return _Found(label, found, True, keys, notes=files.notes)
    return _texts(stack.enter_context(with_one_line_end(files)), label, form, is_time)


def _parquet(con: Any, files: list[str], label: str) -> _Found:
    with said_plainly(label, hint="check that the file is whole and of the type its name says."):
        select, names = parquet_select(con, files), parquet_names(files)
        there = [column for column, *_ in rows(con, f"DESCRIBE {select}")][:-2]
    # columns that differ by case alone are given other names by the engine
    return _Found(label, select, True, [*names, *there[len(names) :]] if names else None, files)


def _texts(files: Unpacked, label: str, form: TextForm, is_time: Callable[[list[str]], bool] | None) -> _Found:
    found = form if form.said else form.found(files.place(files.files[0]))

    def read(instead: Mapping[str, str]) -> TextFiles:
        return text_files(
            files.files,
            columns=found.columns,
            delimiter=found.delimiter,
            skip=found.skip,
            is_time=is_time if form.said or not found.columns else bool,  # below a header that was found all are rows
            instead={**files.copies, **instead},
        )

    texts = read({})
    notes = [*files.notes, *(note for file in files.files for note in total_note(files.place(file), file))]
    found = replace(found, encoding=form.encoding or files.encoding)
    return _Found(
        label, texts.select, False, texts.names, text=read, twice=texts.twice, files=files, form=found, notes=notes
    )


def load(source: Opened, columns: list[str], *, empty: bool = False) -> int:
    """Read columns of an opened source into its table ``raw``, in the order of the rows, and count the rows.

    Lines that are no rows stand at the end, with their text in ``@line``. An `empty` table has the columns alone.
    """
    listing = ", ".join([*(source.held(column) for column in columns), name(FILE), name(LINE)])
    limit = " LIMIT 0" if empty else ""
    create = f"CREATE OR REPLACE TEMP TABLE raw AS SELECT {listing} FROM {SOURCE}{limit}"

    def read(how: TextFiles) -> None:
        _view(source.con, how.select, how.names, source.derived)
        source.con.execute(create)

    with said_plainly(source.label):
        if source.text is None or empty:
            source.con.execute(create)
        else:
            assert source.files is not None
            load_text(source.con, source.text, read, source.files)
            # copies that were read in the place of a file are gone: what is looked at later is the file
            whole = source.text({})
            _view(source.con, whole.select, whole.names, source.derived)
    return int(rows(source.con, "SELECT count(*) FROM raw")[0][0])
