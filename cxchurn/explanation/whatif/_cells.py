"""Values that somebody says an interaction could have had: only such as a log could hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from cxchurn._core import UsageError, did_you_mean, instant, iso, listed, span
from cxchurn.interactions import ROLES, SCALES, Role

# without them a row is none
_NEEDED = ("timestamp", "kind")
# a log cannot hold what has not happened yet; a promise may lie ahead
_PAST = ("timestamp", "known_at")
_SECOND = 1_000_000
# a log may hold means of several contacts, but nobody means half a handover of one
_COUNTS = ("transfers",)


def cell(name: str, kind: pa.DataType, value: Any, timezone: Any, *, is_role: bool = True) -> Any:
    """Return a value as a column of the log holds it.

    Parameters
    ----------
    name : str
        The column.
    kind : pyarrow.DataType
        Its type.
    value : object
        What somebody said: a number, text, a flag, a time, or None for nothing; a span where the column is one of seconds.
    timezone : str or tzinfo
        The clock that times without a zone are read on.
    is_role : bool, default True
        Whether the column plays the role of its name; a measure of that name has none of its limits.

    Raises
    ------
    UsageError
        Where no row of a log could have it.
    """
    nothing = value is None or (isinstance(value, (float, np.floating)) and math.isnan(value))
    if nothing and name not in _NEEDED:
        return None
    if pa.types.is_timestamp(kind):
        return moment(name, value, timezone)
    if pa.types.is_boolean(kind):
        return _flag(name, value)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _number(name, value, ROLES.get(name) if is_role else None)
    return _label(name, value)


def moment(name: str, value: Any, timezone: Any) -> datetime:
    """Return a time on the clock of the log: UTC."""
    found = instant(value, name=name, timezone=timezone)
    now = np.datetime64("now", "us")
    if name in _PAST and found > now:
        raise UsageError(f"{name} is {value!r}.", allowed=f"a time that has been, up to {iso(now)}")
    said: datetime = found.astype(datetime)
    return said


def check_score(row: Mapping[str, Any]) -> None:
    """Refuse a score that its scale does not have."""
    score, scale = row.get("score"), str(row.get("score_type") or "").lower()
    low, high = SCALES.get(scale, (-math.inf, math.inf))
    if score is not None and not low <= score <= high:
        raise UsageError(f"score is {score!r}, of the scale {scale}.", allowed=f"{low:g} to {high:g}")


def _number(name: str, value: Any, role: Role | None) -> float | int:
    if isinstance(value, str) and name.endswith("_s"):
        return span(value, name=name, zero=True).microseconds / _SECOND
    low, high = (None, None) if role is None else (role.low, role.high)
    allowed = "a number" if low is None else f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
    kept = isinstance(value, (int, float, np.integer, np.floating, Decimal)) and not isinstance(value, bool)
    if not kept or not _is_finite(value):
        hint = "or a span such as '5min'." if name.endswith("_s") else None
        raise UsageError(f"{name} is {value!r}.", allowed=allowed, hint=hint)
    if (low is not None and value < low) or (high is not None and value > high):
        raise UsageError(f"{name} is {value!r}.", allowed=allowed)
    if name in _COUNTS and value != int(value):
        raise UsageError(f"{name} is {value!r}.", allowed=f"a whole number, {allowed}")
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:  # whole numbers of hundreds of digits
        return False


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)) and not (isinstance(value, (int, np.integer)) and value in (0, 1)):
        raise UsageError(f"{name} is {value!r}.", allowed="True or False")
    return bool(value)


def _label(name: str, value: Any) -> str | None:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and name.endswith("_id"):
        return str(value)
    if not isinstance(value, str):
        raise UsageError(f"{name} is {value!r}.", allowed="text")
    said = value.strip()
    if not said:
        return None
    role = ROLES.get(name)
    words = () if role is None else role.allowed
    if words and said.lower() not in words:
        raise UsageError(f"{name} is {value!r}.", allowed=listed(words), hint=did_you_mean(said, words))
    return said.lower() if words else said
