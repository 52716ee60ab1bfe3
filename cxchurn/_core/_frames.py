"""Tables of other libraries, as the frames that are used inside."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from cxchurn._core._errors import UsageError


def as_frame(table: Any, *, name: str = "labels") -> pd.DataFrame:
    """Return a table as a pandas DataFrame: one of pandas itself, of Arrow, or of any library that speaks Arrow (polars).

    Parameters
    ----------
    table : DataFrame or table
    name : str
        What the table is called in an error.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if hasattr(table, "collect_schema") and hasattr(table, "collect"):  # a lazy frame of polars
        table = table.collect()
    if isinstance(table, pa.Table) or hasattr(table, "__arrow_c_stream__"):
        return pa.table(table).to_pandas()
    raise UsageError(f"{name} is a {type(table).__name__}.", allowed="a table of pandas, polars or Arrow")
