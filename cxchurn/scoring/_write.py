"""Writing scores: the whole file or none."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd

from cxchurn._core import UsageError, as_pandas, write_whole
from cxchurn.interactions import harmless

_SUFFIXES = (".parquet", ".csv")
# how the ending of a file looks, in distinction to a point in a folder's name such as "2024.11"
_ENDING = re.compile(r"[.][A-Za-z]\w*")


def write_scores(scores: pd.DataFrame, path: str | Path) -> Path:
    """Write scores to a Parquet or CSV file that appears whole or not at all.

    In a CSV file an apostrophe stands before texts (ids, reasons) that begin with ``=``, ``+``, ``-``, ``@``, a tab or the end
    of a line: a spreadsheet would run them. Numbers stay numbers, and Parquet holds everything as it is.

    Parameters
    ----------
    scores : DataFrame
        From `score`.
    path : str or Path
        A file ending in ``.parquet`` or ``.csv``; or a folder, for ``scores.parquet`` in it.

    Returns
    -------
    Path
        The file.
    """
    scores = as_pandas(scores)
    if not isinstance(scores, pd.DataFrame):
        raise UsageError(f"the scores are a {type(scores).__name__}.", allowed="a frame, as cx.score(...) returns it")
    target = scores_file(path)

    def write(file: Path) -> None:
        if target.suffix.lower() == ".csv":
            harmless(scores).to_csv(file, index=False)
        else:
            scores.to_parquet(file, index=False, compression="zstd")

    return write_whole(target, write)


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
            allowed="a file ending in .parquet or .csv, or a folder",
            hint="a folder with such a name has to be there, or to end with a slash.",
        )
    return target / "scores.parquet"
