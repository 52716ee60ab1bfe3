"""Writing scores: the whole file or none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd

from cxchurn._core import UsageError, as_pandas

_SUFFIXES = (".parquet", ".csv")


def write_scores(scores: pd.DataFrame, path: str | Path) -> Path:
    """Write scores to a Parquet or CSV file that appears whole or not at all.

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
    scores, target = as_pandas(scores), Path(path)
    if not isinstance(scores, pd.DataFrame):
        raise UsageError(f"the scores are a {type(scores).__name__}.", allowed="a frame, as cx.score(...) returns it")
    if target.suffix not in _SUFFIXES:
        target = target / "scores.parquet"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        os.close(handle)
        try:
            if target.suffix == ".csv":
                scores.to_csv(fresh, index=False)
            else:
                scores.to_parquet(fresh, index=False, compression="zstd")
            os.chmod(fresh, 0o644)
            os.replace(fresh, target)
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror or error}.", hint="choose a folder you may write to."
        ) from error
    return target
