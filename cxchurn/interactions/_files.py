"""Files of data: which ones a path stands for, and the SQL that reads them."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from cxchurn._core import DataError, listed
from cxchurn.interactions._engine import FILE, LINE, name, rows, said_plainly, text

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
_ALLOWED = (
    "Parquet (.parquet, .pq), text (.csv, .tsv, .txt), JSON (.jsonl, .ndjson, .json); text and JSON also with .gz"
)


def files_of(path: str | Path) -> list[str]:
    """Return the data files a path, a folder or a pattern stands for, in the order of their names."""
    found = Path(path)
    if found.is_file():
        files, problem = [str(found)], ""
    elif found.is_dir():
        inside = [file for file in sorted(found.rglob("*")) if file.is_file() and not _hidden(file.relative_to(found))]
        files, problem = (
            [str(file) for file in inside if _suffix(str(file)) in _SUFFIXES],
            f"the folder {path} holds no data files.",
        )
    else:
        pattern = any(sign in str(path) for sign in "*?[")
        files = sorted(file for file in glob.glob(str(path), recursive=True) if Path(file).is_file())
        problem = f"no file matches {path}." if pattern else f"there is no file {path}."
    if not files:
        raise DataError(problem, allowed=_ALLOWED, hint="check the path; relative ones start at the working directory.")
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
        raise DataError(
            f"{path} is of a type that cannot be read: {found}.", allowed=_ALLOWED, hint="write it as one of these."
        )
    if len(formats) > 1:
        raise DataError(
            f"{path} holds files of several types: {found}.", hint="name one of them, such as 'folder/*.parquet'."
        )
    return str(formats.pop())


def parquet_select(files: list[str]) -> str:
    """Return the SQL that reads Parquet files."""
    options = f"filename = {text(FILE)}, union_by_name = true"
    return f"SELECT *, NULL::VARCHAR AS {name(LINE)} FROM read_parquet({_paths(files)}, {options})"


def json_select(con: Any, files: list[str], label: str) -> str:
    """Return the SQL that reads JSON files: one object a line, or (``.json``) also one list of objects."""
    lines = all(_suffix(file) != ".json" for file in files)
    form = "format = 'newline_delimited', ignore_errors = true" if lines else "format = 'auto'"
    reading = f"{_paths(files)}, {form}"
    with said_plainly(label, hint="write one JSON object a line."):
        found = rows(con, f"DESCRIBE SELECT * FROM read_json({reading}, union_by_name = true, sample_size = -1)")
    # times stay text, so that those with a zone and those without can be told apart
    types = {column: "VARCHAR" if kind in ("DATE", "TIMESTAMP", "TIME", "UUID") else kind for column, kind, *_ in found}
    listing = ", ".join(f"{text(column)}: {text(kind)}" for column, kind in types.items())
    nothing = " AND ".join(f"{name(column)} IS NULL" for column in types)
    return (
        f"SELECT *, CASE WHEN {nothing} THEN 'no JSON object' END AS {name(LINE)} "
        f"FROM read_json({reading}, columns = {{{listing}}}, filename = {text(FILE)})"
    )


def _paths(files: list[str]) -> str:
    # the engine reads patterns: signs of a pattern in a real name are put in brackets
    return "[" + ", ".join(text(glob.escape(file)) for file in files) + "]"
