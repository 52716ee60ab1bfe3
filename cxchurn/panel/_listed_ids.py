"""Lists of customers that come as files, frames or plain lists: whom not to list, and what each one is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import DataError, UsageError, as_pandas, did_you_mean, listed

ID = "customer_id"
_TEXT = (".csv", ".tsv")
_LINES = ("", ".txt", ".list", ".ids")


def ids_in(given: Any, *, what: str) -> Any:
    """Return the ids of a list of customers as they came.

    Parameters
    ----------
    given : path, frame, Series or sequence
        A text file with an id a line; CSV or Parquet with a column ``customer_id``, or with one column.
    what : str
        What it is called in errors.
    """
    given = _read(given, what)
    if not isinstance(given, pd.DataFrame):
        return given
    return given[_column_of_ids(given, what)]


def values_in(given: Any, *, what: str) -> tuple[Any, Any]:
    """Return ids and numbers of a table that has a column ``customer_id`` and one other column of numbers.

    Parameters
    ----------
    given : path, frame, Series or mapping
        A Series is indexed by the ids.
    what : str
    """
    given = _read(given, what)
    if isinstance(given, dict):
        given = pd.Series(given)
    if isinstance(given, pd.Series):
        return given.index, _numbers(given, what)
    if not isinstance(given, pd.DataFrame):
        raise UsageError(f"{what} is a {type(given).__name__}.", allowed="a table of customer_id and money, or a file")
    who = _column_of_ids(given, what)
    others = [str(name) for name in given.columns if name != who]
    named = "value" if "value" in others else others[0] if len(others) == 1 else None
    if named is None:
        raise UsageError(
            f"{what} has the columns {listed(others)} beside {who}.",
            allowed="customer_id and one more, or one of them called value",
            hint="leave the other columns out.",
        )
    return given[who], _numbers(given[named], what)


def _read(given: Any, what: str) -> Any:
    if not isinstance(given, (str, Path)):
        return as_pandas(given)
    path = Path(given)
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            return pd.read_parquet(path)
        if ending in _TEXT:
            # ids are texts until the log says that they are numbers: 00123 is not 123
            return pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python", encoding="utf-8-sig")
        if ending in _LINES:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            return pd.Series([line.strip() for line in lines if line.strip()], dtype=object)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path} ({what}).", hint="check the path.") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} ({what}) cannot be read: {str(error).splitlines()[0]}") from error
    raise UsageError(f"{what} is {path}.", allowed="a file ending in .parquet, .csv, .tsv or .txt")


def _column_of_ids(frame: pd.DataFrame, what: str) -> Any:
    if ID in frame.columns:
        return ID
    if len(frame.columns) == 1:
        return frame.columns[0]
    raise UsageError(
        f"{what} has no column {ID}; found {listed(frame.columns)}.",
        hint=did_you_mean(ID, map(str, frame.columns)) or f"rename the column of ids to {ID}.",
    )


def _numbers(column: pd.Series, what: str) -> pd.Series:
    """Return numbers, those that say nothing as missing."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        column = column.astype(object)
        column = column.where(column.map(lambda one: not (isinstance(one, str) and not one.strip())), None)
    try:
        numbers = pd.to_numeric(column).astype(float)
    except (ValueError, TypeError) as error:
        raise DataError(f"{what} holds what is no number: {error}.", allowed="numbers such as 1234.50") from error
    infinite = int(np.isinf(numbers.to_numpy()).sum())
    if infinite:
        raise DataError(
            f"{what} holds {infinite:,} infinite numbers.",
            allowed="numbers such as 1234.50; nothing where no value is known",
        )
    return numbers
