"""Columns of Python's own objects as Arrow arrays: of one type where all objects are, otherwise as the text they read as."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxchurn._core import Deferred

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")

# what pandas calls objects of one type, all of which Arrow holds; mixtures are not handed over: some end the process
_ALIKE = ("string", "boolean", "floating", "date", "decimal", "timedelta", "bytes", "empty")
_FAILURES = (pa.ArrowException, TypeError, ValueError, OverflowError, NotImplementedError)
# beyond it a whole number does not fit into 64 bits, and stays text
_LARGEST = 2**63 - 1


def from_pandas(column: pd.Series) -> Any:
    """Return a column of a pandas frame as an Arrow array."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        kind = column.cat.categories.dtype
        apart = pd.api.types.is_object_dtype(kind) or isinstance(kind, pd.DatetimeTZDtype)
        column = column.astype(kind) if apart else column
    try:
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            return _zoned(column, column.dtype)
        if column.dtype != object:
            return pa.array(column, from_pandas=True)
        return _objects(column)
    except _FAILURES:
        return as_text(None if missing else value for value, missing in zip(column, column.isna(), strict=True))


def _zoned(column: pd.Series, kind: pd.DatetimeTZDtype) -> pa.Array:
    # by way of UTC: Arrow asks pandas for zoned times in a manner that pandas warns of
    zoned = pa.timestamp(kind.unit, pa.lib.tzinfo_to_string(kind.tz))
    return pa.array(column.dt.tz_convert(None), from_pandas=True).cast(zoned)


def _objects(column: pd.Series) -> pa.Array:
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind in _ALIKE:
        return pa.array(column, from_pandas=True)
    missing = column.isna().to_numpy()
    values = [None if gone else value for value, gone in zip(column, missing, strict=True)]
    if kind in ("integer", "mixed-integer-float"):
        whole = [value is None or (value == int(value) and abs(value) <= _LARGEST) for value in values]
        exact = all(value is None or not isinstance(value, float) or abs(value) < 2**53 for value in values)
        if all(whole) and exact:
            return pa.array([None if value is None else int(value) for value in values], pa.int64())
    elif kind == "datetime":
        zones = {value.utcoffset() is None for value in values if value is not None}
        return pa.array(values) if len(zones) < 2 else as_text(values)
    if kind == "mixed" and all(value is None or isinstance(value, dict) for value in values):
        # objects with fields, as lines of JSON become them: text that those can be read from
        return pa.array([None if value is None else json_text(value) for value in values], pa.string())
    if kind == "mixed" and all(value is None or hasattr(value, "__iter__") for value in values):
        # lists and the like are no value of any role; how they are made of what does not matter
        return pa.array([None if value is None else [_text(value)] for value in values], pa.list_(pa.string()))
    return as_text(values)


def as_text(values: Iterable[Any]) -> pa.Array:
    """Return values as the text they read as."""
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    # as a decimal: Python itself writes no whole number of more than a few thousand figures
    plain = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    said = value.isoformat() if isinstance(value, datetime.date) else str(plain)
    # text that no encoding holds is written with question marks
    return said.encode("utf-8", "replace").decode()


def json_text(value: dict[Any, Any]) -> str:
    """Return an object with fields as JSON: what is missing inside as null, instants as they are written."""
    return json.dumps(_for_json(value), ensure_ascii=False).encode("utf-8", "replace").decode()


def _for_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _for_json(inner) for name, inner in value.items()}
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        value = value.item()
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_for_json(inner) for inner in value]
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return None if pd.isna(value) else _text(value)
