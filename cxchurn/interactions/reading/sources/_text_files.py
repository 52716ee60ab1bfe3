"""Text files: with a header or without, separated by a character or by any run of blanks."""

from __future__ import annotations

import csv
import glob
import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from cxchurn._core import DataError, typed
from cxchurn.interactions.reading._engine import FILE, LINE, held
from cxchurn.interactions.reading.sources._tables import told_apart
from cxchurn.interactions.schema._sql import name, text

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
# a sign no text holds: the whole line is then one column
_NO_DELIMITER = "\x01"


@dataclass(frozen=True)
class TextFiles:
    """Text files, as the engine is to read them.

    Parameters
    ----------
    select : str
        The SQL: every column as text, then the file a row is from and the line it is not.
    names : list of str
        The columns' names, in that order.
    forms : dict
        For each file what separates its columns, and how many they are.
    twice : frozenset of str
        Names that more than one column of a file has.
    """

    select: str
    names: list[str]
    forms: dict[str, tuple[str, int]]
    twice: frozenset[str]


def text_files(
    files: list[str],
    *,
    columns: tuple[str, ...] | None,
    delimiter: str | None,
    skip: int,
    is_time: Callable[[list[str]], bool] | None,
    instead: Mapping[str, str],
) -> TextFiles:
    """Say how text files are read.

    Parameters
    ----------
    files : list of str
        The files.
    columns : tuple of str, optional
        The columns' names, for files that may lack a header.
    delimiter : str, optional
        One character or ``"whitespace"``.
    skip : int
        How many lines stand before the header.
    is_time : callable, optional
        Whether the cells of a first line hold a time where one belongs: decides what is a header where `columns` are
        given.
    instead : mapping of str to str
        Copies that are read in the place of files.
    """
    selects: list[str] = []
    places: dict[str, int] = {}
    forms: dict[str, tuple[str, int]] = {}
    twice: set[str] = set()
    for file in files:
        mark, place = delimiter or usual_delimiter(file), instead.get(file, file)
        cells = first_line_of(place, mark, skip)
        names = list(columns) if columns else _named(cells, file)
        header = (
            columns is None or cells == names or (not any(map(_is_number, cells)) and not (is_time and is_time(cells)))
        )
        apart, repeated = told_apart(names)
        twice |= repeated
        own = [f"c{places.setdefault(each, len(places))}" for each in apart]
        read = _blanks_select if mark == "whitespace" else _marked_select
        cells_of = read(place, own, mark, f"header = {header}, skip = {skip}")
        selects.append(f"SELECT *, {text(file)} AS {name(FILE)} FROM ({cells_of})")
        forms[file] = mark, len(names)
    order = ", ".join([*(held(place) for place in places.values()), name(FILE), name(LINE)])
    return TextFiles(
        f"SELECT {order} FROM ({' UNION ALL BY NAME '.join(selects)})", list(places), forms, frozenset(twice)
    )


def usual_delimiter(file: str) -> str:
    """Return what separates the columns of a file by its name."""
    return "\t" if ".tsv" in Path(file).suffixes else ","


def first_line_of(file: str, delimiter: str, skip: int = 0) -> list[str]:
    """Return the cells of a file's first line after those that are skipped."""
    try:
        with _open(file) as opened:
            if delimiter == "whitespace":
                return next((line.split() for line in islice(opened, skip, None) if line.strip()), [])
            # a text in quotes may go on in further lines: to the engine they are one
            return next(filter(any, islice(csv.reader(opened, delimiter=delimiter), skip, None)), [])
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise DataError(f"{file} cannot be read as text: {error}.") from error


def _open(file: str) -> IO[str]:
    if file.endswith(".gz"):
        return gzip.open(file, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return open(file, encoding="utf-8-sig", errors="replace", newline="")


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None


def _named(cells: list[str], file: str) -> list[str]:
    names = [cell.strip() or f"column_{i + 1}" for i, cell in enumerate(cells)]
    if not names:
        raise DataError(
            f"the first line of {file} names no column.",
            hint=typed(
                "name the file's columns in the schema: columns=('customer', 'when', ...).",
                'name the file\'s columns under [format] in the schema: columns = ["customer", "when", ...].',
            ),
        )
    return names


def _marked_select(file: str, names: list[str], delimiter: str, begin: str) -> str:
    types = ", ".join(f"{text(each)}: 'VARCHAR'" for each in names)
    quote = text('"' if delimiter != '"' else "")
    return (
        f"SELECT *, NULL::VARCHAR AS {name(LINE)} FROM read_csv({text(glob.escape(file))}, auto_detect = false, "
        f"{begin}, delim = {text(delimiter)}, quote = {quote}, escape = {quote}, strict_mode = true, "
        f"ignore_errors = true, store_rejects = true, columns = {{{types}}})"
    )


def _blanks_select(file: str, names: list[str], delimiter: str, begin: str) -> str:
    bare, count = "trim(line, E' \\t\\r')", len(names)
    cells = [f"CASE WHEN len(cells) = {count} THEN cells[{i + 1}] END AS {name(each)}" for i, each in enumerate(names)]
    lines = (
        f"read_csv({text(glob.escape(file))}, auto_detect = false, {begin}, delim = {text(_NO_DELIMITER)}, "
        "quote = '', escape = '', columns = {'line': 'VARCHAR'})"
    )
    return (
        f"SELECT {', '.join(cells)}, CASE WHEN len(cells) <> {count} THEN line END AS {name(LINE)} "
        f"FROM (SELECT line, string_split_regex({bare}, '[ \\t]+') AS cells FROM {lines} WHERE {bare} <> '')"
    )
