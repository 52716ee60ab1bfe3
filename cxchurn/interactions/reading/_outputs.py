"""Files that are written: never over what is read, and harmless where a spreadsheet opens them."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxchurn._core import Deferred, UsageError
from cxchurn.interactions.reading.sources._files import is_data
from cxchurn.interactions.reading.sources._sources import Query, Source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# what a spreadsheet takes for a formula, or for the sign before one
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")

# what a question in SQL quotes, in either way; a file's name has a point or a slash in it
_QUOTED = re.compile(r"""'((?:[^']|'')*)'|"((?:[^"]|"")*)\"""")


def check_not_read(out: str | Path, inputs: Iterable[Any]) -> None:
    """Refuse an output that would replace an input, or would be one of the inputs at the next reading.

    Parameters
    ----------
    out : str or Path
        The file that is to be written.
    inputs : iterable of path, Source, Query or anything
        What is read: files, folders and patterns are looked at, also as sources, as databases of queries, and as what a
        query names.
    """
    target = Path(out)
    for path in paths_of(inputs):
        if _is_among(target, path):
            raise UsageError(
                f"{target} would be written over, or into, what is read: {path}.",
                hint="write to another file, in a folder that nothing is read from.",
            )


def paths_of(inputs: Iterable[Any]) -> Iterable[Path]:
    """Return the files, folders and patterns among what is read.

    Parameters
    ----------
    inputs : iterable of path, Source, Query or anything
    """
    for one in inputs:
        if isinstance(one, Source):
            yield from paths_of([one.data, one.schema])
        elif isinstance(one, Query):
            yield from paths_of([one.database, *(() if one.uri else named_in(one.sql))])
        elif isinstance(one, (str, Path)):
            yield Path(one)


def named_in(sql: str) -> list[str]:
    """Return what may be files in a question of SQL: whatever is quoted and looks like a path.

    Parameters
    ----------
    sql : str

    Examples
    --------
    >>> named_in("select * from 'logs/*.csv' where kind = 'visit'")
    ['logs/*.csv']
    """
    quoted = [single.replace("''", "'") or double.replace('""', '"') for single, double in _QUOTED.findall(sql)]
    return [one for one in quoted if "." in one or "/" in one or os.sep in one]


def _is_among(target: Path, path: Path) -> bool:
    real = target.resolve()
    if path.is_file():
        return real == path.resolve() or (target.exists() and os.path.samefile(target, path))
    if path.is_dir():
        inside = real.is_relative_to(path.resolve())
        return (inside and is_data(real, path.resolve())) or any(_same(target, file) for file in path.rglob("*"))
    # a pattern: a star stands for the name of one folder, two stars for any number of folders
    pattern = Path(os.path.abspath(path))
    matches = fnmatch.fnmatch(str(real), str(pattern)) or fnmatch.fnmatch(os.path.abspath(target), str(pattern))
    deep = "**" in pattern.parts or len(real.parts) == len(pattern.parts)
    return (matches and deep) or any(_same(target, file) for file in _matching(path))


def _matching(pattern: Path) -> Iterable[Path]:
    import glob

    return map(Path, glob.glob(str(pattern), recursive=True))


def _same(target: Path, file: Path) -> bool:
    return target.exists() and file.is_file() and os.path.samefile(target, file)


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts a spreadsheet takes for text, with an apostrophe before those it would run.

    Texts that begin with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line are formulas to a spreadsheet, whoever wrote
    them. Numbers stay numbers.

    Parameters
    ----------
    frame : DataFrame
        What is to be written as text.
    """
    return frame.assign(**{str(name): _harmless(frame[name]) for name in frame.columns if _has_text(frame[name])})


def _has_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype))


def _harmless(column: pd.Series) -> pd.Series:
    values = column.astype(object)
    runs = [isinstance(value, str) and value.startswith(_FORMULAS) for value in values]
    return values.where(~pd.Series(runs, index=column.index), "'" + values.astype(str)) if any(runs) else column
