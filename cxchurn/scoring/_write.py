"""Writing scores: the whole file or none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cxchurn._core import UsageError, as_pandas, write_whole
from cxchurn.scoring._nights import timezone_of
from cxchurn.scoring.batch import as_text, scores_file


def write_scores(scores: pd.DataFrame, path: str | Path) -> Path:
    """Write scores to a Parquet or CSV file that appears whole or not at all.

    In a CSV file an apostrophe stands before texts (ids, reasons) that begin with ``=``, ``+``, ``-``, ``@``, a tab or the end
    of a line: a spreadsheet would run them. Numbers stay numbers, and the cut-off is on the clock of the log and says how far
    that is from UTC. Parquet holds everything as it is.

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
            as_text(scores, timezone_of(scores) or "UTC").to_csv(file, index=False)
        else:
            scores.to_parquet(file, index=False, compression="zstd")

    return write_whole(target, write)
