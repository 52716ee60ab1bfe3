"""The lines of text files that are no rows: found by the engine while it reads, and put beside the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxchurn._core import scratch_folder
from cxchurn.interactions.reading._engine import FILE, LINE, rows
from cxchurn.interactions.reading.sources._stray_quotes import Mended, mend
from cxchurn.interactions.reading.sources._text_files import TextFiles
from cxchurn.interactions.reading.sources._unpacked import Unpacked
from cxchurn.interactions.schema._sql import name

# so much of a line that is no row is shown by the engine
_SHOWN = 10_000


@dataclass(frozen=True, order=True)
class Rejected:
    """A line that is no row.

    Parameters
    ----------
    file : str
        The file it is in.
    number : int
        Its number, from 1 on.
    text : str
        What it says.
    swallows : bool
        Whether lines after it were taken for a part of it.
    """

    file: str
    number: int
    text: str
    swallows: bool = False


def load_text(
    con: Any,
    text: Callable[[Mapping[str, str]], TextFiles],
    read: Callable[[TextFiles], None],
    files: Unpacked,
) -> None:
    """Read text files into the table ``raw``, with the lines that are no rows at its end.

    A quote that is never closed makes one line of all that follow it: a file with such a quote is read again, from a copy
    without the lines that open one.

    Parameters
    ----------
    con : connection
        The engine's connection.
    text : callable
        Says how the files are read, with copies in the place of some.
    read : callable
        Makes the table anew of files that are read in this way.
    files : Unpacked
        The files, with the copies that are read in the place of some in any case.
    """
    whole = text({})
    found = [replace(line, file=files.called(line.file)) for line in _read(con, read, whole)]
    swallowed = list(dict.fromkeys(line.file for line in found if line.swallows))
    if swallowed:
        with scratch_folder() as folder:
            copies = {file: _copy(file, files, folder / f"{k}.csv", whole) for k, file in enumerate(swallowed)}
            again = _read(con, read, text({file: copy.file for file, copy in copies.items()}))
            found = [replace(line, file=files.called(line.file)) for line in again]
        found = sorted([*_left_out(copies), *(_original(line, copies) for line in found)])
    if found:
        lines = pa.table({"f": [line.file for line in found], "l": [f"line {x.number}: {x.text}" for x in found]})
        con.register("rejected", lines)
        con.execute(f"INSERT INTO raw BY NAME SELECT f AS {name(FILE)}, l AS {name(LINE)} FROM rejected")
        con.unregister("rejected")


def _read(con: Any, read: Callable[[TextFiles], None], how: TextFiles) -> list[Rejected]:
    # what earlier readings of the same files found is found again
    if _has_rejected(con):
        con.execute("DELETE FROM reject_errors")
    read(how)
    return _rejected(con)


def _copy(file: str, files: Unpacked, copy: Path, how: TextFiles) -> Mended:
    delimiter, columns = how.forms[file]
    return mend(files.place(file), copy, delimiter=delimiter, columns=columns)


def _left_out(copies: Mapping[str, Mended]) -> list[Rejected]:
    return [
        Rejected(file, number, text)
        for file, copy in copies.items()
        for number, text in zip(copy.numbers, copy.texts, strict=True)
    ]


def _original(line: Rejected, copies: Mapping[str, Mended]) -> Rejected:
    files = {copy.file: file for file, copy in copies.items()}
    if line.file not in files:
        return line
    file = files[line.file]
    return Rejected(file, copies[file].number(line.number), line.text)


def _rejected(con: Any) -> list[Rejected]:
    if not _has_rejected(con):
        return []
    several = f"contains(csv_line, chr(10)) OR length(csv_line) >= {_SHOWN} OR error_type = 'LINE SIZE OVER MAXIMUM'"
    found = rows(
        con,
        f"SELECT file_path, line, coalesce(any_value(csv_line), ''), coalesce(bool_or({several}), TRUE) "
        "FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY file_path, line ORDER BY file_path, line",
    )
    return [Rejected(*line) for line in found]


def _has_rejected(con: Any) -> bool:
    return bool(rows(con, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"))
