"""Instants: UTC inside, microseconds since 1970 as 64-bit integers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core._errors import UsageError
from cxchurn._core._frames import as_pandas
from cxchurn._core._zones import zone

_MOVING = ("now", "today")


def instant(value: Any, *, name: str = "time", timezone: str | tzinfo = "UTC") -> np.datetime64:
    """Read one instant as ``datetime64[us]`` in UTC; fractions of a microsecond are cut off.

    A time without a zone is taken as UTC, but for text (and dates): these are read on the clock of `timezone`.

    Parameters
    ----------
    value : str, datetime, Timestamp or datetime64
        Such as ``"2025-01-01"`` or ``"2025-01-01T08:00:00+01:00"``.
    name : str
        What the instant is called in an error.
    timezone : str, default "UTC"
        The zone of text and dates that name none.
    """
    if isinstance(value, (bool, int, float, np.number, np.bool_)) and value == value:
        raise UsageError(f"{name} is {value!r}, a bare number.", allowed="a date or a time, such as '2025-01-01'")
    try:
        if isinstance(value, str) and value.strip().lower() in _MOVING:
            raise ValueError(value)
        stamp = pd.Timestamp(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise UsageError(
            f"{name} is {value!r}, which is not a time.",
            allowed="ISO 8601, such as '2025-01-01' or '2025-01-01T08:00:00Z'",
        ) from error
    if stamp is pd.NaT:
        raise UsageError(f"{name} is missing.", allowed="a date or a time, such as '2025-01-01'")
    # what programs hand on, such as a panel's cut-offs, is in UTC already; a date that was written down is not
    written = stamp.tzinfo is None and (isinstance(value, str) or type(value) is date)
    if stamp.tzinfo is not None:
        stamp = stamp.tz_convert("UTC").tz_localize(None)
    moment = stamp.floor("us").as_unit("us").to_numpy()
    return zone(timezone).utc(np.array([moment]).astype(np.int64)).astype("datetime64[us]")[0] if written else moment


def instants(
    values: Iterable[Any] | np.ndarray | pd.Series, *, name: str = "cutoffs", timezone: str | tzinfo = "UTC"
) -> np.ndarray:
    """Read many instants as a ``datetime64[us]`` array in UTC, each as `instant` does; shape ``(n,)``."""
    values = as_pandas(values)
    series = pd.Series(values) if not isinstance(values, pd.Series) else values
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    if series.dtype.kind != "M":
        return np.array([instant(value, name=name, timezone=timezone) for value in series], dtype="datetime64[us]")
    if series.isna().any():
        raise UsageError(
            f"{name} holds {int(series.isna().sum())} missing times.", hint="drop those rows, or fill them in."
        )
    return series.to_numpy(dtype="datetime64[us]")


def iso(value: Any) -> str:
    """Write an instant as ISO 8601 text: the date alone at midnight, else date and time.

    Examples
    --------
    >>> iso(np.datetime64("2025-01-01T00:00", "us"))
    '2025-01-01'
    """
    moment = np.array(value, dtype="datetime64[us]")[()]
    text = str(moment.astype("datetime64[s]")) if moment == moment.astype("datetime64[s]") else str(moment)
    return text.removesuffix("T00:00:00")
