"""Instants: UTC inside, microseconds since 1970 as 64-bit integers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core._deferred import Deferred
from cxchurn._core._errors import UsageError
from cxchurn._core._frames import as_pandas
from cxchurn._core.times._zones import zone

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

_MOVING = ("now", "today")
# ISO 8601 as nearly everybody writes it, to the microsecond
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d{6}|[.]\d{3})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_MICROSECONDS = np.dtype("datetime64[us]")


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
    plain = _plainly(value)
    if plain is not None:
        moment, written = plain
        return _by_clock(moment, timezone) if written else moment
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
    return _by_clock(moment, timezone) if written else moment


def _plainly(value: Any) -> tuple[np.datetime64, bool] | None:
    """Read what is plainly a time without the library for dates; also whether it was written down without a zone.

    None for what that library has to look at: it also has the last word on what is no time.
    """
    if isinstance(value, str):
        if not _PLAIN.fullmatch(value):
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
    elif type(value) is datetime:
        moment = value
    elif type(value) is np.datetime64 and value.dtype == _MICROSECONDS and value == value:
        return value, False
    else:
        return None
    if moment.tzinfo is None:
        return np.datetime64(moment, "us"), isinstance(value, str)
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us"), False


def _by_clock(moment: np.datetime64, timezone: str | tzinfo) -> np.datetime64:
    return zone(timezone).utc(np.array([moment]).astype(np.int64)).astype("datetime64[us]")[0]


def instants(
    values: Iterable[Any] | np.ndarray | pd.Series, *, name: str = "cutoffs", timezone: str | tzinfo = "UTC"
) -> np.ndarray:
    """Read many instants as a ``datetime64[us]`` array in UTC, each as `instant` does; shape ``(n,)``."""
    if isinstance(values, np.ndarray) and values.dtype == _MICROSECONDS and not np.isnat(values).any():
        return values
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
