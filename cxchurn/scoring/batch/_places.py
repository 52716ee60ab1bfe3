"""Where scores go: what a path or an address means."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, iso
from cxchurn.scoring.batch._duckdb import InDuckDB
from cxchurn.scoring.batch._files import InFile
from cxchurn.scoring.batch._listing import Listing
from cxchurn.scoring.batch._postgres import InPostgres

_SUFFIXES = (".parquet", ".csv")
_DATABASES = (".duckdb", ".ddb", ".db")
_ADDRESS = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
# how the ending of a file looks, in distinction to a point in a folder's name such as "2024.11"
_ENDING = re.compile(r"[.][A-Za-z]\w*")
_ALLOWED = "a file ending in .parquet or .csv, or a folder; a table as file.duckdb#table or postgresql://user@host/database#table"


class Place(Protocol):
    """Somewhere that scores are written to, whole or not at all."""

    @property
    def work(self) -> Path | None:
        """Where a run keeps its parts; None where there is nothing beside the place."""

    @property
    def summary(self) -> Path | None:
        """Where a summary goes; None where there is nothing beside the place."""

    @property
    def target(self) -> Path | None:
        """The file that is written to; None where it is none."""

    @property
    def keeps_others(self) -> bool:
        """Whether what else the target holds stays."""

    @property
    def references(self) -> Path | None:
        """Where tables about customers in general go that were made for the run."""

    def check(self, schema: pa.Schema) -> None:
        """Refuse a place that these columns cannot be written to."""

    def write(self, listing: Listing, work: Path) -> None:
        """Write a list, with the help of a folder."""


def place_of(out: Any, cutoff: np.datetime64, *, partitioned: bool = False) -> Place:
    """Return the place that a path or an address means.

    Parameters
    ----------
    out : str or Path
        A Parquet or CSV file; a folder, for ``scores.parquet`` in it; ``file.duckdb#table``; or
        ``postgresql://user@host/database#table``.
    cutoff : datetime64[us]
    partitioned : bool
        The folder holds a folder for each cut-off, such as ``night=2025-01-01T000000Z``.
    """
    text = str(out)
    base, mark, table = text.rpartition("#")
    if _ADDRESS.match(text):
        _no_partitions(partitioned, text)
        return InPostgres.at(text)
    if mark and Path(base).suffix.lower() in _DATABASES:
        _no_partitions(partitioned, text)
        return InDuckDB(Path(base), table)
    if Path(text).suffix.lower() in _DATABASES and not Path(text).is_dir():
        hint = f"name the table: {text}#scores"
        raise UsageError(f"scores cannot be written to {text}.", allowed=_ALLOWED, hint=hint)
    if not partitioned:
        return InFile(scores_file(out))
    root = Path(out)
    if root.suffix.lower() in _SUFFIXES and not root.is_dir():
        raise UsageError(f"{root} names a file, and a folder of nights is asked for.", allowed="a folder")
    return InFile(root / night(cutoff) / "part-0000.parquet", root)


def scores_file(path: str | Path) -> Path:
    """Return the file that scores go to: the path itself, or ``scores.parquet`` in the folder that it names.

    Parameters
    ----------
    path : str or Path
        A file ending in ``.parquet`` or ``.csv``; or a folder.
    """
    target = Path(path)
    if target.suffix.lower() in _SUFFIXES:
        return target
    is_folder = target.is_dir() or str(path).endswith(("/", os.sep))
    if _ENDING.fullmatch(target.suffix) and not is_folder:
        raise UsageError(
            f"scores cannot be written to {target}.",
            allowed=_ALLOWED,
            hint="a folder with such a name has to be there, or to end with a slash.",
        )
    return target / "scores.parquet"


def night(cutoff: np.datetime64) -> str:
    """Return the name of the folder that a night's scores are in, by their cut-off.

    It is not called after the column ``as_of``, which the files hold: readers that make columns of such names make text of it.

    Examples
    --------
    >>> night(np.datetime64("2025-01-01", "us"))
    'night=2025-01-01T000000Z'
    """
    said = iso(cutoff)
    return f"night={(said if 'T' in said else f'{said}T00:00:00').replace(':', '')}Z"


def _no_partitions(partitioned: bool, text: str) -> None:
    if partitioned:
        raise UsageError(
            "a table has no folders of nights.", hint="leave partitioned out: a table keeps the nights by as_of."
        )
