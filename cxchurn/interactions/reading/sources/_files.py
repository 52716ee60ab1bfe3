"""Files of data: which ones a path stands for, and the SQL that reads them."""

from __future__ import annotations

import glob
import re
from collections.abc import Container
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cxchurn._core import DataError, UsageError, listed
from cxchurn.interactions.reading._engine import FILE, rows
from cxchurn.interactions.reading.sources._no_text import SHEETS, sheet_hint
from cxchurn.interactions.schema._sql import name, text

_SUFFIXES = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
    ".json": "JSON",
}
ZIP = ".zip"
# what lies beside data and says something of it
_ABOUT = re.compile(r"(readme|licen[cs]e|changelog|copying)\b", re.IGNORECASE)
_ALLOWED = (
    "Parquet (.parquet, .pq), text (.csv, .tsv, .txt), JSON (.jsonl, .ndjson, .json); those also with .gz; all in .zip"
)


def files_of(path: str | Path) -> list[str]:
    """Return the data files a path, a folder or a pattern stands for, in the order of their names."""
    found = Path(path)
    if found.is_file():
        files, problem = [str(found)], ""
    elif found.is_dir():
        inside = [file for file in sorted(found.rglob("*")) if file.is_file() and not _hidden(file.relative_to(found))]
        files, problem = (
            [str(file) for file in inside if _suffix(str(file)) in (*_SUFFIXES, ZIP)],
            f"the folder {path} holds no data files.",
        )
    else:
        pattern = any(sign in str(path) for sign in "*?[")
        files = sorted(file for file in glob.glob(str(path), recursive=True) if Path(file).is_file())
        problem = f"no file matches {path}." if pattern else f"there is no file {path}."
    if not files:
        raise UsageError(
            problem, allowed=_ALLOWED, hint="check the path; relative ones start at the working directory."
        )
    empty = [file for file in files if Path(file).stat().st_size == 0]
    if empty:
        raise DataError(
            f"{'this file is' if len(empty) == 1 else 'these files are'} empty (0 bytes): {listed(empty, most=5)}.",
            hint="copy or write it again; leave it out where there is nothing to read.",
        )
    return files


def _hidden(file: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in file.parts)


def _suffix(file: str) -> str:
    return Path(file.lower().removesuffix(".gz")).suffix


def format_of(files: list[str], path: str | Path) -> str:
    """Return the one format files are of: Parquet, text or JSON."""
    formats = {_SUFFIXES.get(_suffix(file)) for file in files}
    found = listed(sorted({_suffix(file) or "no ending" for file in files}))
    if None in formats:
        sheets = all(_suffix(file) in SHEETS for file in files)
        hint = sheet_hint() if sheets else "write it as one of these; what holds a table as text may be called .txt."
        raise DataError(f"{path} is of a type that cannot be read: {found}.", allowed=_ALLOWED, hint=hint)
    if len(formats) > 1:
        raise DataError(
            f"{path} holds files of several types: {found}.", hint="name one of them, such as 'folder/*.parquet'."
        )
    return str(formats.pop())


def is_data(file: Path, folder: Path) -> bool:
    """Whether a file would be read with the folder it lies in."""
    said = _ABOUT.match(file.name) is not None
    return _suffix(str(file)) in _SUFFIXES and not said and not _hidden(file.relative_to(folder))


def is_lines(file: str) -> bool:
    """Whether a JSON file holds one object a line, by its name."""
    return _suffix(file) != ".json"


def parquet_select(con: Any, files: list[str]) -> str:
    """Return the SQL that reads Parquet files, and last the file each row is from and the line it is not."""
    paths = f"read_parquet({paths_of(files)}, union_by_name = true"
    taken = {column.lower() for column, *_ in rows(con, f"DESCRIBE SELECT * FROM {paths})")}
    file = free(FILE, taken)
    return f"SELECT * EXCLUDE ({name(file)}), {name(file)}, NULL::VARCHAR FROM {paths}, filename = {text(file)})"


def parquet_names(files: list[str]) -> list[str] | None:
    """Return the names of the columns of Parquet files as written, where they are the same in all of them."""
    try:
        names = [pq.read_schema(file).names for file in files]
    except (pa.ArrowException, OSError):
        return None
    return names[0] if all(other == names[0] for other in names) else None


def free(wanted: str, taken: Container[str]) -> str:
    """Return a name like the one wanted that is not taken."""
    while wanted in taken:
        wanted += "_"
    return wanted


def paths_of(files: list[str]) -> str:
    """Return files as a list in SQL."""
    # the engine reads patterns: signs of a pattern in a real name are put in brackets
    return "[" + ", ".join(text(glob.escape(file)) for file in files) + "]"
