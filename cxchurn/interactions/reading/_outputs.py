"""Files that are written: never over what is read, and harmless where a spreadsheet opens them."""

from __future__ import annotations

import fnmatch
import os
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


def check_not_read(out: str | Path, inputs: Iterable[Any]) -> None:
    """Refuse an output that would replace an input, or would be one of the inputs at the next reading.

    Parameters
    ----------
    out : str or Path
        The file that is to be written.
    inputs : iterable of path, Source, Query or anything
        What is read: files, folders and patterns are looked at, also as sources and as databases of queries.
    """
    target = Path(out)
    for path in _paths(inputs):
        if _is_among(target, path):
            raise UsageError(
                f"{target} would be written over, or into, what is read: {path}.",
                hint="write to another file, in a folder that nothing is read from.",
            )


def _paths(inputs: Iterable[Any]) -> Iterable[Path]:
    for one in inputs:
        if isinstance(one, Source):
            yield from _paths([one.data, one.schema])
        elif isinstance(one, Query):
            yield from _paths([one.database])
        elif isinstance(one, (str, Path)):
            yield Path(one)


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
