"""Scores that were made before: frames or files."""

from __future__ import annotations

import json
import re
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from cxchurn._core import DataError, UsageError, as_pandas, did_you_mean, listed

_NEEDED = ("customer_id", "churn_probability", "band")
# nights as they were written once, when no column held the cut-off
_NIGHT = re.compile(r"as_of=(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d+)?)Z")
_TEXTS = {"customer_id": str}
# how Python calls a clock that is a fixed time from UTC
_DISTANCE = re.compile(r"UTC([+-]\d\d:\d\d)")
# where Spark keeps what is to be known of columns
_OF_SPARK = b"org.apache.spark.sql.parquet.row.metadata"


def night_of(given: Any, *, name: str) -> pd.DataFrame:
    """Return the scores of one night.

    Parameters
    ----------
    given : DataFrame or path
        From `score`; a Parquet or CSV file of `score_to`; or the folder that it is in, such as
        ``scores/night=2025-01-01T000000Z``.
    name : str
        What they are called in errors.
    """
    scores = _read(Path(given), name) if isinstance(given, (str, Path)) else as_pandas(given)
    if not isinstance(scores, pd.DataFrame):
        raise UsageError(f"{name} is a {type(scores).__name__}.", allowed="a frame of scores, or their file")
    missing = [column for column in _NEEDED if column not in scores.columns]
    if missing:
        raise UsageError(
            f"{name} lacks {listed(missing)}; found {listed(scores.columns)}.",
            allowed="scores as cx.score(...) and cx.score_to(...) make them",
            hint=did_you_mean(missing[0], map(str, scores.columns)),
        )
    twice = scores["customer_id"].duplicated()
    if twice.any():
        raise DataError(
            f"{name} has {int(twice.sum()):,} customers twice, such as {scores['customer_id'][twice].iloc[0]!r}.",
            allowed="the scores of one night",
            hint="name one night: scores/night=2025-01-01T000000Z" if "as_of" in scores else None,
        )
    _check_one_night(scores, name)
    return scores


def _check_one_night(scores: pd.DataFrame, name: str) -> None:
    several = scores["as_of"].dropna().unique() if "as_of" in scores else ()
    if len(several) > 1:
        raise DataError(
            f"{name} has {len(several)} nights: {listed(sorted(map(str, several)), most=3)}.",
            allowed="the scores of one night",
            hint="name one night, or the rows of one: scores[scores['as_of'] == ...]",
        )


def said_of(scores: pd.DataFrame, column: str) -> Any:
    """Return what one night says in every row, such as its cut-off; None where it does not."""
    if column not in scores.columns or not len(scores):
        return None
    value = scores[column].iloc[0]
    if column != "as_of":
        return value
    moment = pd.Timestamp(value)
    return moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)


def timezone_of(scores: pd.DataFrame) -> str | None:
    """Return the zone on whose clock people read the cut-off of one night; None where it does not say.

    Of a text file that is how far its clock is from UTC: ``"UTC+01:00"``.
    """
    told = scores.attrs.get("timezone")
    if isinstance(told, str):
        return told
    given = scores["as_of"].iloc[0] if "as_of" in scores.columns and len(scores) else None
    clock = pd.Timestamp(given).tzinfo if isinstance(given, (str, pd.Timestamp)) else None
    return None if clock is None else str(clock)


def clock_of(timezone: str) -> str | tzinfo:
    """Return the clock that `timezone_of` names: a zone's name, or one that is a fixed time from UTC.

    Examples
    --------
    >>> clock_of("Europe/Berlin"), clock_of("UTC+01:00")
    ('Europe/Berlin', datetime.timezone(datetime.timedelta(seconds=3600)))
    """
    found = _DISTANCE.fullmatch(timezone)
    return timezone if found is None else datetime.strptime(found[1], "%z").tzinfo or timezone


def _read(path: Path, name: str) -> pd.DataFrame:
    files = [path]
    if path.is_dir():
        files = (
            [path / "scores.parquet"] if (path / "scores.parquet").is_file() else sorted(path.glob("part-*.parquet"))
        )
        if not files:
            nights = sorted(one.name for form in ("as_of=*", "night=*") for one in path.glob(form))
            hint = f"name one night: {path / nights[-1]}" if nights else "name the file."
            raise UsageError(f"{path} ({name}) holds no scores of one night.", hint=hint)
    try:
        if path.suffix.lower() == ".csv":
            scores = pd.read_csv(path, dtype=_TEXTS, keep_default_na=False, na_values={"churn_probability": [""]})
            scores["customer_id"] = scores["customer_id"].str.removeprefix("'")
            for column in ("expected_loss", "value"):
                if column in scores:
                    scores[column] = pd.to_numeric(scores[column])
        else:
            scores = _together(files)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path} ({name}).", hint="check the path.") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} ({name}) cannot be read: {str(error).splitlines()[0]}") from error
    night = _NIGHT.search(files[0].parent.name)
    if "as_of" not in scores and night:
        scores["as_of"] = pd.Timestamp(f"{night[1]}T{night[2]}:{night[3]}:{night[4]}")
    return scores


def _together(files: list[Path]) -> pd.DataFrame:
    """Return the scores in some files, one below the other, each as the one file that it is: no folder's name is a column."""
    parts = []
    for file in files:
        with open(file, "rb") as content:
            parts.append(pd.read_parquet(content))
    scores = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    scores.attrs = _said_by_spark(files[0]) | dict(parts[0].attrs)
    return scores


def _said_by_spark(file: Path) -> dict[Any, Any]:
    """Return what a file of Spark says of the cut-off beside it: the zone of the log."""
    said = (pq.read_metadata(file).metadata or {}).get(_OF_SPARK)
    columns = json.loads(said)["fields"] if said else []
    return next((one["metadata"] for one in columns if one["name"] == "as_of"), {})
