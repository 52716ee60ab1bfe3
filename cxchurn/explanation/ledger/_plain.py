"""Tables as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxchurn._core import Deferred, iso

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Deferred("pandas")


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain data, for JSON: instants as text, what is missing as None."""
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_dict("records")]  # type: ignore[misc]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return iso(value.to_datetime64())
    return value.item() if isinstance(value, np.generic) else value
